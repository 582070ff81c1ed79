"""Consumer price index of the Ministry of Commerce, entity `index`: a CSV with a line per area, month and group, or a
workbook with months across and the base year in the title.

The shape is our assumption. A series that was rebased stands once for each base year; the two are never mixed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from assets.readers.calendar import month_span
from assets.readers.cell_grid import Grid, at, cell_text, plain_text
from assets.readers.declared import new_columns, require
from assets.readers.delimited import header_of, read_delimited
from assets.readers.document import Document
from assets.readers.places import level_of
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import UTC_US, Batch, Parsed, Refusal
from assets.readers.sheet_xml import address
from assets.readers.thai_dates import common_era, month_number
from assets.readers.timing import times_of
from assets.readers.typed import MISSING
from expectations.contract import Contract

PARSER_VERSION = "1"
ENTITY = "index"
HEADS = {"area": "พื้นที่", "group": "หมวด", "index": "ดัชนี", "base": "ปีฐาน"}
IGNORED = ("ปี", "เดือน", "รหัสจังหวัด", "หมายเหตุ")
NEEDED = ("ปี", "เดือน", *HEADS.values())
TIME: dict[str, Any] = {"year": "ปี", "month": "เดือน", "era": "buddhist", "period": "P1M"}
TITLE_WORDS = "ดัชนีราคาผู้บริโภค"
HEADER_WITHIN = 12
LAST_WORDS = ("ที่มา", "หมายเหตุ")

_BASE = re.compile(
    r"ปีฐาน\s*(?:พ\.?ศ\.?\s*)?(?P<year>\d{4})|base(?: year)?\D{0,5}(?P<en>\d{4})|(?P<is>\d{4})\s*=\s*100", re.I
)
_MONTH = re.compile(r"(?P<month>[^\d\s]+?)\s*(?P<year>\d{4})")


def claims(document: Document) -> bool:
    """A CSV with area, group and index, or a workbook that calls itself the consumer price index."""
    if document.kind == "text":
        return {HEADS["area"], HEADS["group"], HEADS["index"]} <= set(header_of(document, {}))
    if document.kind not in ("xlsx", "xls"):
        return False
    heads = (plain_text(cell) for grid in document.grids.values() for row in grid[:HEADER_WITHIN] for cell in row[:3])
    return any(TITLE_WORDS in text for text in heads)


def parse(document: Document, contract: Contract) -> Parsed:
    """Raises Refusal: malformed_csv, column_missing, base_year_missing, header_missing, type_flip; NoData."""
    if document.kind == "text":
        return Parsed(contract.source_id, (_csv(document, contract),))
    return Parsed(contract.source_id, tuple(_sheet(name, grid, contract) for name, grid in _sheets(document).items()))


def _csv(document: Document, contract: Contract) -> Batch:
    frame = read_delimited(document, {})
    there = [name for name in frame.columns if name != "cell"]
    require(NEEDED, there)
    if not frame.height:
        raise nothing_in_it()
    made = frame.select(
        pl.col(HEADS["area"]).alias("area_name"),
        pl.col(HEADS["group"]).alias("group_name"),
        pl.col(HEADS["index"]).alias("index_value"),
        pl.col(HEADS["base"]).alias("base_year"),
        "cell",
    ).with_columns(*times_of(frame, TIME, MISSING), pl.lit("csv").alias("sheet"))
    findings = new_columns([name for name in there if name not in (*NEEDED, *IGNORED)])
    return record_batch(contract, ENTITY, _placed(made), layout="csv", series="all", findings=findings)


def _sheets(document: Document) -> Mapping[str, Grid]:
    """Sheets that have a header; others (notes) are not read. Raises Refusal: header_missing."""
    found = {name: grid for name, grid in document.grids.items() if _header(grid) is not None}
    if not found:
        raise Refusal(
            "header_missing",
            f"No sheet has the columns {HEADS['area']} and {HEADS['group']} with months beside them (ม.ค. 2569).",
            f"ไม่มีแผ่นงานที่มีคอลัมน์ {HEADS['area']} และ {HEADS['group']} พร้อมเดือน (ม.ค. 2569)",
        )
    return found


def _sheet(name: str, grid: Grid, contract: Contract) -> Batch:
    head_row = _header(grid)
    assert head_row is not None  # _sheets took only these
    base = _base_year(name, grid, head_row)
    months = {c: month for c, cell in enumerate(grid[head_row]) if (month := _month(cell))}
    rows, area = [], ""
    for r in range(head_row + 1, len(grid)):
        area = plain_text(at(grid[r], 0)) or area
        group = plain_text(at(grid[r], 1))
        if not group or area.startswith(LAST_WORDS):
            continue
        for c, month in months.items():
            value = cell_text(at(grid[r], c))
            rows.append((area, group, value, str(base), *month_span(*month), name, address(r, c)))
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return record_batch(contract, ENTITY, _placed(frame), layout="workbook", series=f"base/{base}")


_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("area_name", "group_name", "index_value", "base_year"), pl.String),
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "sheet": pl.String,
    "cell": pl.String,
}


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds what the area is, and turns the base year to the common era."""
    names = [text for text in frame["area_name"].unique().to_list() if text is not None]
    known = {text: level_of(text) for text in names}
    year = pl.col("base_year").str.strip_chars()
    turned = {text: str(common_era(int(text))) for text in frame.select(year).to_series().unique() if _is_year(text)}
    return frame.with_columns(
        pl.col("area_name")
        .replace_strict({k: v[0] for k, v in known.items()}, return_dtype=pl.String)
        .alias("native_place_level"),
        pl.col("area_name")
        .replace_strict({k: v[1] for k, v in known.items()}, return_dtype=pl.String)
        .alias("province_code"),
        year.replace(turned).alias("base_year"),
    )


def _is_year(text: str | None) -> bool:
    return text is not None and text.isdigit() and len(text) == 4


def _header(grid: Grid) -> int | None:
    for r, row in enumerate(grid[:HEADER_WITHIN]):
        if plain_text(at(row, 0)) == HEADS["area"] and plain_text(at(row, 1)) == HEADS["group"]:
            return r if any(map(_month, row)) else None
    return None


def _month(cell: Any) -> tuple[int, int] | None:
    """(2026, 1) of `ม.ค. 2569`."""
    found = _MONTH.fullmatch(plain_text(cell))
    month = month_number(found["month"])[0] if found else None
    return (common_era(int(found["year"])), month) if found and month else None


def _base_year(name: str, grid: Grid, head_row: int) -> int:
    texts = [name, *(plain_text(cell) for row in grid[: head_row + 1] for cell in row)]
    found = next((hit for text in texts if (hit := _BASE.search(text))), None)
    if found is None:
        raise Refusal(
            "base_year_missing",
            f"Sheet {name} does not say its base year (ปีฐาน 2566 = 100). Indices of different bases cannot be compared: "
            "write it into the title.",
            f"แผ่นงาน {name} ไม่ระบุปีฐาน (ปีฐาน 2566 = 100) ดัชนีต่างปีฐานเทียบกันไม่ได้ โปรดเขียนปีฐานในหัวตาราง",
            sheet=name,
        )
    return common_era(int(found["year"] or found["en"] or found["is"]))
