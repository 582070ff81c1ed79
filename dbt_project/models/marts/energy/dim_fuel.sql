select
    fuel_code,
    name_en,
    name_th,
    kind,
    is_biogenic,
    is_renewable,
    is_verified,
    source,
    note
from {{ ref('seed_fuel') }}
