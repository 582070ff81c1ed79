{{ config(order_by=['quantity', 'instrument_class', 'station_key', 'month_date']) }}

-- Means of the days that have enough hours, month by month. Classes of instruments never meet in one mean: a low-cost
-- sensor gives its corrected values, the satellite its estimate for the district.
with ranked as (
    select
        *,
        case
            when instrument_class = 'indicative' then mean_corrected
            when has_sufficient_data then mean_value
        end as mean_counted,
        row_number() over (
            partition by station_key, quantity, observed_date
            order by case when has_sufficient_data then 0 else 1 end, method
        ) as choice
    from {{ ref('fct_air_quality_daily') }}
),

satellite_day as (
    select
        observation.station_key,
        observation.quantity,
        observation.observed_date,
        {{ exact_mean('observation.value') }} as mean_value,
        count(observation.value) as n_hours,
        max(observation.unit) as unit
    from {{ ref('observation') }} as observation
    inner join {{ ref('dim_station') }} as station on observation.station_key = station.station_key
    where
        observation.instrument_class = 'satellite_model'
        and observation.averaging_period = 'PT1H'
        and observation.is_valid
        and station.place_code = {{ city_district() }}
    group by
        observation.station_key,
        observation.quantity,
        observation.observed_date
),

day as (
    select
        station_key,
        quantity,
        observed_date,
        instrument_class,
        unit,
        mean_counted,
        is_exceedance
    from ranked
    where choice = 1
    union all
    select
        station_key,
        quantity,
        observed_date,
        'satellite_model' as instrument_class,
        unit,
        case when n_hours >= 18 then mean_value end as mean_counted,
        cast(null as boolean) as is_exceedance
    from satellite_day
),

monthly as (
    select
        station_key,
        quantity,
        instrument_class,
        {{ period_start('month', 'observed_date') }} as month_date,
        max(unit) as unit,
        {{ exact_mean('mean_counted') }} as mean_value,
        max(mean_counted) as highest_day,
        count(mean_counted) as n_days,
        sum(case when is_exceedance then 1 when not is_exceedance then 0 end) as n_days_above
    from day
    group by
        station_key,
        quantity,
        instrument_class,
        {{ period_start('month', 'observed_date') }}
),

-- Limits in the unit that the values have.
standard as (
    select * from {{ ref('int_standard__ambient') }}
    where limit_unit = 'ug/m3'
)

select
    monthly.station_key,
    station.name_th as station_th,
    station.name_en as station_en,
    monthly.quantity,
    quantity.name_th as quantity_th,
    quantity.name_en as quantity_en,
    monthly.instrument_class,
    {{ class_words('monthly.instrument_class', 'th') }} as class_th,
    {{ class_words('monthly.instrument_class', 'en') }} as class_en,
    monthly.month_date,
    cast(extract(year from monthly.month_date) + 543 as integer) as be_year,
    monthly.unit,
    monthly.mean_value,
    monthly.highest_day,
    cast(monthly.n_days as bigint) as n_days,
    cast(monthly.n_days as double) / {{ days_in_period('month', 'monthly.month_date') }} as completeness,
    -- as many days as the quarter of a year needs to count
    cast(monthly.n_days as double) / {{ days_in_period('month', 'monthly.month_date') }} >= 0.75 as is_complete,
    cast(monthly.n_days_above as bigint) as n_days_above,
    day_limit.limit_value as limit_24h,
    year_limit.limit_value as limit_year
from monthly
inner join {{ ref('dim_station') }} as station on monthly.station_key = station.station_key
inner join {{ ref('dim_quantity') }} as quantity on monthly.quantity = quantity.quantity
left join standard as day_limit
    on
        monthly.quantity = day_limit.quantity
        and day_limit.averaging_period = 'P1D'
        and monthly.month_date between day_limit.valid_from and day_limit.valid_to
left join standard as year_limit
    on
        monthly.quantity = year_limit.quantity
        and year_limit.averaging_period = 'P1Y'
        and monthly.month_date between year_limit.valid_from and year_limit.valid_to
where monthly.n_days > 0
