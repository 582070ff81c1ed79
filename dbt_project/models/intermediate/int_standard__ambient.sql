-- Ambient limits, each with the value it has in the canonical unit of its quantity. A limit is judged in the unit that
-- was delivered (780 µg/m³ or 300 ppb), so a reading is compared with the limit published in its own raw unit; scaling
-- that limit by the factor that scaled the reading keeps the comparison exact.
with standard as (
    select * from {{ ref('seed_standard') }}
    where medium = 'ambient'
)

select
    standard.quantity,
    standard.averaging_period,
    standard.limit_value,
    standard.limit_unit,
    standard.limit_value * coalesce(conversion.factor, 1) as limit_canonical,
    coalesce(standard.valid_from, cast('1900-01-01' as date)) as valid_from,
    coalesce(standard.valid_to, cast('9999-12-31' as date)) as valid_to,
    standard.is_verified
from standard
inner join {{ ref('seed_quantity') }} as quantity on standard.quantity = quantity.quantity
left join {{ ref('seed_unit_conversion') }} as conversion
    on
        standard.quantity = conversion.quantity
        and standard.limit_unit = conversion.unit_from
        and quantity.unit = conversion.unit_to
