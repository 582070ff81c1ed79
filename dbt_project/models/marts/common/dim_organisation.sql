{{ config(order_by=['org_id']) }}

select
    org_id,
    role,
    name_th,
    name_en,
    data_th,
    data_en,
    is_verified,
    source
from {{ ref('seed_organisation') }}
