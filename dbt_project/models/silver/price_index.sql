{{ config(order_by=['place_code', 'place_name', 'group_code', 'base_year', 'month_date']) }}

with delivered as (
    select
        source.*,
        {{ statistical_place_code('source.native_place_level', 'source.province_code') }} as place_code,
        price_group.group_code,
        coalesce(price_group.is_headline, false) as is_headline,
        {{ local_month('source.interval_start_at') }} as month_date
    from {{ ref('stg_moc_cpi__index') }} as source
    left join {{ ref('seed_price_group') }} as price_group on trim(source.group_name) = price_group.group_name
),

latest as (
    select
        *,
        {{ latest_first([
            'native_place_level', 'coalesce(place_code, area_name)', 'coalesce(group_code, group_name)', 'base_year',
            'month_date'
        ]) }} as choice
    from delivered
)

select
    place_code,
    area_name as place_name,
    native_place_level,
    group_code,
    group_name,
    is_headline,
    -- A month stands once for each base year: indices of two bases are two series.
    cast(base_year as integer) as base_year,
    month_date,
    index_value,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from latest
where choice = 1
