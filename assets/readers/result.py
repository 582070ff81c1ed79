"""What a parser hands back: batches of rows with their findings, or one of two plain refusals.

Accounts: the rows that came in with a batch are `rows.height` plus the sum of `drops[].n`; nothing else may vanish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

UTC_US = pl.Datetime("us", "UTC")

# One measured cell per row, in this order; blank and flagged cells are rows too. `value` is in `raw_unit` (UCUM).
ROW_SCHEMA: dict[str, pl.DataType] = {
    "station_key": pl.String(),
    "station_name": pl.String(),
    "quantity": pl.String(),
    "level": pl.String(),
    "averaging_period": pl.String(),
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "raw_value": pl.String(),
    "raw_unit": pl.String(),
    "value": pl.Float64(),
    "flag": pl.String(),
    "is_valid": pl.Boolean(),
    "from_path": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}
SERIES = ("station_key", "quantity", "level")

PLACEHOLDER = "~"  # our own flag: the workbook itself says that nothing was measured
SPREADSHEET_ERROR = "#"  # our own flag: the cell holds #VALUE!, #NUM!, …


@dataclass(frozen=True)
class Finding:
    """Something a person should know that refuses nothing. `cell` is the first of `n` places; `subject` is the id of what
    else it speaks of, such as a correction."""

    rule: str
    reason_en: str
    reason_th: str
    sheet: str | None = None
    cell: str | None = None
    n: int = 1
    subject: str | None = None


@dataclass(frozen=True)
class Drop:
    """`n` cells that came in and are no rows, by a stated rule."""

    rule: str
    reason_en: str
    reason_th: str
    n: int


@dataclass(frozen=True)
class Batch:
    """The rows of one delivery for one entity and series. Dates are local (Asia/Bangkok), both ends included.

    `rows` has the columns of ROW_SCHEMA, sorted by series and time. `is_blank`: no value and no flag anywhere.
    """

    entity: str
    layout: str
    series: str
    period_start: date
    period_end: date
    rows: pl.DataFrame
    findings: tuple[Finding, ...] = ()
    drops: tuple[Drop, ...] = ()
    is_blank: bool = False

    @property
    def rows_in(self) -> int:
        return self.rows.height + sum(drop.n for drop in self.drops)


@dataclass(frozen=True)
class Parsed:
    """All batches of one delivery; there is at least one."""

    source_id: str
    batches: tuple[Batch, ...]


class Refusal(Exception):
    """The file cannot be taken as it is, now or later. The reason says what, where and what to do, in two languages."""

    def __init__(
        self,
        rule: str,
        reason_en: str,
        reason_th: str,
        sheet: str | None = None,
        cell: str | None = None,
        source_id: str | None = None,
    ) -> None:
        super().__init__(rule, reason_en, reason_th, sheet, cell, source_id)
        self.rule = rule
        self.reason_en = reason_en
        self.reason_th = reason_th
        self.sheet = sheet
        self.cell = cell
        self.source_id = source_id

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason_en}"


class NoData(Exception):
    """A sound file that says there is nothing in it."""

    def __init__(self, reason_en: str, reason_th: str, source_id: str | None = None) -> None:
        super().__init__(reason_en, reason_th, source_id)
        self.reason_en = reason_en
        self.reason_th = reason_th
        self.source_id = source_id

    def __str__(self) -> str:
        return self.reason_en
