{{ config(order_by=['month_date', 'native_place_level', 'place_code', 'registrar_code']) }}

with delivered as (
    select
        *,
        sheet as layout,
        {{ local_month('interval_start_at') }} as month_date
    from {{ ref('stg_dopa_population__registered') }}
),

latest as (
    select
        *,
        {{ latest_first(['layout', 'month_date', 'place_ref']) }} as choice
    from delivered
),

-- A month may come in both layouts. The one with codes knows villages and houses and needs no names looked up, so it is
-- taken for the whole province and month; the one with ages stands in where there is no other.
preferred as (
    select
        *,
        max(case when layout = 'codes' then 1 else 0 end) over (partition by province_code, month_date) as has_codes
    from latest
    where choice = 1
)

select
    place_ref,
    place_code,
    place_name,
    native_place_level,
    month_date,
    province_code,
    tambon_code,
    village_code,
    registrar_code,
    registrar_name,
    layout,
    male,
    female,
    total,
    houses,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from preferred
where layout = 'codes' or has_codes = 0
