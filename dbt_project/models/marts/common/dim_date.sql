{{ config(order_by=['calendar_date']) }}

with days as (
    {{ each_day('2009-01-01', '2030-12-31') }}
),

parts as (
    select
        day as calendar_date,
        cast(extract(year from day) as integer) as ce_year,
        cast(extract(month from day) as integer) as month_of_year,
        cast(extract(day from day) as integer) as day_of_month,
        {{ iso_weekday('day') }} as day_of_week
    from days
),

months as (
    select * from {{ ref('seed_month') }}
),

burn_ban as (
    select * from {{ ref('seed_burn_ban') }}
    where province_code = '52'
),

burn_ban_years as (
    select distinct ce_year
    from burn_ban
),

-- A day has one event: of two at once the one that began later, which is the festival in the season.
event_days as (
    select
        parts.calendar_date,
        event.event_key,
        row_number() over (
            partition by parts.calendar_date
            order by event.from_date desc, event.event_key asc
        ) as choice
    from parts
    inner join {{ ref('seed_event') }} as event on parts.calendar_date between event.from_date and event.to_date
)

select
    parts.ce_year * 10000 + parts.month_of_year * 100 + parts.day_of_month as date_key,
    parts.calendar_date,
    parts.ce_year,
    parts.ce_year + 543 as be_year,
    parts.month_of_year,
    months.name_th as month_th,
    months.name_en as month_en,
    cast(extract(quarter from parts.calendar_date) as integer) as quarter_of_year,
    -- The government's year runs from October to September and is named for the year in which it ends.
    parts.ce_year + 543 + case when parts.month_of_year >= 10 then 1 else 0 end as fiscal_year_be,
    case when parts.month_of_year >= 10 then 1 else cast(floor((parts.month_of_year + 2) / 3) as integer) + 1 end
        as fiscal_quarter,
    parts.day_of_month,
    parts.day_of_week,
    parts.day_of_week >= 6 as is_weekend,
    holiday.holiday_date is not null as is_public_holiday,
    holiday.holiday_th,
    holiday.holiday_en,
    coalesce(holiday.is_substitute, false) as is_substitute_holiday,
    -- From the measurements themselves: 96 % of the days with PM10 above 120 µg/m³ lie in February to April.
    case
        when parts.month_of_year in (2, 3, 4) then 'core'
        when parts.month_of_year = 1 or (parts.month_of_year = 5 and parts.day_of_month <= 15) then 'extended'
        else 'none'
    end as haze_season,
    -- The province sets it anew each year; empty where no announcement was read.
    case
        when burn_ban.ce_year is not null then true
        when burn_ban_years.ce_year is not null then false
    end as is_burn_ban,
    case when parts.month_of_year in (11, 12, 1, 2) then 'high' else 'low' end as tourism_season,
    event_days.event_key
from parts
left join months on parts.month_of_year = months.month_of_year
left join burn_ban on parts.calendar_date between burn_ban.from_date and burn_ban.to_date
left join burn_ban_years on parts.ce_year = burn_ban_years.ce_year
left join event_days
    on
        parts.calendar_date = event_days.calendar_date
        and event_days.choice = 1
left join {{ ref('seed_holiday') }} as holiday on parts.calendar_date = holiday.holiday_date
