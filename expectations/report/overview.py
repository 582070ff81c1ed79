"""The platform team's overview: one line a report, those to be followed up first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from expectations.report import texts
from expectations.report.model import Bilingual
from expectations.report.render import page

VERDICTS = ("action", "warnings", "nothing", "accepted")


def render_overview(summaries: Sequence[Mapping[str, Any]]) -> str:
    """One HTML document from the `summary` of each report (see files.py); links lead to `<partner>/index.html` beside it."""
    lines = [
        {
            **line,
            "partner": Bilingual(*line["partner"]),
            "as_of": texts.instant(datetime.fromisoformat(line["as_of"])) if line["as_of"] else None,
        }
        for line in sorted(summaries, key=_urgency)
    ]
    return page("overview.html.j2", lines=lines, is_synthetic=any(line["is_synthetic"] for line in lines))


def _urgency(line: Mapping[str, Any]) -> tuple[int, int, int, float, str]:
    points = line["points"] if line["points"] is not None else 101.0
    verdict = VERDICTS.index(line["verdict"])
    return -line["overdue_issues"], verdict, -line["open_issues"], points, line["partner_id"]
