"""Many workbooks with the mix of shapes of the 51 real ones: about one in six spans eleven years, the rest one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast, get_args

from .book import TOP_FOLDER, Planned
from .daily import SamplesSpec, TempBpSpec
from .grid import GridSpec
from .notice import Kind, NoticeSpec
from .paths import AIR, grid_path, named, span, stack_path, temp_bp_path
from .stack import StackSpec
from .stations import STATIONS
from .traps import ORDINARY, Traps

LONG = 11


@dataclass(frozen=True)
class Shape:
    """One kind of workbook. `each` of them are in a deck of 51."""

    kind: Literal["grid", "samples", "temp_bp", "stack"] | Kind
    each: int
    quantity: str = ""
    years: int = 1
    traps: Traps = ORDINARY
    levels: tuple[str | None, ...] = (None,)


DECK = (
    Shape("grid", 3, "NO2", LONG),
    Shape("grid", 2, "PM10", LONG, Traps(rare="PB-")),
    Shape("site", 1, "PM10", LONG),
    Shape("grid", 12, "SO2", 1, Traps(rare="P")),
    Shape("grid", 1, "SO2", LONG, Traps(rare="u-P")),
    Shape("php_error", 1, "SO2", LONG),
    Shape("grid", 1, "TSP", LONG),
    Shape("samples", 1, "TSP", 8),
    Shape("grid", 3, "BP", 1, Traps(glued=True)),
    Shape("grid", 1, "BP", 1, Traps(all_blank=True)),
    Shape("grid", 1, "DEV", 1, Traps(only_hours=3)),
    Shape("grid", 1, "DEV"),
    Shape("grid", 3, "RAIN"),
    Shape("station", 1, "RAIN"),
    Shape("grid", 2, "RH"),
    Shape("grid", 1, "RH", LONG, Traps(rare="P-")),
    Shape("grid", 1, "SW"),
    Shape("station", 1, "SW"),
    Shape("grid", 3, "TEMP", 1, Traps(glued=True)),
    Shape("temp_bp", 2),
    Shape("temp_bp", 1, "", 2, Traps(php_row=True, cut_last_row=True)),
    Shape("grid", 2, "WD", 1, levels=("L", "M", "H")),
    Shape("grid", 1, "WD"),
    Shape("grid", 2, "WS", 1, levels=("L", "M", "H")),
    Shape("grid", 1, "WS"),
    Shape("grid", 1, "WS", LONG, Traps(blank_max_days=1)),
    Shape("stack", 1, "", LONG),
)


def bench(workbooks: int = 300, year_from: int = 2009, year_to: int = 2020, seed: int = 0) -> list[Planned]:
    """`workbooks` deliveries, no two of one station, quantity, level and period; ValueError when there are no more."""
    if year_to - year_from < LONG - 1:
        raise ValueError(f"years {span(year_from, year_to)}: the long workbooks need {LONG} years, e.g. 2009 to 2020")
    makers = [_deliveries(shape, year_from, year_to, seed) for shape in DECK]
    planned: list[Planned] = []
    taken: set[str] = set()
    while True:
        before = len(planned)
        for shape, maker in zip(DECK, makers, strict=True):
            for _ in range(shape.each):
                if len(planned) == workbooks:
                    return planned
                for path, spec in maker:
                    if path not in taken:
                        taken.add(path)
                        planned.append((path, spec))
                        break
        if len(planned) == before:
            years = span(year_from, year_to)
            raise ValueError(f"only {before} distinct workbooks in {years}: ask for fewer or give more years")


def _deliveries(shape: Shape, year_from: int, year_to: int, seed: int) -> Iterator[Planned]:
    """All deliveries of a shape: stations turn fastest, then the period; shorter periods once the long are used."""
    for years in range(shape.years, max(0, shape.years - 4), -1):
        for first in range(year_from, year_to - years + 2):
            start, last = date(first, 1, 1), first + years - 1
            days = (date(last + 1, 1, 1) - start).days
            if shape.kind == "stack":
                yield stack_path(first, years), StackSpec(first, years, seed=seed)
            elif shape.kind == "temp_bp":
                yield named(temp_bp_path(first, last), TempBpSpec(start, days, shape.traps, seed))
            elif shape.levels[0]:
                for level in shape.levels:
                    spec = GridSpec(shape.quantity, "EGAT-05", start, days, level, shape.traps, seed)
                    yield named(grid_path(shape.quantity, "EGAT-05", first, last, level=level), spec)
            else:
                for key in STATIONS:
                    yield _one(shape, key, start, days, last, seed)


def _one(shape: Shape, key: str, start: date, days: int, last: int, seed: int) -> Planned:
    path = grid_path(shape.quantity, key, start.year, last)
    if shape.kind == "samples":
        path = f"{TOP_FOLDER}/{AIR}/TSP {span(start.year, last)}/{STATIONS[key].files[0]} 24 Hr.xlsx"
        return named(path, SamplesSpec(key, start, days // 6, seed=seed))
    if shape.kind in get_args(Kind):
        # A note of its own, since two "no data" sentences of one station are the same bytes otherwise: a repeat.
        return named(path, NoticeSpec(cast(Kind, shape.kind), shape.quantity, key, note=path))
    return named(path, GridSpec(shape.quantity, key, start, days, None, shape.traps, seed))
