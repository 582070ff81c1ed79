{{ config(
    month_of='observed_date',
    order_by=['unit_key', 'interval_start_at'],
) }}

-- One row per unit and hour. A row with a meter reading beats a blank one, which a broken export would be; then the row
-- received last counts.
with unit_hour as (
    select * from {{ ref('stg_egat_generation__unit_hour') }}
),

ranked as (
    select
        *,
        {{ latest_first(
            ['source_id', 'unit_id', 'interval_start_at'],
            'case when gross_mw is not null or net_mw is not null then 0 else 1 end',
        ) }} as choice
    from unit_hour
)

select
    unit_id as unit_key,
    unit_name,
    interval_start_at,
    interval_end_at,
    {{ local_date('interval_start_at') }} as observed_date,
    gross_mw,
    net_mw,
    auxiliary_mw,
    plant_net_mw,
    status,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
