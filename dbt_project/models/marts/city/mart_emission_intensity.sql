{{ config(order_by=['subject_type', 'subject_key', 'month_date']) }}

-- What a stack, and the unit below it, puts out for each MWh it gives. Units 4 to 7 shared two stacks: theirs can be
-- told by stack only. Hours that a stack was in use come from its units.
with bridge as (
    select * from {{ ref('bridge_unit_stack') }}
),

-- One row for each unit and month, with the stack that it used: by the day, since a unit may begin within the month.
-- Hours in service come from the unit's status; where none is delivered, every metered hour counts as one.
unit_month as (
    select
        daily.unit_key,
        bridge.stack_key,
        {{ period_start('month', 'daily.observed_date') }} as month_date,
        {{ exact_sum('daily.net_mwh') }} as net_mwh,
        sum(daily.n_hours) as n_hours,
        sum(case when daily.n_status_hours > 0 then daily.service_h else daily.n_hours end) as run_h
    from {{ ref('fct_generation_unit_daily') }} as daily
    inner join bridge
        on
            daily.unit_key = bridge.unit_key
            and {{ in_force('bridge', 'daily.observed_date') }}
    group by daily.unit_key, bridge.stack_key, {{ period_start('month', 'daily.observed_date') }}
),

-- What was burned is set against the energy that the fuel report gives for the same days.
burn as (
    select
        unit_key,
        {{ period_start('month', 'observed_date') }} as month_date,
        {{ exact_sum("case when fuel_code = 'LIG' then fuel_t end") }} as lignite_t,
        {{ exact_sum('co2_reported_ncv_t') }} as co2_t,
        {{ exact_sum("case when fuel_code = 'LIG' then net_mwh end") }} as net_mwh
    from {{ ref('fct_fuel_consumption') }}
    where not is_plant_total
    group by unit_key, {{ period_start('month', 'observed_date') }}
),

-- Two units on one stack: it is in use as long as the one that runs longer.
stack_month as (
    select
        unit_month.stack_key,
        unit_month.month_date,
        count(*) as n_units,
        {{ exact_sum('unit_month.net_mwh') }} as net_mwh,
        max(unit_month.n_hours) as n_hours,
        max(unit_month.run_h) as run_h,
        {{ exact_sum('burn.lignite_t') }} as lignite_t,
        {{ exact_sum('burn.co2_t') }} as co2_t,
        {{ exact_sum('burn.net_mwh') }} as burn_net_mwh
    from unit_month
    left join burn
        on
            unit_month.unit_key = burn.unit_key
            and unit_month.month_date = burn.month_date
    group by unit_month.stack_key, unit_month.month_date
),

calendar as (
    select distinct {{ period_start('month', 'calendar_date') }} as month_date
    from {{ ref('dim_date') }}
),

-- Particles are reported once a year: their rate holds for each of its months.
emission as (
    select
        emission.stack_key,
        calendar.month_date,
        max(case when emission.quantity = 'SO2' then emission.rate_recomputed_g_s end) as so2_g_s,
        max(case when emission.quantity = 'NOX' then emission.rate_recomputed_g_s end) as nox_g_s,
        max(case when emission.quantity = 'TSP' then emission.rate_recomputed_g_s end) as pm_g_s,
        count(emission.concentration) as n_concentrations
    from {{ ref('fct_stack_emission_monthly') }} as emission
    inner join calendar
        on
            emission.averaging_period = 'P1M' and emission.month_date = calendar.month_date
            or (
                emission.averaging_period = 'P1Y'
                and extract(year from emission.month_date) = extract(year from calendar.month_date)
            )
    where emission.quantity in ('SO2', 'NOX', 'TSP')
    group by emission.stack_key, calendar.month_date
),

stack as (
    select
        'stack' as subject_type,
        coalesce(stack_month.stack_key, emission.stack_key) as subject_key,
        coalesce(stack_month.stack_key, emission.stack_key) as stack_key,
        coalesce(stack_month.month_date, emission.month_date) as month_date,
        coalesce(stack_month.n_units, 0) as n_units,
        stack_month.net_mwh,
        stack_month.n_hours,
        stack_month.run_h,
        stack_month.lignite_t,
        stack_month.co2_t,
        stack_month.burn_net_mwh,
        emission.so2_g_s,
        emission.nox_g_s,
        emission.pm_g_s,
        emission.n_concentrations
    from stack_month
    full outer join emission
        on
            stack_month.stack_key = emission.stack_key
            and stack_month.month_date = emission.month_date
),

unit as (
    select
        'unit' as subject_type,
        unit_month.unit_key as subject_key,
        stack.stack_key,
        stack.month_date,
        1 as n_units,
        stack.net_mwh,
        stack.n_hours,
        stack.run_h,
        stack.lignite_t,
        stack.co2_t,
        stack.burn_net_mwh,
        stack.so2_g_s,
        stack.nox_g_s,
        stack.pm_g_s,
        stack.n_concentrations
    from stack
    inner join unit_month
        on
            stack.stack_key = unit_month.stack_key
            and stack.month_date = unit_month.month_date
    inner join bridge
        on
            unit_month.unit_key = bridge.unit_key
            and unit_month.stack_key = bridge.stack_key
            and bridge.is_only_unit
),

subject as (
    select * from stack
    union all
    select * from unit
),

weighed as (
    select
        *,
        {{ mass_kg('so2_g_s', 'run_h') }} as so2_kg,
        {{ mass_kg('nox_g_s', 'run_h') }} as nox_kg,
        {{ mass_kg('pm_g_s', 'run_h') }} as pm_kg,
        -- Below zero, or nothing: a unit that only drew power has no intensity.
        case when net_mwh > 0 then net_mwh end as positive_mwh,
        case when burn_net_mwh > 0 then burn_net_mwh end as positive_burn_mwh
    from subject
)

select
    subject_type,
    subject_key,
    stack_key,
    month_date,
    cast(n_units as bigint) as n_units,
    net_mwh,
    cast(run_h as bigint) as run_h,
    cast(n_hours as double) / (24 * {{ days_in_period('month', 'month_date') }}) as completeness,
    so2_kg,
    nox_kg,
    pm_kg,
    lignite_t,
    co2_t,
    so2_kg / positive_mwh as so2_kg_mwh,
    nox_kg / positive_mwh as nox_kg_mwh,
    pm_kg / positive_mwh as pm_kg_mwh,
    co2_t / positive_burn_mwh as co2_t_mwh,
    lignite_t / positive_burn_mwh as lignite_t_mwh,
    case
        when net_mwh is null then 'generation_not_delivered'
        when coalesce(n_concentrations, 0) = 0 then 'stack_emission_not_delivered'
        when so2_g_s is null and nox_g_s is null and pm_g_s is null then 'stack_flow_not_delivered'
        when positive_mwh is null then 'no_net_generation'
    end as reason
from weighed
