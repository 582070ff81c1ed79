{{ config(order_by=['station_key']) }}

with seed as (
    select * from {{ ref('seed_station') }}
),

-- Where the answers of partners place their stations now; silver.station_seen has the sites before. A low-cost sensor
-- may hang on somebody's house: here it stands on a grid of some 100 m.
told as (
    select
        station_key,
        code,
        station_name,
        station_name_en,
        partner_id,
        case when source_id = 'tmd_weather' then latitude else round(latitude, 3) end as latitude,
        case when source_id = 'tmd_weather' then longitude else round(longitude, 3) end as longitude,
        place_code,
        valid_from,
        twin_of
    from {{ ref('station_seen') }}
    where is_current
),

delivering as (
    select
        station_key,
        max(station_name) as station_name,
        max(partner_id) as partner_id,
        coalesce(max(nullif(instrument_class, 'unknown')), 'unknown') as instrument_class
    from {{ ref('station_month') }}
    group by station_key
),

-- A station that delivers but is not in the seed yet still has a row: its facts must not dangle.
seen as (
    select
        coalesce(delivering.station_key, told.station_key) as station_key,
        told.code,
        coalesce(told.station_name, delivering.station_name) as station_name,
        told.station_name_en,
        coalesce(delivering.partner_id, told.partner_id) as partner_id,
        coalesce(delivering.instrument_class, 'unknown') as instrument_class,
        told.latitude,
        told.longitude,
        told.place_code,
        told.valid_from,
        told.twin_of
    from delivering
    full outer join told on delivering.station_key = told.station_key
),

unknown as (
    select seen.*
    from seen
    left join seed on seen.station_key = seed.station_key
    where seed.station_key is null
),

-- The register is believed first; what it does not know may have been told.
registered as (
    select
        seed.station_key,
        seed.code,
        seed.operator,
        seed.name_th,
        seed.name_en,
        coalesce(seed.place_code, told.place_code) as place_code,
        coalesce(seed.lat, told.latitude) as lat,
        coalesce(seed.lon, told.longitude) as lon,
        seed.instrument_class,
        seed.valid_from,
        seed.valid_to,
        seed.replaced_by,
        told.twin_of,
        seed.is_verified,
        seed.source
    from seed
    left join told on seed.station_key = told.station_key
),

-- A satellite's estimate for a district has the district's code in its key.
unverified as (
    select
        unknown.station_key,
        unknown.code,
        upper(unknown.partner_id) as operator,
        coalesce(district.name_th, unknown.station_name) as name_th,
        coalesce(district.name_en, unknown.station_name_en, unknown.station_name) as name_en,
        coalesce(unknown.place_code, district.place_code) as place_code,
        unknown.latitude as lat,
        unknown.longitude as lon,
        unknown.instrument_class,
        unknown.valid_from,
        cast(null as date) as valid_to,
        cast(null as string) as replaced_by,
        unknown.twin_of,
        false as is_verified,
        'seen in deliveries only; not in seed_station.csv' as source
    from unknown
    left join {{ ref('seed_place') }} as district on unknown.station_key = 'GISTDA-AP-' || district.place_code
),

stations as (
    select * from registered
    union all
    select * from unverified
),

points as (
    select distinct
        lat as latitude,
        lon as longitude
    from stations
    where
        lat is not null
        and lon is not null
),

inside as (
    {{ places_of_points('points', ref('seed_place_edge'), 'place_code') }}
)

select
    stations.station_key,
    stations.code,
    stations.operator,
    stations.name_th,
    stations.name_en,
    -- What is said of the tambon, else where the position lies; a district only where that is all.
    case
        when length(stations.place_code) = 6 then stations.place_code
        else coalesce(inside.place_code, stations.place_code)
    end as place_code,
    stations.lat,
    stations.lon,
    inside.place_code as position_place_code,
    stations.instrument_class,
    stations.lat is not null and stations.lon is not null as has_position,
    {{ distance_from_plant_km('stations.lat', 'stations.lon') }} as distance_km,
    -- Stacks stand on the point itself: no direction.
    case
        when stations.lat = {{ plant_latitude() }} and stations.lon = {{ plant_longitude() }} then null
        else {{ bearing_from_plant_deg('stations.lat', 'stations.lon') }}
    end as bearing_deg,
    stations.valid_from,
    stations.valid_to,
    -- An operator gives a code to another site: the site before it has an end, known or not.
    stations.valid_to is null and stations.replaced_by is null as is_current,
    stations.replaced_by,
    stations.twin_of,
    stations.is_verified,
    stations.source
from stations
left join inside
    on
        stations.lat = inside.latitude
        and stations.lon = inside.longitude
