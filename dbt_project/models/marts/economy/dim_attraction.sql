{{ config(order_by=['attraction_key']) }}

select
    'TAT-' || attraction.place_id as attraction_key,
    attraction.name as name_th,
    coalesce(category.category, 'other') as category,
    attraction.category_name as category_th,
    attraction.latitude,
    attraction.longitude,
    attraction.place_code,
    attraction.native_place_level,
    attraction.province_name,
    attraction.district_name,
    attraction.tambon_name,
    attraction.postcode,
    attraction.tags,
    attraction.fee_thai_adult,
    attraction.fee_foreign_adult,
    attraction.first_seen_date,
    attraction.last_seen_date,
    attraction.is_listed,
    attraction.source_id,
    attraction.partner_id
from {{ ref('attraction') }} as attraction
left join {{ ref('seed_attraction_category') }} as category on trim(attraction.category_name) = category.category_th
