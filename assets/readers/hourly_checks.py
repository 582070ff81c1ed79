"""Checks of an hourly table against what the workbook says about itself: calendar, daily MAX, footer, formulas."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl

from assets.readers.cells import is_pure_letter
from assets.readers.day_rows import DayRows, cut_row, formula_cells, missing_days
from assets.readers.footer import Counted, Footer, compare
from assets.readers.hour_header import HourlyTable
from assets.readers.result import Finding
from assets.readers.sheet_xml import address
from assets.readers.workbook import Sheet

_SAME = 1e-6


@dataclass(frozen=True)
class Checks:
    """`placeholders` is true for rows that the export itself disowns; null when there are none."""

    findings: tuple[Finding, ...]
    placeholders: pl.Series | None


def check(rows: pl.DataFrame, days: DayRows, footer: Footer | None, sheet: Sheet, table: HourlyTable) -> Checks:
    """`rows` holds 24 rows per day, in the order of `days`."""
    values = rows["value"].to_numpy().reshape(len(days.rows), 24)
    hours = [table.hours[hour] for hour in range(1, 25)]
    summary, placeholders = _summaries(values, days, sheet, table)
    formulas = formula_cells(sheet, set(days.rows.tolist()), {table.date_column, *hours}) if sheet.uncached else []
    findings = [
        *formulas,
        *missing_days(sheet.name, days, table.date_column),
        *cut_row(sheet, days, hours),
        *summary,
        *compare(footer, _counted(rows, values, days), sheet.name),
    ]
    return Checks(tuple(findings), placeholders)


def _counted(rows: pl.DataFrame, values: np.ndarray, days: DayRows) -> Counted:
    pairs = Counter(rows.select("raw_value", "flag").drop_nulls("flag").iter_rows())
    pure: Counter[str] = Counter()
    glued: Counter[str] = Counter()
    for (text, flag), n in pairs.items():
        (pure if is_pure_letter(text, flag) else glued)[flag] += n
    numbers = values[~np.isnan(values)]
    first, last = days.dates[0], days.dates[-1]
    return Counted(
        pure=pure,
        glued=glued,
        hours=len(numbers),
        maximum=float(numbers.max()) if len(numbers) else None,
        first_month=(first.year, first.month),
        last_month=(last.year, last.month),
    )


def _summaries(
    values: np.ndarray, days: DayRows, sheet: Sheet, table: HourlyTable
) -> tuple[list[Finding], pl.Series | None]:
    """The daily MAX column against the day's numbers, and days with numbers that the export did not summarise."""
    columns = list(table.summary_columns)
    if not columns or any(column in columns for _, column in sheet.uncached):
        return [], None  # a summary that was never calculated proves nothing
    highest, lowest = np.fmax.reduce(values, axis=1), np.fmin.reduce(values, axis=1)
    has_numbers = ~np.isnan(highest)
    findings = []
    unsummarised = has_numbers
    if table.max_column is not None:  # where MAX says something, the day is summarised
        maxima = sheet.grid.get_column(f"c{table.max_column}")[days.rows]
        said = maxima.cast(pl.Float64, strict=False).to_numpy()
        unsummarised = has_numbers & maxima.is_null().to_numpy()
        with np.errstate(invalid="ignore"):
            differs = ~np.isnan(said) & has_numbers & (np.abs(said - highest) > _SAME)
        wrong = differs | (~np.isnan(said) & ~has_numbers & (said != 0))
        if wrong.any():
            findings.append(_daily_max(wrong, said, highest, days, sheet, table.max_column))
    if not unsummarised.any():
        return findings, None
    is_blank = days.take(sheet, columns).select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy()
    if table.max_column is None:
        unsummarised = unsummarised & is_blank
    # Zeros in some hours and nothing in the others: a full day of zeros may well be measured (SO2 mostly is).
    is_partial = np.isnan(values).any(axis=1)
    disowned = unsummarised & is_blank & is_partial & (highest == 0) & (lowest == 0)
    if unsummarised.any():
        findings.append(_day_without_summary(unsummarised, disowned, values, days, sheet, table))
    placeholders = pl.Series(np.repeat(disowned, 24)) if disowned.any() else None
    return findings, placeholders


def _day_without_summary(
    where: np.ndarray, disowned: np.ndarray, values: np.ndarray, days: DayRows, sheet: Sheet, table: HourlyTable
) -> Finding:
    n, n_disowned = int(where.sum()), int(disowned.sum())
    marked = int((~np.isnan(values[disowned])).sum())
    en = f"{n} days hold numbers, but the export's own summary of them (MAX) is blank"
    th = f"มี {n} วันที่มีตัวเลข แต่ช่องสรุปของไฟล์ (MAX) ว่าง"
    if marked:
        en += (
            f"; on {n_disowned} of them some hours are 0 and the others blank: these {marked:,} zeros are "
            "placeholders (~)"
        )
        th += f" โดย {n_disowned} วันมีค่า 0 บางชั่วโมงและชั่วโมงอื่นว่าง จึงถือว่า 0 ทั้ง {marked:,} ค่าเป็นค่าแทนที่ (~) ไม่ใช่ค่าที่วัดได้"
    column = table.max_column if table.max_column is not None else table.summary_columns[0]
    cell = address(int(days.rows[where.argmax()]), column)
    return Finding("day_without_summary", f"{en}.", th, sheet.name, cell, n=n)


def _daily_max(
    wrong: np.ndarray, said: np.ndarray, highest: np.ndarray, days: DayRows, sheet: Sheet, max_column: int
) -> Finding:
    first, n = int(wrong.argmax()), int(wrong.sum())
    holds = "none" if np.isnan(highest[first]) else f"{highest[first]:g}"
    day = days.dates[first]
    return Finding(
        "daily_max",
        f"On {n} days the MAX column differs from the day's highest number; first on {day}: MAX "
        f"{said[first]:g}, highest {holds}.",
        f"มี {n} วันที่คอลัมน์ MAX ไม่ตรงกับค่าสูงสุดของวัน วันแรกคือ {day}: MAX {said[first]:g} ค่าสูงสุด {holds}",
        sheet=sheet.name,
        cell=address(int(days.rows[first]), max_column),
        n=n,
    )
