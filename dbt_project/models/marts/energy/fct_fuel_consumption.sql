{{ config(order_by=['observed_date', 'unit_key', 'fuel_code']) }}

with burn as (
    select
        *,
        max(case when is_plant_total then 0 else 1 end)
            over (partition by source_id, fuel_code, observed_date) as has_units
    from {{ ref('fuel_burn') }}
),

factor as (
    select * from {{ ref('seed_factor') }}
),

-- The plant's own total stands only on days without units, so that the rows of a day add up to the plant.
counted as (
    select
        burn.*,
        fuel.is_biogenic,
        ncv_default.factor as ncv_default_mj_kg,
        ncv_local.factor as ncv_local_mj_kg,
        combustion.factor as co2_kg_gj
    from burn
    inner join {{ ref('seed_fuel') }} as fuel on burn.fuel_code = fuel.fuel_code
    left join factor as ncv_default
        on
            burn.fuel_code = ncv_default.applies_to
            and ncv_default.ef_type = 'ncv'
            and ncv_default.basis = 'default'
            and {{ in_force('ncv_default', 'burn.observed_date') }}
    left join factor as ncv_local
        on
            burn.fuel_code = ncv_local.applies_to
            and ncv_local.ef_type = 'ncv'
            and ncv_local.basis = 'local'
            and {{ in_force('ncv_local', 'burn.observed_date') }}
    left join factor as combustion
        on
            burn.fuel_code = combustion.applies_to
            and combustion.basis = 'default'
            and {{ emission_factor('combustion', 'fuel_combustion', 'fuel_burnt', 'burn.observed_date') }}
    where not burn.is_plant_total or burn.has_units = 0
),

-- 1 t of 1 MJ/kg is 1 GJ.
converted as (
    select
        *,
        fuel_t * ncv_mj_kg / 1000 as energy_reported_tj
    from counted
),

-- Two tonnes of oil equivalent are in use, 0.9 % apart: each has its own column, so that none is taken for the other.
toe as (
    select
        max(case when basis = 'dede' then factor end) as dede_gj,
        max(case when basis = 'iea' then factor end) as iea_gj
    from factor
    where ef_type = 'conversion' and applies_to = 'toe'
)

select
    converted.unit_key,
    converted.fuel_code,
    converted.observed_date,
    converted.is_plant_total,
    converted.fuel_t,
    converted.ncv_mj_kg as ncv_reported_mj_kg,
    converted.energy_reported_tj,
    1000 * converted.energy_reported_tj / toe.dede_gj as energy_reported_toe_dede,
    1000 * converted.energy_reported_tj / toe.iea_gj as energy_reported_toe_iea,
    case
        when not converted.is_biogenic
            then {{ co2_t('converted.fuel_t', 'converted.ncv_mj_kg', 'converted.co2_kg_gj') }}
    end as co2_reported_ncv_t,
    case
        when not converted.is_biogenic
            then {{ co2_t('converted.fuel_t', 'converted.ncv_default_mj_kg', 'converted.co2_kg_gj') }}
    end as co2_default_ncv_t,
    case
        when not converted.is_biogenic
            then {{ co2_t('converted.fuel_t', 'converted.ncv_local_mj_kg', 'converted.co2_kg_gj') }}
    end as co2_local_ncv_t,
    case
        when converted.is_biogenic
            then {{ co2_t('converted.fuel_t', 'converted.ncv_mj_kg', 'converted.co2_kg_gj') }}
    end as co2_biogenic_t,
    converted.net_mwh,
    case when converted.net_mwh > 0 then converted.fuel_t / converted.net_mwh end as specific_use_t_mwh,
    case when converted.net_mwh > 0 then 1000 * converted.energy_reported_tj / converted.net_mwh end
        as heat_rate_gj_mwh,
    converted.source_id,
    converted.partner_id,
    converted.batch_id
from converted
cross join toe
