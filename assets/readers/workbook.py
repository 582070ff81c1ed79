"""Opens an xlsx: every worksheet as a grid of strings in which row 0, column 0 is the cell A1.

A number's text is the shortest that gives the same number (`4`, `17.77`, `151.03309346571936`); a date's text is
`2009-01-01 00:00:00`; an error cell's text is the error (`#VALUE!`); an empty cell is null.
"""

from __future__ import annotations

import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import fastexcel
import polars as pl

from assets.readers.archive import read_parts
from assets.readers.result import Refusal
from assets.readers.sheet_xml import SheetXml, address, look_at

HEAD_ROWS = 60
MAX_SHEETS = 100
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass(frozen=True)
class Sheet:
    """One worksheet. `grid` has String columns c0, c1, …; `uncached` are (row, column) of formulas without a value."""

    name: str
    grid: pl.DataFrame
    is_hidden: bool = False
    uncached: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def head(self) -> list[tuple[str | None, ...]]:
        """The first rows, for titles and headers."""
        return self.grid.head(HEAD_ROWS).rows()

    @property
    def height(self) -> int:
        return self.grid.height

    @property
    def width(self) -> int:
        return self.grid.width

    def row(self, number: int) -> tuple[str | None, ...]:
        return self.head[number] if number < len(self.head) else self.grid.row(number)

    def rows(self, first: int, last: int) -> list[tuple[str | None, ...]]:
        return self.grid.slice(first, max(0, last - first)).rows()

    @staticmethod
    def address(row: int, column: int) -> str:
        return address(row, column)


@dataclass(frozen=True)
class Workbook:
    """All worksheets in the order of the workbook, hidden ones too; chart sheets are left out.

    `notes` keeps what was worked out about the workbook once (see survey.py)."""

    sheets: tuple[Sheet, ...]
    notes: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class _Entry:
    name: str
    part: str
    is_hidden: bool


def open_workbook(data: bytes) -> Workbook:
    """Opens the bytes of an xlsx.

    Raises Refusal for everything that is not one (see archive.py), and too_large, corrupt_xml.
    """
    parts = read_parts(data)
    entries = list(_entries(parts))
    looks = {entry.part: look_at(parts[entry.part]) for entry in entries}
    for entry in entries:
        _refuse_too_large(entry.name, looks[entry.part])
    parts |= {part: look.xml for part, look in looks.items()}
    try:
        reader = fastexcel.read_excel(_stored(parts))
        sheets = tuple(_load(reader, entry, looks[entry.part]) for entry in entries)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise _corrupt(
            f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else 'no message'}"
        ) from error
    return Workbook(sheets)


def _entries(parts: dict[str, bytes]) -> Iterator[_Entry]:
    """The worksheets as the workbook lists them, with the part that holds each."""
    by_lower = {name.lower(): name for name in parts}
    try:
        book = ET.fromstring(parts[by_lower["xl/workbook.xml"]])
        links = ET.fromstring(parts[by_lower["xl/_rels/workbook.xml.rels"]])
    except (ET.ParseError, KeyError, ValueError) as error:
        raise _corrupt(str(error)) from error
    targets = {
        link.get("Id", ""): posixpath.normpath(posixpath.join("xl", link.get("Target", ""))).lstrip("/")
        for link in links
        if link.get("Type", "").endswith("/worksheet")
    }
    listed = [node for node in book.iter() if node.tag.rsplit("}", 1)[-1] == "sheet"]
    if len(listed) > MAX_SHEETS:
        raise Refusal(
            "too_large",
            f"The workbook has {len(listed)} sheets; at most {MAX_SHEETS} are read. Split it and send the pieces.",
            f"สมุดงานมี {len(listed)} แผ่นงาน ระบบอ่านได้ไม่เกิน {MAX_SHEETS} แผ่น โปรดแบ่งแล้วส่งเป็นส่วน ๆ",
        )
    for node in listed:
        link_id = next((value for key, value in node.attrib.items() if key.endswith("}id")), node.get(f"{_R}id", ""))
        target = targets.get(link_id)
        if target is None:
            continue  # a chart or a macro sheet
        part = by_lower.get(target.lower())
        if part is None:
            raise _corrupt(f"the part {target} of sheet {node.get('name')} is missing")
        yield _Entry(node.get("name", ""), part, node.get("state", "visible") != "visible")


def _load(reader: fastexcel.ExcelReader, entry: _Entry, look: SheetXml) -> Sheet:
    grid = _grid(reader, entry.name, "string")
    if look.has_long_decimals:
        grid = _with_exact_numbers(grid, _grid(reader, entry.name, "float"))
    left = {f"c{i}": pl.lit(None, pl.String) for i in range(look.first_column)}
    grid.columns = [f"c{i + look.first_column}" for i in range(grid.width)]
    if left:
        grid = grid.select(**left, **{name: pl.col(name) for name in grid.columns})
    return Sheet(entry.name, grid, entry.is_hidden, look.uncached)


def _grid(reader: fastexcel.ExcelReader, name: str, dtype: Literal["string", "float"]) -> pl.DataFrame:
    # By way of pyarrow, because that way the reader works without Python's lock: two threads read two workbooks.
    batch = reader.load_sheet_eager(name, header_row=None, skip_rows=0, dtypes=dtype)
    grid = pl.from_arrow(batch)
    assert isinstance(grid, pl.DataFrame)
    return grid


def _with_exact_numbers(texts: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Puts the shortest exact text where the printed one lost digits."""
    exact = []
    for text, number in zip(texts.iter_columns(), numbers.iter_columns(), strict=True):
        printed = text.cast(pl.Float64, strict=False)
        lost = (printed != number).fill_null(False)
        exact.append(text.zip_with(~lost, number.cast(pl.String)) if lost.any() else text)
    return pl.DataFrame(exact)


def _stored(parts: dict[str, bytes]) -> bytes:
    """The parts as an archive without compression: what was measured is what gets read, inflated once."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _refuse_too_large(name: str, look: SheetXml) -> None:
    if look.is_too_large:
        cell = address(look.rows - 1, look.columns - 1)
        raise Refusal(
            "too_large",
            f"Sheet {name} reaches to cell {cell}, far beyond any table. Delete the stray cells right of and below the "
            "table, save, and send it again.",
            f"แผ่นงาน {name} ยาวถึงเซลล์ {cell} ไกลเกินตารางจริง โปรดลบเซลล์ที่หลงอยู่ทางขวาและด้านล่างของตาราง บันทึก แล้วส่งใหม่",
            sheet=name,
            cell=cell,
        )


def _corrupt(what: str) -> Refusal:
    return Refusal(
        "corrupt_xml",
        f"The workbook is damaged inside and cannot be read ({what}). Open it in Excel, let Excel repair it, "
        "save, send again.",
        f"ข้อมูลภายในสมุดงานเสียหายจึงอ่านไม่ได้ ({what}) โปรดเปิดด้วย Excel ให้ Excel ซ่อม บันทึก แล้วส่งใหม่",
    )
