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

-- The day's hours 01..24 (the hour that ends at 24:00 belongs to the day it closes).
mean_of_hours as (
    select
        hourly.source_id,
        hourly.station_key,
        hourly.quantity,
        hourly.observed_date,
        'mean_of_hours' as method,
        {{ exact_mean('case when hourly.is_valid then hourly.value end') }} as mean_value,
        max(case when hourly.is_valid then hourly.value end) as max_1h,
        sum(case when hourly.is_valid then 1 else 0 end) as n_valid,
        24 as n_expected,
        18 as n_needed,
        max(hourly.unit) as unit,
        max(hourly.raw_unit) as raw_unit,
        max(hourly.instrument_class) as instrument_class,
        max(standard.limit_value) as limit_1h,
        case
            when max(standard.limit_value) is not null
                then sum(case when hourly.is_valid and hourly.value > standard.limit_canonical then 1 else 0 end)
        end as n_hours_above_1h_limit
    from hourly
    left join standard
        on
            hourly.quantity = standard.quantity
            and hourly.raw_unit = standard.limit_unit
            and standard.averaging_period = 'PT1H'
            and hourly.observed_date between standard.valid_from and standard.valid_to
    group by hourly.source_id, hourly.station_key, hourly.quantity, hourly.observed_date
),

-- A filter that sampled for 24 hours is its own mean.
sample_24h as (
    select
        observation.source_id,
        observation.station_key,
        observation.quantity,
        observation.observed_date,
        'sample_24h' as method,
        case when observation.is_valid then observation.value end as mean_value,
        cast(null as double) as max_1h,
        case when observation.is_valid then 1 else 0 end as n_valid,
        1 as n_expected,
        1 as n_needed,
        observation.unit,
        observation.raw_unit,
        observation.instrument_class,
        cast(null as double) as limit_1h,
        cast(null as bigint) as n_hours_above_1h_limit
    from {{ ref('observation') }} as observation
    inner join {{ ref('seed_quantity') }} as quantity
        on
            observation.quantity = quantity.quantity
            and quantity.kind in ('gas', 'particle')
    where
        observation.averaging_period = 'P1D'
        and not {{ is_stack('observation.station_key') }}
        and {{ in_months('observation.observed_date') }}
),

daily as (
    select * from mean_of_hours
    union all
    select * from sample_24h
)

select
    daily.station_key,
    daily.quantity,
    daily.observed_date,
    daily.method,
    daily.mean_value,
    daily.max_1h,
    cast(daily.n_valid as bigint) as n_valid,
    cast(daily.n_expected as bigint) as n_expected,
    cast(daily.n_valid as double) / daily.n_expected as completeness,
    daily.n_valid >= daily.n_needed as has_sufficient_data,
    daily.unit,
    standard.limit_value,
    standard.limit_unit,
    daily.limit_1h,
    cast(daily.n_hours_above_1h_limit as bigint) as n_hours_above_1h_limit,
    -- A low-cost sensor indicates; whether a limit was kept is not for it to say.
    case
        when daily.n_valid >= daily.n_needed and daily.instrument_class <> 'indicative'
            then daily.mean_value > standard.limit_canonical
    end as is_exceedance,
    standard.is_verified as limit_is_verified,
    daily.source_id
from daily
left join standard
    on
        daily.quantity = standard.quantity
        and daily.raw_unit = standard.limit_unit
        and standard.averaging_period = 'P1D'
        and daily.observed_date between standard.valid_from and standard.valid_to
