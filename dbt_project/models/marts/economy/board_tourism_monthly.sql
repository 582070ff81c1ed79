{{ config(order_by=['native_place_level', 'place_name', 'month_date', 'origin']) }}

-- One figure a month: the vintage that counts, with its state in the name of the series.
select
    place_code,
    place_name,
    native_place_level,
    month_date,
    {{ be_month('month_date') }} || case when vintage = 'preliminary' then ' p' else '' end as be_month,
    origin,
    case origin when 'thai' then 'ชาวไทย / Thai' when 'foreign' then 'ชาวต่างชาติ / foreign' else 'รวม / all' end
    || {{ preliminary_mark('vintage') }} as series_label,
    vintage,
    {{ vintage_label('vintage') }} as vintage_label,
    visitors,
    occupancy_pct,
    receipts_mthb,
    receipts_real_mthb,
    price_base_year,
    month_date = max(month_date) over (partition by native_place_level, place_name) as is_latest_month,
    source_id
from {{ ref('fct_tourism_monthly') }}
where is_latest_vintage
