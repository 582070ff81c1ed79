"""The blocks of a statistics sheet: which rows are months of which year, which columns are which category."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assets.readers.cell_grid import VINTAGES
from assets.readers.result import Refusal
from assets.readers.sheet_xml import address
from assets.readers.thai_dates import common_era, month_number

# What a unit is called in the title rows → UCUM
UNITS = {
    "GWH": "GW.h",
    "MWH": "MW.h",
    "KWH": "kW.h",
    "MILLION KWH": "GW.h",
    "MW": "MW",
    "KW": "kW",
    "KTOE": "k{toe}",
    "TON": "t",
    "TONNE": "t",
    "BARREL/DAY": "[bbl_us]/d",
    "BBL/D": "[bbl_us]/d",
    "BAHT/KWH": "{THB}/(kW.h)",
}
_YEAR = re.compile(r"(?:พ\.?ศ\.?|ค\.?ศ\.?)?\s*(\d{4})(?:\.0+)?\s*([prPR]?)[*]?")
_UNIT = re.compile(r"(?:UNIT|หน่วย)\s*:?\s*(.+?)\s*\)?$", re.I)
_TABLE = re.compile(r"(?:TABLE|ตารางที่)\s*([\d.]+(?:-[\d.]+)?[A-Z]?)", re.I)
_FILE = re.compile(r"(T\d{2}_\d{2}_\d{2}[A-Z_\d]*)\.xlsx?$", re.I)
Grid = Sequence[Sequence[Any]]


@dataclass
class Block:
    """One year. `categories` and `totals` name columns; `months` are (month, row), `ytd` rows of sums since January."""

    year: int
    vintage: str
    is_growth: bool
    categories: dict[str, int] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    months: list[tuple[int, int]] = field(default_factory=list)
    ytd: list[int] = field(default_factory=list)

    def published(self, grid: Grid) -> Iterator[tuple[int, int]]:
        """The months that hold anything."""
        for month, row in self.months:
            if any(plain(cell(grid, row, column)) for column in self.categories.values()):
                yield month, row


@dataclass(frozen=True)
class Year:
    """The row above a block: its year, and which group of categories stands over which column."""

    number: int
    vintage: str
    groups: dict[int, str]


@dataclass
class Reading:
    """The blocks of a sheet, and the rows with figures among or below them that are none of a block's."""

    blocks: list[Block] = field(default_factory=list)
    strange: list[int] = field(default_factory=list)

    @property
    def taken(self) -> list[Block]:
        return [block for block in self.blocks if not block.is_growth]


@dataclass(frozen=True)
class Sheet:
    """One sheet with what its title rows say."""

    name: str
    grid: Grid
    path: str

    def text(self, row: int, column: int) -> str:
        return plain(cell(self.grid, row, column))

    @cached_property
    def _head(self) -> list[str]:
        """The texts above the first row of categories."""
        first = next(r for r in range(len(self.grid)) if is_header(self.grid[r]))
        return [text for row in self.grid[:first] for value in row if (text := plain(value))]

    @cached_property
    def title(self) -> str:
        return next((text for text in self._head if not _YEAR.fullmatch(text) and not _UNIT.match(text)), self.name)

    @cached_property
    def table_id(self) -> str:
        """The number in the title (`5.2-1M`), else the file's code, else the sheet's name."""
        numbered = next((found[1] for text in self._head if (found := _TABLE.search(text))), None)
        coded = _FILE.search(self.path)
        return numbered or (coded[1] if coded else self.name)

    @cached_property
    def unit(self) -> str:
        """UCUM. Raises Refusal: unit_missing, unit_unknown."""
        written = next((found[1] for text in self._head if (found := _UNIT.search(text))), None)
        if written is None:
            raise Refusal(
                "unit_missing",
                f"Sheet {self.name} does not say its unit above the table (“Unit: GWh”). Add it; figures without a unit are "
                "not taken.",
                f"แผ่นงาน {self.name} ไม่ระบุหน่วยเหนือตาราง (“Unit: GWh”) โปรดเพิ่ม ระบบไม่รับตัวเลขที่ไม่มีหน่วย",
                sheet=self.name,
            )
        unit = UNITS.get(" ".join(written.upper().replace(".", "").split()))
        if unit is None:
            raise Refusal(
                "unit_unknown",
                f"Sheet {self.name} is in “{written}”, a unit that is not known here. Tell the platform team.",
                f"แผ่นงาน {self.name} ใช้หน่วย “{written}” ซึ่งระบบยังไม่รู้จัก โปรดแจ้งทีมแพลตฟอร์ม",
                sheet=self.name,
            )
        return unit


