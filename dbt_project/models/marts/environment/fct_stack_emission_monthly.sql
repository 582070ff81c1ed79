{{ config(
    year_of='month_date',
    order_by=['stack_key', 'quantity', 'averaging_period', 'month_date'],
) }}

with observation as (
    select
        *,
        case when is_valid then value end as valid_value,
        replace(quantity, '_RATE', '') as base_quantity
    from {{ ref('observation') }}
    where
        averaging_period in ('P1M', 'P1Y')
        and {{ is_stack('station_key') }}
        and {{ in_months('observed_date') }}
),

-- A year's flow holds for all its months.
flow as (
    select
        station_key as stack_key,
        extract(year from observed_date) as flow_year,
        max(valid_value) as flow_m3_h
    from observation
    where quantity = 'FLOW'
    group by station_key, extract(year from observed_date)
),

emission as (
    select
        station_key as stack_key,
        base_quantity as quantity,
        averaging_period,
        observed_date as month_date,
        max(case when quantity = base_quantity then valid_value end) as concentration,
        max(case when quantity = base_quantity then unit end) as concentration_unit,
        max(case when quantity <> base_quantity then valid_value end) as rate_reported_g_s,
        max({{ hours_between('interval_start_at', 'interval_end_at') }}) as hours,
        max(source_id) as source_id
    from observation
    where quantity <> 'FLOW'
    group by station_key, base_quantity, averaging_period, observed_date
),

-- mg/m³ from ppm at 25 °C and 1 atm (24.45 L/mol), for every stack alike: the partner's own g/s imply 21.93 L/mol on
-- the old stacks and 24.45 on the new one.
weighed as (
    select
        emission.*,
        flow.flow_m3_h,
        case
            when emission.concentration_unit = '[ppm]'
                then emission.concentration * quantity.molar_mass / {{ molar_volume() }}
            when emission.concentration_unit = 'mg/m3' then emission.concentration
        end as concentration_mg_m3
    from emission
    left join {{ ref('seed_quantity') }} as quantity on emission.quantity = quantity.quantity
    left join flow
        on
            emission.stack_key = flow.stack_key
            and extract(year from emission.month_date) = flow.flow_year
),

recomputed as (
    select
        *,
        {{ mass_rate_g_s('concentration_mg_m3', 'flow_m3_h') }} as rate_recomputed_g_s
    from weighed
)

select
    recomputed.stack_key,
    recomputed.quantity,
    recomputed.averaging_period,
    recomputed.month_date,
    recomputed.concentration,
    recomputed.concentration_unit,
    recomputed.flow_m3_h,
    recomputed.rate_reported_g_s,
    recomputed.rate_recomputed_g_s,
    {{ mass_kg('recomputed.rate_recomputed_g_s', 'recomputed.hours') }} as mass_kg,
    recomputed.rate_reported_g_s / nullif(recomputed.rate_recomputed_g_s, 0) as rate_ratio,
    standard.limit_value,
    standard.limit_unit,
    recomputed.concentration > standard.limit_value as is_exceedance,
    standard.is_verified as limit_is_verified,
    recomputed.source_id
from recomputed
left join {{ ref('seed_standard') }} as standard
    on
        standard.medium = 'stack'
        and recomputed.stack_key = standard.station_key
        and recomputed.quantity = standard.quantity
        and recomputed.concentration_unit = standard.limit_unit
        and {{ in_force('standard', 'recomputed.month_date') }}
