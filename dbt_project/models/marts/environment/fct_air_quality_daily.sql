{{ config(
    year_of='observed_date',
    order_by=['station_key', 'quantity', 'observed_date'],
) }}

with hourly as (
    select * from {{ ref('fct_air_quality_hourly') }}
    where {{ in_months('observed_date') }}
),

standard as (
    select * from {{ ref('int_standard__ambient') }}
),

-- Eight hours that end within the day; the first of them began the evening before.
gas as (
    select
        hourly.station_key,
        hourly.quantity,
        hourly.observed_date,
        hourly.interval_start_at,
        case when hourly.is_valid then hourly.value end as valid_value
    from {{ ref('fct_air_quality_hourly') }} as hourly
    inner join {{ ref('seed_quantity') }} as quantity
        on
            hourly.quantity = quantity.quantity
            and quantity.kind = 'gas'
    where {{ in_months('hourly.observed_date', 'date', 1) }}
),

eight_hours as (
    select
        station_key,
        quantity,
        observed_date,
        {{ running_mean('valid_value', 8, 6, ['station_key', 'quantity']) }} as mean_8h
    from gas
),

highest_8h as (
    select
        station_key,
        quantity,
        observed_date,
        max(mean_8h) as max_8h
    from eight_hours
    where {{ in_months('observed_date') }}
    group by station_key, quantity, observed_date
),

-- The day's hours 01..24 (the hour that ends at 24:00 belongs to the day it closes).
counted as (
    select
        hourly.station_key,
        hourly.quantity,
        hourly.observed_date,
        {{ exact_mean('case when hourly.is_valid then hourly.value end') }} as mean_value,
        -- of the corrected hours there may be fewer
        case
            when count(hourly.value_corrected) >= 18 then {{ exact_mean('hourly.value_corrected') }}
        end as mean_corrected,
        max(case when hourly.is_valid then hourly.value end) as max_1h,
        sum(case when hourly.is_valid then 1 else 0 end) as n_valid,
        max(hourly.unit) as unit,
        max(hourly.raw_unit) as raw_unit,
        max(hourly.instrument_class) as instrument_class,
        max(standard.limit_value) as limit_1h,
        case
            when max(standard.limit_value) is not null
                then sum(case when hourly.is_valid and hourly.value > standard.limit_canonical then 1 else 0 end)
        end as n_hours_above_1h_limit,
        max(hourly.source_id) as source_id
    from hourly
    left join standard
        on
            hourly.quantity = standard.quantity
            and hourly.raw_unit = standard.limit_unit
            and standard.averaging_period = 'PT1H'
            and hourly.observed_date between standard.valid_from and standard.valid_to
    group by hourly.station_key, hourly.quantity, hourly.observed_date
),

mean_of_hours as (
    select
        counted.station_key,
        counted.quantity,
        counted.observed_date,
        'mean_of_hours' as method,
        counted.mean_value,
        counted.mean_corrected,
        counted.max_1h,
        highest_8h.max_8h,
        counted.n_valid,
        24 as n_expected,
        18 as n_needed,
        counted.unit,
        counted.raw_unit,
        counted.instrument_class,
        counted.limit_1h,
        counted.n_hours_above_1h_limit,
        counted.source_id
    from counted
    left join highest_8h
        on
            counted.station_key = highest_8h.station_key
            and counted.quantity = highest_8h.quantity
            and counted.observed_date = highest_8h.observed_date
),

-- A filter that sampled for 24 hours is its own mean.
sample_24h as (
    select
        observation.station_key,
        observation.quantity,
        observation.observed_date,
        'sample_24h' as method,
        case when observation.is_valid then observation.value end as mean_value,
        cast(null as double) as mean_corrected,
        cast(null as double) as max_1h,
        cast(null as double) as max_8h,
        case when observation.is_valid then 1 else 0 end as n_valid,
        1 as n_expected,
        1 as n_needed,
        observation.unit,
        observation.raw_unit,
        observation.instrument_class,
        cast(null as double) as limit_1h,
        cast(null as bigint) as n_hours_above_1h_limit,
        observation.source_id
    from {{ ref('observation') }} as observation
    inner join {{ ref('seed_quantity') }} as quantity
        on
            observation.quantity = quantity.quantity
            and quantity.kind in ('gas', 'particle')
    where
        observation.averaging_period = 'P1D'
        and observation.instrument_class <> 'satellite_model'
        and not {{ is_stack('observation.station_key') }}
        and {{ in_months('observation.observed_date') }}
),

daily as (
    select * from mean_of_hours
    union all
    select * from sample_24h
),

-- A low-cost sensor indicates; whether a limit was kept is not for it to say.
judged as (
    select
        *,
        case when n_valid >= n_needed and instrument_class <> 'indicative' then mean_value end as mean_to_judge
    from daily
)

select
    judged.station_key,
    judged.quantity,
    judged.observed_date,
    judged.method,
    judged.mean_value,
    judged.mean_corrected,
    judged.max_1h,
    judged.max_8h,
    cast(judged.n_valid as bigint) as n_valid,
    cast(judged.n_expected as bigint) as n_expected,
    cast(judged.n_valid as double) / judged.n_expected as completeness,
    judged.n_valid >= judged.n_needed as has_sufficient_data,
    judged.unit,
    standard.limit_value,
    -- limits are looked up in the delivered unit: it is the unit of whichever of the three there is
    case when coalesce(standard.limit_value, judged.limit_1h, today.limit_value) is not null then judged.raw_unit end
        as limit_unit,
    judged.limit_1h,
    cast(judged.n_hours_above_1h_limit as bigint) as n_hours_above_1h_limit,
    judged.mean_to_judge > standard.limit_canonical as is_exceedance,
    standard.is_verified as limit_is_verified,
    today.limit_value as limit_today,
    judged.mean_to_judge > today.limit_canonical as is_above_limit_today,
    judged.instrument_class,
    judged.source_id
from judged
left join standard
    on
        judged.quantity = standard.quantity
        and judged.raw_unit = standard.limit_unit
        and standard.averaging_period = 'P1D'
        and judged.observed_date between standard.valid_from and standard.valid_to
-- the limit without an end, for trends over a change of limits
left join standard as today
    on
        judged.quantity = today.quantity
        and judged.raw_unit = today.limit_unit
        and today.averaging_period = 'P1D'
        and today.valid_to = cast('9999-12-31' as date)
