-- What each table of the Thai AQI expects of a quantity: its unit (and how much of the canonical unit that is), and the
-- decimals to which a concentration is rounded before it is looked up.
select
    breakpoint.version,
    breakpoint.valid_from,
    coalesce(breakpoint.valid_to, cast('9999-12-31' as date)) as valid_to,
    breakpoint.quantity,
    breakpoint.unit,
    breakpoint.decimals,
    coalesce(conversion.factor, 1) as canonical_per_unit
from {{ ref('seed_aqi_breakpoint') }} as breakpoint
inner join {{ ref('seed_quantity') }} as quantity on breakpoint.quantity = quantity.quantity
left join {{ ref('seed_unit_conversion') }} as conversion
    on
        breakpoint.quantity = conversion.quantity
        and breakpoint.unit = conversion.unit_from
        and quantity.unit = conversion.unit_to
-- every quantity of a table has one class that begins at 0
where breakpoint.index_low = 0
