"""One sheet of the monthly workbook: a header of several rows, then a line for each province and region.

The header says the measure, who the visitors are, and the year; each measure stands for this year, last year and the
change. Columns are found by these words, never by their position.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.readers.cell_grid import Grid, at, cell_text, forward_fill, plain_text, year_label
from assets.readers.places import level_of
from assets.readers.result import Finding, Refusal
from assets.readers.sheet_xml import address
from assets.readers.thai_dates import BUDDHIST_OFFSET

PROVINCE_HEAD = "จังหวัด"
HEADER_WITHIN = 12
LAST_WORDS = ("ที่มา", "หมายเหตุ", "source", "note")

_MEASURES = (
    ("occupancy", re.compile(r"อัตราการเข้าพัก|occupancy", re.I)),
    ("receipts", re.compile(r"รายได้|receipt|revenue", re.I)),
    ("visitors", re.compile(r"ผู้เยี่ยมเยือน|visitor", re.I)),
    ("guests", re.compile(r"ผู้เข้าพัก|ผู้พักแรม|guest", re.I)),
)
_FOREIGN = re.compile(r"ต่างชาติ|ต่างประเทศ|foreign", re.I)
_THAI = re.compile(r"คนไทย|ชาวไทย|thai", re.I)
_CHANGE = re.compile(r"[∆Δ%]|เปลี่ยน|change|\+/-|ผลต่าง", re.I)
COLUMNS = (
    "occupancy_pct",
    "occupancy_previous_pct",
    "occupancy_change_pp",
    "guests",
    "visitors",
    "visitors_thai",
    "visitors_foreign",
    "receipts_mthb",
    "receipts_thai_mthb",
    "receipts_foreign_mthb",
)
NEEDED = ("occupancy_pct", "guests", "visitors", "visitors_thai", "visitors_foreign", "receipts_mthb")
FRAME_COLUMNS = ("place_name", "native_place_level", "province_code", *COLUMNS, "cell")


@dataclass(frozen=True)
class Table:
    """The lines of a sheet as text, in the columns FRAME_COLUMNS."""

    lines: pl.DataFrame
    findings: tuple[Finding, ...]


def has_header(grid: Grid) -> bool:
    return _province_cell(grid) is not None


def read_table(name: str, grid: Grid, year: int) -> Table:
    """`year` (common era) tells this year's columns from last year's. Raises Refusal: header_missing, column_missing."""
    where = _province_cell(grid)
    if where is None:
        raise _header_missing(name)
    head_row, place_column = where
    first = _first_data_row(grid, head_row, place_column)
    columns, unknown = _columns(name, grid, head_row, first, place_column, year)
    rows, findings = _rows(name, grid, first, place_column, columns)
    lines = pl.DataFrame(rows, schema=dict.fromkeys(FRAME_COLUMNS, pl.String), orient="row")
    return Table(lines, (*unknown, *findings))


def _rows(
    name: str, grid: Grid, first: int, place_column: int, columns: Mapping[str, int]
) -> tuple[list[list[str | None]], list[Finding]]:
    rows: list[list[str | None]] = []
    unknown: list[tuple[str, str]] = []
    for r in range(first, len(grid)):
        place = plain_text(at(grid[r], place_column))
        values = [cell_text(at(grid[r], columns[key])) if key in columns else None for key in COLUMNS]
        if not place or place.casefold().startswith(LAST_WORDS) or not any(values):
            continue
        level, code = level_of(place)
        cell = address(r, place_column)
        if level == "unknown":
            unknown.append((place, cell))
        rows.append([place, level, code, *values, cell])
    return rows, _unknown_places(name, unknown)


def _columns(
    name: str, grid: Grid, head_row: int, first: int, place_column: int, year: int
) -> tuple[dict[str, int], list[Finding]]:
    """Column numbers by our names. Raises Refusal: column_missing."""
    width = max(len(row) for row in grid[head_row:first])
    filled = [
        forward_fill([at(row, c) if c > place_column else "" for c in range(width)]) for row in grid[head_row:first]
    ]
    lowest = [_lowest(grid, head_row, first, c) for c in range(width)]
    found: dict[str, int] = {}
    unknown: list[str] = []
    for c in range(place_column + 1, width):
        heads = [row[c] for row in filled]
        measure = next((m for m, words in _MEASURES if any(words.search(h) for h in heads[:1])), None)
        who = next(
            (w for w, words in (("foreign", _FOREIGN), ("thai", _THAI)) if any(map(words.search, heads[1:]))), ""
        )
        key = _key(measure, who, lowest[c], year) if measure else None
        if key:
            found.setdefault(key, c)
        elif measure is None and any(heads):
            unknown.append(" / ".join(h for h in heads if h))
    missing = [key for key in NEEDED if key not in found]
    if missing:
        raise Refusal(
            "column_missing",
            f"Sheet {name}: the columns for {', '.join(missing)} were not found under the header in row {head_row + 1}. "
            "Send the workbook as published, or tell us that the layout changed.",
            f"แผ่นงาน {name}: ไม่พบคอลัมน์ {', '.join(missing)} ใต้หัวตารางแถวที่ {head_row + 1} โปรดส่งสมุดงานตามที่เผยแพร่ "
            "หรือแจ้งเราว่ามีการเปลี่ยนรูปแบบ",
            sheet=name,
            cell=address(head_row, place_column),
        )
    return found, _new_columns(name, unknown)


def _key(measure: str, who: str, lowest: str, this_year: int) -> str | None:
    """Which of our columns it is; None for last year's figure and the change of what is no rate."""
    year = year_label(lowest)
    is_now = year[0] == this_year + BUDDHIST_OFFSET if year else not _CHANGE.search(lowest)
    if measure == "occupancy":
        return "occupancy_pct" if is_now else "occupancy_previous_pct" if year else "occupancy_change_pp"
    if not is_now:
        return None
    suffix = f"_{who}" if who else ""
    return {"guests": "guests", "visitors": f"visitors{suffix}", "receipts": f"receipts{suffix}_mthb"}[measure]


