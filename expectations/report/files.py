"""The report's numbers for machines, and the sheet on which a partner answers: JSON and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from io import StringIO
from typing import Any

from expectations.report.conclude import Conclusions, conclude
from expectations.report.model import ReportData

FORMAT = "maemoh-report/2"  # raised when a name in the JSON changes its meaning or goes
ANSWER_COLUMNS = ("issue_id", "state", "words")
RULE_COLUMNS = (
    "partner_id", "as_of", "gate", "source_id", "entity", "rule", "dimension", "scope", "severity", "action", "evaluated",
    "failed", "batches", "failed_batches", "reason_th", "reason_en", "sample_path", "sample_sheet", "sample_cell",
)  # fmt: skip


def to_json(data: ReportData, done: Conclusions | None = None) -> str:
    """The report's facts and conclusions; dates and instants as ISO 8601, coverage by series and year.

    `format`, `summary` (what the overview shows), `data` (what was gathered) and `conclusions` (what follows from it: the
    numbers of the page). Passages are pairs [Thai, English].
    """
    done = done or conclude(data)
    coverage = [
        {"quantity": q.quantity, "averaging_period": q.averaging_period, "station_key": s.station_key, "level": s.level}
        | {"year": y.year, "missing": y.total.missing}
        | asdict(y.total)
        for q in done.coverage
        for s in q.series
        for y in s.years
    ]
    # what the coverage, the calendars and the grouped matters say in fewer lines is left out
    facts = asdict(replace(data, months=(), spans=(), days=()))
    for name in ("months", "spans", "days"):
        del facts[name]
    conclusions = asdict(replace(done, coverage=(), calendars=()))
    del conclusions["calendars"]
    conclusions |= {"coverage": coverage, "days": [asdict(d) for d in data.days]}
    told = {"format": FORMAT, "summary": summary(data, done), "data": facts, "conclusions": conclusions}
    return json.dumps(told, ensure_ascii=False, indent=1, default=_iso)


def summary(data: ReportData, done: Conclusions) -> dict[str, Any]:
    """One line of the overview."""
    open_ = done.matters.open_
    return {
        "partner_id": data.partner_id,
        "partner": list(data.partner),
        "as_of": data.as_of.isoformat() if data.as_of else None,
        "is_synthetic": data.is_synthetic,
        "verdict": done.verdict,
        "points": done.overall.points,
        "grade": done.overall.grade,
        "change": done.overall.change,
        "weakest": done.overall.weakest,
        "open_issues": len(open_),
        "overdue_issues": done.matters.overdue,
        "unanswered_issues": sum(issue.answer is None for issue in open_),
        "late_sources": [f.source_id for f in data.freshness if f.status in ("late", "stale")],
        "sources": len(data.sources),
    }


def to_csv(data: ReportData) -> bytes:
    """Every rule that was evaluated, one line a rule and table, with its first sample. UTF-8 with a mark for Excel."""
    as_of = data.as_of.isoformat() if data.as_of else ""
    lines = []
    for r in data.rules:
        at = r.samples[0] if r.samples else None
        lines.append(
            [data.partner_id, as_of, r.gate, r.source_id, r.entity, r.rule, r.dimension, r.scope, r.severity, r.action,
             r.evaluated, r.failed, r.batches, r.failed_batches, *r.reason,
             *((at.path, at.sheet, at.cell) if at else (None, None, None))]
        )  # fmt: skip
    return _csv(RULE_COLUMNS, lines)


def answers_csv(done: Conclusions) -> bytes:
    """A line for every open matter, to be filled in; UTF-8 with a mark, so that Excel keeps Thai words when saving."""
    return _csv(ANSWER_COLUMNS, [(issue.issue_id, "", "") for issue in done.matters.open_])


def _csv(columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _safe(value: Any) -> Any:
    """Text of a partner's file that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _iso(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the report's JSON")
