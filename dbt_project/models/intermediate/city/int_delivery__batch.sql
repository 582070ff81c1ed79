-- Batches as they stand: the latest event of a batch is its state.
with event as (
    select
        *,
        row_number() over (partition by batch_id order by event_seq desc) as choice
    from {{ source('ops', 'batch') }}
)

select
    batch_id,
    source_id,
    entity,
    series,
    period_start,
    period_end,
    status
from event
where choice = 1
