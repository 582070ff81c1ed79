{{ config(order_by=['site_id', 'observed_date']) }}

with delivered as (
    select
        *,
        {{ local_date('interval_start_at') }} as observed_date
    from {{ ref('stg_egat_site_visits__visit') }}
),

latest as (
    select
        *,
        {{ latest_first(['site_id', 'observed_date']) }} as choice
    from delivered
)

select
    site_id,
    site_name,
    tambon_code as place_code,
    native_place_level,
    observed_date,
    visits,
    people_left,
    event_name,
    remark,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from latest
where choice = 1
