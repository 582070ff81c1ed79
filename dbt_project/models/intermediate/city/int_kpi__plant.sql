-- N1 to N5 and E10: what the plant makes, from what, and what it puts out. The site's figures are ratios of sums over
-- its units, never means of their ratios.
with unit_of_day as (
    select
        'unit' as subject_type,
        unit_key as subject_key,
        observed_date,
        net_mwh,
        completeness,
        n_hours as n_inputs
    from {{ ref('fct_generation_unit_daily') }}
),

unit_month as (
    select * from {{ ref('int_generation__unit_month') }}
),

site_month as (
    select * from {{ ref('int_generation__site_month') }}
),

capacity as (
    select
        'unit' as subject_type,
        unit_key as subject_key,
        month_date,
        capacity_factor_installed_pct as cf_installed_pct,
        capacity_factor_contracted_pct as cf_contracted_pct,
        availability_pct,
        completeness,
        n_hours as n_inputs
    from unit_month
    union all
    select
        'site' as subject_type,
        {{ plant_site() }} as subject_key,
        month_date,
        capacity_factor_installed_pct as cf_installed_pct,
        capacity_factor_contracted_pct as cf_contracted_pct,
        availability_pct,
        completeness,
        n_units as n_inputs
    from site_month
),

burn_day as (
    select
        unit_key,
        observed_date,
        {{ period_start('month', 'observed_date') }} as month_date,
        is_plant_total,
        case when fuel_code = 'LIG' then fuel_t end as lignite_t,
        co2_reported_ncv_t,
        case when fuel_code = 'LIG' then net_mwh end as net_mwh
    from {{ ref('fct_fuel_consumption') }}
),

burn_month as (
    select
        'unit' as subject_type,
        unit_key as subject_key,
        month_date,
        {{ exact_sum('lignite_t') }} as lignite_t,
        {{ exact_sum('co2_reported_ncv_t') }} as co2_t,
        {{ exact_sum('net_mwh') }} as net_mwh,
        count(distinct observed_date) as n_inputs,
        cast(count(distinct observed_date) as double) / {{ days_in_period('month', 'month_date') }} as completeness
    from burn_day
    where not is_plant_total
    group by unit_key, month_date
    union all
    select
        'site' as subject_type,
        {{ plant_site() }} as subject_key,
        month_date,
        {{ exact_sum('lignite_t') }} as lignite_t,
        {{ exact_sum('co2_reported_ncv_t') }} as co2_t,
        {{ exact_sum('net_mwh') }} as net_mwh,
        count(distinct observed_date) as n_inputs,
        cast(count(distinct observed_date) as double) / {{ days_in_period('month', 'month_date') }} as completeness
    from burn_day
    group by month_date
),

intensity as (
    select
        subject_type,
        subject_key,
        month_date,
        so2_kg_mwh,
        nox_kg_mwh,
        pm_kg_mwh,
        completeness,
        1 as n_inputs,
        reason
    from {{ ref('mart_emission_intensity') }}
    where net_mwh is not null
    union all
    select
        'site' as subject_type,
        {{ plant_site() }} as subject_key,
        month_date,
        {{ exact_sum('so2_kg') }}
        / nullif({{ exact_sum('case when so2_kg is not null then net_mwh end') }}, 0) as so2_kg_mwh,
        {{ exact_sum('nox_kg') }}
        / nullif({{ exact_sum('case when nox_kg is not null then net_mwh end') }}, 0) as nox_kg_mwh,
        {{ exact_sum('pm_kg') }}
        / nullif({{ exact_sum('case when pm_kg is not null then net_mwh end') }}, 0) as pm_kg_mwh,
        {{ exact_mean('completeness') }} as completeness,
        count(*) as n_inputs,
        case when count(so2_kg) + count(nox_kg) + count(pm_kg) = 0 then max(reason) end as reason
    from {{ ref('mart_emission_intensity') }}
    where
        subject_type = 'stack'
        and net_mwh is not null
    group by month_date
),

-- A stack that was shut down keeps no limit any more.
stack_period as (
    select
        emission.stack_key,
        emission.quantity,
        case emission.averaging_period when 'P1M' then 'month' else 'year' end as period_kind,
        emission.month_date as period_start_date,
        emission.concentration,
        emission.limit_value,
        case when emission.is_exceedance then 0.0 when not emission.is_exceedance then 100.0 end as kept_pct
    from {{ ref('fct_stack_emission_monthly') }} as emission
    inner join {{ ref('dim_stack') }} as stack
        on
            emission.stack_key = stack.stack_key
            and emission.month_date <= coalesce(stack.valid_to, emission.month_date)
    where
        emission.averaging_period = 'P1M' and emission.quantity in ('SO2', 'NOX')
        or emission.averaging_period = 'P1Y' and emission.quantity = 'TSP'
),

compliance as (
    select
        'stack' as subject_type,
        stack_key as subject_key,
        quantity,
        period_kind,
        period_start_date,
        kept_pct,
        1.0 as completeness,
        1 as n_inputs,
        case when concentration is null then 'insufficient_data' when limit_value is null then 'no_limit' end as reason
    from stack_period
    union all
    select
        'site' as subject_type,
        {{ plant_site() }} as subject_key,
        quantity,
        period_kind,
        period_start_date,
        {{ exact_mean('kept_pct') }} as kept_pct,
        cast(count(kept_pct) as double) / count(*) as completeness,
        count(kept_pct) as n_inputs,
        case when count(kept_pct) = 0 then 'insufficient_data' end as reason
    from stack_period
    group by quantity, period_kind, period_start_date
)

{% for kpi_id, relation, value in [
    ('N2.cf_installed', 'capacity', 'cf_installed_pct'),
    ('N2.cf_contracted', 'capacity', 'cf_contracted_pct'),
    ('N2.availability', 'capacity', 'availability_pct'),
    ('N3', 'burn_month', 'lignite_t / nullif(net_mwh, 0)'),
    ('N4', 'burn_month', 'co2_t / nullif(net_mwh, 0)'),
    ('N5.so2', 'intensity', 'so2_kg_mwh'),
    ('N5.nox', 'intensity', 'nox_kg_mwh'),
    ('N5.pm', 'intensity', 'pm_kg_mwh'),
] %}
    {{ kpi_rows(
        kpi_id, relation, value, 'month', start='month_date', place_code=city_district(), level="'site'",
        reason='reason' if relation == 'intensity' else 'cast(null as string)'
    ) }}
    union all
{% endfor %}
{% for kpi_id, quantity, kind in [
    ('E10.so2', 'SO2', 'month'),
    ('E10.nox', 'NOX', 'month'),
    ('E10.pm', 'TSP', 'year'),
] %}
    {{ kpi_rows(
        kpi_id, 'compliance', 'kept_pct', kind, place_code=city_district(), level="'site'", reason='reason',
        only="quantity = '" ~ quantity ~ "'"
    ) }}
    union all
{% endfor %}
{{ kpi_rows(
    'N1', 'unit_of_day', 'net_mwh / 1000', 'day', start='observed_date', place_code=city_district(), level="'site'"
) }}
union all
{{ kpi_rows('N1', 'site_month', 'net_mwh / 1000', 'month', subject='site', start='month_date', n_inputs='n_units') }}