def has_table(grid: Grid) -> bool:
    """A row of categories with a row of a month below it."""
    header = next((r for r in range(len(grid)) if is_header(grid[r])), None)
    return header is not None and any(month_of(first(row)) for row in grid[header + 1 :])


def read_blocks(sheet: Sheet) -> Reading:
    """All blocks in order. What a heading such as GROWTH RATE (%) says of the blocks below it ends with a blank row."""
    found = Reading()
    year: Year | None = None
    block: Block | None = None
    is_growth = False
    for r, row in enumerate(sheet.grid):
        text = first(row)
        if not text:
            is_growth = False
        elif is_year_row(row):
            year, block = _year(row), None
        elif is_header(row):
            block = _block(sheet, r, year, is_growth)
            found.blocks.append(block)
        elif "GROWTH" in text.upper() or "อัตราเพิ่ม" in text:
            is_growth, year, block = True, None, None
        elif block is not None and (month := month_of(text)):
            block.months.append((month, r))
        elif block is not None and text.upper().startswith("YTD"):
            block.ytd.append(r)
        elif found.blocks and any(is_number(value) for value in row):
            found.strange.append(r)
    return found


def is_year_row(row: Sequence[Any]) -> bool:
    """The year first, and beside it at most the names of groups of categories."""
    words = [value for value in row if plain(value)]
    return _YEAR.fullmatch(plain(words[0])) is not None and not any(is_number(value) for value in words[1:])


def _year(row: Sequence[Any]) -> Year:
    found = _YEAR.fullmatch(first(row))
    assert found is not None
    groups: dict[int, str] = {}
    label = ""
    for column, value in enumerate(row):
        text = plain(value)
        label = text if text and not _YEAR.fullmatch(text) else label
        groups[column] = label
    return Year(common_era(int(found[1])), VINTAGES[found[2].lower()], groups)


def _block(sheet: Sheet, row: int, year: Year | None, is_growth: bool) -> Block:
    if year is None:
        raise Refusal(
            "year_missing",
            f"Sheet {sheet.name}, row {row + 1}: the row MONTH has no row with its year above it. Write the year alone in "
            "the row above.",
            f"แผ่นงาน {sheet.name} แถว {row + 1}: เหนือแถว MONTH ไม่มีแถวที่ระบุปี โปรดเขียนปีไว้ในแถวเหนือขึ้นไป",
            sheet=sheet.name,
            cell=address(row, 0),
        )
    block = Block(year.number, year.vintage, is_growth)
    names = {c: text for c, value in enumerate(sheet.grid[row]) if (text := plain(value)) and not _is_month_word(text)}
    for column, name in names.items():
        if re.match(r"(GRAND )?TOTAL\b", name.upper()):
            block.totals.append(column)
            continue
        if list(names.values()).count(name) > 1 and year.groups.get(column):
            name = f"{year.groups[column]}: {name}"
        if name in block.categories:
            raise Refusal(
                "column_twice",
                f"Sheet {sheet.name}: the category {name} stands twice. Give each column a name of its own.",
                f"แผ่นงาน {sheet.name}: หมวด {name} ปรากฏสองครั้ง โปรดตั้งชื่อแต่ละคอลัมน์ให้ต่างกัน",
                sheet=sheet.name,
                cell=address(row, column),
            )
        block.categories[name] = column
    return block


def is_header(row: Sequence[Any]) -> bool:
    return _is_month_word(first(row))


def _is_month_word(text: str) -> bool:
    return text.upper() in ("MONTH", "MONTHS", "เดือน")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def month_of(text: str) -> int | None:
    """1 to 12 for a month's name or abbreviation, exactly written."""
    number, is_guess = month_number(text) if text else (None, False)
    return None if is_guess else number


def first(row: Sequence[Any]) -> str:
    return next((text for value in row if (text := plain(value))), "")


def cell(grid: Grid, row: int, column: int) -> Any:
    return grid[row][column] if column < len(grid[row]) else ""


def plain(value: Any) -> str:
    """The text of a cell without blanks around or doubled within; a number's text is the shortest that gives it again."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return " ".join(str(value).split())
