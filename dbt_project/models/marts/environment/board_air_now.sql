{{ config(order_by=['sort_order', 'station_key']) }}

-- The newest hour of each station that measured within the last month: one row a station, quantities side by side. A
-- low-cost sensor shows its corrected value; the satellite's estimate for the district stands in a row of its own.
with newest as (
    select {{ add_days('max(observed_date)', -31) }} as since_date
    from {{ ref('fct_air_quality_hourly') }}
),

measured as (
    select
        hourly.station_key,
        hourly.interval_start_at,
        hourly.interval_end_at,
        hourly.observed_date,
        hourly.instrument_class,
        hourly.quantity,
        hourly.unit,
        case when hourly.instrument_class = 'indicative' then hourly.value_corrected else hourly.value end as value,
        hourly.source_id
    from {{ ref('fct_air_quality_hourly') }} as hourly
    cross join newest
    where
        hourly.is_valid
        and hourly.observed_date >= newest.since_date
    union all
    select
        observation.station_key,
        observation.interval_start_at,
        observation.interval_end_at,
        observation.observed_date,
        observation.instrument_class,
        observation.quantity,
        observation.unit,
        observation.value,
        observation.source_id
    from {{ ref('observation') }} as observation
    cross join newest
    where
        observation.instrument_class = 'satellite_model'
        and observation.averaging_period = 'PT1H'
        and observation.is_valid
        and observation.observed_date >= newest.since_date
),

hour as (
    select
        station_key,
        interval_start_at,
        interval_end_at,
        max(observed_date) as observed_date,
        max(instrument_class) as instrument_class,
        max(source_id) as source_id,
        max(case when quantity = 'PM25' then value end) as pm25_ug_m3,
        max(case when quantity = 'PM10' then value end) as pm10_ug_m3,
        max(case when quantity = 'SO2' then value end) as so2_ug_m3,
        max(case when quantity = 'NO2' then value end) as no2_ug_m3,
        max(case when quantity = 'O3' then value end) as o3_ug_m3
    from measured
    where
        value is not null
        and unit = 'ug/m3'
        and quantity in ('PM25', 'PM10', 'SO2', 'NO2', 'O3')
    group by station_key, interval_start_at, interval_end_at
),

ranked as (
    select
        *,
        row_number() over (partition by station_key order by interval_end_at desc) as choice
    from hour
)

select
    station.station_key,
    case
        when {{ is_reference('ranked.instrument_class') }} then 1
        when ranked.instrument_class = 'indicative' then 2
        else 3
    end as sort_order,
    station.name_th as station_th,
    station.name_en as station_en,
    place.name_th as place_th,
    ranked.instrument_class,
    {{ class_words('ranked.instrument_class', 'th') }} as class_th,
    {{ class_words('ranked.instrument_class', 'en') }} as class_en,
    ranked.interval_end_at,
    cast(calendar.day_of_month as string) || ' ' || calendar.month_th || ' ' || cast(calendar.be_year as string) || ' '
    || {{ local_clock('ranked.interval_end_at') }} || ' น.' as as_of_th,
    cast(calendar.calendar_date as string) || ' ' || {{ local_clock('ranked.interval_end_at') }} as as_of_en,
    ranked.pm25_ug_m3,
    ranked.pm10_ug_m3,
    ranked.so2_ug_m3,
    ranked.no2_ug_m3,
    ranked.o3_ug_m3,
    aqi.aqi,
    {{ aqi_words('aqi.category', 'th') }} as level_th,
    {{ aqi_words('aqi.category', 'en') }} as level_en,
    ranked.source_id
from ranked
inner join {{ ref('dim_station') }} as station on ranked.station_key = station.station_key
left join {{ ref('dim_place') }} as place on station.place_code = place.place_code
inner join {{ ref('dim_date') }} as calendar
    on {{ local_date('ranked.interval_end_at') }} = calendar.calendar_date
left join {{ ref('fct_aqi_hourly') }} as aqi
    on
        ranked.station_key = aqi.station_key
        and ranked.interval_start_at = aqi.interval_start_at
where
    ranked.choice = 1
    and (ranked.instrument_class <> 'satellite_model' or station.place_code = {{ city_district() }})
