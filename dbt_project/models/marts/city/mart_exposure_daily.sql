{{ config(order_by=['place_code', 'observed_date']) }}

-- A station's day of PM2.5: with reference instruments the mean, with low-cost sensors the corrected mean. A sensor
-- that mirrors another one is not asked twice.
with station as (
    select
        station_key,
        substr(place_code, 1, 6) as place_code
    from {{ ref('dim_station') }}
    where
        length(place_code) >= 6
        and twin_of is null
),

station_day as (
    select
        station.place_code,
        daily.station_key,
        daily.observed_date,
        max(case when daily.instrument_class = 'indicative' then 1 else 0 end) as is_sensor,
        max(daily.limit_today) as limit_today,
        coalesce(
            max(case when daily.method = 'mean_of_hours' then daily.mean_value end),
            max(case when daily.method = 'sample_24h' then daily.mean_value end)
        ) as mean_value,
        max(daily.mean_corrected) as mean_corrected
    from {{ ref('fct_air_quality_daily') }} as daily
    inner join station on daily.station_key = station.station_key
    where
        daily.quantity = 'PM25'
        and daily.has_sufficient_data
        and ({{ is_reference('daily.instrument_class') }} or daily.instrument_class = 'indicative')
    group by station.place_code, daily.station_key, daily.observed_date
),

tambon_day as (
    select
        place_code,
        observed_date,
        {{ exact_mean('case when is_sensor = 0 then mean_value end') }} as pm25_reference,
        {{ exact_mean('case when is_sensor = 1 then mean_corrected end') }} as pm25_sensor,
        sum(case when is_sensor = 0 and mean_value is not null then 1 else 0 end) as n_reference,
        sum(case when is_sensor = 1 and mean_corrected is not null then 1 else 0 end) as n_sensors,
        max(limit_today) as limit_today
    from station_day
    group by place_code, observed_date
),

tambon as (
    select
        place_code,
        name_en as place_name_en,
        name_th as place_name_th
    from {{ ref('dim_place') }}
    where
        level = 'tambon'
        and district_code = {{ city_district() }}
),

-- Every tambon has a row on every day that one of them was measured: who is not measured is not forgotten.
day as (
    select
        tambon_day.observed_date,
        max(tambon_day.limit_today) as limit_today
    from tambon_day
    inner join tambon on tambon_day.place_code = tambon.place_code
    group by tambon_day.observed_date
),

grid as (
    select
        tambon.*,
        day.observed_date,
        day.limit_today
    from tambon
    cross join day
),

exposed as (
    select
        grid.place_code,
        grid.place_name_en,
        grid.place_name_th,
        grid.observed_date,
        grid.limit_today,
        tambon_day.pm25_reference,
        tambon_day.pm25_sensor,
        -- Where both stand, the reference instrument speaks; a sensor speaks where there is none.
        coalesce(tambon_day.pm25_reference, tambon_day.pm25_sensor) as pm25,
        coalesce(tambon_day.n_reference, 0) as n_reference,
        coalesce(tambon_day.n_sensors, 0) as n_sensors,
        register.total as population,
        register.valid_from as population_month_date
    from grid
    left join tambon_day
        on
            grid.place_code = tambon_day.place_code
            and grid.observed_date = tambon_day.observed_date
    left join {{ ref('int_population__register') }} as register
        on
            grid.place_code = register.place_code
            and register.native_place_level = 'tambon'
            and {{ in_force('register', 'grid.observed_date') }}
)

select
    place_code,
    place_name_en,
    place_name_th,
    observed_date,
    pm25 as pm25_ug_m3,
    pm25_reference as pm25_reference_ug_m3,
    pm25_sensor as pm25_sensor_ug_m3,
    case
        when pm25_reference is not null then 'reference'
        when pm25_sensor is not null then 'sensor'
    end as basis,
    cast(n_reference as bigint) as n_reference,
    cast(n_sensors as bigint) as n_sensors,
    limit_today as limit_ug_m3,
    pm25 > limit_today as is_above_limit_today,
    cast(population as bigint) as population,
    population_month_date,
    cast(case when pm25 > limit_today then population when pm25 is not null then 0 end as bigint) as person_days_above,
    case
        when pm25 is null then 'insufficient_data'
        when population is null then 'no_population_register_yet'
    end as reason
from exposed
