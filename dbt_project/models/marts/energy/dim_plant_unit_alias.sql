select
    alias,
    unit_key,
    valid_from,
    valid_to,
    is_verified,
    source,
    note
from {{ ref('seed_plant_unit_alias') }}
