-- The site's month: sums over its units, and ratios of those sums. A unit that the register has in operation and that
-- delivers nothing is missing from the sums, and completeness says so.
with unit_month as (
    select * from {{ ref('int_generation__unit_month') }}
),

generation_month as (
    select distinct month_date from unit_month
),

operating as (
    select
        month.month_date,
        count(distinct unit.unit_key) as n_units
    from generation_month as month
    inner join {{ ref('dim_plant_unit') }} as unit
        on
            unit.status = 'operating'
            and {{ in_force('unit', 'month.month_date', until=period_end('month', 'month.month_date')) }}
    group by month.month_date
),

summed as (
    select
        month_date,
        {{ exact_sum('net_mwh') }} as net_mwh,
        {{ exact_sum('gross_mwh') }} as gross_mwh,
        {{ exact_sum('net_with_contract_mwh') }} as net_with_contract_mwh,
        {{ exact_sum('potential_installed_mwh') }} as potential_installed_mwh,
        {{ exact_sum('potential_contracted_mwh') }} as potential_contracted_mwh,
        -- a unit's availability is a share of its hours with a status
        {{ exact_sum('availability_pct * n_status_hours') }}
        / nullif(sum(case when availability_pct is not null then n_status_hours end), 0) as availability_pct,
        sum(n_hours) as n_hours,
        count(*) as n_units
    from unit_month
    group by month_date
)

select
    summed.month_date,
    summed.net_mwh,
    {{ capacity_factor_pct('summed.gross_mwh', 'summed.potential_installed_mwh') }} as capacity_factor_installed_pct,
    {{ capacity_factor_pct('summed.net_with_contract_mwh', 'summed.potential_contracted_mwh') }}
        as capacity_factor_contracted_pct,
    summed.availability_pct,
    cast(summed.n_hours as double)
    / nullif(operating.n_units * 24 * {{ days_in_period('month', 'summed.month_date') }}, 0) as completeness,
    summed.n_units
from summed
left join operating on summed.month_date = operating.month_date
