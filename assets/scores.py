"""ops.score: how each source stands, by local day. The day's last state counts; figures are `expectations/scorecard.py`'s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from assets.accounts import Row
from assets.lake.months import LOCAL_OFFSET
from expectations.scorecard import Score, policy, scorecard


@dataclass(frozen=True)
class _Standing:
    """A rule summed over all that it judged of one source and that counts now (see `expectations.scorecard.Judged`)."""

    gate: str
    source_id: str
    dimension: str
    severity: str
    evaluated: int
    failed: int
    failed_batches: int


def score_lines(connection: duckdb.DuckDBPyConnection, at: datetime) -> list[Row]:
    """ops.score lines for the local day of `at` (UTC), on a connection that holds the ledger (see matters.py).

    A source gets one when it was judged since its last one, or stands otherwise than that says; none when today's says so
    already.
    """
    standing = [_Standing(*row) for row in connection.execute(_STANDING).fetchall()]
    known: dict[str, tuple[str, str, datetime]] = {
        source_id: (partner_id, status or "", judged_at)
        for source_id, partner_id, status, judged_at in connection.execute(_SOURCES).fetchall()
    }
    freshness = {source_id: status for source_id, (_, status, _) in known.items()}
    noted = {row["source_id"]: row for row in connection.execute(_NOTED).pl().to_dicts()}
    today = (at + LOCAL_OFFSET).date()
    lines = []
    for score in scorecard(standing, known, freshness):
        partner_id, _, judged_at = known[score.source_id]
        line = _line(score, partner_id) | {"score_id": f"{score.source_id}|{today}", "score_date": today}
        last = noted.get(score.source_id)
        if score.points is not None and (not last or _is_news(line, last, judged_at)):
            lines.append(line)
    return lines


def _line(score: Score, partner_id: str) -> Row:
    return {
        "partner_id": partner_id,
        "source_id": score.source_id,
        "policy_version": policy().version,
        **{dimension.dimension: dimension.share for dimension in score.dimensions},
        "points": score.points,
        "grade": score.grade,
        "is_capped": score.is_capped,
        "evaluated": sum(dimension.evaluated for dimension in score.dimensions),
        "failed": sum(dimension.failed for dimension in score.dimensions),
    }


def _is_news(line: Row, last: Mapping[str, object], judged_at: datetime) -> bool:
    differs = any(line[name] != last[name] for name in line if name not in ("score_id", "score_date"))
    noted_at = last["recorded_at"]
    assert isinstance(noted_at, datetime)
    was_judged = judged_at.astimezone(UTC) > noted_at.astimezone(UTC)
    return differs or (was_judged and line["score_date"] != last["score_date"])


_STANDING = """
select gate, source_id, any_value(dimension), any_value(severity), sum(evaluated)::bigint, sum(failed)::bigint,
    count(*) filter (outcome = 'fail')
from check_state
where counts and gate <> 'G0' and source_id is not null
group by gate, source_id, rule, judged_table
"""

# Every source that a gate ever judged: one whose deliveries were all taken back is known, and has no points.
_SOURCES = """
select c.source_id, max(c.partner_id), max(f.status), max(c.recorded_at)
from ledger_check_result as c
left join ledger_freshness as f on f.source_id = c.source_id
where c.source_id is not null and c.gate <> 'G0'
group by c.source_id
order by c.source_id
"""

_NOTED = """
select *
from ledger_score
qualify row_number() over (partition by source_id order by score_date desc) = 1
"""
