-- One row per detection. GISTDA passes on what NASA detects: rows of one sensor, minute (times come by the minute) and
-- position (to 3 decimals, some 100 m, a quarter of a pixel) are one. The rule, first difference decides:
--   1. GISTDA's row, because it knows the land use; whether it was day or night comes from the other;
--   2. the row received last.
with unioned as (
    select * from {{ ref('int_hotspot__unioned') }}
),

keyed as (
    select
        *,
        round(latitude, 3) as latitude_key,
        round(longitude, 3) as longitude_key
    from unioned
),

ranked as (
    select
        *,
        max(daynight) over (partition by sensor, detected_at, latitude_key, longitude_key) as any_daynight,
        max(case when source_id = 'gistda_hotspot' then 1 else 0 end)
            over (partition by sensor, detected_at, latitude_key, longitude_key) as gistda_has_it,
        max(case when source_id = 'nasa_firms_hotspot' then 1 else 0 end)
            over (partition by sensor, detected_at, latitude_key, longitude_key) as firms_has_it,
        {{ latest_first(
            ['sensor', 'detected_at', 'latitude_key', 'longitude_key'],
            "case when source_id = 'gistda_hotspot' then 0 else 1 end",
        ) }} as choice
    from keyed
)

select
    sensor,
    case sensor
        when 'viirs_snpp' then 'Suomi NPP'
        when 'viirs_noaa20' then 'NOAA-20'
        when 'viirs_noaa21' then 'NOAA-21'
        when 'modis_terra' then 'Terra'
        when 'modis_aqua' then 'Aqua'
    end as satellite,
    detected_at,
    observed_date,
    latitude,
    longitude,
    confidence_class,
    confidence_pct,
    frp_mw,
    brightness_k,
    scan_km,
    track_km,
    -- Where nobody says it: these satellites pass at about 01:30 and 13:30 (Terra 10:30 and 22:30), far from twilight.
    coalesce(
        any_daynight,
        case when extract(hour from detected_at + interval '7' hour) between 6 and 17 then 'D' else 'N' end
    ) as daynight,
    version,
    country,
    province_code,
    district_code,
    tambon_code,
    land_use_th,
    responsible_area_th,
    gistda_has_it = 1 as is_in_gistda,
    firms_has_it = 1 as is_in_firms,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
