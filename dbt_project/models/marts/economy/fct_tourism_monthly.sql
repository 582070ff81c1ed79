{{ config(order_by=['place_code', 'place_name', 'month_date', 'origin', 'vintage']) }}

with delivered as (
    select
        place_code,
        place_name,
        native_place_level,
        month_date,
        origin,
        vintage,
        is_latest_vintage,
        visitors,
        guests,
        occupancy_pct,
        receipts_mthb,
        source_id,
        partner_id,
        false as is_summed
    from {{ ref('visitors') }}
),

-- Where Thai and foreign are given but not their sum, the sum is made here and says so.
parts as (
    select
        place_code,
        min(place_name) as place_name,
        native_place_level,
        month_date,
        vintage,
        is_latest_vintage,
        sum(visitors) as visitors,
        {{ exact_sum('receipts_mthb') }} as receipts_mthb,
        count(visitors) as n_visitors,
        count(receipts_mthb) as n_receipts,
        min(source_id) as source_id,
        min(partner_id) as partner_id
    from delivered
    group by
        coalesce(place_code, place_name),
        place_code,
        native_place_level,
        month_date,
        vintage,
        is_latest_vintage
    having
        sum(case when origin = 'all' then 1 else 0 end) = 0
        and sum(case when origin in ('thai', 'foreign') then 1 else 0 end) = 2
),

complete as (
    select * from delivered
    union all
    select
        place_code,
        place_name,
        native_place_level,
        month_date,
        'all' as origin,
        vintage,
        is_latest_vintage,
        cast(case when n_visitors = 2 then visitors end as bigint) as visitors,
        null as guests,
        null as occupancy_pct,
        case when n_receipts = 2 then receipts_mthb end as receipts_mthb,
        source_id,
        partner_id,
        true as is_summed
    from parts
),

price as (
    select
        place_code,
        month_date,
        base_year,
        index_value,
        native_place_level
    from {{ ref('int_price_index__headline') }}
    where is_newest_base
)

select
    complete.place_code,
    coalesce(place.name_th, complete.place_name) as place_name,
    complete.native_place_level,
    complete.month_date,
    complete.origin,
    complete.vintage,
    complete.is_latest_vintage,
    complete.visitors,
    complete.guests,
    complete.occupancy_pct,
    complete.receipts_mthb,
    {{ real_price('complete.receipts_mthb', 'price.index_value') }} as receipts_real_mthb,
    price.base_year as price_base_year,
    price.native_place_level as price_place_level,
    complete.is_summed,
    complete.source_id,
    complete.partner_id
from complete
left join {{ ref('dim_place') }} as place on complete.place_code = place.place_code
left join price
    on
        complete.place_code = price.place_code
        and complete.month_date = price.month_date
