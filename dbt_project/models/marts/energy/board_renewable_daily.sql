{{ config(
    year_of='observed_date',
    order_by=['plant_key', 'observed_date'],
) }}

-- A day of each plant from its hours. A battery gives back what it took: what it took and what it gave stand apart.
with hourly as (
    select * from {{ ref('fct_renewable_generation') }}
    where {{ in_months('observed_date') }}
),

month_of_plants as (
    select
        {{ period_start('month', 'observed_date') }} as month_date,
        count(distinct observed_date) as n_days
    from hourly
    group by {{ period_start('month', 'observed_date') }}
),

daily as (
    select
        source_id,
        plant_key,
        technology,
        is_generation,
        is_within_unit_generation,
        observed_date,
        max(plant_name) as plant_name,
        {{ exact_sum('energy_kwh') }} / 1000 as energy_mwh,
        {{ exact_sum('case when not is_generation and energy_kwh < 0 then 0 - energy_kwh end') }} / 1000 as charged_mwh,
        count(energy_kwh) as n_hours
    from hourly
    group by source_id, plant_key, technology, is_generation, is_within_unit_generation, observed_date
)

select
    daily.plant_key,
    daily.plant_name,
    daily.technology,
    case daily.technology
        when 'SOLAR_FLOATING' then 'โซลาร์ลอยน้ำ / floating solar'
        when 'SOLAR_GROUND' then 'โซลาร์บนพื้นดิน / ground solar'
        when 'BIOMASS_COFIRING' then 'ชีวมวลเผาร่วม† / co-fired biomass†'
        when 'BATTERY' then 'แบตเตอรี่ / battery'
        else daily.technology
    end as technology_label,
    daily.observed_date,
    -- A month that is not over says so in its name.
    {{ be_month('month_of_plants.month_date') }}
    || case
        when month_of_plants.n_days = {{ days_in_period('month', 'month_of_plants.month_date') }} then ''
        else ' *'
    end as be_month,
    daily.energy_mwh,
    daily.charged_mwh,
    cast(daily.n_hours as bigint) as n_hours,
    cast(24 as bigint) as n_expected,
    daily.is_generation,
    daily.is_within_unit_generation,
    daily.source_id
from daily
inner join month_of_plants
    on {{ period_start('month', 'daily.observed_date') }} = month_of_plants.month_date
