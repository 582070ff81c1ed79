{{ config(order_by=['product_code', 'seller', 'observed_date']) }}

-- Prices that held on each day: those of PTT beside the mean of the other brands.
with priced as (
    select
        *,
        max(last_announced_date) over (partition by brand) as brand_last_date,
        max(last_announced_date) over (partition by area) as newest_date
    from {{ ref('fct_fuel_price') }}
    where area = 'bangkok'
),

-- An open price holds up to the newest announcement of any brand. A brand that has said nothing for 90 days has left
-- the list: its last prices must not stand in a mean for ever.
held as (
    select
        *,
        case
            when valid_to is not null then valid_to
            when brand_last_date < {{ add_days('newest_date', -90) }} then {{ add_days('brand_last_date', 90) }}
            else {{ add_days('newest_date', 1) }}
        end as until_date
    from priced
),

daily as (
    select
        held.product_code,
        case when held.brand = 'ptt' then 'ptt' else 'others' end as seller,
        calendar.calendar_date as observed_date,
        {{ exact_mean('held.price_thb_l') }} as price_thb_l,
        min(held.price_thb_l) as lowest_thb_l,
        max(held.price_thb_l) as highest_thb_l,
        count(*) as n_brands,
        max(held.newest_date) as newest_date
    from held
    inner join {{ ref('dim_date') }} as calendar
        on
            held.valid_from <= calendar.calendar_date
            and held.until_date > calendar.calendar_date
    group by
        held.product_code,
        case when held.brand = 'ptt' then 'ptt' else 'others' end,
        calendar.calendar_date
)

select
    daily.product_code,
    coalesce(product.name_th || ' / ' || product.name_en, daily.product_code) as product_label,
    daily.seller,
    case daily.seller when 'ptt' then 'ปตท. / PTT' else 'แบรนด์อื่น เฉลี่ย / other brands, mean' end as seller_label,
    daily.observed_date,
    daily.price_thb_l,
    daily.lowest_thb_l,
    daily.highest_thb_l,
    cast(daily.n_brands as bigint) as n_brands,
    daily.observed_date = daily.newest_date as is_latest_date
from daily
left join {{ ref('seed_product_fuel') }} as product on daily.product_code = product.product_code
