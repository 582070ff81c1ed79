-- GISTDA asks for the last thirty days again and again: a scar and its week are one fact.
with staged as (
    select
        *,
        {{ latest_first(['burn_scar_id', 'interval_start_at']) }} as choice
    from {{ ref('stg_gistda_burn_scar__burn_scar') }}
),

latest as (
    select
        *,
        centroid_latitude as latitude,
        centroid_longitude as longitude
    from staged
    where choice = 1
),

points as (
    select distinct
        latitude,
        longitude
    from latest
),

inside as (
    {{ places_of_points('points', ref('seed_place_edge'), 'place_code') }}
),

-- GISTDA drew the scar and knows in which tambon most of it lies; the middle of a bent scar can lie outside of it. Our
-- boundaries, which are simplified, only help where no tambon of ours was delivered.
placed as (
    select
        latest.*,
        coalesce(place.place_code, inside.place_code) as place_code
    from latest
    left join {{ ref('seed_place') }} as place
        on
            latest.tambon_code = place.place_code
            and place.level = 'tambon'
    left join inside
        on
            latest.latitude = inside.latitude
            and latest.longitude = inside.longitude
)

select
    burn_scar_id,
    interval_start_at,
    interval_end_at,
    -- The interval ends as the next day begins: the last day is the one before.
    {{ local_date("interval_end_at - interval '1' second") }} as observed_date,
    area_rai,
    {{ rai_of_m2('geometry_area_m2') }} as drawn_area_rai,
    place_code,
    coalesce({{ district_of('place_code') }}, district_code) as district_code,
    coalesce({{ province_of('place_code') }}, province_code) as province_code,
    tambon_code as delivered_place_code,
    land_use_th,
    latitude,
    longitude,
    {{ distance_from_plant_km('latitude', 'longitude') }} as distance_km,
    geometry,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from placed
