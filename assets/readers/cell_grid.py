"""Small helpers for odd sheets read as a grid of plain values (`Document.grids`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from assets.readers.thai_dates import SPACES, THAI_DIGITS

Grid = Sequence[Sequence[Any]]
VINTAGES = {"p": "preliminary", "r": "revised", "": "final"}  # marks of a year or month
_YEAR = re.compile(r"(?P<year>[12][0-9]{3})(?:\.0+)?\s*(?P<mark>[A-Za-z]{0,2})\.?")


def cell_text(value: Any) -> str | None:
    """What the cell says: 2554.0 → "2554", a date in ISO, None for an empty cell. Leading blanks are kept."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def plain_text(value: Any) -> str:
    """The text without blanks around it (NBSP too) and with Western digits; "" for an empty cell."""
    text = cell_text(value)
    return text.strip(SPACES).translate(THAI_DIGITS) if text else ""


def at(row: Sequence[Any], column: int) -> Any:
    """The value in a column; None behind the end of a short row."""
    return row[column] if 0 <= column < len(row) else None


def forward_fill(values: Sequence[Any]) -> list[str]:
    """Group labels that stand only over their first column, or on their first row."""
    filled, last = [], ""
    for value in values:
        last = plain_text(value) or last
        filled.append(last)
    return filled


def year_label(value: Any) -> tuple[int, str] | None:
    """(2024, "p") of `2024p`, (2019, "") of the number 2019; None when it is no year."""
    found = _YEAR.fullmatch(plain_text(value))
    return (int(found["year"]), found["mark"].lower()) if found else None
