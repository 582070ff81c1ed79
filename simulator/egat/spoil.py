"""Turns a clean grid into a delivered one: which cells hold a letter, a glued number, an impossible value or nothing.

A grid is `days` × 24 numbers plus, where a cell is no plain number, its text (None: empty) and the mistake's name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from .distributions import Hours, hourly
from .layouts import Layout
from .traps import Traps

IMPOSSIBLE = {
    "SO2": -9, "NO2": 2400, "PM10": -1, "TSP": 9999, "BP": 66, "DEV": 720, "RAIN": 345, "RH": 374, "SW": 4200,
    "TEMP": 96.5, "WD": 482, "WS": 516,
}  # fmt: skip
SWAPPED_WITH = {"WS": "WD", "WD": "WS", "TEMP": "RH", "RH": "TEMP", "BP": "TEMP", "PM10": "NO2", "SO2": "BP"}
RUNS = {"D": (1.2, 6, 44), "F": (9, 2, 14), "A": (4, 1, 1), "C": (12, 1, 4)}  # letter: runs a year, shortest, longest


@dataclass
class Grid:
    """What will be written: one entry of `dates` per row; `texts` and `traps` are keyed by (row, hour - 1)."""

    dates: list[date]
    values: Hours
    texts: dict[tuple[int, int], str | None] = field(default_factory=dict)
    traps: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)  # True: with a cached value

    def content(self, row: int, hour: int) -> float | str | None:
        key = (row, hour)
        return self.texts[key] if key in self.texts else float(self.values[row, hour])

    def plain(self, row: int) -> np.ndarray:
        """The row's hours that are numbers."""
        mask = np.ones(24, bool)
        mask[[hour for hour in range(24) if (row, hour) in self.texts]] = False
        return self.values[row][mask]

    def letters(self) -> Counter[str]:
        """Lone letters by kind, which is all that EGAT's own COUNTIF footers count: `000F` is not among them."""
        return Counter(text for text in self.texts.values() if text is not None and len(text) == 1)

    def put(self, row: int, hour: int, text: str | None, trap: str) -> None:
        self.texts[row, hour] = text
        self.traps[row, hour] = trap


def spoil(
    layout: Layout, station_key: str, start: date, values: Hours, traps: Traps, rng: np.random.Generator, seed: int
) -> Grid:
    """The grid of these values with these mistakes. Later mistakes avoid the cells of earlier ones."""
    grid = Grid([start + timedelta(days=i) for i in range(len(values))], values.copy())
    if traps.missing_days:
        _lose_days(grid, traps.missing_days, rng)
    if traps.all_blank:
        _blank_from(grid, 0, "all_blank")
        return grid
    if traps.only_hours is not None:
        grid.values[:] = 0
        _blank_from(grid, traps.only_hours, "only_hours")
        return grid
    if traps.swapped_days:
        _swap(grid, layout, station_key, traps.swapped_days, rng, seed)
    if traps.outages:
        _outages(grid, layout, rng)
    for letter in traps.rare:
        row, hour = _free_cell(grid, rng)
        grid.put(row, hour, letter, "rare_letter")
    if traps.glued:
        _glue(grid, layout, rng)
    for _ in range(traps.blank_cells):
        row, hour = _free_cell(grid, rng)
        grid.put(row, hour, None, "blank_cell")
    for _ in range(traps.out_of_range):
        row, hour = _free_cell(grid, rng)
        grid.values[row, hour] = IMPOSSIBLE[layout.quantity]
        grid.traps[row, hour] = "out_of_range"
    if traps.formulas != "none":
        _formulas(grid, traps.formulas == "cached", rng)
    if traps.cut_last_row:
        for hour in range(13, 24):
            grid.put(len(grid.dates) - 1, hour, None, "cut_last_row")
    for row, day in traps.odd_dates:
        grid.dates[row] = day
        grid.traps.update({(row, hour): "odd_date" for hour in range(24)})
    return grid


def _lose_days(grid: Grid, n: int, rng: np.random.Generator) -> None:
    lost = set(rng.choice(np.arange(1, len(grid.dates) - 1), n, replace=False).tolist())
    kept = [i for i in range(len(grid.dates)) if i not in lost]
    grid.dates = [grid.dates[i] for i in kept]
    grid.values = grid.values[kept]


def _blank_from(grid: Grid, first: int, trap: str) -> None:
    for row in range(len(grid.dates)):
        for hour in range(first, 24):
            grid.put(row, hour, None, trap)


def _swap(grid: Grid, layout: Layout, station_key: str, n: int, rng: np.random.Generator, seed: int) -> None:
    """n days in a row hold another instrument's numbers."""
    first = int(rng.integers(1, max(2, len(grid.dates) - n)))
    stretch = slice(first, first + n)
    days = grid.dates[stretch]
    other = SWAPPED_WITH.get(layout.quantity, "TEMP")
    grid.values[stretch] = hourly(other, station_key, days[0], len(days), seed=seed)
    grid.traps.update({(first + i, hour): "swapped" for i in range(len(days)) for hour in range(24)})


def _outages(grid: Grid, layout: Layout, rng: np.random.Generator) -> None:
    cells = len(grid.dates) * 24
    for letter, (per_year, shortest, longest) in RUNS.items():
        if letter == "C" and not layout.ambient:  # weather instruments are calibrated once a year
            per_year, longest = 1, 1
        for _ in range(rng.poisson(per_year * cells / 8766)):
            begin = int(rng.integers(0, cells))
            for at in range(begin, min(cells, begin + int(rng.integers(shortest, longest + 1)))):
                grid.texts[divmod(at, 24)] = letter
    if (
        layout.quantity == "NO2"
    ):  # that analyser calibrates itself for one hour nearly every day, an hour later each day
        for row in range(len(grid.dates)):
            grid.texts.setdefault((row, (row * 5) % 24), "C")
    for key in grid.texts:
        grid.traps.pop(key, None)


def _glue(grid: Grid, layout: Layout, rng: np.random.Generator) -> None:
    """Most lone letters become a number with the letter behind it; one number gets a dot and nothing else."""
    zeros = ("00.00",) if layout.decimals else ("000", "000", "00", "000.", "000")
    for (row, hour), letter in list(grid.texts.items()):
        if letter is None or letter not in "DFCAP" or rng.random() < 0.15:
            continue
        if rng.random() < 0.6:
            number = str(rng.choice(zeros))
        else:
            number = f"{grid.values[row, hour]:.{layout.decimals}f}" + (
                "." if rng.random() < 0.3 and not layout.decimals else ""
            )
        grid.put(row, hour, number + letter, "glued")
    row, hour = _free_cell(grid, rng)
    grid.put(row, hour, f"{grid.values[row, hour]:.{layout.decimals}f}.", "glued")


def _formulas(grid: Grid, cached: bool, rng: np.random.Generator) -> None:
    for _ in range(6):
        row, hour = _free_cell(grid, rng)
        grid.formulas[row, hour] = cached
        grid.traps[row, hour] = "formula_cached" if cached else "formula_uncached"
        if not cached:
            grid.texts[row, hour] = None


def _free_cell(grid: Grid, rng: np.random.Generator) -> tuple[int, int]:
    """A cell that is still an ordinary number."""
    for _ in range(10_000):
        row, hour = int(rng.integers(0, len(grid.dates))), int(rng.integers(0, 24))
        if (row, hour) not in grid.texts and (row, hour) not in grid.traps:
            return row, hour
    raise ValueError(f"no ordinary cell is left in {len(grid.dates)} days: ask for fewer mistakes or more days")
