{{ config(order_by=['table_id', 'category', 'month_date', 'vintage']) }}

select
    table_id,
    table_title,
    category,
    {{ whole_country() }}
    month_date,
    vintage,
    is_latest_vintage,
    value,
    unit,
    case when unit = 'GW.h' then value end as value_gwh,
    source_id,
    partner_id,
    batch_id
from {{ ref('electricity_statistic') }}
