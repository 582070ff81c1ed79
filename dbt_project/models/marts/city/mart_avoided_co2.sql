{{ config(order_by=['project_key', 'month_date']) }}

-- What a project kept out of the air is counted with the combined margin of the grid, and with nothing else: the
-- factor of Scope 2 answers another question. Without such a factor in force there is no figure, and the row says so.
with renewable_day as (
    select
        plant_key as project_key,
        max(plant_name) as project_name,
        technology,
        observed_date,
        {{ exact_sum('energy_kwh') }} as energy_kwh,
        count(energy_kwh) as n_hours
    from {{ ref('fct_renewable_generation') }}
    where is_generation
    group by plant_key, technology, observed_date
),

priced as (
    select
        renewable_day.*,
        {{ period_start('month', 'renewable_day.observed_date') }} as month_date,
        margin.factor_id,
        margin.ef_type,
        margin.factor_t_mwh,
        margin.is_verified
    from renewable_day
    left join {{ ref('int_factor__avoided') }} as margin
        on renewable_day.observed_date between margin.valid_from and margin.valid_to
),

project_month as (
    select
        project_key,
        max(project_name) as project_name,
        'renewable' as project_kind,
        technology,
        month_date,
        {{ exact_sum('energy_kwh') }} as energy_kwh,
        cast(sum(n_hours) as double) / (24 * {{ days_in_period('month', 'month_date') }}) as completeness,
        max(factor_id) as factor_id,
        min(case when is_verified then 1 else 0 end) = 1 as factor_is_verified,
        max(ef_type) as ef_type,
        -- Every day needs its factor.
        case when count(factor_t_mwh) = count(*) then {{ exact_sum('energy_kwh / 1000 * factor_t_mwh') }} end
            as avoided_co2_t
    from priced
    group by project_key, technology, month_date
),

-- Charging is listed beside: what it avoids depends on the fuel that the cars would have burned, which nobody
-- delivers.
charging as (
    select
        station_id as project_key,
        max(station_name) as project_name,
        'ev_charging' as project_kind,
        'EV_CHARGING' as technology,
        {{ period_start('month', 'observed_date') }} as month_date,
        {{ exact_sum('energy_kwh') }} as energy_kwh,
        count(distinct observed_date) as n_days
    from {{ ref('fct_ev_charging_daily') }}
    group by station_id, {{ period_start('month', 'observed_date') }}
)

select
    project_key,
    project_name,
    project_kind,
    technology,
    month_date,
    energy_kwh,
    completeness,
    case when avoided_co2_t is not null then factor_id end as factor_id,
    case when avoided_co2_t is not null then ef_type end as ef_type,
    case when avoided_co2_t is not null then factor_is_verified end as factor_is_verified,
    avoided_co2_t,
    case when avoided_co2_t is null then 'no_factor' end as reason
from project_month
union all
select
    project_key,
    project_name,
    project_kind,
    technology,
    month_date,
    energy_kwh,
    cast(n_days as double) / {{ days_in_period('month', 'month_date') }} as completeness,
    cast(null as string) as factor_id,
    cast(null as string) as ef_type,
    cast(null as boolean) as factor_is_verified,
    cast(null as double) as avoided_co2_t,
    'no_method' as reason
from charging
