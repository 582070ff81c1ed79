-- Detections with the country and the tambon of Lampang in which they lie, by our boundaries; the tambon that was
-- delivered stays beside it.
with detection as (
    select * from {{ ref('int_hotspot__detection') }}
),

points as (
    select distinct
        latitude,
        longitude
    from detection
),

inside as (
    {{ places_of_points('points', ref('seed_place_edge'), 'place_code') }}
),

countries as (
    {{ places_of_points('points', ref('seed_country_edge'), 'country') }}
)

select
    detection.satellite,
    detection.sensor,
    detection.detected_at,
    detection.observed_date,
    detection.latitude,
    detection.longitude,
    detection.confidence_class,
    detection.confidence_pct,
    detection.frp_mw,
    detection.brightness_k,
    detection.scan_km,
    detection.track_km,
    detection.daynight,
    detection.version,
    inside.place_code,
    coalesce({{ district_of('inside.place_code') }}, detection.district_code) as district_code,
    coalesce({{ province_of('inside.place_code') }}, detection.province_code) as province_code,
    detection.tambon_code as delivered_place_code,
    case
        when inside.place_code is not null then 'Thailand'
        else coalesce(countries.country, detection.country)
    end as country,
    detection.land_use_th,
    detection.responsible_area_th,
    detection.is_in_gistda,
    detection.is_in_firms,
    {{ distance_from_plant_km('detection.latitude', 'detection.longitude') }} as distance_km,
    {{ bearing_from_plant_deg('detection.latitude', 'detection.longitude') }} as bearing_deg,
    {{ cell_row('detection.latitude') }} as cell_row,
    {{ cell_column(cell_row('detection.latitude'), 'detection.longitude') }} as cell_column,
    detection.source_id,
    detection.partner_id,
    detection.batch_id,
    detection.row_id,
    detection.received_at
from detection
left join inside
    on
        detection.latitude = inside.latitude
        and detection.longitude = inside.longitude
left join countries
    on
        detection.latitude = countries.latitude
        and detection.longitude = countries.longitude
