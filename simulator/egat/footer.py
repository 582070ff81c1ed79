"""The footer of an hourly grid: how often each letter stands alone in the hours, then two blocks of statistics."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from .book import Book, address, excel_serial
from .layouts import Layout, Summary
from .spoil import Grid

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LABELS = {"D": "Station Down (D)=", "F": ",Fail (F)=", "A": ",Audit (A)=", "C": ",Calibrate (C)="}
EXPORTED = date(2024, 1, 1)
NOT_A_NUMBER = "#NUM!"  # the geometric mean of hours that are mostly zero


def write_footer(
    book: Book, sheet: Worksheet, row: int, layout: Layout, grid: Grid, summaries: list[Summary], wrong: bool
) -> tuple[int, dict[str, int]]:
    """Writes it from `row`, the first below the table, on. Gives back the row below and the counts as printed."""
    hours = f"{address(row - len(grid.dates), 1)}:{address(row - 1, 24)}"
    row += layout.gap_before
    found = grid.letters()
    counts = {letter: found[letter] for letter in LABELS}
    if wrong:
        counts["F"] += 3
    for i, (letter, label) in enumerate(LABELS.items()):
        sheet.write_string(row, 2 * i, label)
        sheet.write_formula(row, 2 * i + 1, f'=COUNTIF({hours},"{letter}")', None, counts[letter])
    row += 1 + layout.gap_after
    for line in _statistics(layout, grid, summaries):
        for column, item in enumerate(line):
            if item == NOT_A_NUMBER:
                sheet.write_formula(row, column, "=GEOMEAN(0)", None, NOT_A_NUMBER)
            elif isinstance(item, date):
                sheet.write_number(row, column, excel_serial(item), book.date_format)
            elif isinstance(item, str):
                sheet.write_string(row, column, item)
            else:
                sheet.write_number(row, column, item)
        row += 1
    return row, counts


def _statistics(layout: Layout, grid: Grid, summaries: list[Summary]) -> list[list[float | str | date]]:
    """Seven lines: labels, units, figures; an empty one; labels, units, figures."""
    mask = np.ones(grid.values.shape, bool)
    if grid.texts:
        mask[tuple(np.array(list(grid.texts)).T)] = False
    valid = grid.values[mask]
    daily = np.array([summary[0] for summary in summaries if isinstance(summary[0], float)])
    by_day = layout.quantity == "PM10"
    over = [int(test(daily if by_day else valid).sum()) for _, _, test in layout.limits]
    n = len(daily) if by_day else len(valid)

    def figures(hour: np.ufunc, day: np.ufunc) -> list[float | str]:
        if layout.quantity == "WD":
            return ["-", "-"]
        return [round(float(f.reduce(x)), 2) if len(x) else 0.0 for f, x in ((hour, valid), (day, daily))]

    mean, std = (round(float(x), 2) for x in (valid.mean(), valid.std())) if len(valid) else (0.0, 0.0)
    middle: list[float | str] = ["-", "-"] if layout.quantity == "WD" else [mean, std]
    so2 = layout.mean_label == "Geo.Mean"  # it has both means, so its deviation stands in column A
    unit, limits, words = layout.unit_text, [one for one, _, _ in layout.limits], [word for _, word, _ in layout.limits]
    months = f"{grid.dates[0]:%Y/%m} - {grid.dates[-1]:%Y/%m}"
    above = months if layout.period == "range above" else ""
    beside: str | date = ""
    if layout.period in ("month", "date"):
        beside = EXPORTED if layout.period == "date" else f"{EXPORTED:%Y-%m}"
    elif layout.period == "range":
        beside = months

    def counted(*items: float | str) -> list[float | str]:
        return list(items) if layout.counts_hours else []

    shares = [round(100 * x / max(1, n), 2) for x in over]
    good = round(100 * len(valid) / mask.size, 2)
    return [
        ["Month", layout.mean_label, "Max 1 Hr.", "Max 24 Hr.", *counted("Day" if by_day else "Hours"), *limits],
        [above, unit, unit, unit, *counted(""), *words],
        [beside, NOT_A_NUMBER if so2 else middle[0], *figures(np.maximum, np.maximum), *counted(n), *over],
        [],
        [
            *(("Standard", "Ari.Mean") if so2 else ("", "Standard")),
            "Min 1 Hr.",
            "Min 24 Hr.",
            *counted("% of", *["% of"] * len(over)),
        ],
        [*(("deviation", unit) if so2 else ("", "deviation")), unit, unit, *counted("good data", *limits)],
        [*((std, mean) if so2 else ("", middle[1])), *figures(np.minimum, np.minimum), *counted(good, *shares)],
    ]
