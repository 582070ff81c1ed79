"""The monthly workbook: a sheet per month, a cumulative sheet behind them.

Sheets are named `ม.ค.2569R` (revised), `เม.ย.2569p` (preliminary), without a letter when final.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from assets.readers.calendar import month_span
from assets.readers.cell_grid import VINTAGES, Grid
from assets.readers.records import record_batch
from assets.readers.result import Batch, Finding
from assets.readers.thai_dates import BUDDHIST_OFFSET, month_number
from assets.sources.tat_visitors.cumulative import CUMULATIVE, account_for
from assets.sources.tat_visitors.table import has_header, read_table
from expectations.contract import Contract

ENTITY = "province_month"

_SHEET = re.compile(r"\s*(?P<month>[^\d\s]+?)\s*(?P<year>25\d\d)\s*(?P<mark>[A-Za-z]?)\s*")


@dataclass(frozen=True)
class Month:
    """What a sheet's name says; the year is of the common era."""

    year: int
    month: int
    vintage: str


def sheet_month(name: str) -> Month | None:
    """`เม.ย.2569p` → April 2026, preliminary; None for a cumulative sheet and any other name."""
    found = _SHEET.fullmatch(name)
    if not found or CUMULATIVE in name or found["mark"].lower() not in VINTAGES:
        return None
    month, is_guess = month_number(found["month"])
    if month is None or is_guess:
        return None
    return Month(int(found["year"]) - BUDDHIST_OFFSET, month, VINTAGES[found["mark"].lower()])


def is_monthly(grids: Mapping[str, Grid]) -> bool:
    return any(sheet_month(name) and has_header(grid) for name, grid in grids.items())


def read(grids: Mapping[str, Grid], contract: Contract) -> tuple[Batch, ...]:
    """A batch for each month. What the cumulative sheets hold is compared, dropped and counted with the last month.

    Raises Refusal: header_missing, column_missing, type_flip; NoData.
    """
    months = {name: month for name in grids if (month := sheet_month(name))}
    batches = [_month(name, grids[name], month, contract) for name, month in months.items()]
    findings = [_not_read(name) for name in grids if name not in months and CUMULATIVE not in name]
    drops = []
    by_month = {(month.year, month.month): batch.rows for month, batch in zip(months.values(), batches, strict=True)}
    for name, grid in grids.items():
        if CUMULATIVE in name and has_header(grid):
            drop, remarks = account_for(name, grid, by_month)
            drops.append(drop)
            findings += remarks
    last = batches[-1]
    batches[-1] = replace(last, findings=(*last.findings, *findings), drops=(*last.drops, *drops))
    return tuple(batches)


def _month(name: str, grid: Grid, month: Month, contract: Contract) -> Batch:
    table = read_table(name, grid, month.year)
    start, end = month_span(month.year, month.month)
    frame = table.lines.with_columns(
        pl.lit(month.vintage).alias("vintage"),
        pl.lit(start).alias("interval_start_at"),
        pl.lit(end).alias("interval_end_at"),
        pl.lit(name).alias("sheet"),
    )
    series = f"{month.year}-{month.month:02d}/{month.vintage}"
    return record_batch(contract, ENTITY, frame, layout="monthly", series=series, findings=table.findings)


def _not_read(name: str) -> Finding:
    return Finding(
        "sheet_not_read",
        f"Sheet {name} is not named after a month and was not read.",
        f"แผ่นงาน {name} ไม่ได้ตั้งชื่อตามเดือน จึงไม่ได้อ่าน",
        sheet=name,
    )
