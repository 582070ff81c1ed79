with seed as (
    select * from {{ ref('seed_station') }}
),

-- A station that delivers but is not in the seed yet still has a row: its facts must not dangle.
seen as (
    select
        station_key,
        max(station_name) as station_name,
        max(partner_id) as partner_id
    from {{ ref('observation') }}
    group by station_key
),

unknown as (
    select seen.*
    from seen
    left join seed on seen.station_key = seed.station_key
    where seed.station_key is null
),

known as (
    select
        station_key,
        code,
        operator,
        name_th,
        name_en,
        place_code,
        lat,
        lon,
        instrument_class,
        valid_from,
        valid_to,
        is_verified,
        source
    from seed
),

unverified as (
    select
        station_key,
        cast(null as varchar) as code,
        upper(partner_id) as operator,
        station_name as name_th,
        station_name as name_en,
        cast(null as varchar) as place_code,
        cast(null as double) as lat,
        cast(null as double) as lon,
        'unknown' as instrument_class,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        false as is_verified,
        'seen in deliveries only; not in seed_station.csv' as source
    from unknown
)

select * from known
union all
select * from unverified
