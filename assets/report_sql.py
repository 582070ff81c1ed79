"""The questions a partner report asks of `status` (ledgers) and `marts` (published rows); answered by report_data.

Scratch tables first: one per ledger, cut down to the partner and marked with what is in force. Instants come as epoch
microseconds, so that a ledger written with or without a time zone reads the same. `$n` is the number of samples a rule.
"""

from __future__ import annotations

from assets.in_force import in_force_sql

STATE = (
    in_force_sql("status.ops.")
    + """
create temp table batch as
select *, epoch_us(received_at) as received_us, epoch_us(recorded_at) as recorded_us
from batch_state
where partner_id = getvariable('partner');

-- the run that judged each batch (or file) last: it may have found nothing to tell where an earlier one did
create temp table judged_in as
select coalesce(judged_batch_id, judged_delivery_id) as id, any_value(run_id) as last_run_id
from check_state
where gate in ('G0', 'G1')
group by id;

create temp table finding as
select f.*, epoch_us(f.recorded_at) as recorded_us
from status.ops.finding as f
left join judged_in as j on j.id = coalesce(nullif(f.batch_id, ''), f.delivery_id)
where f.partner_id = getvariable('partner') and coalesce(f.run_id = j.last_run_id, true)
qualify f.run_id = arg_max(f.run_id, f.recorded_at) over (partition by coalesce(nullif(f.batch_id, ''), f.delivery_id));

create temp table quarantine as
select q.*
from status.ops.quarantine as q
left join judged_in as j on j.id = coalesce(nullif(q.batch_id, ''), q.delivery_id)
where q.partner_id = getvariable('partner') and coalesce(q.run_id = j.last_run_id, true)
qualify q.run_id = arg_max(q.run_id, q.recorded_at) over (partition by coalesce(nullif(q.batch_id, ''), q.delivery_id));

create temp table delivery as
with place as (
    -- ops.delivery has no cell of its own: the refusal's place stands with its finding or its quarantined row
    select delivery_id, arg_min(struct_pack(s := sheet, c := cell), (cell is null, recorded_at)) as at
    from (
        select delivery_id, sheet, cell, recorded_at from finding where sheet is not null
        union all by name
        select delivery_id, sheet, cell, recorded_at from quarantine where sheet is not null
    )
    group by delivery_id
)
select d.* replace (case when d.is_withdrawn then 'withdrawn' else d.outcome end as outcome),
    epoch_us(d.received_at) as received_us, epoch_us(d.recorded_at) as recorded_us,
    place.at.s as sheet, place.at.c as cell
from delivery_state as d
left join place on place.delivery_id = d.delivery_id
where d.partner_id = getvariable('partner');

create temp table held as
select q.*, coalesce(b.status = 'refused', true) as is_refusal,
    coalesce(b.is_in_force, not d.is_resolved and d.outcome <> 'replaced', true) as is_in_force,
    try_cast(try(json_extract_string(q.row_json, '$.interval_start_at')) as timestamptz) as row_at
from quarantine as q
left join batch as b on b.batch_id = q.batch_id
left join delivery as d on d.delivery_id = q.delivery_id
-- rows of a delivery that was taken back, or of a batch that a replay put another in place of, are not counted as held
where d.outcome is distinct from 'withdrawn' and b.status is distinct from 'superseded';

create temp table checked as
select c.*, b.path as batch_path, c.judged_table as checked_table
from check_state as c
left join batch as b on b.batch_id = c.judged_batch_id
where c.counts and (
    (c.gate = 'G1' and c.partner_id = getvariable('partner'))
    -- tables are judged as a whole: such lines carry the partner or source only when they concern it alone
    or (
        c.gate in ('G2', 'G3') and coalesce(c.partner_id, getvariable('partner')) = getvariable('partner')
        and (c.source_id is null or list_contains(getvariable('sources')::varchar[], c.source_id))
    )
);
"""
)

SILVER = """
create temp table counted as
select source_id, station_key, quantity, level, averaging_period, flag,
    date_trunc('month', coalesce(observed_date, cast(interval_start_at + interval 7 hours as date))) as month_start,
    count(*) as n, count(*) filter (is_valid) as n_valid,
    min(epoch_us(interval_start_at)) as start_us, max(epoch_us(interval_end_at)) as end_us
from marts.silver.observation
where partner_id = getvariable('partner')
group by all;
"""

REFUSED_BATCH = """
with why as (
    select batch_id, first(rule) as rule, first(reason_th) as reason_th, first(reason_en) as reason_en,
        first(sheet) as sheet, first(cell) as cell
    from (select * from quarantine order by n_rows desc nulls last, cell)
    group by batch_id
),

checked_why as (
    select batch_id, first(rule) as rule, first(reason_th) as reason_th, first(reason_en) as reason_en,
        first(sample_sheet) as sheet, first(sample_cell) as cell
    from checked
    where failed > 0 and action = 'refuse_batch'
    group by batch_id
)

select b.batch_id, b.path, b.source_id, b.series, b.period_start, b.period_end, b.rows_in, b.is_resolved,
    coalesce(c.rule, w.rule, 'refused') as rule, coalesce(c.reason_th, w.reason_th, d.reason_th, '') as reason_th,
    coalesce(c.reason_en, w.reason_en, d.reason_en, '') as reason_en,
    coalesce(c.sheet, w.sheet) as sheet, coalesce(c.cell, w.cell) as cell
from batch as b
left join delivery as d on d.delivery_id = b.delivery_id
left join why as w on w.batch_id = b.batch_id
left join checked_why as c on c.batch_id = b.batch_id
-- a file refused as a whole is told once, as a file
where b.status = 'refused' and coalesce(d.outcome, '') not in ('refused', 'withdrawn')
order by b.is_resolved, b.path, b.series
"""

