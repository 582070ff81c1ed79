{{ config(order_by=['place_code', 'observed_date']) }}

-- Side by side for every day of the district: particles, fires, wind, rain and what the plant did. What explains what
-- is asked in mart_haze_attribution_season.
with particle_day as (
    select
        daily.observed_date,
        {{ exact_mean("case when daily.quantity = 'PM25' then daily.mean_value end") }} as pm25,
        {{ exact_mean("case when daily.quantity = 'PM10' then daily.mean_value end") }} as pm10,
        count(case when daily.quantity = 'PM25' then 1 end) as n_pm25,
        count(case when daily.quantity = 'PM10' then 1 end) as n_pm10
    from {{ ref('fct_air_quality_daily') }} as daily
    inner join {{ ref('dim_station') }} as station on daily.station_key = station.station_key
    where
        daily.quantity in ('PM25', 'PM10')
        and daily.has_sufficient_data
        and daily.method = 'mean_of_hours'
        and {{ is_reference('station.instrument_class') }}
        and {{ district_of('station.place_code') }} = {{ city_district() }}
    group by daily.observed_date
),

-- The day's mean vector at the main station, from the highest level of its tower; where it has none, at the reference
-- station of the district with the most hours.
wind_ranked as (
    select
        weather.*,
        row_number() over (
            partition by weather.observed_date
            order by
                case when weather.station_key = {{ main_wind_station() }} then 0 else 1 end asc,
                {{ tower_rank('weather.level') }} asc,
                weather.n_wind desc,
                weather.station_key asc
        ) as choice
    from {{ ref('fct_weather_daily') }} as weather
    inner join {{ ref('dim_station') }} as station on weather.station_key = station.station_key
    where
        weather.method = 'mean_of_hours'
        and weather.n_wind >= 18
        and {{ is_reference('station.instrument_class') }}
        and {{ district_of('station.place_code') }} = {{ city_district() }}
),

wind as (
    select
        observed_date,
        station_key as wind_station_key,
        wind_u,
        wind_v,
        ws_mean,
        ws_vector,
        wd_vector,
        n_wind
    from wind_ranked
    where choice = 1
),

rain as (
    select
        weather.observed_date,
        {{ exact_mean('weather.rain_sum') }} as rain_mm
    from {{ ref('fct_weather_daily') }} as weather
    inner join {{ ref('dim_station') }} as station on weather.station_key = station.station_key
    where
        weather.method = 'mean_of_hours'
        and weather.n_rain >= 18
        and {{ is_reference('station.instrument_class') }}
        and {{ district_of('station.place_code') }} = {{ city_district() }}
    group by weather.observed_date
),

-- A mean wind below 0.5 m/s has no direction to speak of.
fire_day as (
    select
        hotspot.observed_date,
        sum(case when hotspot.ring = '0-10' then 1 else 0 end) as n_0_10,
        sum(case when hotspot.ring = '10-50' then 1 else 0 end) as n_10_50,
        sum(case when hotspot.ring = '50-100' then 1 else 0 end) as n_50_100,
        sum(case when hotspot.ring = '>100' then 1 else 0 end) as n_beyond_100,
        sum(
            case
                when hotspot.ring <> '>100' and {{ in_sector('wind.wd_vector', 'hotspot.bearing_deg') }} then 1
                else 0
            end
        ) as n_upwind,
        {{ exact_sum("case when hotspot.ring <> '>100' then hotspot.frp_mw end") }} as frp_mw
    from {{ ref('fct_hotspot') }} as hotspot
    left join wind on hotspot.observed_date = wind.observed_date
    where hotspot.is_headline
    group by hotspot.observed_date
),

generation_day as (
    select distinct observed_date from {{ ref('fct_generation_unit_daily') }}
),

-- A sum that lacks a unit is no sum: all units that the register has in operation must be there, at rest or not.
operating as (
    select
        day.observed_date,
        count(distinct unit.unit_key) as n_units
    from generation_day as day
    inner join {{ ref('dim_plant_unit') }} as unit
        on
            unit.status = 'operating'
            and {{ in_force('unit', 'day.observed_date') }}
    group by day.observed_date
),

generation as (
    select
        daily.observed_date,
        case when count(daily.net_mwh) >= max(operating.n_units) then {{ exact_sum('daily.net_mwh') }} end as net_mwh,
        count(daily.net_mwh) as n_units
    from {{ ref('fct_generation_unit_daily') }} as daily
    inner join operating on daily.observed_date = operating.observed_date
    where daily.has_sufficient_data
    group by daily.observed_date
)

select
    cast({{ city_district() }} as string) as place_code,
    particle_day.observed_date,
    calendar.haze_season,
    particle_day.pm25 as pm25_ug_m3,
    particle_day.pm10 as pm10_ug_m3,
    cast(particle_day.n_pm25 as bigint) as n_pm25_stations,
    cast(particle_day.n_pm10 as bigint) as n_pm10_stations,
    covered.observed_date is not null as has_hotspot_delivery,
    cast(case when covered.observed_date is not null then coalesce(fire_day.n_0_10, 0) end as bigint)
        as n_hotspots_0_10_km,
    cast(case when covered.observed_date is not null then coalesce(fire_day.n_10_50, 0) end as bigint)
        as n_hotspots_10_50_km,
    cast(case when covered.observed_date is not null then coalesce(fire_day.n_50_100, 0) end as bigint)
        as n_hotspots_50_100_km,
    cast(case when covered.observed_date is not null then coalesce(fire_day.n_beyond_100, 0) end as bigint)
        as n_hotspots_beyond_100_km,
    cast(
        case
            when covered.observed_date is not null and not {{ is_calm('wind.ws_vector') }}
                then coalesce(fire_day.n_upwind, 0)
        end
        as bigint
    ) as n_hotspots_upwind,
    case when covered.observed_date is not null then coalesce(fire_day.frp_mw, 0) end as frp_within_100_km_mw,
    wind.wind_station_key,
    wind.wind_u,
    wind.wind_v,
    wind.ws_mean,
    wind.ws_vector,
    wind.wd_vector,
    {{ is_calm('wind.ws_vector') }} as is_calm_day,
    cast(coalesce(wind.n_wind, 0) as bigint) as n_wind_hours,
    rain.rain_mm,
    generation.net_mwh as net_generation_mwh,
    cast(coalesce(generation.n_units, 0) as bigint) as n_units,
    stack.so2_g_s as stack_so2_g_s,
    cast(coalesce(stack.n_stacks, 0) as bigint) as n_stacks
from particle_day
inner join {{ ref('dim_date') }} as calendar on particle_day.observed_date = calendar.calendar_date
left join {{ ref('int_delivery__covered_day') }} as covered
    on
        particle_day.observed_date = covered.observed_date
        and covered.entity = 'hotspot'
left join fire_day on particle_day.observed_date = fire_day.observed_date
left join wind on particle_day.observed_date = wind.observed_date
left join rain on particle_day.observed_date = rain.observed_date
left join generation on particle_day.observed_date = generation.observed_date
left join {{ ref('int_stack_emission__so2_month') }} as stack
    on {{ period_start('month', 'particle_day.observed_date') }} = stack.month_date
