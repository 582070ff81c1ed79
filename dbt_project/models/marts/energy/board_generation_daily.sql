{{ config(order_by=['unit_key', 'observed_date']) }}

-- Each unit's day with its name, and the lignite and CO2 of the same day beside the energy that the fuel report gives:
-- sums of these, and ratios of sums, are what the dashboard shows for a day, a month or a year.
with burn as (
    select
        source_id,
        unit_key,
        observed_date,
        {{ exact_sum("case when fuel_code = 'LIG' then fuel_t end") }} as lignite_t,
        {{ exact_sum('co2_reported_ncv_t') }} as co2_t,
        {{ exact_sum("case when fuel_code = 'LIG' then net_mwh end") }} as burn_net_mwh
    from {{ ref('fct_fuel_consumption') }}
    where not is_plant_total
    group by source_id, unit_key, observed_date
),

month_of_plant as (
    select
        {{ period_start('month', 'observed_date') }} as month_date,
        count(distinct case when has_sufficient_data then observed_date end) as n_days
    from {{ ref('fct_generation_unit_daily') }}
    group by {{ period_start('month', 'observed_date') }}
),

-- A month that is not over, or lacks a day, says so in its name: its energy cannot be set against that of other months.
named_month as (
    select
        month_date,
        n_days = {{ days_in_period('month', 'month_date') }} as is_complete_month,
        {{ be_month('month_date') }}
        || case when n_days = {{ days_in_period('month', 'month_date') }} then '' else ' *' end as be_month
    from month_of_plant
),

unit as (
    select
        unit_key,
        -- The name without the plant: every unit of the board stands in Mae Moh.
        unit_key || ' · ' || trim(replace(name_th, 'แม่เมาะ', '')) as unit_label
    from {{ ref('dim_plant_unit') }}
    where is_current
)

select
    daily.unit_key,
    coalesce(unit.unit_label, daily.unit_key) as unit_label,
    daily.observed_date,
    named_month.month_date,
    named_month.be_month,
    daily.gross_mwh,
    daily.net_mwh,
    daily.potential_installed_mwh,
    daily.potential_contracted_mwh,
    daily.capacity_factor_installed_pct,
    burn.lignite_t,
    burn.co2_t,
    burn.burn_net_mwh,
    daily.has_sufficient_data,
    named_month.is_complete_month,
    daily.source_id
from {{ ref('fct_generation_unit_daily') }} as daily
left join unit on daily.unit_key = unit.unit_key
inner join named_month on {{ period_start('month', 'daily.observed_date') }} = named_month.month_date
left join burn
    on
        daily.source_id = burn.source_id
        and daily.unit_key = burn.unit_key
        and daily.observed_date = burn.observed_date
