-- One row per real-world fact. Deliveries overlap and are corrected; the rule, first difference decides:
--   1. a row that says something (a value or a flag) beats a blank one: a later copy of a broken export is a
--      grid of blanks;
--   2. the row received last;
--   3. batch and row number, so that the choice never depends on the order of reading.
with unioned as (
    select * from {{ ref('int_observation__unioned') }}
),

ranked as (
    select
        *,
        {{ latest_first(
            ['source_id', 'station_key', 'quantity', 'level', 'averaging_period', 'interval_start_at'],
            'case when value is not null or flag is not null then 0 else 1 end',
        ) }} as choice
    from unioned
)

select
    source_id,
    partner_id,
    station_key,
    station_name,
    quantity,
    level,
    averaging_period,
    interval_start_at,
    interval_end_at,
    raw_value,
    raw_unit,
    value,
    flag,
    is_valid,
    instrument_class,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
