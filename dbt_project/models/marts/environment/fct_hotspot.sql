{{ config(
    year_of='observed_date',
    order_by=['observed_date', 'sensor', 'detected_at', 'latitude', 'longitude'],
) }}

with hotspot as (
    select * from {{ ref('hotspot') }}
    where {{ in_months('observed_date') }}
)

select
    satellite,
    sensor,
    detected_at,
    observed_date,
    latitude,
    longitude,
    confidence_class,
    confidence_pct,
    frp_mw,
    brightness_k,
    daynight,
    place_code,
    district_code,
    province_code,
    delivered_place_code,
    country,
    land_use_th,
    responsible_area_th,
    distance_km,
    bearing_deg,
    case
        when distance_km <= 10 then '0-10'
        when distance_km <= 50 then '10-50'
        when distance_km <= 100 then '50-100'
        else '>100'
    end as ring,
    is_static_source,
    static_reason,
    -- One sensor per headline number, the one that GISTDA's daily count uses; heat that is always there is no fire.
    sensor = 'viirs_snpp' and confidence_class in ('nominal', 'high') and not is_static_source as is_headline,
    source_id,
    partner_id,
    batch_id
from hotspot
