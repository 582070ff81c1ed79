{{ config(order_by=['brand', 'product_code', 'area', 'valid_from']) }}

-- Announcements become intervals [valid_from, valid_to): the same price said again on later days is one interval, and a
-- product that is no longer sold ends the one before.
with announced as (
    select
        *,
        lag(price_thb) over (partition by brand, product_code, area order by effective_date) as price_before,
        row_number() over (partition by brand, product_code, area order by effective_date) as n_before
    from {{ ref('fuel_price') }}
    where per_unit = 'L'
),

numbered as (
    select
        *,
        sum(case when n_before = 1 or price_thb is distinct from price_before then 1 else 0 end)
            over (partition by brand, product_code, area order by effective_date) as island
    from announced
),

interval_of_price as (
    select
        brand,
        product_code,
        area,
        island,
        max(price_thb) as price_thb_l,
        min(effective_date) as valid_from,
        max(effective_date) as last_announced_date
    from numbered
    group by brand, product_code, area, island
),

neighbours as (
    select
        *,
        lead(valid_from) over (partition by brand, product_code, area order by valid_from) as valid_to,
        lag(price_thb_l) over (partition by brand, product_code, area order by valid_from) as previous_price_thb_l
    from interval_of_price
),

-- The source of an interval is that of the announcement that began it.
began as (
    select
        neighbours.*,
        announced.source_id,
        announced.partner_id,
        announced.batch_id
    from neighbours
    inner join announced
        on
            neighbours.brand = announced.brand
            and neighbours.product_code = announced.product_code
            and neighbours.area = announced.area
            and neighbours.valid_from = announced.effective_date
)

select
    began.brand,
    began.product_code,
    product.fuel_code,
    began.area,
    -- The quoted prices are those of Bangkok and vicinity, never of Lampang.
    cast(null as string) as place_code,
    case when began.area = 'bangkok' then 'กรุงเทพมหานครและปริมณฑล' else began.area end as place_name,
    'region' as native_place_level,
    began.valid_from,
    began.valid_to,
    began.last_announced_date,
    began.price_thb_l,
    began.previous_price_thb_l,
    round(began.price_thb_l - began.previous_price_thb_l, 4) as change_thb_l,
    began.valid_to is null as is_current,
    began.source_id,
    began.partner_id,
    began.batch_id
from began
left join {{ ref('seed_product_fuel') }} as product on began.product_code = product.product_code
where began.price_thb_l is not null
