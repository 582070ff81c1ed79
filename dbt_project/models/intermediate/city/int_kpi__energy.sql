-- N6 to N8, N11 and E12: electricity used, renewable energy, what it avoids, charging, and greenhouse gases per head.
with register_of_year as (
    select
        place_code,
        native_place_level,
        {{ period_start('year', 'valid_from') }} as year_date,
        total
    from {{ ref('int_population__register') }}
    where is_last_of_year
),

-- Per head only where the branch serves a place that the register knows, at the same level. A month in which a class
-- of users was withheld lacks that class: it is no month of the sum.
use_month as (
    select
        branch_code,
        place_code,
        native_place_level,
        month_date,
        {{ exact_sum("case when user_class = 'residential' then energy_kwh end") }} as residential_kwh,
        {{ exact_mean('branch_total_kwh') }} as total_kwh
    from {{ ref('fct_electricity_use_monthly') }}
    where place_code is not null
    group by branch_code, place_code, native_place_level, month_date
),

use_month_weighed as (
    select
        use_month.*,
        use_month.total_kwh * grid.factor / 1000 as co2_t
    from use_month
    left join {{ ref('dim_factor') }} as grid
        on
            grid.applies_to = 'grid'
            and {{ emission_factor('grid', 'scope2_location', 'purchased_electricity', 'use_month.month_date') }}
),

use_year as (
    select
        use_month_weighed.place_code,
        use_month_weighed.native_place_level,
        {{ period_start('year', 'use_month_weighed.month_date') }} as year_date,
        {{ exact_sum('use_month_weighed.residential_kwh') }} as residential_kwh,
        count(distinct case when use_month_weighed.residential_kwh is not null then use_month_weighed.month_date end)
            as n_residential,
        {{ exact_sum('use_month_weighed.co2_t') }} as co2_t,
        count(distinct case when use_month_weighed.co2_t is not null then use_month_weighed.month_date end) as n_co2
    from use_month_weighed
    group by
        use_month_weighed.place_code,
        use_month_weighed.native_place_level,
        {{ period_start('year', 'use_month_weighed.month_date') }}
),

use_per_head as (
    select
        use_year.native_place_level as subject_type,
        use_year.place_code as subject_key,
        use_year.place_code,
        use_year.native_place_level,
        use_year.year_date,
        use_year.residential_kwh / nullif(register_of_year.total, 0) as residential_kwh,
        cast(use_year.n_residential as double) / 12 as residential_completeness,
        use_year.n_residential,
        use_year.co2_t / nullif(register_of_year.total, 0) as co2_t,
        cast(use_year.n_co2 as double) / 12 as co2_completeness,
        use_year.n_co2,
        case when register_of_year.total is null then 'no_population_register_yet' end as reason
    from use_year
    left join register_of_year
        on
            use_year.place_code = register_of_year.place_code
            and use_year.native_place_level = register_of_year.native_place_level
            and use_year.year_date = register_of_year.year_date
),

burn_year as (
    select
        {{ period_start('year', 'observed_date') }} as year_date,
        {{ exact_sum('co2_reported_ncv_t') }} as co2_t,
        count(distinct observed_date) as n_days
    from {{ ref('fct_fuel_consumption') }}
    group by {{ period_start('year', 'observed_date') }}
),

burn_per_head as (
    select
        burn_year.year_date,
        burn_year.co2_t / nullif(register_of_year.total, 0) as co2_t,
        cast(burn_year.n_days as double) / {{ days_in_period('year', 'burn_year.year_date') }} as completeness,
        burn_year.n_days,
        case when register_of_year.total is null then 'no_population_register_yet' end as reason
    from burn_year
    left join register_of_year
        on
            burn_year.year_date = register_of_year.year_date
            and register_of_year.native_place_level = 'district'
            and register_of_year.place_code = {{ city_district() }}
),

renewable_month as (
    select
        {{ period_start('month', 'observed_date') }} as month_date,
        {{ exact_sum('energy_kwh') }} / 1000 as renewable_mwh,
        {{ exact_sum('case when is_within_unit_generation then energy_kwh end') }} / 1000 as cofired_mwh,
        count(distinct observed_date) as n_days
    from {{ ref('fct_renewable_generation') }}
    where is_generation
    group by {{ period_start('month', 'observed_date') }}
),

