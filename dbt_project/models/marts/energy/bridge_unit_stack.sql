with bridge as (
    select
        *,
        count(*) over (partition by stack_key) as n_units
    from {{ ref('seed_unit_stack') }}
)

select
    unit_key,
    stack_key,
    valid_from,
    valid_to,
    share,
    -- Where two units share a stack, its emission cannot be told apart by unit.
    n_units = 1 as is_only_unit,
    is_verified,
    source,
    note
from bridge
