{{ config(order_by=['place_code', 'month_date']) }}

-- Visitors of a province beside the haze of its month. Seasons and holidays move both, hence the change against the
-- same month of the year before; an arithmetic of lost visitors is for a study, not for this table.
with tourism as (
    select * from {{ ref('int_tourism__province_month') }}
),

-- A day is as bad as its worst reference station.
aqi_day as (
    select
        {{ province_of('station.place_code') }} as place_code,
        {{ period_start('month', 'daily.observed_date') }} as month_date,
        daily.observed_date,
        max(daily.aqi) as aqi
    from {{ ref('fct_aqi_daily') }} as daily
    inner join {{ ref('dim_station') }} as station on daily.station_key = station.station_key
    where
        daily.aqi is not null
        and {{ is_reference('daily.instrument_class') }}
        and station.place_code is not null
    group by {{ province_of('station.place_code') }}, daily.observed_date
),

aqi_month as (
    select
        place_code,
        month_date,
        count(*) as n_days_with_aqi,
        sum(case when aqi > 100 then 1 else 0 end) as n_days_above_100
    from aqi_day
    group by place_code, month_date
),

calendar as (
    select
        {{ period_start('month', 'calendar_date') }} as month_date,
        count(*) as n_days,
        sum(case when is_public_holiday then 1 else 0 end) as n_public_holidays,
        sum(case when is_weekend then 1 else 0 end) as n_weekend_days
    from {{ ref('dim_date') }}
    group by {{ period_start('month', 'calendar_date') }}
),

festival as (
    select
        event_key,
        substr(place_code, 1, 2) as place_code,
        from_date,
        to_date,
        month_of_year
    from {{ ref('dim_event') }}
    where kind = 'festival'
),

festival_month as (
    select
        festival.place_code,
        {{ period_start('month', 'day.calendar_date') }} as month_date,
        count(distinct day.calendar_date) as n_days,
        min(festival.event_key) as festival_key
    from festival
    inner join {{ ref('dim_date') }} as day on day.calendar_date between festival.from_date and festival.to_date
    group by festival.place_code, {{ period_start('month', 'day.calendar_date') }}
),

-- A yearly festival whose days of that year were not read: how many they are is unknown, which is not none.
yearly_festival as (
    select
        place_code,
        month_of_year,
        min(event_key) as festival_key
    from festival
    where from_date is null
    group by place_code, month_of_year
),

dated_year as (
    select distinct
        place_code,
        {{ period_start('year', 'month_date') }} as year_date
    from festival_month
),

-- The calendar of events knows the festivals of these provinces; of the others it says nothing.
festival_place as (
    select distinct place_code from festival
),

joined as (
    select
        tourism.*,
        aqi_month.n_days_with_aqi,
        aqi_month.n_days_above_100,
        calendar.n_days,
        calendar.n_public_holidays,
        calendar.n_weekend_days,
        case
            when festival_month.n_days is not null then festival_month.n_days
            when yearly_festival.festival_key is null or dated_year.year_date is not null
                then case when festival_place.place_code is not null then 0 end
        end as n_festival_days,
        coalesce(
            festival_month.festival_key, case when dated_year.year_date is null then yearly_festival.festival_key end
        ) as festival_key,
        fuel.diesel_thb_l,
        fuel.gasohol_95_thb_l
    from tourism
    inner join calendar on tourism.month_date = calendar.month_date
    left join aqi_month
        on
            tourism.place_code = aqi_month.place_code
            and tourism.month_date = aqi_month.month_date
    left join festival_place on tourism.place_code = festival_place.place_code
    left join festival_month
        on
            tourism.place_code = festival_month.place_code
            and tourism.month_date = festival_month.month_date
    left join yearly_festival
        on
            tourism.place_code = yearly_festival.place_code
            and extract(month from tourism.month_date) = yearly_festival.month_of_year
    left join dated_year
        on
            tourism.place_code = dated_year.place_code
            and {{ period_start('year', 'tourism.month_date') }} = dated_year.year_date
    left join {{ ref('int_fuel_price__month') }} as fuel on tourism.month_date = fuel.month_date
)

select
    this_year.place_code,
    this_year.place_name,
    'province' as native_place_level,
    this_year.month_date,
    this_year.vintage,
    cast(this_year.visitors as bigint) as visitors,
    cast(this_year.visitors_thai as bigint) as visitors_thai,
    cast(this_year.visitors_foreign as bigint) as visitors_foreign,
    cast(this_year.guests as bigint) as guests,
    this_year.occupancy_pct,
    this_year.receipts_mthb,
    cast(last_year.visitors as bigint) as visitors_year_before,
    {{ change_pct('this_year.visitors', 'last_year.visitors') }} as visitors_change_pct,
    this_year.occupancy_pct - last_year.occupancy_pct as occupancy_change_pp,
    cast(this_year.n_days as bigint) as n_days,
    cast(coalesce(this_year.n_days_with_aqi, 0) as bigint) as n_days_with_aqi,
    cast(this_year.n_days_above_100 as bigint) as n_days_aqi_above_100,
    cast(last_year.n_days_above_100 as bigint) as n_days_aqi_above_100_year_before,
    this_year.n_days_with_aqi >= 0.75 * this_year.n_days as has_sufficient_aqi,
    cast(this_year.n_public_holidays as bigint) as n_public_holidays,
    cast(this_year.n_weekend_days as bigint) as n_weekend_days,
    cast(this_year.n_festival_days as bigint) as n_festival_days,
    this_year.festival_key,
    this_year.diesel_thb_l,
    this_year.gasohol_95_thb_l
from joined as this_year
left join joined as last_year
    on
        this_year.place_code = last_year.place_code
        and this_year.month_date = {{ year_later('last_year.month_date') }}
