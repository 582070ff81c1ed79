"""What counts now, of everything that the ledger holds: the one place that says when a refusal is put right.

SQL for DuckDB, over the ledger's tables (of deliveries and batches the state, of check results every event). Reports,
open matters and scores all ask these three tables.
"""

from __future__ import annotations

from assets.accounts import WITHDRAWN


def in_force_sql(ops: str) -> str:
    """Statements that make the temporary tables `delivery_state`, `batch_state` and `check_state`.

    `ops` stands before each table's name: `status.ops.` for the copied ledger. Added columns:

    - delivery_state: `is_withdrawn`; `is_resolved`: refused, and a later delivery of the same path was taken, or one that
      holds every slot that was refused; `put_right_by`, `put_right_at`: its path and when it was received.
    - batch_state: `is_withdrawn`; `is_resolved`: refused, and its slot is held by a later delivery, or its file is
      resolved; `is_in_force`: accepted, or refused and nothing put it right; `put_right_by`, `put_right_at`.
    - check_state: only the last verdict on each delivery, batch or table (`judged_delivery_id`, `judged_batch_id`,
      `judged_table`); `counts` where that is still in force.
    """
    return _STATE.format(ops=ops, withdrawn=WITHDRAWN)


_STATE = """
create temp table delivery_state as
with marked as (
    -- taking a delivery back leaves it refused, with this reason
    select *, outcome = 'refused' and starts_with(coalesce(reason_en, ''), '{withdrawn}') as is_withdrawn
    from {ops}delivery
),

taken as (
    select partner_id, path, max(received_at) as taken_at
    from marked
    where outcome in ('accepted', 'accepted_with_findings', 'no_data', 'replaced')
    group by all
),

slot_holder as (
    select partner_id, entity, slot, max(received_at) as held_at, arg_max(path, received_at) as held_by
    from {ops}batch
    where status = 'accepted'
    group by all
),

-- under whatever name: a later delivery holds every slot that was refused
slots as (
    select b.delivery_id, bool_and(coalesce(h.held_at > b.received_at, false)) as are_held,
        max(h.held_at) as held_at, arg_max(h.held_by, h.held_at) as held_by
    from {ops}batch as b
    left join slot_holder as h on h.partner_id = b.partner_id and h.entity = b.entity and h.slot = b.slot
    where b.status = 'refused'
    group by b.delivery_id
),

judged as (
    select m.*, coalesce(t.taken_at > m.received_at, false) as is_sent_again, t.taken_at,
        coalesce(s.are_held, false) as are_held, s.held_at, s.held_by
    from marked as m
    left join taken as t on t.partner_id = m.partner_id and t.path = m.path
    left join slots as s on s.delivery_id = m.delivery_id
)

select * exclude (is_sent_again, taken_at, are_held, held_at, held_by),
    outcome = 'refused' and (is_sent_again or are_held) as is_resolved,
    case when is_sent_again then path when are_held then held_by end as put_right_by,
    case when is_sent_again then taken_at when are_held then held_at end as put_right_at
from judged;

create temp table batch_state as
with slot_holder as (
    select partner_id, entity, slot, max(received_at) as held_at, arg_max(path, received_at) as held_by
    from {ops}batch
    where status = 'accepted'
    group by all
),

judged as (
    select b.*, b.status = 'withdrawn' or coalesce(d.is_withdrawn, false) as is_withdrawn,
        b.status = 'refused' and (
            coalesce(h.held_at > b.received_at, false) or coalesce(d.is_resolved, false)
        ) as is_resolved,
        case when h.held_at > b.received_at then h.held_by else d.put_right_by end as put_right_by,
        case when h.held_at > b.received_at then h.held_at else d.put_right_at end as put_right_at
    from {ops}batch as b
    left join slot_holder as h on h.partner_id = b.partner_id and h.entity = b.entity and h.slot = b.slot
    left join delivery_state as d on d.delivery_id = b.delivery_id
)

select *, status = 'accepted' or (status = 'refused' and not is_resolved and not is_withdrawn) as is_in_force
from judged;

create temp table check_state as
with named as (
    select *, case when gate = 'G0' then batch_id end as judged_delivery_id,
        case when gate = 'G1' then nullif(batch_id, '') end as judged_batch_id,
        case when gate not in ('G0', 'G1') then entity end as judged_table
    from {ops}check_result
),

-- a gate that ran again has judged anew: its last run counts; a table is judged as a whole, for all sources at once
latest as (
    select *
    from named
    qualify run_id = arg_max(run_id, recorded_at) over (partition by gate, judged_delivery_id, judged_batch_id, judged_table)
)

select c.*,
    case
        when c.gate = 'G0' then coalesce(d.outcome <> 'refused' or not (d.is_withdrawn or d.is_resolved), true)
        when c.gate = 'G1' then coalesce(b.is_in_force, true)
        else true
    end as counts
from latest as c
left join delivery_state as d on d.delivery_id = c.judged_delivery_id
left join batch_state as b on b.batch_id = c.judged_batch_id;
"""
