-- What a kilowatt-hour of the grid would have emitted where one is avoided: combined margin and nothing else
-- (macros/factor.sql refuses any other kind). kg/kW.h is t/MW.h. No value is known yet, so this may be empty: avoided
-- CO2 is then unknown, and not counted with another factor.
select
    factor.factor_id,
    factor.ef_type,
    factor.factor as factor_t_mwh,
    coalesce(factor.valid_from, cast('1900-01-01' as date)) as valid_from,
    coalesce(factor.valid_to, cast('9999-12-31' as date)) as valid_to,
    factor.is_verified,
    factor.source
from {{ ref('seed_factor') }} as factor
where
    factor.applies_to = 'grid'
    and factor.unit_from = 'kW.h'
    and factor.unit_to = 'kg'
    and factor.ef_type = {{ ef_type_for('avoided_co2', 'combined_margin') }}
