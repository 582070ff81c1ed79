-- A unit that has no way to the canonical one would make a series unusable without a word: add it to
-- seed_unit_conversion.csv, or have the contract refuse it.
select
    observation.source_id,
    observation.station_key,
    observation.quantity,
    observation.unit,
    count(*) as n
from {{ ref('observation') }} as observation
left join {{ ref('seed_quantity') }} as quantity on observation.quantity = quantity.quantity
where
    {{ rows_of_run(ref('observation'), month_of='observation.observed_date') }}
    and (
        quantity.quantity is null
        or observation.unit
        <> coalesce(
            case when {{ is_stack('observation.station_key') }} then quantity.unit_at_stack else quantity.unit end, ''
        )
    )
group by observation.source_id, observation.station_key, observation.quantity, observation.unit
