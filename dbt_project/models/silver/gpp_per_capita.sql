{{ config(order_by=['place_code', 'place_name', 'ce_year', 'vintage']) }}

with delivered as (
    select
        *,
        {{ statistical_place_code('native_place_level', 'province_code') }} as place_code,
        cast(extract(year from {{ local_date('interval_start_at') }}) as integer) as ce_year
    from {{ ref('stg_nesdc_gpp__per_capita') }}
),

latest as (
    select
        *,
        {{ latest_first(['native_place_level', 'coalesce(place_code, place_name)', 'ce_year', 'vintage']) }} as choice
    from delivered
)

select
    place_code,
    place_name,
    native_place_level,
    ce_year,
    vintage,
    {{ is_latest_vintage(['native_place_level', 'coalesce(place_code, place_name)', 'ce_year']) }} as is_latest_vintage,
    gpp_mthb,
    population_thousand * 1000 as population_person,
    per_capita_thb,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from latest
where choice = 1
