"""What the energy feeds share: whole days by month, and CSV as spreadsheets of the partners write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby

from simulator.world import World

Cell = str | int | float | None


def days_by_month(world: World) -> list[tuple[str, list[date]]]:
    """The whole days of the world, by month: ("2026-03", [days])."""
    return [(month, list(days)) for month, days in groupby(world.dates, lambda day: f"{day:%Y-%m}")]


def complete_months(world: World, at_least: int = 3) -> list[date]:
    """First days of the months that are over: those of the world, and always the last `at_least`, oldest first."""
    month = world.today.replace(day=1)
    months: list[date] = []
    while len(months) < at_least or month > world.dates[0].replace(day=1):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months[::-1]


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, encoding: str = "utf-8", title: str = ""
) -> bytes:
    """CSV with CRLF, fields quoted where they must be, and a title line above the header when there is one."""
    out = io.StringIO(newline="")
    if title:
        out.write(f"{title}\r\n")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
