"""How much of the time a partner's published series cover: expected, valid, flagged and missing intervals per month."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from expectations.report.model import MonthCount, SeriesSpan
from expectations.report.texts import BANGKOK, local, quantity_order

Key = tuple[str, str, str | None, str]  # quantity, station, level, averaging period


@dataclass(frozen=True)
class Count:
    """Intervals; expected = valid + flagged + missing."""

    expected: int = 0
    valid: int = 0
    flagged: int = 0

    @property
    def missing(self) -> int:
        return self.expected - self.valid - self.flagged

    @property
    def share(self) -> float:
        return self.valid / self.expected if self.expected else 0.0

    def __add__(self, other: Count) -> Count:
        return Count(self.expected + other.expected, self.valid + other.valid, self.flagged + other.flagged)


@dataclass(frozen=True)
class Year:
    """One row of a calendar: 12 months, None where nothing is expected (a yearly series has one cell)."""

    year: int
    cells: tuple[Count | None, ...]
    total: Count


@dataclass(frozen=True)
class Series:
    station_key: str
    level: str | None
    years: tuple[Year, ...]
    total: Count


@dataclass(frozen=True)
class Gap:
    """Neighbouring months of one series below the threshold."""

    station_key: str
    level: str | None
    first: tuple[int, int]
    last: tuple[int, int]
    count: Count


@dataclass(frozen=True)
class Quantity:
    """All series of one quantity and averaging period; gaps come longest first."""

    quantity: str
    averaging_period: str
    series: tuple[Series, ...]
    by_year: dict[int, Count]
    by_month: dict[tuple[int, int], Count]
    total: Count
    gaps: tuple[Gap, ...]


def coverage(months: Iterable[MonthCount], spans: Iterable[SeriesSpan], threshold: float) -> tuple[Quantity, ...]:
    """Calendars by quantity and averaging period, in catalogue order.

    A series is expected from its first delivered start to its last end; `threshold` is a share of valid intervals.
    """
    counted: dict[Key, dict[tuple[int, int], MonthCount]] = defaultdict(dict)
    for m in months:
        cells = counted[(m.quantity, m.station_key, m.level, m.averaging_period)]
        before = cells.get((m.year, m.month))
        cells[(m.year, m.month)] = m if before is None else _merge(before, m)
    groups: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for span in sorted(spans, key=_by_place):
        key = (span.quantity, span.station_key, span.level, span.averaging_period)
        groups[(span.quantity, span.averaging_period)].append(_series(span, counted[key]))
    order = sorted(groups, key=lambda g: (_PERIODS.index(g[1]) if g[1] in _PERIODS else 9, quantity_order(g[0])))
    return tuple(_quantity(name, period, groups[(name, period)], threshold) for name, period in order)


_PERIODS = ["PT1H", "P1D", "P1M", "P1Y"]


def _by_place(span: SeriesSpan) -> tuple[list[str | int], int]:
    """STACK-8 before STACK-10; tower levels from the ground up."""
    parts: list[str | int] = [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", span.station_key)]
    return parts, "LMH".find(span.level or "")


def _merge(a: MonthCount, b: MonthCount) -> MonthCount:
    return MonthCount(
        a.source_id, a.station_key, a.quantity, a.level, a.averaging_period, a.year, a.month,
        a.valid + b.valid, a.flagged + b.flagged, a.rows + b.rows,
    )  # fmt: skip


def _series(span: SeriesSpan, cells: dict[tuple[int, int], MonthCount]) -> Series:
    start, end = local(span.start_at), local(span.end_at)
    is_yearly = span.averaging_period == "P1Y"
    # a 24 h sample every sixth day is a programme, not a daily series with gaps: only its own days are expected
    is_sampled = span.averaging_period == "P1D" and 2 * sum(m.rows for m in cells.values()) < (end - start).days
    years = []
    for year in range(start.year, end.year + 1):
        if is_yearly:
            mine = [m for (y, _), m in cells.items() if y == year]
            got = Count(1, sum(m.valid for m in mine), sum(m.flagged for m in mine))
            row: list[Count | None] = [got] if datetime(year, 1, 1, tzinfo=BANGKOK) < end else []
        else:
            period = "sampled" if is_sampled else span.averaging_period
            row = [_cell(period, year, month, start, end, cells) for month in range(1, 13)]
        if any(cell is not None for cell in row):
            years.append(Year(year, tuple(row), _sum(cell for cell in row if cell)))
    return Series(span.station_key, span.level, tuple(years), _sum(y.total for y in years))


def _cell(
    period: str, year: int, month: int, start: datetime, end: datetime, cells: dict[tuple[int, int], MonthCount]
) -> Count | None:
    first = datetime(year, month, 1, tzinfo=BANGKOK)
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=BANGKOK)
    covered = min(after, end) - max(first, start)
    got = cells.get((year, month))
    if covered.total_seconds() <= 0 and got is None:
        return None
    hours = int(covered.total_seconds() // 3600)
    expected = {"PT1H": hours, "P1D": min(-(-hours // 24), monthrange(year, month)[1]), "P1M": 1}.get(period, 0)
    if got is None:
        return Count(expected) if expected else None
    return Count(max(expected, got.rows), got.valid, got.flagged)


def _quantity(name: str, period: str, series: list[Series], threshold: float) -> Quantity:
    by_year: dict[int, Count] = defaultdict(Count)
    by_month: dict[tuple[int, int], Count] = defaultdict(Count)
    for one in series:
        for year in one.years:
            by_year[year.year] += year.total
            for month, cell in enumerate(year.cells, 1):
                if cell is not None:
                    by_month[(year.year, month)] += cell
    gaps = sorted((g for s in series for g in _gaps(s, threshold)), key=lambda g: g.count.valid - g.count.expected)
    total = _sum(s.total for s in series)
    return Quantity(name, period, tuple(series), dict(sorted(by_year.items())), dict(by_month), total, tuple(gaps))


def _gaps(series: Series, threshold: float) -> list[Gap]:
    """Runs of neighbouring months whose valid share is below the threshold."""
    gaps: list[Gap] = []
    previous: int | None = None
    for year in series.years:
        for month, cell in enumerate(year.cells, 1):
            if cell is None or cell.share >= threshold:
                continue
            position = year.year * len(year.cells) + month
            if previous is not None and position == previous + 1:
                last = gaps.pop()
                gaps.append(Gap(last.station_key, last.level, last.first, (year.year, month), last.count + cell))
            else:
                at = (year.year, month)
                gaps.append(Gap(series.station_key, series.level, at, at, cell))
            previous = position
    return gaps


def _sum(counts: Iterable[Count]) -> Count:
    total = Count()
    for count in counts:
        total += count
    return total