def _lowest(grid: Grid, head_row: int, first: int, column: int) -> str:
    """The text nearest above the figures."""
    texts = [plain_text(at(grid[r], column)) for r in range(first - 1, head_row - 1, -1)]
    return next((text for text in texts if text), "")


def _province_cell(grid: Grid) -> tuple[int, int] | None:
    for r, row in enumerate(grid[:HEADER_WITHIN]):
        for c in range(min(3, len(row))):
            if plain_text(row[c]) == PROVINCE_HEAD:
                return r, c
    return None


def _first_data_row(grid: Grid, head_row: int, place_column: int) -> int:
    """The first row below the header whose place cell is filled."""
    for r in range(head_row + 1, len(grid)):
        if plain_text(at(grid[r], place_column)):
            return r
    return len(grid)


def _header_missing(name: str) -> Refusal:
    return Refusal(
        "header_missing",
        f"Sheet {name} is named after a month, but no cell of its first {HEADER_WITHIN} rows says “{PROVINCE_HEAD}”. Send "
        "the workbook as published.",
        f"แผ่นงาน {name} มีชื่อเป็นเดือน แต่ {HEADER_WITHIN} แถวแรกไม่มีเซลล์ที่เขียนว่า “{PROVINCE_HEAD}” โปรดส่งสมุดงานตามที่เผยแพร่",
        sheet=name,
    )


def _unknown_places(name: str, unknown: list[tuple[str, str]]) -> list[Finding]:
    if not unknown:
        return []
    place, cell = unknown[0]
    return [
        Finding(
            "unknown_place",
            f"{len(unknown)} places are neither a province nor a region we know, the first is “{place}”. Their figures are "
            "kept without a code.",
            f"มี {len(unknown)} พื้นที่ที่ไม่ใช่จังหวัดหรือภาคที่รู้จัก รายการแรกคือ “{place}” ระบบเก็บตัวเลขไว้โดยไม่มีรหัส",
            sheet=name,
            cell=cell,
            n=len(unknown),
        )
    ]


def _new_columns(name: str, unknown: list[str]) -> list[Finding]:
    if not unknown:
        return []
    return [
        Finding(
            "new_column",
            f"Columns that are not known: {', '.join(dict.fromkeys(unknown))}. They were not read; tell us what they mean.",
            f"พบคอลัมน์ที่ไม่รู้จัก: {', '.join(dict.fromkeys(unknown))} ระบบไม่ได้อ่าน โปรดแจ้งความหมาย",
            sheet=name,
            n=len(unknown),
        )
    ]
