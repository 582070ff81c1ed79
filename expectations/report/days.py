"""The last 12 months day by day: one calendar for all hourly series together, one for each of the poorest."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from expectations.report.coverage import Count
from expectations.report.model_history import DayCount


@dataclass(frozen=True)
class Calendar:
    """Rows are months, cells their days 1..31 (None: nothing expected, or no such day); `station_key` None: all series."""

    station_key: str | None
    quantity: str | None
    level: str | None
    months: tuple[tuple[int, int, tuple[Count | None, ...]], ...]  # year, month, 31 cells
    total: Count


def calendars(days: Iterable[DayCount]) -> tuple[Calendar, ...]:
    """In the order of the data, every calendar over the same months."""
    together: dict[tuple[str | None, str | None, str | None], dict[date, Count]] = {}
    for one in days:
        cells = together.setdefault((one.station_key, one.quantity, one.level), {})
        cells[one.day] = Count(one.expected, one.valid, one.flagged)
    if not together:
        return ()
    known = [day for cells in together.values() for day in cells]
    months = _months(min(known), max(known))
    return tuple(_calendar(*key, cells, months) for key, cells in together.items())


def _calendar(
    station: str | None,
    quantity: str | None,
    level: str | None,
    cells: dict[date, Count],
    months: list[tuple[int, int]],
) -> Calendar:
    rows = tuple((year, month, tuple(_cell(cells, year, month, day) for day in range(1, 32))) for year, month in months)
    total = Count()
    for cell in cells.values():
        total += cell
    return Calendar(station, quantity, level, rows, total)


def _cell(cells: dict[date, Count], year: int, month: int, day: int) -> Count | None:
    return cells.get(date(year, month, day)) if day <= monthrange(year, month)[1] else None


def _months(first: date, last: date) -> list[tuple[int, int]]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1) for i in range(count)]
