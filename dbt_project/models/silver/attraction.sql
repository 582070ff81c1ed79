{{ config(order_by=['place_id']) }}

with delivered as (
    select
        *,
        {{ local_date('interval_start_at') }} as asked_date
    from {{ ref('stg_tat_places__place') }}
),

-- The directory is asked again and again; the answer of the newest day counts.
ranked as (
    select
        *,
        {{ latest_first(['place_id'], prefer='asked_date desc') }} as choice,
        min(asked_date) over (partition by place_id) as first_seen_date,
        max(asked_date) over () as last_asked_date
    from delivered
)

select
    place_id,
    name,
    category_id,
    category_name,
    latitude,
    longitude,
    place_code,
    native_place_level,
    province_name,
    district_name,
    tambon_name,
    postcode,
    tags,
    fee_thai_adult,
    fee_foreign_adult,
    updated_at,
    first_seen_date,
    asked_date as last_seen_date,
    asked_date = last_asked_date as is_listed,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
