{{ config(
    month_of='observed_date',
    order_by=['station_key', 'level', 'interval_start_at'],
) }}

with observation as (
    select
        *,
        case when is_valid then value end as valid_value
    from {{ ref('observation') }}
    where
        averaging_period = 'PT1H'
        and {{ in_months('observed_date') }}
),

weather as (
    select quantity
    from {{ ref('seed_quantity') }}
    where kind = 'weather'
),

pivoted as (
    select
        observation.station_key,
        observation.level,
        observation.interval_start_at,
        max(observation.interval_end_at) as interval_end_at,
        max(observation.observed_date) as observed_date,
        max(case when observation.quantity = 'WS' then observation.valid_value end) as ws,
        max(case when observation.quantity = 'WD' then observation.valid_value end) as wd,
        max(case when observation.quantity = 'WD_DEV' then observation.valid_value end) as wd_dev,
        max(case when observation.quantity = 'TEMP' then observation.valid_value end) as temp,
        max(case when observation.quantity = 'RH' then observation.valid_value end) as rh,
        max(case when observation.quantity = 'BP' then observation.valid_value end) as bp,
        max(case when observation.quantity = 'RAIN' then observation.valid_value end) as rain,
        max(case when observation.quantity = 'SW' then observation.valid_value end) as sw,
        max(observation.source_id) as source_id
    from observation
    inner join weather on observation.quantity = weather.quantity
    group by observation.station_key, observation.level, observation.interval_start_at
)

select
    station_key,
    level,
    interval_start_at,
    interval_end_at,
    observed_date,
    ws,
    wd,
    {{ wind_component('ws', 'wd', 'sin') }} as wind_u,
    {{ wind_component('ws', 'wd', 'cos') }} as wind_v,
    {{ is_calm('ws') }} as is_calm,
    wd_dev,
    temp,
    rh,
    bp,
    rain,
    sw,
    source_id
from pivoted
