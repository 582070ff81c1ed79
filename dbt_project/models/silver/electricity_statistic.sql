-- One row per table, category, month and vintage. A revision stands beside the older figure; is_latest_vintage tells
-- which one counts: final before revised before preliminary.
with statistic as (
    select
        *,
        {{ local_month('interval_start_at') }} as month_date
    from {{ ref('stg_moen_electricity__statistic') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'table_id', 'category', 'month_date', 'vintage']) }} as choice
    from statistic
)

select
    table_id,
    table_title,
    category,
    month_date,
    vintage,
    {{ is_latest_vintage(['source_id', 'table_id', 'category', 'month_date']) }} as is_latest_vintage,
    value,
    unit,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
