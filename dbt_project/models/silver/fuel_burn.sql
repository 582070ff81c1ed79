-- One row per unit (or the whole plant, MMPP) and day: the row received last.
with fuel_day as (
    select * from {{ ref('stg_egat_generation__fuel_day') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'unit_id', 'interval_start_at']) }} as choice
    from fuel_day
)

select
    unit_id as unit_key,
    unit_name,
    unit_id = 'MMPP' as is_plant_total,
    -- The feed knows lignite only; biomass that is burnt with it is not weighed in it.
    'LIG' as fuel_code,
    {{ local_date('interval_start_at') }} as observed_date,
    lignite_t as fuel_t,
    ncv_mj_kg,
    net_mwh,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
