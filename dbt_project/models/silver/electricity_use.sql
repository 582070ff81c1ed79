-- One row per branch, class of user and month: the row received last. The branch's own total stands beside each class.
with use as (
    select
        *,
        {{ local_month('interval_start_at') }} as month_date
    from {{ ref('stg_pea_electricity_use__use') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'branch_code', 'user_class', 'month_date']) }} as choice
    from use
)

select
    branch_code,
    branch_name,
    month_date,
    user_class,
    energy_kwh,
    customers,
    peak_kw,
    is_suppressed,
    branch_total_kwh,
    branch_total_customers,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