RULES = """
select gate, source_id, rule, checked_table as entity, any_value(dimension) as dimension,
    any_value(scope) as scope, any_value(severity) as severity, any_value(action) as action,
    sum(evaluated)::bigint as evaluated, sum(failed)::bigint as failed, count(*) as batches,
    count(*) filter (outcome = 'fail') as failed_batches,
    arg_max(reason_th, failed) as reason_th, arg_max(reason_en, failed) as reason_en
from checked
group by gate, source_id, rule, checked_table
order by gate, source_id, checked_table, rule
"""

RULE_SAMPLES = """
select source_id, gate || rule as rule, batch_path as path, sample_sheet as sheet, sample_cell as cell,
    sample_value as value
from checked
where failed > 0 and batch_path is not null
qualify row_number() over (partition by source_id, gate, rule order by failed desc, batch_path) <= $n
"""

QUARANTINE = """
select source_id, rule, any_value(reason_th) as reason_th, any_value(reason_en) as reason_en,
    sum(n_rows)::bigint as n, count(distinct path) as files, bool_and(is_refusal) as is_refusal,
    min(epoch_us(row_at)) as first_us, max(epoch_us(row_at)) as last_us
from held
where is_in_force
group by source_id, rule
order by n desc, source_id, rule
"""

QUARANTINE_SAMPLES = """
select source_id, rule, path, sheet, cell, raw_value as value
from held
where is_in_force and cell is not null
qualify row_number() over (partition by source_id, rule order by path, row_at, cell) <= $n
"""

NOTED = """
create temp table noted as
select f.*
from finding as f
left join batch as b on b.batch_id = f.batch_id
left join delivery as d on d.delivery_id = f.delivery_id
-- a refused file's finding is its refusal, which is told under its own heading
where coalesce(b.is_in_force, d.outcome not in ('replaced', 'repeat'), true)
    and coalesce(d.outcome, '') not in ('refused', 'withdrawn')
"""

FINDINGS = """
select source_id, rule, count(*) as places, sum(n)::bigint as n, count(distinct path) as files,
    list(distinct path order by path) as paths
from noted
group by source_id, rule
order by places desc, source_id, rule
"""

FINDING_SAMPLES = """
select source_id, rule, path, sheet, cell, null as value, reason_th, reason_en
from (
    select *, row_number() over (partition by source_id, rule, path order by sheet, cell) as row_in_file from noted
)
-- one example per file before a second one of the same file
qualify row_number() over (partition by source_id, rule order by row_in_file, path) <= $n
"""

MONTHS = """
select source_id, station_key, quantity, level, averaging_period, year(month_start)::int as year,
    month(month_start)::int as month, sum(n_valid)::bigint as valid,
    sum(case when flag is not null then n - n_valid else 0 end)::bigint as flagged, sum(n)::bigint as rows
from counted
group by all
"""

SPANS = """
select station_key, quantity, level, averaging_period, min(start_us) as start_us, max(end_us) as end_us
from counted
group by all
order by all
"""

FLAGS = """
select source_id, quantity, flag, sum(n)::bigint as n
from counted
where flag is not null
group by all
order by flag, quantity, source_id
"""

TABLE_SIZES = """
select schema_name || '.' || table_name as table_name, estimated_size as rows
from duckdb_tables()
where database_name = 'marts'
"""

STATIONS = """
select station_key, any_value(name_th) as name_th, any_value(name_en) as name_en
from marts.gold.dim_station
where station_key in (select station_key from counted)
group by station_key
order by station_key
"""

PUBLICATION = """
-- a publication names the tables that changed; the others go on as they were published before
select *, epoch_us(published_at) as us
from status.ops.publication
qualify row_number() over (partition by table_name order by published_at desc, recorded_at desc) = 1
order by table_name
"""

# Of the whole ledger: a day on which others delivered and this partner did not has passed for its deadlines too.
LATEST_RUN = """
select epoch_us(max(recorded_at)) as recorded_us, arg_max(run_id, recorded_at) as run_id
from (
    select recorded_at, run_id from status.ops.delivery
    union all select recorded_at, run_id from status.ops.batch
    union all select recorded_at, run_id from status.ops.check_result
    union all select recorded_at, run_id from status.ops.publication
    union all select recorded_at, run_id from status.ops.fetch
    union all select recorded_at, run_id from status.ops.issue
    union all select recorded_at, run_id from status.ops.score
    union all select recorded_at, run_id from status.ops.answer
)
"""
