{{ config(order_by=['continent', 'country', 'item', 'unit', 'ce_year', 'vintage']) }}

with delivered as (
    select
        *,
        cast(extract(year from {{ local_date('interval_start_at') }}) as integer) as ce_year,
        trim(item) as item_name,
        trim(unit) as raw_unit
    from {{ ref('stg_tat_visitors__inbound_year') }}
),

latest as (
    select
        *,
        {{ latest_first(['continent', 'country', 'item_name', 'raw_unit', 'ce_year', 'vintage']) }} as choice
    from delivered
)

select
    latest.continent,
    latest.country,
    latest.country_level,
    latest.item_name as item,
    latest.ce_year,
    latest.vintage,
    {{ is_latest_vintage(
        ['latest.continent', 'latest.country', 'latest.item_name', 'latest.raw_unit', 'latest.ce_year'],
        vintage='latest.vintage'
    ) }} as is_latest_vintage,
    latest.value,
    coalesce(label.unit, latest.raw_unit) as unit,
    latest.raw_unit,
    latest.source_id,
    latest.partner_id,
    latest.batch_id,
    latest.row_id,
    latest.received_at
from latest
left join {{ ref('seed_unit_label') }} as label on latest.raw_unit = label.unit_label
where latest.choice = 1
