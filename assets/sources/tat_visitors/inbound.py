"""Visitors from abroad by country and year: the workbook of the National Statistical Office and the Ministry of Tourism.

Header on row 4 with the years (Buddhist era) as numbers; group labels stand on their first row only; units differ from row
to row; the sheet `Metadata` says under what licence the figures are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.readers.calendar import year_span
from assets.readers.cell_grid import VINTAGES, Grid, at, cell_text, plain_text, year_label
from assets.readers.records import record_batch
from assets.readers.result import UTC_US, Batch, Finding, Refusal
from assets.readers.sheet_xml import address
from assets.readers.thai_dates import common_era
from expectations.contract import Contract

ENTITY = "inbound_year"
HEADS = ("ทวีป", "ประเทศ", "รายการ", "หน่วย")
METADATA = "metadata"
LICENCE_LABEL = "สัญญาอนุญาต"
HEADER_WITHIN = 12
INDENT = "\xa0"  # countries are indented by four NBSP, members of a group by eight
GROUP_WORD = "กลุ่ม"

_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("continent", "country", "country_level", "item", "unit", "vintage", "value"), pl.String),
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "sheet": pl.String,
    "cell": pl.String,
}


@dataclass
class Labels:
    """The labels that hold until the next one is written."""

    continent: str = ""
    country: str = ""
    level: str = ""
    item: str = ""

    def follow(self, row: Any) -> None:
        """Takes what is written on a row. A new continent or country begins a new block of items."""
        self.continent = plain_text(at(row, 0)) or self.continent
        written = cell_text(at(row, 1))
        if written:
            self.country = plain_text(written).replace(INDENT, " ")
            is_group = self.country.startswith(GROUP_WORD)
            self.level = "group" if is_group else "country" if written.startswith(INDENT) else "continent"
        self.item = plain_text(at(row, 2)) or self.item


def table_of(grids: Mapping[str, Grid]) -> tuple[str, int] | None:
    """(sheet, header row) of the sheet with the four heads."""
    for name, grid in grids.items():
        for r, row in enumerate(grid[:HEADER_WITHIN]):
            if tuple(plain_text(at(row, c)) for c in range(len(HEADS))) == HEADS:
                return name, r
    return None


def read(grids: Mapping[str, Grid], table: tuple[str, int], contract: Contract) -> Batch:
    """One row for each filled or blank cell under a year. Raises Refusal: year_missing, type_flip; NoData."""
    name, head_row = table
    grid = grids[name]
    years = _years(name, grid[head_row], head_row)
    labels, rows = Labels(), []
    for r in range(head_row + 1, len(grid)):
        unit = plain_text(at(grid[r], 3))
        if not unit:  # blank rows, notes and sources below the table
            continue
        labels.follow(grid[r])
        where = (labels.continent, labels.country, labels.level, labels.item, unit)
        for column, year, vintage in years:
            value = cell_text(at(grid[r], column))
            rows.append((*where, vintage, value, *year_span(year), name, address(r, column)))
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return record_batch(contract, ENTITY, frame, layout="inbound", series="all", findings=_licence(grids))


def _years(name: str, heads: Any, head_row: int) -> list[tuple[int, int, str]]:
    """(column, year of the common era, vintage) of every year in the header."""
    found = []
    for column in range(len(HEADS), len(heads)):
        label = year_label(heads[column])
        if label:
            found.append((column, common_era(label[0]), VINTAGES.get(label[1], label[1])))
    if not found:
        raise Refusal(
            "year_missing",
            f"Sheet {name}: no year stands in the header (row {head_row + 1}). Write the years as column heads (2564).",
            f"แผ่นงาน {name}: ไม่มีปีในหัวตาราง (แถวที่ {head_row + 1}) โปรดเขียนปีเป็นหัวคอลัมน์ (2564)",
            sheet=name,
            cell=address(head_row, len(HEADS)),
        )
    return found


def _licence(grids: Mapping[str, Grid]) -> list[Finding]:
    """What the metadata sheet says of the licence: nobody should have to look for it twice."""
    for name, grid in grids.items():
        if name.strip().casefold() != METADATA:
            continue
        for r, row in enumerate(grid):
            if LICENCE_LABEL in plain_text(at(row, 1)):
                said = plain_text(at(row, 2)) or "-"
                return [
                    Finding(
                        "licence_stated",
                        f"The workbook says of its licence: “{said}”.",
                        f"สมุดงานระบุสัญญาอนุญาตว่า “{said}”",
                        sheet=name,
                        cell=address(r, 2),
                    )
                ]
    return []
