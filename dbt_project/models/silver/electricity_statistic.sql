-- One row per table, category, month and vintage. A revision stands beside the older figure; is_latest_vintage tells
-- which one counts: final before revised before preliminary, then the one received last.
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
),

chosen as (
    select
        *,
        {{ latest_first(
            ['source_id', 'table_id', 'category', 'month_date'],
            "case vintage when 'final' then 0 when 'revised' then 1 else 2 end",
        ) }} as vintage_choice
    from ranked
    where choice = 1
)

select
    table_id,
    table_title,
    category,
    month_date,
    vintage,
    vintage_choice = 1 as is_latest_vintage,
    value,
    unit,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from chosen
