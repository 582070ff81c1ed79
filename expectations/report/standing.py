"""How each source stands: its newest score, what it was a period ago, and the last periods for the trend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor

from expectations.report.agreed import agreed
from expectations.report.model import Bilingual, ReportData
from expectations.report.model_history import ScoreDay
from expectations.report.texts import day, month
from expectations.scorecard import DimensionScore, Score, policy, scorecard


@dataclass(frozen=True)
class Period:
    """Points at the end of a day or a month; `label` is the day or the month."""

    key: str  # 2026-11-24 or 2026-11
    label: Bilingual
    points: float
    grade: str


@dataclass(frozen=True)
class Standing:
    """Where one source stands. `change` is in points against the period before, None without one."""

    source_id: str
    dimensions: tuple[DimensionScore, ...]
    points: float | None
    grade: str | None
    is_capped: bool
    change: float | None = None
    periods: tuple[Period, ...] = ()

    @property
    def is_on_target(self) -> bool:
        return self.points is not None and self.points >= agreed().target_points


@dataclass(frozen=True)
class Overall:
    """All sources of a partner together: the mean of their points, and the weakest of them."""

    points: float | None
    grade: str | None
    change: float | None
    weakest: str | None


def standings(data: ReportData) -> tuple[Standing, ...]:
    """One per source: the newest line of the ledger's scores; where there is none yet, counted from the rules now."""
    grain = _grain(data.scores)
    kept: dict[str, list[ScoreDay]] = {}
    for line in data.scores:
        kept.setdefault(line.source_id, []).append(line)
    freshness = {f.source_id: f.status for f in data.freshness}
    counted = {s.source_id: s for s in scorecard(data.rules, [s.source_id for s in data.sources], freshness)}
    return tuple(_standing(score, sorted(kept.get(name, ()), key=_day), grain) for name, score in counted.items())


def overall(found: Iterable[Standing]) -> Overall:
    """The partner as a whole; the change counts the sources that have a period to compare with."""
    measured = [(s.points, s) for s in found if s.points is not None]
    if not measured:
        return Overall(None, None, None, None)
    points = _tenth(sum(p for p, _ in measured) / len(measured))
    changes = [s.change for _, s in measured if s.change is not None]
    change = round(sum(changes) / len(measured), 1) if changes else None
    weakest = min(measured, key=lambda pair: (pair[0], pair[1].source_id))[1].source_id
    return Overall(points, _grade(points), change, weakest)


def _day(line: ScoreDay) -> date:
    return line.day


def _grain(lines: Sequence[ScoreDay]) -> str:
    months = {(line.day.year, line.day.month) for line in lines}
    return "month" if len(months) >= agreed().months_from else "day"


def _standing(counted: Score, lines: Sequence[ScoreDay], grain: str) -> Standing:
    periods = _periods(lines, grain)
    if not lines:
        return Standing(counted.source_id, counted.dimensions, counted.points, counted.grade, counted.is_capped)
    newest = lines[-1]
    change = None
    if len(periods) > 1 and newest.points is not None:
        change = round(newest.points - periods[-2].points, 1)
    dimensions = tuple(replace(d, share=newest.shares.get(d.dimension)) for d in counted.dimensions)
    return Standing(
        counted.source_id, dimensions, newest.points, newest.grade, newest.is_capped, change, periods
    )  # fmt: skip


def _periods(lines: Sequence[ScoreDay], grain: str) -> tuple[Period, ...]:
    """The last periods, oldest first: of a month its last day with points."""
    found: dict[str, Period] = {}
    for line in lines:
        if line.points is None:
            continue
        key = line.day.isoformat()[: 7 if grain == "month" else 10]
        label = month(line.day.year, line.day.month) if grain == "month" else day(line.day)
        found[key] = Period(key, label, line.points, line.grade or _grade(line.points))
    return tuple(found.values())[-agreed().trend_periods :]


def _grade(points: float) -> str:
    return next(name for name, bound in policy().grades if points >= bound)


def _tenth(value: float) -> float:
    return floor(round(value * 10, 6)) / 10
