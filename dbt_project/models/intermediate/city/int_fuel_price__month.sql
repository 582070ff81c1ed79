-- Mean pump price of a month, PTT, Bangkok and vicinity (the only area that is quoted): each day has the price that
-- was in force, up to the last announcement.
with price_day as (
    select
        {{ period_start('month', 'day.calendar_date') }} as month_date,
        price.product_code,
        price.price_thb_l
    from {{ ref('dim_date') }} as day
    inner join {{ ref('fct_fuel_price') }} as price
        on
            day.calendar_date >= price.valid_from
            and day.calendar_date < coalesce(price.valid_to, {{ add_days('price.last_announced_date', 1) }})
    where
        price.brand = 'ptt'
        and price.product_code in ('ds', 'gh95')
)

select
    month_date,
    {{ exact_mean("case when product_code = 'ds' then price_thb_l end") }} as diesel_thb_l,
    {{ exact_mean("case when product_code = 'gh95' then price_thb_l end") }} as gasohol_95_thb_l
from price_day
group by month_date
