{{ config(order_by=['quantity', 'observed_date']) }}

-- The district's day as its reference stations saw it, with its place in the calendar: for calendars of exceedances and
-- for seasons. The same stations and the same choice of a day's value as in the key figures (E2).
with ranked as (
    select
        daily.*,
        station.name_th as station_th,
        station.name_en as station_en,
        row_number() over (
            partition by daily.station_key, daily.quantity, daily.observed_date
            order by case when daily.has_sufficient_data then 0 else 1 end, daily.method
        ) as choice
    from {{ ref('fct_air_quality_daily') }} as daily
    inner join {{ ref('dim_station') }} as station on daily.station_key = station.station_key
    where
        daily.quantity in ('PM25', 'PM10')
        and {{ is_reference('station.instrument_class') }}
        and {{ district_of('station.place_code') }} = {{ city_district() }}
),

judged as (
    select
        *,
        row_number() over (
            partition by quantity, observed_date
            order by mean_value desc, station_key asc
        ) as place_of_station
    from ranked
    where
        choice = 1
        and has_sufficient_data
        and mean_value is not null
),

day as (
    select
        quantity,
        observed_date,
        max(unit) as unit,
        {{ exact_mean('mean_value') }} as mean_value,
        max(mean_value) as highest_value,
        max(case when place_of_station = 1 then station_th end) as highest_station_th,
        max(case when place_of_station = 1 then station_en end) as highest_station_en,
        count(*) as n_stations,
        sum(case when is_exceedance then 1 else 0 end) as n_stations_above,
        max(limit_value) as limit_value
    from judged
    group by quantity, observed_date
),

newest as (
    select max(observed_date) as newest_date
    from day
),

season as (
    select
        ce_year,
        haze_season,
        count(*) as n_days
    from {{ ref('dim_date') }}
    group by ce_year, haze_season
)

select
    day.quantity,
    day.observed_date,
    calendar.be_year,
    calendar.month_of_year,
    calendar.month_th,
    calendar.month_en,
    {{ be_month('day.observed_date') }} as be_month,
    calendar.day_of_month,
    cast(
        (extract(year from newest.newest_date) - calendar.ce_year) * 12
        + extract(month from newest.newest_date) - calendar.month_of_year as integer
    ) as months_ago,
    calendar.haze_season,
    {{ season_words('calendar.haze_season', 'th') }} as season_th,
    {{ season_words('calendar.haze_season', 'en') }} as season_en,
    cast(season.n_days as bigint) as n_days_of_season,
    -- as many days as a year needs to count
    count(*) over (partition by day.quantity, calendar.ce_year, calendar.haze_season) >= 0.75 * season.n_days
        as is_season_complete,
    day.unit,
    day.mean_value,
    day.highest_value,
    day.highest_station_th,
    day.highest_station_en,
    cast(day.n_stations as bigint) as n_stations,
    cast(day.n_stations_above as bigint) as n_stations_above,
    day.n_stations_above > 0 as is_exceedance,
    day.limit_value
from day
cross join newest
inner join {{ ref('dim_date') }} as calendar on day.observed_date = calendar.calendar_date
inner join season
    on
        calendar.ce_year = season.ce_year
        and calendar.haze_season = season.haze_season
