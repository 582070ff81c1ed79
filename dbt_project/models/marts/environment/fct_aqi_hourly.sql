{{ config(
    month_of='observed_date',
    order_by=['station_key', 'interval_start_at'],
) }}

-- A low-cost sensor's index is that of its corrected value, never of the raw one; its rows carry its class.
with hourly as (
    select
        *,
        case when instrument_class = 'indicative' then value_corrected when is_valid then value end as counted
    from {{ ref('fct_air_quality_hourly') }}
    where
        {{ is_in_aqi('quantity') }}
        and {{ in_months('observed_date', 'date', 1) }}
),

-- Side by side, so that all windows slide over one order, and an hour that one analyser missed is still an hour.
station_hour as (
    select
        station_key,
        interval_start_at,
        max(interval_end_at) as interval_end_at,
        max(observed_date) as observed_date,
        max(instrument_class) as instrument_class,
        max(source_id) as source_id,
        max(case when quantity = 'PM25' then counted end) as pm25_1h,
        max(case when quantity = 'PM10' then counted end) as pm10_1h,
        max(case when quantity = 'O3' then counted end) as o3_1h,
        max(case when quantity = 'CO' then counted end) as co_1h,
        max(case when quantity = 'NO2' then counted end) as no2_1h,
        max(case when quantity = 'SO2' then counted end) as so2_1h
    from hourly
    group by station_key, interval_start_at
),

running as (
    select
        station_key,
        interval_start_at,
        interval_end_at,
        observed_date,
        instrument_class,
        source_id,
        {{ running_mean('pm25_1h', 24, 18, ['station_key']) }} as pm25,
        {{ running_mean('pm10_1h', 24, 18, ['station_key']) }} as pm10,
        {{ running_mean('o3_1h', 8, 6, ['station_key']) }} as o3,
        {{ running_mean('co_1h', 8, 6, ['station_key']) }} as co,
        no2_1h as no2,
        so2_1h as so2
    from station_hour
),

-- The day before was there for the windows only.
means as (
    select * from running
    where {{ in_months('observed_date') }}
),

{{ aqi_from('means') }}

select
    station_key,
    interval_start_at,
    interval_end_at,
    observed_date,
    {{ aqi_columns() }}
    instrument_class,
    source_id
from aqi
