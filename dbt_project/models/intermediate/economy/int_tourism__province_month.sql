-- A province's month of tourism in one row, as final as its figures have become.
select
    place_code,
    max(place_name) as place_name,
    month_date,
    max(case when origin = 'all' then vintage end) as vintage,
    max(case when origin = 'all' then visitors end) as visitors,
    max(case when origin = 'thai' then visitors end) as visitors_thai,
    max(case when origin = 'foreign' then visitors end) as visitors_foreign,
    max(case when origin = 'all' then guests end) as guests,
    max(case when origin = 'all' then occupancy_pct end) as occupancy_pct,
    max(case when origin = 'all' then receipts_mthb end) as receipts_mthb,
    max(case when origin = 'all' then receipts_real_mthb end) as receipts_real_mthb
from {{ ref('fct_tourism_monthly') }}
where
    native_place_level = 'province'
    and place_code is not null
    and is_latest_vintage
group by place_code, month_date
