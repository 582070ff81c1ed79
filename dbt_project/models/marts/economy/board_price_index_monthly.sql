{{ config(order_by=['native_place_level', 'place_name', 'group_name', 'month_date']) }}

-- Indices of two base years are two series: the board takes the newest base that an area's group has.
with newest as (
    select
        *,
        max(base_year) over (partition by native_place_level, place_name, group_name) as newest_base_year
    from {{ ref('price_index') }}
),

price as (
    select * from newest
    where base_year = newest_base_year
),

year_before as (
    select
        native_place_level,
        place_name,
        group_name,
        {{ year_later('month_date') }} as month_date,
        index_value
    from price
)

select
    price.place_code,
    price.place_name,
    price.place_name || ' / ' || coalesce(place.name_en, price.native_place_level) as place_label,
    price.native_place_level,
    price.group_name,
    coalesce(price.group_name || ' / ' || known.name_en, price.group_name)
    || ' [' || cast(price.base_year + 543 as string) || ' = 100]' as group_label,
    price.is_headline,
    price.base_year,
    price.month_date,
    {{ be_month('price.month_date') }} as be_month,
    price.index_value,
    100 * (price.index_value - year_before.index_value) / nullif(year_before.index_value, 0) as change_yoy_pct,
    price.month_date = max(price.month_date) over (partition by price.native_place_level, price.place_name)
        as is_latest_month,
    price.source_id
from price
left join {{ ref('seed_price_group') }} as known on price.group_name = known.group_name
left join {{ ref('dim_place') }} as place on price.place_code = place.place_code
left join year_before
    on
        price.native_place_level = year_before.native_place_level
        and price.place_name = year_before.place_name
        and price.group_name = year_before.group_name
        and price.month_date = year_before.month_date
