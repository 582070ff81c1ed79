{{ config(order_by=['gate', 'source_id', 'entity', 'batch_id', 'rule_id']) }}

-- What a gate judges: a delivery or a batch (G0, G1), or a table as it stands (G2, G3), where the batch is its
-- snapshot and the next snapshot's verdict takes the place of this one. A delivery or a batch that was judged again
-- counts as its last run judged it, and one that a replay superseded not at all. Samples of failing rows stay with
-- the partner's report.
with verdict as (
    select
        *,
        case when gate in ('G0', 'G1') then batch_id end as judged_batch_id
    from {{ source('ops', 'check_result') }}
),

latest as (
    select
        *,
        row_number() over (
            partition by gate, source_id, entity, judged_batch_id, rule
            order by recorded_at desc, run_id desc, batch_id desc, failed desc
        ) as choice,
        first_value(run_id) over (
            partition by gate, judged_batch_id
            order by recorded_at desc, run_id desc
        ) as last_run_id
    from verdict
)

select
    latest.gate,
    latest.source_id,
    latest.partner_id,
    latest.entity,
    latest.batch_id,
    batch.period_start as batch_start_date,
    batch.period_end as batch_end_date,
    batch.status as batch_status,
    latest.rule as rule_id,
    latest.dimension,
    latest.scope,
    latest.severity,
    latest.action,
    latest.evaluated,
    latest.failed,
    -- Some rules count other things than they fail (batches evaluated, rows failed): those have no share.
    case when latest.failed <= latest.evaluated then 100 * latest.failed / nullif(latest.evaluated, 0) end
        as failed_pct,
    latest.outcome,
    -- What the landing gate says quotes the file; the rules' own words quote nobody.
    case when latest.gate <> 'G0' then latest.reason_en end as reason_en,
    case when latest.gate <> 'G0' then latest.reason_th end as reason_th,
    latest.run_id,
    latest.recorded_at as checked_at,
    {{ local_date('latest.recorded_at') }} as checked_date
from latest
left join {{ ref('int_delivery__batch') }} as batch
    on
        latest.gate = 'G1'
        and latest.batch_id = batch.batch_id
where
    latest.choice = 1
    and (latest.judged_batch_id is null or latest.run_id = latest.last_run_id)
    and (batch.status is null or batch.status <> 'superseded')
