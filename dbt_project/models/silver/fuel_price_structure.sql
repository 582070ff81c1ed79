-- One row per product and day: what a litre is made of. The row received last counts.
with price_structure as (
    select
        *,
        {{ local_date('interval_start_at') }} as observed_date
    from {{ ref('stg_moen_oil_price__price_structure') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'product_code', 'place', 'observed_date']) }} as choice
    from price_structure
)

select
    product_code,
    product_label,
    place as area,
    observed_date,
    per_unit,
    ex_refinery as ex_refinery_thb,
    refinery_discount as refinery_discount_thb,
    excise_tax as excise_tax_thb,
    municipal_tax as municipal_tax_thb,
    oil_fund as oil_fund_thb,
    conservation_fund as conservation_fund_thb,
    wholesale as wholesale_thb,
    vat_wholesale as vat_wholesale_thb,
    marketing_margin as marketing_margin_thb,
    vat_marketing_margin as vat_marketing_margin_thb,
    retail as retail_thb,
    exchange_rate_baht_per_usd as exchange_rate_thb_usd,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
