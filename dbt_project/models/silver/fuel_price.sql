-- One row per brand, product, area and day from which a price holds. EPPO's table has a brand 'ptt', and PTT delivers
-- its own prices: both speak of the same fact. The rule: a brand's own feed counts before EPPO's table; within a source
-- the later of two announcements for one day, then the row received last. What the other source said stays beside it.
with eppo as (
    select
        source_id,
        partner_id,
        brand,
        product as product_code,
        place as area,
        effective_date,
        interval_start_at,
        'L' as per_unit,
        is_sold,
        case when is_sold then price_baht_per_litre end as price_thb,
        1 as source_rank,
        batch_id,
        row_id,
        received_at
    from {{ ref('stg_moen_oil_price__brand_price') }}
),

ptt as (
    select
        source_id,
        partner_id,
        'ptt' as brand,
        product_code,
        place as area,
        {{ local_date('interval_start_at') }} as effective_date,
        interval_start_at,
        per_unit,
        true as is_sold,
        price_baht as price_thb,
        0 as source_rank,
        batch_id,
        row_id,
        received_at
    from {{ ref('stg_ptt_oil_price__price') }}
),

both_sources as (
    select * from eppo
    union all
    select * from ptt
),

ranked as (
    select
        *,
        {{ latest_first(
            ['source_id', 'brand', 'product_code', 'area', 'effective_date'],
            'interval_start_at desc',
        ) }} as choice
    from both_sources
),

said as (
    select
        *,
        {{ latest_first(['brand', 'product_code', 'area', 'effective_date'], 'source_rank') }} as source_choice,
        max(case when source_rank = 1 then source_id end)
            over (partition by brand, product_code, area, effective_date) as eppo_source_id,
        max(case when source_rank = 1 then price_thb end)
            over (partition by brand, product_code, area, effective_date) as eppo_price_thb
    from ranked
    where choice = 1
)

select
    brand,
    product_code,
    area,
    effective_date,
    is_sold,
    price_thb,
    per_unit,
    case when source_rank = 0 then eppo_source_id end as other_source_id,
    case when source_rank = 0 then eppo_price_thb end as price_of_other_source_thb,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from said
where source_choice = 1
