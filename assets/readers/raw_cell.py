"""The text that stands in delivered bytes at a cell, read again from them: what a person sees beside a row that is held.

A cell is named as readers name it: `F119` of a sheet, line `12` of a text, record `12` of a JSON answer (counted from 0) or
one of its fields, `12.PM25.value`.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from assets.readers.document import Document
from assets.readers.result import Refusal
from assets.readers.sheet_xml import column_number

MAX_TEXT = 300
HEADER_ROWS = 400  # how far above a cell its header is looked for
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_RECORD = re.compile(r"(\d+)(?:\.(.+))?")


@dataclass(frozen=True)
class RawCell:
    """`text` as delivered; `beside` is what its row and its column are called there (both may be empty)."""

    text: str
    beside: str = ""


Place = tuple[str | None, str]
"""(sheet, cell)."""


def raw_cells(data: bytes, path: str, places: Collection[Place]) -> dict[Place, RawCell]:
    """The cells of one delivery that can be found again; others are left out. Raises nothing that the bytes could cause."""
    document = Document(data, path)
    try:
        if document.kind in ("xlsx", "xls"):
            return _of_sheets(document, places)
        if document.kind == "json":
            return _of_json(document, places)
        if document.kind in ("text", "html", "xml"):
            return _of_lines(document.text.splitlines(), places)
    except Refusal:  # why it cannot be opened stands beside it already
        pass
    return {}


def _of_sheets(document: Document, places: Collection[Place]) -> dict[Place, RawCell]:
    if document.kind == "xlsx":
        sheets: dict[str, Any] = {sheet.name: sheet for sheet in document.workbook.sheets}
    else:
        sheets = document.grids
    found: dict[Place, RawCell] = {}
    for sheet, cell in places:
        address = _ADDRESS.fullmatch(cell or "")
        if not address or sheet not in sheets:
            continue
        row, column = int(address[2]) - 1, column_number(address[1])
        first = max(0, row - HEADER_ROWS)
        above = _rows(sheets[sheet], first, row + 1)
        if row - first < len(above):
            found[sheet, cell] = RawCell(_text(_at(above[-1], column)), _beside(above, column))
    return found


def _rows(sheet: Any, first: int, last: int) -> Sequence[Sequence[Any]]:
    """Rows [first, last) of a sheet of either kind of workbook."""
    return sheet[first:last] if isinstance(sheet, list) else sheet.rows(first, min(last, sheet.height))


def _beside(rows: Sequence[Sequence[Any]], column: int) -> str:
    """What the first cell of the row says, and the header: the nearest text above in whose row no such thing begins. Days,
    hours and numbers have a digit in them, the word over them has none."""
    label = _text(_at(rows[-1], 0)) if column else ""
    above = ((_text(_at(row, 0)), _text(_at(row, column))) for row in reversed(rows[:-1]))
    header = next((text for first, text in above if text and _has_digit(first) != _has_digit(label)), "")
    return " · ".join(filter(None, (label, header)))


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _of_lines(lines: Sequence[str], places: Collection[Place]) -> dict[Place, RawCell]:
    found: dict[Place, RawCell] = {}
    for sheet, cell in places:
        number = int(cell) if cell and cell.isdigit() else 0
        if 0 < number <= len(lines):
            found[sheet, cell] = RawCell(_text(lines[number - 1]), _text(lines[0]) if number > 1 else "")
    return found


def _of_json(document: Document, places: Collection[Place]) -> dict[Place, RawCell]:
    records = _records(document.json)
    found: dict[Place, RawCell] = {}
    for sheet, cell in places:
        named = _RECORD.fullmatch(cell or "")
        if not named or int(named[1]) >= len(records):
            continue
        value: Any = records[int(named[1])]
        for part in (named[2] or "").split(".") if named[2] else ():
            value = value.get(part) if isinstance(value, dict) else None
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        found[sheet, cell] = RawCell(_text(text), named[2] or "")
    return found


def _records(document: Any) -> list[Any]:
    """The longest list of objects in an answer, the outermost of equally long ones."""
    longest: list[Any] = []
    waiting = deque([document])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, list):
            if len(item) > len(longest) and all(isinstance(one, dict) for one in item):
                longest = item
            waiting.extend(one for one in item[:1] if isinstance(one, dict | list))
        elif isinstance(item, dict):
            waiting.extend(one for one in item.values() if isinstance(one, dict | list))
    return longest


def _at(row: Sequence[Any], column: int) -> Any:
    return row[column] if column < len(row) else None


def _text(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} …"
