{{ config(order_by=['native_place_level', 'place_name', 'price_basis', 'ce_year', 'line_no']) }}

-- Names of a line: the first of the spellings that the register knows for its code.
with industry as (
    select
        industry_code,
        name_th,
        name_en,
        row_number() over (partition by industry_code order by industry_name) as choice
    from {{ ref('seed_industry') }}
),

product as (
    select
        *,
        lag(value_mthb) over (
            partition by native_place_level, place_name, price_basis, line_no
            order by ce_year
        ) as previous_mthb,
        lag(ce_year) over (
            partition by native_place_level, place_name, price_basis, line_no
            order by ce_year
        ) as previous_year,
        max(ce_year) over (partition by native_place_level, place_name, price_basis) as newest_year
    from {{ ref('fct_gpp_yearly') }}
    where is_latest_vintage
)

select
    product.place_code,
    product.place_name,
    product.native_place_level,
    product.ce_year,
    product.ce_year + 543 as be_year,
    cast(product.ce_year + 543 as string) || case when product.vintage = 'preliminary' then ' p' else '' end
        as be_year_label,
    product.price_basis,
    product.line_no,
    product.line_kind,
    product.industry_code,
    coalesce(industry.name_th || ' / ' || industry.name_en, product.industry) as industry_label,
    product.vintage,
    {{ vintage_label('product.vintage') }} as vintage_label,
    product.value_mthb,
    case
        when product.previous_year = product.ce_year - 1
            then 100 * (product.value_mthb - product.previous_mthb) / nullif(product.previous_mthb, 0)
    end as growth_pct,
    -- A figure per head belongs to the total at current prices and to no other line.
    per_head.per_capita_thb,
    per_head.population_person,
    product.ce_year = product.newest_year as is_latest_year,
    product.source_id
from product
left join industry
    on
        product.industry_code = industry.industry_code
        and industry.choice = 1
left join {{ ref('fct_gpp_per_capita_yearly') }} as per_head
    on
        product.line_kind = 'total'
        and product.price_basis = 'current'
        and per_head.is_latest_vintage
        and product.native_place_level = per_head.native_place_level
        and product.place_name = per_head.place_name
        and product.ce_year = per_head.ce_year
