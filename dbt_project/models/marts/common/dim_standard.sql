select
    quantity,
    medium,
    station_key,
    applies_to,
    averaging_period,
    limit_value,
    limit_unit,
    valid_from,
    valid_to,
    is_verified,
    source,
    note
from {{ ref('seed_standard') }}
