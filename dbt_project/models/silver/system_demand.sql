{{ config(
    month_of='observed_date',
    order_by=['area', 'observed_at'],
) }}

-- One row per area and instant: the row received last.
with demand as (
    select * from {{ ref('stg_egat_system_demand__demand') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'area', 'interval_start_at']) }} as choice
    from demand
)

select
    area,
    interval_start_at as observed_at,
    {{ local_date('interval_start_at') }} as observed_date,
    demand_mw,
    temperature_c,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
