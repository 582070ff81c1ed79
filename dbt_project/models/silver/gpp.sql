{{ config(order_by=['place_code', 'place_name', 'price_basis', 'ce_year', 'vintage', 'line_no']) }}

with delivered as (
    select
        *,
        {{ statistical_place_code('native_place_level', 'province_code') }} as place_code,
        cast(extract(year from {{ local_date('interval_start_at') }}) as integer) as ce_year
    from {{ ref('stg_nesdc_gpp__industry') }}
),

-- An edition is known by its newest year.
dated as (
    select
        *,
        max(ce_year) over (partition by batch_id) as edition_year
    from delivered
),

-- The edition received last gives a year's block of lines as a whole: lines come and go between editions, and a line
-- left over from an older one would be added to those that replaced it.
chosen as (
    select
        *,
        first_value(batch_id) over (
            partition by native_place_level, coalesce(place_code, place_name), price_basis, ce_year, vintage
            order by received_at desc, edition_year desc, batch_id desc
        ) as batch_that_counts
    from dated
)

select
    chosen.place_code,
    chosen.place_name,
    chosen.native_place_level,
    chosen.ce_year,
    chosen.price_basis,
    cast(chosen.reference_year as integer) as reference_year,
    chosen.industry,
    cast(chosen.line_no as integer) as line_no,
    -- Totals, subtotals and industries stand among each other; who adds up takes one kind only.
    coalesce(line.line_kind, 'unknown') as line_kind,
    line.industry_code,
    line.parent_code,
    chosen.vintage,
    {{ is_latest_vintage(
        ['chosen.native_place_level', 'coalesce(chosen.place_code, chosen.place_name)', 'chosen.price_basis', 'chosen.ce_year'],
        vintage='chosen.vintage'
    ) }} as is_latest_vintage,
    chosen.value_mthb,
    chosen.edition_year,
    chosen.source_id,
    chosen.partner_id,
    chosen.batch_id,
    chosen.row_id,
    chosen.received_at
from chosen
left join {{ ref('seed_industry') }} as line on lower(trim(chosen.industry)) = line.industry_name
where chosen.batch_id = chosen.batch_that_counts
