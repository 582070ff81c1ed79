{{ config(order_by=['event_key']) }}

select
    event_key,
    kind,
    name_th,
    name_en,
    place_code,
    edition,
    from_date,
    to_date,
    month_of_year,
    is_verified,
    source,
    note
from {{ ref('seed_event') }}
