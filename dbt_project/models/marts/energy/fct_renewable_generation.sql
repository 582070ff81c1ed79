{{ config(
    month_of='observed_date',
    order_by=['plant_key', 'interval_start_at'],
) }}

with renewable as (
    select * from {{ ref('renewable') }}
    where {{ in_months('observed_date') }}
)

select
    renewable.plant_key,
    renewable.plant_name,
    renewable.technology,
    renewable.interval_start_at,
    renewable.interval_end_at,
    renewable.observed_date,
    renewable.energy_kwh,
    renewable.irradiance_w_m2,
    -- A battery gives back what it took.
    renewable.technology <> 'BATTERY' as is_generation,
    -- Biomass that is burnt with lignite is in the generation of its units already: never add the two.
    renewable.technology = 'BIOMASS_COFIRING' as is_within_unit_generation,
    plant.capacity_kwp,
    -- Energy over what the panels would give at 1000 W/m²; in weak light the ratio says nothing.
    case
        when renewable.technology like 'SOLAR_%' and renewable.irradiance_w_m2 >= 50
            then renewable.energy_kwh / (plant.capacity_kwp * renewable.irradiance_w_m2 / 1000)
    end as performance_ratio,
    renewable.source_id,
    renewable.partner_id,
    renewable.batch_id
from renewable
left join {{ ref('seed_renewable_plant') }} as plant
    on
        renewable.plant_key = plant.plant_key
        and {{ in_force('plant', 'renewable.observed_date') }}
