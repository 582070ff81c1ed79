{{ config(
    year_of='observed_date',
    order_by=['station_key', 'level', 'observed_date'],
) }}

with hourly as (
    select * from {{ ref('fct_weather_hourly') }}
    where {{ in_months('observed_date') }}
),

mean_of_hours as (
    select
        station_key,
        level,
        observed_date,
        'mean_of_hours' as method,
        {{ exact_mean('ws') }} as ws_mean,
        max(ws) as ws_max,
        {{ exact_mean('case when wind_v is not null then wind_u end') }} as wind_u,
        {{ exact_mean('case when wind_u is not null then wind_v end') }} as wind_v,
        count(wind_u) as n_wind,
        sum(case when is_calm then 1 else 0 end) as n_calm,
        {{ exact_mean('temp') }} as temp_mean,
        min(temp) as temp_min,
        max(temp) as temp_max,
        count(temp) as n_temp,
        {{ exact_mean('rh') }} as rh_mean,
        count(rh) as n_rh,
        {{ exact_mean('bp') }} as bp_mean,
        count(bp) as n_bp,
        {{ exact_sum('rain') }} as rain_sum,
        count(rain) as n_rain,
        {{ exact_mean('sw') }} as sw_mean,
        count(sw) as n_sw,
        max(source_id) as source_id
    from hourly
    group by station_key, level, observed_date
),

-- Some workbooks give the day's mean only (temperature and pressure of all stations on one sheet).
reported as (
    select
        station_key,
        level,
        observed_date,
        'reported' as method,
        max(case when quantity = 'WS' and is_valid then value end) as ws_mean,
        max(case when quantity = 'TEMP' and is_valid then value end) as temp_mean,
        max(case when quantity = 'RH' and is_valid then value end) as rh_mean,
        max(case when quantity = 'BP' and is_valid then value end) as bp_mean,
        max(case when quantity = 'RAIN' and is_valid then value end) as rain_sum,
        max(case when quantity = 'SW' and is_valid then value end) as sw_mean,
        max(source_id) as source_id
    from {{ ref('observation') }}
    where
        averaging_period = 'P1D'
        and quantity in ('WS', 'TEMP', 'RH', 'BP', 'RAIN', 'SW')
        and {{ in_months('observed_date') }}
    group by station_key, level, observed_date
),

daily as (
    select * from mean_of_hours
    union all
    select
        station_key,
        level,
        observed_date,
        method,
        ws_mean,
        null as ws_max,
        null as wind_u,
        null as wind_v,
        0 as n_wind,
        0 as n_calm,
        temp_mean,
        null as temp_min,
        null as temp_max,
        0 as n_temp,
        rh_mean,
        0 as n_rh,
        bp_mean,
        0 as n_bp,
        rain_sum,
        0 as n_rain,
        sw_mean,
        0 as n_sw,
        source_id
    from reported
)

select
    station_key,
    level,
    observed_date,
    method,
    ws_mean,
    ws_max,
    wind_u,
    wind_v,
    sqrt(wind_u * wind_u + wind_v * wind_v) as ws_vector,
    {{ wind_direction('wind_u', 'wind_v') }} as wd_vector,
    cast(n_wind as bigint) as n_wind,
    cast(n_calm as bigint) as n_calm,
    temp_mean,
    temp_min,
    temp_max,
    cast(n_temp as bigint) as n_temp,
    rh_mean,
    cast(n_rh as bigint) as n_rh,
    bp_mean,
    cast(n_bp as bigint) as n_bp,
    rain_sum,
    cast(n_rain as bigint) as n_rain,
    sw_mean,
    cast(n_sw as bigint) as n_sw,
    source_id
from daily
