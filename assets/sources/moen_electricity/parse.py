"""EPPO's statistics workbooks (T05_02_01.xls and the like): titles, then per year a block of months, then blank and notes.

A block is a row with the year alone, a row `MONTH` with the categories, the rows `JAN` to `DEC`, and `YTD`. What can be
worked out again (the column TOTAL, the rows YTD, the table of growth rates) is compared where it can be, then left out.
The layout is assumed: reader code of a like table is known, no workbook.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from assets.readers.calendar import month_span
from assets.readers.document import Document
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import UTC_US, Batch, Parsed, Refusal
from assets.readers.sheet_xml import address
from assets.sources.moen_electricity.blocks import Block, Sheet, has_table, read_blocks
from assets.sources.moen_electricity.checks import check_totals, left_out, month_gaps, strange_rows
from expectations.contract import Contract

PARSER_VERSION = "1"
_SCHEMA: dict[str, pl.DataType] = {
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "table_id": pl.String(),
    "table_title": pl.String(),
    "category": pl.String(),
    "value": pl.String(),
    "unit": pl.String(),
    "vintage": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}


def claims(document: Document) -> bool:
    return document.kind in ("xls", "xlsx") and any(has_table(grid) for grid in document.grids.values())


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch per sheet. Raises Refusal: column_missing, unit_missing, unit_unknown, year_missing, type_flip; NoData."""
    sheets = [Sheet(name, grid, document.path) for name, grid in document.grids.items() if has_table(grid)]
    if not sheets:
        raise Refusal(
            "column_missing",
            "No sheet has a row that begins with MONTH above the rows of months (JAN, FEB, …). Send the workbook as it is "
            "published, or tell us that the layout changed.",
            "ไม่มีแผ่นงานใดมีแถวที่ขึ้นต้นด้วย MONTH เหนือแถวของเดือน (JAN, FEB, …) โปรดส่งสมุดงานตามที่เผยแพร่ หรือแจ้งเราว่ามีการเปลี่ยนรูปแบบ",
        )
    batches = [batch for sheet in sheets if (batch := _batch(sheet, contract))]
    if not batches:
        raise nothing_in_it()
    return Parsed(contract.source_id, tuple(batches))


def _batch(sheet: Sheet, contract: Contract) -> Batch | None:
    reading = read_blocks(sheet)
    rows = [row for block in reading.taken for row in _rows(sheet, block)]
    if not rows:
        return None
    return record_batch(
        contract,
        "statistic",
        pl.DataFrame(rows, schema=_SCHEMA, orient="row"),
        layout="year_blocks",
        series=f"table/{sheet.table_id}",
        findings=[
            *check_totals(sheet, reading.taken),
            *month_gaps(sheet, reading.taken),
            *strange_rows(sheet, reading),
        ],
        drops=left_out(sheet, reading),
    )


def _rows(sheet: Sheet, block: Block) -> list[tuple[Any, ...]]:
    """Every cell of the months that are out; a month without a single figure is still to come."""
    made: list[tuple[Any, ...]] = []
    what = (sheet.table_id, sheet.title)
    for month, row in block.published(sheet.grid):
        start, end = month_span(block.year, month)
        for name, column in block.categories.items():
            place = (sheet.name, address(row, column))
            made.append((start, end, *what, name, sheet.text(row, column), sheet.unit, block.vintage, *place))
    return made
