{{ config(order_by=['place_code', 'place_name', 'ce_year', 'vintage']) }}

select
    per_capita.place_code,
    coalesce(place.name_th, per_capita.place_name) as place_name,
    per_capita.native_place_level,
    per_capita.ce_year,
    per_capita.vintage,
    per_capita.is_latest_vintage,
    per_capita.gpp_mthb,
    per_capita.population_person,
    per_capita.per_capita_thb,
    per_capita.gpp_mthb * 1000000 / nullif(per_capita.population_person, 0) as per_capita_recomputed_thb,
    per_capita.source_id,
    per_capita.partner_id
from {{ ref('gpp_per_capita') }} as per_capita
left join {{ ref('dim_place') }} as place on per_capita.place_code = place.place_code
