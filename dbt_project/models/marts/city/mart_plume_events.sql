{{ config(
    year_of='observed_date',
    order_by=['station_key', 'interval_start_at'],
) }}

-- 92.7 % of the valid hours of SO2 are zero and one in a hundred is above 10 µg/m³: those hours are the events. A
-- model that is kept by year reads only seeds and tables that are kept so themselves; every SO2 station stands in the
-- seed.
with station as (
    select
        station_key,
        place_code,
        {{ distance_from_plant_km('lat', 'lon') }} as distance_km,
        {{ bearing_from_plant_deg('lat', 'lon') }} as bearing_deg
    from {{ ref('seed_station') }}
    where instrument_class = 'reference'
),

event as (
    select
        hourly.station_key,
        hourly.interval_start_at,
        hourly.interval_end_at,
        hourly.observed_date,
        hourly.value,
        hourly.source_id,
        station.place_code,
        station.distance_km,
        station.bearing_deg
    from {{ ref('fct_air_quality_hourly') }} as hourly
    inner join station on hourly.station_key = station.station_key
    where
        hourly.quantity = 'SO2'
        and hourly.is_valid
        and hourly.value > 10
        and {{ in_months('hourly.observed_date') }}
),

wind as (
    select
        station_key,
        level,
        interval_start_at,
        ws,
        wd,
        is_calm
    from {{ ref('fct_weather_hourly') }}
    where
        ws is not null
        -- in still air a vane may say nothing
        and (wd is not null or is_calm)
        and {{ in_months('observed_date') }}
),

-- The wind at the station itself; where it has none in that hour, that of the main station. Of a tower its highest
-- level, which is nearest to the plume.
wind_ranked as (
    select
        event.station_key,
        event.interval_start_at,
        wind.station_key as wind_station_key,
        wind.ws,
        wind.wd,
        wind.is_calm,
        row_number() over (
            partition by event.station_key, event.interval_start_at
            order by
                case when wind.station_key = event.station_key then 0 else 1 end,
                {{ tower_rank('wind.level') }}
        ) as choice
    from event
    inner join wind
        on
            event.interval_start_at = wind.interval_start_at
            and wind.station_key in (event.station_key, {{ main_wind_station() }})
),

joined as (
    select
        event.*,
        wind_ranked.wind_station_key,
        wind_ranked.ws,
        wind_ranked.wd,
        wind_ranked.is_calm,
        stack.so2_g_s,
        stack.n_stacks
    from event
    left join wind_ranked
        on
            event.station_key = wind_ranked.station_key
            and event.interval_start_at = wind_ranked.interval_start_at
            and wind_ranked.choice = 1
    left join {{ ref('int_stack_emission__so2_month') }} as stack
        on {{ period_start('month', 'event.observed_date') }} = stack.month_date
)

select
    station_key,
    place_code,
    interval_start_at,
    interval_end_at,
    observed_date,
    value as so2_ug_m3,
    distance_km,
    bearing_deg,
    wind_station_key,
    ws,
    wd,
    is_calm,
    -- A wind is named for where it comes from: at a station east of the plant (90°) the plume comes with a west wind
    -- (270°).
    case
        when bearing_deg is not null and not is_calm then {{ in_sector('wd', 'mod(bearing_deg + 180, 360)') }}
    end as is_from_plant,
    so2_g_s as stack_so2_g_s,
    cast(coalesce(n_stacks, 0) as bigint) as n_stacks,
    -- No partner reports when a scrubber was out of service.
    cast(null as boolean) as is_fgd_in_service,
    case
        when bearing_deg is null then 'station_position_unknown'
        when is_calm then 'calm'
        when wd is null then 'no_wind'
    end as reason,
    source_id
from joined
