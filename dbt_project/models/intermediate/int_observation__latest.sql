-- One row per real-world fact. Deliveries overlap and are corrected, and two sources may tell of the same hour: which
-- row counts is said by choice_of_fact (macros/observation.sql).
with unioned as (
    select * from {{ ref('int_observation__unioned') }}
),

ranked as (
    select
        *,
        {{ choice_of_fact() }} as choice
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
