{{ config(order_by=['site_id', 'observed_date']) }}

select
    site_id,
    site_name,
    place_code,
    native_place_level,
    observed_date,
    visits,
    people_left,
    event_name,
    remark,
    source_id,
    partner_id,
    batch_id
from {{ ref('site_visit') }}
