{{ config(
    month_of='observed_date',
    order_by=['plant_key', 'interval_start_at'],
) }}

-- One row per plant and hour. A row with energy beats a blank one; then the row received last counts.
with plant_hour as (
    select * from {{ ref('stg_egat_renewable__plant_hour') }}
),

ranked as (
    select
        *,
        {{ latest_first(
            ['source_id', 'plant_id', 'interval_start_at'],
            'case when energy_kwh is not null then 0 else 1 end',
        ) }} as choice
    from plant_hour
)

select
    plant_id as plant_key,
    plant_name,
    technology,
    interval_start_at,
    interval_end_at,
    {{ local_date('interval_start_at') }} as observed_date,
    energy_kwh,
    irradiance_w_m2,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
