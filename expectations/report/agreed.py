"""What is agreed about answering: the target, the deadlines, how far the trend looks back (`agreed.yml`, versioned)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

import yaml

from expectations.report.texts import FOLDER, local

SEVERITIES = ("critical", "major", "minor")  # the gravest first


@dataclass(frozen=True)
class Agreed:
    """`agreed.yml`; see there."""

    version: str
    target_points: float
    deadline_days: Mapping[str, int]
    trend_periods: int
    months_from: int
    closed_shown_days: int
    calendars: int


@cache
def agreed() -> Agreed:
    """The figures in force. TypeError names one that is missing or not known, ValueError an unknown severity."""
    raw = Agreed(**yaml.safe_load((FOLDER / "agreed.yml").read_text("utf-8")))
    unknown = set(raw.deadline_days) - set(SEVERITIES)
    if unknown:
        raise ValueError(f"agreed.yml: deadline_days names {sorted(unknown)}; write some of {', '.join(SEVERITIES)}")
    return raw


def due_on(severity: str, opened_at: datetime) -> date | None:
    """The local day by which a matter should be put right; None: with the next delivery."""
    days = agreed().deadline_days.get(severity)
    return None if days is None else local(opened_at).date() + timedelta(days=days)


def gravest(severities: list[str]) -> str:
    """The gravest of some severities; `minor` when there is none."""
    return min(severities, key=lambda s: SEVERITIES.index(s) if s in SEVERITIES else 9, default="minor")
