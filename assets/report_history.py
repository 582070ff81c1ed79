"""Reads the partner's scores, matters and answers, fetches, freshness and last twelve months by day, for its report.

Works on the connection that report_data opens: `status` (ledgers), `counted` and `marts` (published rows), and the
variables `partner` and `sources`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from expectations.report.model import Bilingual
from expectations.report.model_history import (
    Answer,
    DayCount,
    Fetched,
    FetchTrouble,
    Freshness,
    Issue,
    ScoreDay,
)

Row = dict[str, Any]
Ask = Callable[..., list[Row]]
DIMENSIONS = ("completeness", "validity", "accuracy", "timeliness", "consistency", "uniqueness")

SCORES = """
select * from status.ops.score
where partner_id = getvariable('partner') and list_contains(getvariable('sources')::varchar[], source_id)
order by source_id, score_date
"""

ISSUES = """
with said as (
    select * from status.ops.answer
    where partner_id = getvariable('partner')
    -- the last word on a matter is what counts
    qualify row_number() over (partition by issue_id order by answered_at desc, event_seq desc) = 1
)
select i.*, a.state as said, a.words, a.answered_at
from status.ops.issue as i
left join said as a on a.issue_id = i.issue_id
where i.partner_id = getvariable('partner')
order by i.opened_at, i.issue_id
"""

FETCHED = """
select source_id, count(*) as asked, count(*) filter (outcome in ('ok', 'truncated')) as answered,
    count(*) filter (outcome = 'not_modified') as unchanged, sum(bytes)::bigint as size, max(fetched_at) as last_at,
    max(fetched_at) filter (outcome in ('ok', 'not_modified', 'truncated')) as last_answer_at
from status.ops.fetch
where partner_id = getvariable('partner')
group by source_id
order by source_id
"""

FETCH_TROUBLES = """
select source_id, outcome, coalesce(status, 0) as status, count(*) as calls, max(fetched_at) as last_at,
    arg_max(reason_en, fetched_at) as reason_en, arg_max(reason_th, fetched_at) as reason_th
from status.ops.fetch
where partner_id = getvariable('partner') and outcome not in ('ok', 'not_modified')
group by source_id, outcome, coalesce(status, 0)
order by source_id, calls desc, outcome
"""

FRESHNESS = """
select source_id, status, last_event_at from status.ops.freshness
where partner_id = getvariable('partner') and list_contains(getvariable('sources')::varchar[], source_id)
order by source_id
"""

# Hours of a day that a series claims to cover, as the calendars by month count them: from its first hour to its last.
DAYS = """
create temp table span as
select station_key, quantity, level, make_timestamp(min(start_us)) + interval 7 hours as first_at,
    make_timestamp(max(end_us)) + interval 7 hours as last_at
from counted
where averaging_period = 'PT1H'
group by all;

set variable until = (select max(last_at) from span);

create temp table by_day as
with calendar as (
    select unnest(generate_series(
        date_trunc('month', getvariable('until') - interval 1 second) - interval 11 months,
        getvariable('until') - interval 1 second, interval 1 day
    ))::timestamp as day
),
claimed as (
    select s.*, c.day::date as day,
        date_diff('hour', greatest(c.day, s.first_at), least(c.day + interval 1 day, s.last_at)) as hours
    from calendar as c
    join span as s on s.first_at < c.day + interval 1 day and s.last_at > c.day
),
got as (
    select station_key, quantity, level,
        coalesce(observed_date, cast(interval_start_at + interval 7 hours as date)) as day,
        count(*) filter (is_valid) as valid, count(*) filter (not is_valid and flag is not null) as flagged
    from marts.silver.observation
    where partner_id = getvariable('partner') and averaging_period = 'PT1H'
        and interval_start_at >= date_trunc('month', getvariable('until')::timestamp) - interval 13 months
    group by all
)
select c.station_key, c.quantity, c.level, c.day,
    greatest(c.hours, coalesce(g.valid, 0) + coalesce(g.flagged, 0)) as expected,
    coalesce(g.valid, 0) as valid, coalesce(g.flagged, 0) as flagged
from claimed as c
left join got as g on g.station_key = c.station_key and g.quantity = c.quantity
    and g.level is not distinct from c.level and g.day = c.day
where c.hours > 0;
"""

DAYS_SHOWN = """
with poorest as (
    select station_key, quantity, level, sum(expected - valid) as lost
    from by_day
    group by all
    having lost > 0
    order by lost desc, station_key, quantity, level
    limit $n
)
select null as station_key, null as quantity, null as level, day, sum(expected)::bigint as expected,
    sum(valid)::bigint as valid, sum(flagged)::bigint as flagged, null as lost
from by_day
group by day
union all
select d.station_key, d.quantity, d.level, d.day, d.expected, d.valid, d.flagged, p.lost
from by_day as d
join poorest as p on p.station_key = d.station_key and p.quantity = d.quantity and p.level is not distinct from d.level
order by lost desc nulls first, station_key, quantity, level, day
"""


def scores(ask: Ask) -> tuple[ScoreDay, ...]:
    """One line a source and day, oldest first."""
    return tuple(
        ScoreDay(
            r["source_id"], r["score_date"], {name: r[name] for name in DIMENSIONS}, r["points"], r["grade"],
            bool(r["is_capped"]), r["policy_version"] or "", r["evaluated"] or 0, r["failed"] or 0,
        )
        for r in ask(SCORES)
    )  # fmt: skip


def issues(ask: Ask) -> tuple[Issue, ...]:
    """Every matter of the partner with its last answer, the oldest first."""
    return tuple(
        Issue(
            r["issue_id"], r["source_id"] or None, r["gate"], r["entity"], r["rule"], r["severity"] or "minor",
            r["subject"] or "", r["state"], r["failed"] or 0, r["opened_at"], r["closed_at"], _reason(r),
            Answer(r["said"], r["words"] or "", r["answered_at"]) if r["said"] else None,
        )
        for r in ask(ISSUES)
    )  # fmt: skip


def fetched(ask: Ask) -> tuple[Fetched, ...]:
    """What was asked of the partner's servers, by source."""
    troubles: dict[str, list[FetchTrouble]] = {}
    for r in ask(FETCH_TROUBLES):
        one = FetchTrouble(r["outcome"], r["status"], r["calls"], r["last_at"], _reason(r))
        troubles.setdefault(r["source_id"], []).append(one)
    return tuple(Fetched(**r, troubles=tuple(troubles.get(r["source_id"], ()))) for r in ask(FETCHED))


def freshness(ask: Ask) -> tuple[Freshness, ...]:
    """How current each source is."""
    return tuple(Freshness(**r) for r in ask(FRESHNESS))


def days(ask: Ask, calendars: int) -> tuple[DayCount, ...]:
    """Hours by day in the 12 months up to the newest published hour: of all series, then of the poorest ones."""
    if not ask("select 1 from counted where averaging_period = 'PT1H' limit 1"):
        return ()
    ask(DAYS)
    found = ask(DAYS_SHOWN, {"n": calendars})
    return tuple(DayCount(**{name: value for name, value in r.items() if name != "lost"}) for r in found)


def _reason(r: Row) -> Bilingual:
    return Bilingual(r["reason_th"] or r["reason_en"] or "", r["reason_en"] or r["reason_th"] or "")
