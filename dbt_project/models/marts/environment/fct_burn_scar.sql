{{ config(order_by=['observed_date', 'burn_scar_id']) }}

select
    burn_scar_id,
    interval_start_at,
    interval_end_at,
    observed_date,
    area_rai,
    drawn_area_rai,
    place_code,
    district_code,
    province_code,
    delivered_place_code,
    land_use_th,
    latitude,
    longitude,
    distance_km,
    source_id,
    partner_id,
    batch_id
from {{ ref('burn_scar') }}
