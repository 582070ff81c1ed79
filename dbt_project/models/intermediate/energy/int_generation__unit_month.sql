-- A unit's month from its days. The factors are ratios of sums, never means of daily ratios; hours that were not
-- metered are in neither side, and completeness says how many there are.
with daily as (
    select
        *,
        {{ period_start('month', 'observed_date') }} as month_date,
        case when potential_contracted_mwh is not null then net_mwh end as net_with_contract_mwh
    from {{ ref('fct_generation_unit_daily') }}
),

monthly as (
    select
        source_id,
        unit_key,
        month_date,
        {{ exact_sum('gross_mwh') }} as gross_mwh,
        {{ exact_sum('net_mwh') }} as net_mwh,
        {{ exact_sum('net_with_contract_mwh') }} as net_with_contract_mwh,
        {{ exact_sum('auxiliary_mwh') }} as auxiliary_mwh,
        {{ exact_sum('potential_installed_mwh') }} as potential_installed_mwh,
        {{ exact_sum('potential_contracted_mwh') }} as potential_contracted_mwh,
        sum(n_hours) as n_hours,
        sum(n_status_hours) as n_status_hours,
        sum(service_h) as service_h,
        sum(planned_outage_h) as planned_outage_h,
        sum(forced_outage_h) as forced_outage_h,
        {{ exact_sum('derated_equivalent_h') }} as derated_equivalent_h
    from daily
    group by source_id, unit_key, month_date
),

with_hours as (
    select
        *,
        24 * {{ days_in_period('month', 'month_date') }} as n_expected
    from monthly
)

select
    source_id,
    unit_key,
    month_date,
    gross_mwh,
    net_mwh,
    net_with_contract_mwh,
    auxiliary_mwh,
    cast(n_hours as bigint) as n_hours,
    cast(n_expected as bigint) as n_expected,
    cast(n_status_hours as bigint) as n_status_hours,
    cast(n_hours as double) / n_expected as completeness,
    n_hours >= 0.9 * n_expected as has_sufficient_data,
    potential_installed_mwh,
    potential_contracted_mwh,
    {{ capacity_factor_pct('gross_mwh', 'potential_installed_mwh') }} as capacity_factor_installed_pct,
    {{ capacity_factor_pct('net_with_contract_mwh', 'potential_contracted_mwh') }} as capacity_factor_contracted_pct,
    {{ availability_pct('n_status_hours', 'planned_outage_h', 'forced_outage_h', 'derated_equivalent_h') }}
        as availability_pct,
    {{ forced_outage_rate_pct('forced_outage_h', 'service_h') }} as forced_outage_rate_pct
from with_hours
