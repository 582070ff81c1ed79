-- E1, E2, E4, E5, E6: what the reference stations measured. A low-cost sensor is not asked here.
with station as (
    select
        station_key,
        place_code
    from {{ ref('dim_station') }}
    where {{ is_reference('instrument_class') }}
),

ranked as (
    select
        daily.*,
        station.place_code,
        row_number() over (
            partition by daily.station_key, daily.quantity, daily.observed_date
            order by case when daily.has_sufficient_data then 0 else 1 end, daily.method
        ) as choice
    from {{ ref('fct_air_quality_daily') }} as daily
    inner join station on daily.station_key = station.station_key
    where daily.quantity in ('PM25', 'PM10', 'SO2', 'NO2', 'O3')
),

station_day as (
    select
        'station' as subject_type,
        station_key as subject_key,
        place_code,
        'site' as native_place_level,
        quantity,
        observed_date,
        case when has_sufficient_data then mean_value end as mean_value,
        max_1h,
        n_valid,
        case when is_exceedance then 1 when not is_exceedance then 0 end as is_above,
        n_hours_above_1h_limit as n_hours_above
    from ranked
    where choice = 1
),

-- The district's day: the mean of its stations, and the worst of them where limits are judged.
district_day as (
    select
        'district' as subject_type,
        {{ city_district() }} as subject_key,
        {{ city_district() }} as place_code,
        'district' as native_place_level,
        quantity,
        observed_date,
        {{ exact_mean('mean_value') }} as mean_value,
        max(max_1h) as max_1h,
        max(n_valid) as n_valid,
        max(is_above) as is_above,
        max(n_hours_above) as n_hours_above
    from station_day
    where {{ district_of('place_code') }} = {{ city_district() }}
    group by quantity, observed_date
),

day as (
    select * from station_day
    union all
    select * from district_day
),

subject_day as (
    select
        *,
        {{ period_start('year', 'observed_date') }} as year_date,
        {{ period_start('fiscal_year', 'observed_date') }} as fiscal_year_date,
        {{ period_start('month', 'observed_date') }} as month_date
    from day
),

yearly as (
    select
        quantity,
        subject_type,
        subject_key,
        max(place_code) as place_code,
        max(native_place_level) as native_place_level,
        year_date,
        {{ exact_mean('mean_value') }} as mean_value,
        count(mean_value) as n_inputs,
        cast(count(mean_value) as double) / {{ days_in_period('year', 'year_date') }} as completeness
    from subject_day
    where quantity in ('PM25', 'PM10')
    group by quantity, subject_type, subject_key, year_date
),

-- The limit in force when the year ended.
yearly_judged as (
    select
        yearly.*,
        standard.limit_canonical
    from yearly
    left join {{ ref('int_standard__ambient') }} as standard
        on
            yearly.quantity = standard.quantity
            and standard.averaging_period = 'P1Y'
            and standard.limit_unit = 'ug/m3'
            and {{ period_end('year', 'yearly.year_date') }} between standard.valid_from and standard.valid_to
),

fiscal as (
    select
        subject_type,
        subject_key,
        max(place_code) as place_code,
        max(native_place_level) as native_place_level,
        fiscal_year_date,
        sum(is_above) as n_days_above,
        count(is_above) as n_inputs,
        cast(count(is_above) as double) / {{ days_in_period('fiscal_year', 'fiscal_year_date') }} as completeness
    from subject_day
    where quantity = 'PM25'
    group by subject_type, subject_key, fiscal_year_date
),

gas_month as (
    select
        quantity,
        subject_type,
        subject_key,
        max(place_code) as place_code,
        max(native_place_level) as native_place_level,
        month_date,
        sum(n_hours_above) as n_hours_above,
        max(max_1h) as max_1h,
        sum(n_valid) as n_inputs,
        cast(sum(n_valid) as double) / (24 * {{ days_in_period('month', 'month_date') }}) as completeness
    from subject_day
    where quantity in ('SO2', 'NO2', 'O3')
    group by quantity, subject_type, subject_key, month_date
)

{% for kpi_id, relation, value, kind, quantity in [
    ('E1', 'yearly_judged', 'mean_value', 'year', 'PM25'),
    ('E4', 'yearly_judged', 'mean_value', 'year', 'PM10'),
    ('E5.hours', 'gas_month', 'n_hours_above', 'month', 'SO2'),
    ('E5.max', 'gas_month', 'max_1h', 'month', 'SO2'),
    ('E6.no2', 'gas_month', 'n_hours_above', 'month', 'NO2'),
    ('E6.o3', 'gas_month', 'n_hours_above', 'month', 'O3'),
] %}
    {{ kpi_rows(
        kpi_id, relation, value, kind, start=kind ~ '_date',
        target='limit_canonical' if kind == 'year' else 'cast(null as double)', only="quantity = '" ~ quantity ~ "'"
    ) }}
    union all
{% endfor %}
{{ kpi_rows('E2', 'fiscal', 'n_days_above', 'fiscal_year', start='fiscal_year_date') }}
