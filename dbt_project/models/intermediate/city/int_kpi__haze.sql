-- E3, E7, E8, E9 and E13: who breathes what, good days, fires and burned land.
with exposure_day as (
    select
        observed_date,
        {{ exact_sum('case when pm25_ug_m3 is not null then population * pm25_ug_m3 end') }} as pm_people,
        sum(case when pm25_ug_m3 is not null then population end) as people_measured,
        sum(population) as people,
        count(pm25_ug_m3) as n_tambons_measured,
        count(*) as n_tambons,
        max(case when basis = 'sensor' then 1 else 0 end) = 1 as is_indicative
    from {{ ref('mart_exposure_daily') }}
    group by observed_date
),

-- The district's index of a day is that of its worst reference station.
aqi_day as (
    select
        daily.observed_date,
        max(daily.aqi) as aqi
    from {{ ref('fct_aqi_daily') }} as daily
    inner join {{ ref('dim_station') }} as station on daily.station_key = station.station_key
    where
        daily.aqi is not null
        and {{ is_reference('daily.instrument_class') }}
        and {{ district_of('station.place_code') }} = {{ city_district() }}
    group by daily.observed_date
),

aqi_month as (
    select
        {{ period_start('month', 'observed_date') }} as month_date,
        100 * sum(case when aqi <= 50 then 1 else 0 end) / count(*) as good_pct,
        count(*) as n_days
    from aqi_day
    group by {{ period_start('month', 'observed_date') }}
),

-- Fires are counted on days that a delivery speaks of: there "none seen" is a count of zero. Where our simplified
-- boundaries have no tambon, the one that was delivered counts.
fire as (
    select
        coalesce(place_code, delivered_place_code) as place_code,
        observed_date,
        count(*) as n
    from {{ ref('fct_hotspot') }}
    where
        is_headline
        and district_code = {{ city_district() }}
    group by coalesce(place_code, delivered_place_code), observed_date
),

tambon as (
    select place_code
    from {{ ref('dim_place') }}
    where
        level = 'tambon'
        and district_code = {{ city_district() }}
),

fire_day as (
    select
        tambon.place_code,
        covered.observed_date,
        coalesce(fire.n, 0) as n
    from {{ ref('int_delivery__covered_day') }} as covered
    cross join tambon
    left join fire
        on
            covered.observed_date = fire.observed_date
            and tambon.place_code = fire.place_code
    where covered.entity = 'hotspot'
),

fire_month as (
    select
        {{ period_start('month', 'observed_date') }} as month_date,
        sum(n) as n,
        count(distinct observed_date) as n_days
    from fire_day
    group by {{ period_start('month', 'observed_date') }}
),

fire_month_complete as (
    select
        *,
        cast(n_days as double) / {{ days_in_period('month', 'month_date') }} as completeness
    from fire_month
),

-- The aim is to stay below the mean of the same month in the three years before; fewer years make no aim.
fire_aim as (
    select
        this_year.month_date,
        {{ exact_mean('earlier.n') }} as mean_before,
        count(*) as n_years
    from fire_month_complete as this_year
    inner join fire_month_complete as earlier
        on
            extract(month from this_year.month_date) = extract(month from earlier.month_date)
            and extract(year from this_year.month_date) - extract(year from earlier.month_date) between 1 and 3
            and earlier.completeness >= 0.9
    group by this_year.month_date
),

fire_month_aimed as (
    select
        fire_month_complete.*,
        case when fire_aim.n_years = 3 then fire_aim.mean_before end as aim
    from fire_month_complete
    left join fire_aim on fire_month_complete.month_date = fire_aim.month_date
),

fire_of_tambon as (
    select
        'tambon' as subject_type,
        place_code as subject_key,
        place_code,
        'tambon' as native_place_level,
        observed_date,
        n
    from fire_day
),

burned_coverage as (
    select
        {{ period_start('year', 'observed_date') }} as year_date,
        count(*) as n_days
    from {{ ref('int_delivery__covered_day') }}
    where entity = 'burn_scar'
    group by {{ period_start('year', 'observed_date') }}
),

scar_year as (
    select
        {{ period_start('year', 'observed_date') }} as year_date,
        {{ exact_sum('area_rai') }} as area_rai,
        count(*) as n_scars
    from {{ ref('fct_burn_scar') }}
    where district_code = {{ city_district() }}
    group by {{ period_start('year', 'observed_date') }}
),

burned_year as (
    select
        burned_coverage.year_date,
        coalesce(scar_year.area_rai, 0) as area_rai,
        coalesce(scar_year.n_scars, 0) as n_scars,
        cast(burned_coverage.n_days as double) / {{ days_in_period('year', 'burned_coverage.year_date') }}
            as completeness
    from burned_coverage
    left join scar_year on burned_coverage.year_date = scar_year.year_date
)

{{ kpi_rows(
    'E3', 'exposure_day', 'pm_people / nullif(people_measured, 0)', 'day', subject='district', start='observed_date',
    completeness='cast(people_measured as double) / nullif(people, 0)', n_inputs='n_tambons_measured',
    is_indicative='is_indicative', reason="case when people is null then 'no_population_register_yet' end"
) }}
union all
{{ kpi_rows(
    'E7', 'aqi_month', 'good_pct', 'month', subject='district', start='month_date',
    completeness='cast(n_days as double) / ' ~ days_in_period('month', 'month_date'), n_inputs='n_days'
) }}
union all
{{ kpi_rows('E8', 'fire_of_tambon', 'n', 'day', start='observed_date', completeness='1.0', n_inputs='1') }}
union all
{{ kpi_rows(
    'E8', 'fire_month_aimed', 'n', 'month', subject='district', start='month_date', target='aim', n_inputs='n_days'
) }}
union all
{{ kpi_rows('E9.rai', 'burned_year', 'area_rai', 'year', subject='district', start='year_date', n_inputs='n_scars') }}
union all
{{ kpi_rows(
    'E13.tambon', 'exposure_day', '100 * n_tambons_measured / n_tambons', 'day', subject='district',
    start='observed_date', completeness='1.0', n_inputs='n_tambons'
) }}
