"""The demo's deliveries: some twenty-six small workbooks, every layout and nearly every mistake at least once."""

from __future__ import annotations

from datetime import date

from .book import TOP_FOLDER, Planned
from .daily import SamplesSpec, TempBpSpec
from .grid import GridSpec
from .notice import NoticeSpec
from .paths import AIR, WEATHER, grid_path, named, stack_path, temp_bp_path
from .stack import StackSpec
from .traps import ORDINARY, Traps


def demo(year_from: int = 2019, year_to: int = 2020, seed: int = 0) -> list[Planned]:
    """The first year of several stations; PM10 of the main station for every year."""
    start, days = date(year_from, 1, 1), _days(year_from)

    def grid(
        quantity: str, station: str, traps: Traps = ORDINARY, level: str | None = None, spelling: int = 0
    ) -> Planned:
        spec = GridSpec(quantity, station, start, days, level, traps, seed)
        return named(grid_path(quantity, station, year_from, year_from, level=level, spelling=spelling), spec)

    def later(year: int) -> Planned:
        spec = GridSpec("PM10", "EGAT-05", date(year, 1, 1), _days(year), seed=seed)
        return named(grid_path("PM10", "EGAT-05", year, year), spec)

    air, weather = f"{TOP_FOLDER}/{AIR}", f"{TOP_FOLDER}/{WEATHER}"
    so2 = f"{air}/SO2 {year_from}/SO2 {year_from}"
    years = max(3, year_to - year_from + 1)
    return [
        grid("PM10", "EGAT-05", Traps(php_row=True, rare="PB")),
        *(later(year) for year in range(year_from + 1, year_to + 1)),
        grid("PM10", "EGAT-09", Traps(rare="BP-")),
        named(f"{air}/PM10 {year_from}/Pratupha.xlsx", NoticeSpec("site", "PM10", "EGAT-01")),
        grid("TSP", "EGAT-09", Traps(blank_cells=5)),
        # Nothing inside says station or quantity.
        named(f"{air}/TSP {year_from}/Banthasii.xlsx", SamplesSpec("EGAT-02", date(year_from, 1, 5), 60, seed=seed)),
        grid("SO2", "EGAT-09", Traps(rare="u-P"), spelling=2),
        grid("SO2", "EGAT-11", Traps(missing_days=2, footer="differs")),
        # Called after Mae Chang, its title says Pratu Pha: a real one does.
        named(f"{so2}/Maechang.xlsx", GridSpec("SO2", "EGAT-01", start, days, seed=seed)),
        named(f"{so2}/สถานีตรวจอากาศหลัก.xlsx", NoticeSpec("php_error", "SO2", "EGAT-05")),
        grid("NO2", "EGAT-07", Traps(php_row=True, cut_last_row=True)),
        grid("BP", "EGAT-09", Traps(glued=True, out_of_range=1), spelling=1),
        grid("BP", "EGAT-12", Traps(all_blank=True)),
        grid("TEMP", "EGAT-09", Traps(glued=True, formulas="cached")),
        grid("RH", "EGAT-09", Traps(out_of_range=2, rare="+"), spelling=1),
        grid("RAIN", "EGAT-05"),
        named(f"{weather}/{year_from}/RAIN/Banhuafai.xlsx", NoticeSpec("station", "RAIN", "EGAT-04")),
        grid("SW", "EGAT-05", Traps(rare="P")),
        grid("DEV", "EGAT-06", Traps(only_hours=3), spelling=1),
        grid("WS", "EGAT-09", Traps(swapped_days=9, out_of_range=2, blank_max_days=1)),
        grid("WS", "EGAT-05", level="L"),
        grid("WS", "EGAT-05", level="H"),
        grid("WD", "EGAT-05", level="L"),
        grid("WD", "EGAT-05", level="H"),
        named(
            temp_bp_path(year_from, year_from),
            TempBpSpec(start, days, Traps(php_row=True, cut_last_row=True), seed),
        ),
        (stack_path(year_to - years + 1, years), StackSpec(year_to - years + 1, years, seed=seed)),
    ]


def _days(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
