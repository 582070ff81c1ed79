"""The blocks of a stack workbook: a year column, perhaps a month column, a column per stack; several per sheet.

Blocks stand side by side (ppm beside g/s) or one below the other (mg/m3 above g/s) and are found by their headers. The
year stands on the first month's row only, in the Buddhist era. The title above a block says what it holds and its unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from assets.readers.quantities import named_quantities
from assets.readers.result import Finding, Refusal
from assets.readers.sheet_xml import address
from assets.readers.stations import stations
from assets.readers.thai_dates import THAI_DIGITS, common_era, month_number, trimmed
from assets.readers.workbook import Sheet

MAX_ROWS = 10_000  # a stack sheet has a row per month
TITLE_ROWS = 6
YEAR_WORD = re.compile(r"(?:year|ปี\s*(?:พ\.?ศ\.?|ค\.?ศ\.?)?|พ\.?ศ\.?|ค\.?ศ\.?)", re.I)
MONTH_WORD = re.compile(r"(?:month|เดือน)", re.I)
_STACK_NUMBER = re.compile(r"(?:stack|ปล่อง)\s*(?:no\.?)?\s*(\d{1,3})", re.I)
_STACK_WORD = re.compile(r"stack|ปล่อง|^MM-?", re.I)
_YEAR = re.compile(r"(?:พ\.?ศ\.?|ค\.?ศ\.?|ปี)?\s*(\d{4})(?:\.0+)?(?:-01-01.*)?")
_SUMMARY = re.compile(r"(?:รวม|เฉลี่ย|ค่าเฉลี่ย|สูงสุด|ต่ำสุด|total|sum|avg|average|mean|max|min)\b.*", re.I)
_UNIT = re.compile(r"(?<![A-Za-z])(ppm|ppb|m?g/Nm3|[mu]g/m3|g/s|kg/hr?|Nm3/h|m3/h)", re.I)
_UCUM = {
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "ug/m3": "ug/m3",
    "mg/m3": "mg/m3",
    "mg/nm3": "mg/m3",
    "g/nm3": "g/m3",
    "g/s": "g/s",
    "kg/h": "kg/h",
    "kg/hr": "kg/h",
    "m3/h": "m3/h",
    "nm3/h": "m3/h",
}
_RATES = ("g/s", "kg/h")
_FLOWS = ("m3/h",)


@dataclass(frozen=True)
class Block:
    """One block. Rows and columns count from 0; `stacks` maps columns to (key, name as written); `unit` is UCUM."""

    sheet: Sheet
    quantity: str
    unit: str
    year_column: int
    month_column: int | None
    stacks: dict[int, tuple[str, str]]
    header_row: int
    end: int
    findings: tuple[Finding, ...]

    @property
    def averaging_period(self) -> str:
        return "P1Y" if self.month_column is None else "P1M"


@dataclass(frozen=True)
class Period:
    """One row of a block: its row number (from 0) and local [first, after)."""

    row: int
    first: date
    after: date


def find_blocks(sheet: Sheet) -> list[Block]:
    """All blocks of a sheet. Raises Refusal when a block does not say what it holds, or names a stack nobody knows."""
    rows = sheet.rows(0, min(sheet.height, MAX_ROWS))
    starts = [(r, c) for r, row in enumerate(rows) for c in range(len(row)) if _is_start(row, c)]
    blocks = []
    for r, c in starts:
        right = min((other for row, other in starts if row == r and other > c), default=len(rows[r]))
        month = c + 1 if c + 1 < right and MONTH_WORD.fullmatch(trimmed(rows[r][c + 1])) else None
        first = c + 1 if month is None else c + 2
        stacks, findings = _stacks(sheet, rows[r], r, range(first, right))
        below = min((row for row, other in starts if row > r and c <= other < right), default=len(rows))
        end = _title_row(rows, below, c, right)[0] if below < len(rows) else below
        quantity, unit = _what(sheet, rows, r, c, right)
        blocks.append(Block(sheet, quantity, unit, c, month, stacks, r, end, tuple(findings)))
    return blocks


def read_periods(block: Block) -> tuple[list[Period], list[int], list[Finding]]:
    """The block's rows with their month or year; rows that hold values but no readable period; what was guessed."""
    periods: list[Period] = []
    lost: list[int] = []
    findings: list[Finding] = []
    year: int | None = None
    for offset, row in enumerate(block.sheet.rows(block.header_row + 1, block.end)):
        number = block.header_row + 1 + offset
        year_text = trimmed(row[block.year_column])
        month_text = trimmed(row[block.month_column]) if block.month_column is not None else ""
        has_values = any(trimmed(row[column]) for column in block.stacks if column < len(row))
        if _SUMMARY.fullmatch(year_text) or _SUMMARY.fullmatch(month_text):
            continue
        said = _YEAR.fullmatch(year_text.translate(THAI_DIGITS))
        if said:
            year = common_era(int(said[1]))
        elif has_values and (year_text or block.month_column is None):
            year = None  # a year that cannot be read makes the months below it doubtful too
        month, is_guess = (1, False) if block.month_column is None else _month(month_text)
        is_dated = bool(said) if block.month_column is None else month is not None
        if year is None or month is None or not 1 <= year <= 9998 or not is_dated:
            if has_values:
                lost.append(number)
            continue
        if is_guess:
            findings.append(_guessed(block, number, month_text, month))
        after = date(year + month // 12, month % 12 + 1, 1) if block.month_column is not None else date(year + 1, 1, 1)
        periods.append(Period(number, date(year, month, 1), after))
    return periods, lost, findings


def _is_start(row: tuple[str | None, ...], column: int) -> bool:
    if not YEAR_WORD.fullmatch(trimmed(row[column])):
        return False
    return any(_STACK_WORD.search(trimmed(text)) for text in row[column + 1 : column + 4])


def _stacks(
    sheet: Sheet, header: tuple[str | None, ...], row: int, columns: range
) -> tuple[dict[int, tuple[str, str]], list[Finding]]:
    book = stations()
    stacks: dict[int, tuple[str, str]] = {}
    findings = []
    for column in columns:
        name = trimmed(header[column])
        if not name or not (_STACK_WORD.search(name) or book.stack(name)):
            continue  # a gap between blocks, or a total
        key = book.stack(name) or book.stack(re.sub(r"^(?:stack|ปล่อง)\s*", "", name, flags=re.I))
        if key is None:
            number = _STACK_NUMBER.search(name)
            if number is None:
                raise Refusal(
                    "station_unknown",
                    f"Sheet {sheet.name}: nobody knows a stack “{name}”. Correct the name, or add a line to "
                    "seed_station_alias.csv.",
                    f"แผ่นงาน {sheet.name}: ไม่รู้จักปล่อง “{name}” โปรดแก้ชื่อ หรือเพิ่มบรรทัดใน seed_station_alias.csv",
                    sheet=sheet.name,
                    cell=address(row, column),
                )
            key = f"STACK-{int(number[1])}"
            findings.append(
                Finding(
                    "station_unknown",
                    f"Nobody knows a stack “{name}”; it was taken as {key}. If that is right, add it to the "
                    "station seeds.",
                    f"ไม่รู้จักปล่อง “{name}” จึงใช้ {key} หากถูกต้อง โปรดเพิ่มในรายการสถานี",
                    sheet=sheet.name,
                    cell=address(row, column),
                )
            )
        stacks[column] = (key, name)
    return stacks, findings


def _what(sheet: Sheet, rows: list[tuple[str | None, ...]], header: int, left: int, right: int) -> tuple[str, str]:
    """(quantity, UCUM unit) by the block's title, the quantity also by the sheet's name."""
    row, title = _title_row(rows, header, left, right)
    unit = _UNIT.search(title)
    named = named_quantities(title, any_case=True) or named_quantities(sheet.name, any_case=True)
    is_flow = bool(re.search(r"flow", title, re.I)) or (not named and bool(re.search(r"flow", sheet.name, re.I)))
    ucum = _UCUM[unit[1].lower()] if unit else None
    if ucum in _FLOWS or (is_flow and not named):
        return "FLOW", ucum or "m3/h"
    if not named or ucum is None:
        lacks, lacks_th = ("its unit", "หน่วย") if named else ("which quantity it holds", "ชื่อตัวแปร")
        raise Refusal(
            "block_not_named",
            f"Sheet {sheet.name}: the block below {address(row, left)} does not say {lacks} (“{title}”). Write "
            "a title such as "
            "“… ( SO2) , ppm 7%O2” above it.",
            f"แผ่นงาน {sheet.name}: ตารางใต้ {address(row, left)} ไม่ระบุ{lacks_th} (“{title}”) โปรดเขียนหัวตาราง เช่น "
            "“… ( SO2) , ppm 7%O2”",
            sheet=sheet.name,
            cell=address(row, left),
        )
    quantity = named[0][0]
    return (f"{quantity}_RATE" if ucum in _RATES else quantity), ucum


def _title_row(rows: list[tuple[str | None, ...]], header: int, left: int, right: int) -> tuple[int, str]:
    """The nearest row above a header with a text in the block's columns; the header itself when there is none."""
    for number in range(header - 1, max(-1, header - 1 - TITLE_ROWS), -1):
        texts = [
            text for text in map(trimmed, rows[number][left:right]) if text and not text.replace(".", "").isdigit()
        ]
        if texts and (
            _UNIT.search(texts[0]) or named_quantities(texts[0], any_case=True) or "flow" in texts[0].lower()
        ):
            return number, texts[0]
    return header, ""


def _month(text: str) -> tuple[int | None, bool]:
    if text.isdigit():
        return (int(text), False) if 1 <= int(text) <= 12 else (None, False)
    return month_number(text) if text else (None, False)


def _guessed(block: Block, row: int, text: str, month: int) -> Finding:
    assert block.month_column is not None
    return Finding(
        "month_name_guessed",
        f"The month “{text}” is no month; it was read as month {month} because it looks like it.",
        f"ไม่มีเดือนชื่อ “{text}” อ่านเป็นเดือนที่ {month} เพราะสะกดใกล้เคียง",
        sheet=block.sheet.name,
        cell=address(row, block.month_column),
    )
