{{ config(
    month_of='observed_date',
    order_by=['unit_key', 'interval_start_at'],
) }}

with generation as (
    select * from {{ ref('generation') }}
    where {{ in_months('observed_date') }}
)

-- Mean power over an hour is as many MW.h. Capacity is what stood in the register on that day, of units in operation.
select
    generation.unit_key,
    generation.interval_start_at,
    generation.interval_end_at,
    generation.observed_date,
    generation.gross_mw as gross_mwh,
    generation.net_mw as net_mwh,
    generation.auxiliary_mw as auxiliary_mwh,
    generation.plant_net_mw as plant_net_mwh,
    generation.status,
    unit.installed_mw,
    unit.contracted_mw,
    generation.source_id,
    generation.partner_id,
    generation.batch_id
from generation
left join {{ ref('seed_plant_unit') }} as unit
    on
        generation.unit_key = unit.unit_key
        and unit.status = 'operating'
        and {{ in_force('unit', 'generation.observed_date') }}
