select
    quantity,
    name_en,
    name_th,
    kind,
    unit,
    unit_at_stack,
    molar_mass as molar_mass_g_mol
from {{ ref('seed_quantity') }}
