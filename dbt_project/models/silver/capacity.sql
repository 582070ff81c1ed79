-- One row per fuel and year in which the capacity changed: the row received last.
with capacity as (
    select * from {{ ref('stg_open_power_plants__capacity') }}
),

ranked as (
    select
        *,
        {{ latest_first(['source_id', 'fuel', 'valid_from']) }} as choice
    from capacity
)

select
    fuel,
    valid_from,
    capacity_mw,
    source as figure_source,
    source_id,
    partner_id,
    batch_id,
    row_id,
    received_at
from ranked
where choice = 1