plant_month as (
    select
        month_date,
        net_mwh,
        completeness
    from {{ ref('int_generation__site_month') }}
),

renewable_share as (
    select
        renewable_month.month_date,
        {{ renewable_share_pct(
            'renewable_month.renewable_mwh', 'plant_month.net_mwh', 'renewable_month.cofired_mwh'
        ) }} as share_pct,
        least(
            cast(renewable_month.n_days as double) / {{ days_in_period('month', 'renewable_month.month_date') }},
            plant_month.completeness
        ) as completeness,
        renewable_month.n_days
    from renewable_month
    inner join plant_month on renewable_month.month_date = plant_month.month_date
),

avoided as (
    select
        'project' as subject_type,
        project_key as subject_key,
        month_date,
        avoided_co2_t,
        completeness,
        1 as n_inputs,
        reason
    from {{ ref('mart_avoided_co2') }}
    where project_kind = 'renewable'
    union all
    select
        'site' as subject_type,
        {{ plant_site() }} as subject_key,
        month_date,
        case when count(avoided_co2_t) = count(*) then {{ exact_sum('avoided_co2_t') }} end as avoided_co2_t,
        min(completeness) as completeness,
        count(*) as n_inputs,
        max(reason) as reason
    from {{ ref('mart_avoided_co2') }}
    where project_kind = 'renewable'
    group by month_date
),

charging as (
    select
        station_id,
        observed_date,
        {{ period_start('month', 'observed_date') }} as month_date,
        energy_kwh
    from {{ ref('fct_ev_charging_daily') }}
),

-- A day without a session is a day without a row, so a station's own days say nothing of what is missing; those of
-- the feed do.
charging_feed as (
    select
        month_date,
        count(distinct observed_date) as n_days
    from charging
    group by month_date
),

charging_month as (
    select
        'station' as subject_type,
        charging.station_id as subject_key,
        charging.month_date,
        {{ exact_sum('charging.energy_kwh') }} as energy_kwh,
        cast(max(charging_feed.n_days) as double) / {{ days_in_period('month', 'charging.month_date') }}
            as completeness,
        count(*) as n_inputs
    from charging
    inner join charging_feed on charging.month_date = charging_feed.month_date
    group by charging.station_id, charging.month_date
    union all
    select
        'lake' as subject_type,
        'ALL' as subject_key,
        charging.month_date,
        {{ exact_sum('charging.energy_kwh') }} as energy_kwh,
        cast(max(charging_feed.n_days) as double) / {{ days_in_period('month', 'charging.month_date') }}
            as completeness,
        count(distinct charging.station_id) as n_inputs
    from charging
    inner join charging_feed on charging.month_date = charging_feed.month_date
    group by charging.month_date
)

{{ kpi_rows(
    'N6', 'use_per_head', 'residential_kwh', 'year', start='year_date', completeness='residential_completeness',
    n_inputs='n_residential', reason='reason'
) }}
union all
{{ kpi_rows(
    'E12.electricity', 'use_per_head', 'co2_t', 'year', start='year_date', completeness='co2_completeness',
    n_inputs='n_co2', reason='reason'
) }}
union all
{{ kpi_rows(
    'E12.plant', 'burn_per_head', 'co2_t', 'year', subject='district', start='year_date', n_inputs='n_days',
    reason='reason'
) }}
union all
{{ kpi_rows(
    'N7', 'renewable_share', 'share_pct', 'month', subject='district', start='month_date', n_inputs='n_days'
) }}
union all
{{ kpi_rows(
    'N8', 'avoided', 'avoided_co2_t', 'month', start='month_date', place_code=city_district(), level="'site'",
    reason='reason'
) }}
union all
{{ kpi_rows(
    'N11.kwh', 'charging_month', 'energy_kwh', 'month', start='month_date', place_code='cast(null as string)',
    level="case subject_type when 'station' then 'site' end"
) }}
