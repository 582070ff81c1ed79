{{ config(order_by=['place_code', 'place_name', 'price_basis', 'ce_year', 'vintage', 'line_no']) }}

select
    gpp.place_code,
    coalesce(place.name_th, gpp.place_name) as place_name,
    gpp.native_place_level,
    gpp.ce_year,
    gpp.price_basis,
    gpp.reference_year,
    gpp.industry,
    gpp.industry_code,
    gpp.parent_code,
    gpp.line_no,
    gpp.line_kind,
    gpp.vintage,
    gpp.is_latest_vintage,
    gpp.value_mthb,
    gpp.edition_year,
    gpp.source_id,
    gpp.partner_id
from {{ ref('gpp') }} as gpp
left join {{ ref('dim_place') }} as place on gpp.place_code = place.place_code
-- Population and product per head stand under some blocks: they are no million baht.
where gpp.line_kind <> 'memo'
