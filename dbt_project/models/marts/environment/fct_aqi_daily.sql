{{ config(
    year_of='observed_date',
    order_by=['station_key', 'observed_date'],
) }}

-- A day's figure counts with 18 of its 24 hours (or a 24-hour sample); for a low-cost sensor it is the corrected mean.
with daily as (
    select
        *,
        case
            when instrument_class = 'indicative' then mean_corrected
            when has_sufficient_data then mean_value
        end as mean_counted,
        case when has_sufficient_data and instrument_class <> 'indicative' then max_8h end as max_8h_counted,
        case when has_sufficient_data and instrument_class <> 'indicative' then max_1h end as max_1h_counted
    from {{ ref('fct_air_quality_daily') }}
    where
        {{ is_in_aqi('quantity') }}
        and {{ in_months('observed_date') }}
),

-- Particles: the mean of the day's hours, or else of a sample. Ozone and CO: the highest mean of 8 hours that end in
-- it. NO2 and SO2: the highest hour.
means as (
    select
        station_key,
        observed_date,
        max(instrument_class) as instrument_class,
        max(source_id) as source_id,
        coalesce(
            max(case when quantity = 'PM25' and method = 'mean_of_hours' then mean_counted end),
            max(case when quantity = 'PM25' then mean_counted end)
        ) as pm25,
        coalesce(
            max(case when quantity = 'PM10' and method = 'mean_of_hours' then mean_counted end),
            max(case when quantity = 'PM10' then mean_counted end)
        ) as pm10,
        max(case when quantity = 'O3' then max_8h_counted end) as o3,
        max(case when quantity = 'CO' then max_8h_counted end) as co,
        max(case when quantity = 'NO2' then max_1h_counted end) as no2,
        max(case when quantity = 'SO2' then max_1h_counted end) as so2
    from daily
    group by station_key, observed_date
),

{{ aqi_from('means') }}

select
    station_key,
    observed_date,
    {{ aqi_columns() }}
    instrument_class,
    source_id
from aqi
