{{ config(
    year_of='observed_date',
    order_by=['unit_key', 'observed_date'],
) }}

with hourly as (
    select
        *,
        -- What the unit could have given in the hours that were metered: the denominators of the capacity factors.
        case when gross_mwh is not null then installed_mw end as potential_installed_mwh,
        case when net_mwh is not null then contracted_mw end as potential_contracted_mwh,
        case when status = 'PLANNED' then 1 else 0 end as planned_h,
        case when status = 'FORCED' then 1 else 0 end as forced_h,
        case when status in ('ON', 'STARTUP', 'DERATED') then 1 else 0 end as service_h,
        -- The power a derated unit could have given is not delivered; what it gave stands for it.
        case when status = 'DERATED' and gross_mwh < installed_mw then installed_mw - gross_mwh else 0.0 end
            as derated_mwh
    from {{ ref('fct_generation_unit_hourly') }}
    where {{ in_months('observed_date') }}
),

daily as (
    select
        source_id,
        unit_key,
        observed_date,
        {{ exact_sum('gross_mwh') }} as gross_mwh,
        {{ exact_sum('net_mwh') }} as net_mwh,
        {{ exact_sum('auxiliary_mwh') }} as auxiliary_mwh,
        count(gross_mwh) as n_hours,
        count(status) as n_status_hours,
        max(installed_mw) as installed_mw,
        max(contracted_mw) as contracted_mw,
        {{ exact_sum('potential_installed_mwh') }} as potential_installed_mwh,
        {{ exact_sum('potential_contracted_mwh') }} as potential_contracted_mwh,
        -- Net energy counts against contracted capacity, so a unit without that figure has neither.
        {{ exact_sum('case when contracted_mw is not null then net_mwh end') }} as net_with_contract_mwh,
        sum(planned_h) as planned_outage_h,
        sum(forced_h) as forced_outage_h,
        sum(service_h) as service_h,
        coalesce({{ exact_sum('derated_mwh') }} / nullif(max(installed_mw), 0), 0.0) as derated_equivalent_h
    from hourly
    group by source_id, unit_key, observed_date
)

select
    unit_key,
    observed_date,
    gross_mwh,
    net_mwh,
    auxiliary_mwh,
    cast(n_hours as bigint) as n_hours,
    cast(24 as bigint) as n_expected,
    cast(n_hours as double) / 24 as completeness,
    -- 90 % of the day's hours: a day's energy is a sum, and every missing hour is missing in it.
    n_hours >= 22 as has_sufficient_data,
    installed_mw,
    contracted_mw,
    potential_installed_mwh,
    potential_contracted_mwh,
    {{ capacity_factor_pct('gross_mwh', 'potential_installed_mwh') }} as capacity_factor_installed_pct,
    {{ capacity_factor_pct('net_with_contract_mwh', 'potential_contracted_mwh') }} as capacity_factor_contracted_pct,
    cast(n_status_hours as bigint) as n_status_hours,
    cast(service_h as bigint) as service_h,
    cast(planned_outage_h as bigint) as planned_outage_h,
    cast(forced_outage_h as bigint) as forced_outage_h,
    derated_equivalent_h,
    {{ availability_pct('n_status_hours', 'planned_outage_h', 'forced_outage_h', 'derated_equivalent_h') }}
        as availability_pct,
    {{ forced_outage_rate_pct('forced_outage_h', 'service_h') }} as forced_outage_rate_pct,
    source_id
from daily
