select
    factor_id,
    ef_type,
    applies_to,
    basis,
    factor,
    unit_from,
    unit_to,
    valid_from,
    valid_to,
    is_verified,
    source,
    note
from {{ ref('seed_factor') }}
