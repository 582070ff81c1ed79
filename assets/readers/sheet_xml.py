"""What a spreadsheet reader does not tell: a sheet's extent, error cells, formulas without a value, long decimals.

The reader (fastexcel over calamine) leaves out empty columns on the left, turns error cells and formulas without a
cached value into blanks alike, prints at most nine decimals, and allocates the whole rectangle up to the farthest cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_GRID_CELLS = 6_000_000  # 100,000 rows of the widest real layout (57 columns)
PRINTED_DECIMALS = 9

_PREFIX = re.compile(rb"<(\w+):worksheet")
_ROW_NUMBER = re.compile(rb'<row [^>]*?r="(\d+)"')
_FAR_COLUMN = re.compile(rb'r="[A-Z]{3,}\d')
_FORMULA = rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)"
_VALUED = rb'[^>]*>' + _FORMULA + rb"?\s*<(?:v[^>/]*>[^<]|is>)"  # fmt: skip
_VALUED_CELL = re.compile(rb'<c [^>]*?r="([A-Z]+)(\d+)"' + _VALUED)
_VALUED_CELL_IN_A = re.compile(rb'<c [^>]*?r="A\d+"' + _VALUED)
_FORMULA_START = re.compile(rb"<f[ >/]")
_NO_VALUE = re.compile(_FORMULA + rb"\s*(<v\s*/>|<v>\s*</v>)?\s*</c>")
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
# Three patterns: one alternation would cost ten times as much (no literal to search for).
_LONG_DECIMALS = (re.compile(rb"\.\d{10,}"), re.compile(rb"E-\d"), re.compile(rb"e-\d"))


@dataclass(frozen=True)
class SheetXml:
    """Findings of one pass over a sheet's XML. Rows and columns count from 0."""

    xml: bytes  # error cells rewritten as text, so that a reader shows `#VALUE!`
    first_column: int  # the reader's column 0
    rows: int
    columns: int
    uncached: frozenset[tuple[int, int]]  # formula cells without a cached value
    has_long_decimals: bool

    @property
    def is_too_large(self) -> bool:
        return self.rows * self.columns > MAX_GRID_CELLS


def look_at(xml: bytes) -> SheetXml:
    """Looks at one worksheet part; quick for ordinary sheets, exact for odd ones."""
    prefix = _PREFIX.search(xml[:4_000])
    if prefix:  # <x:row>: legal, written by some libraries
        xml = xml.replace(b"<" + prefix[1] + b":", b"<").replace(b"</" + prefix[1] + b":", b"</")
    xml = _errors_as_text(xml)
    rows, columns = _extent(xml)
    return SheetXml(
        xml=xml,
        first_column=0 if _VALUED_CELL_IN_A.search(xml) else _first_column(xml),
        rows=rows,
        columns=columns,
        uncached=_uncached(xml),
        has_long_decimals=_has_long_decimals(xml),
    )


def column_number(letters: str) -> int:
    """`A` is 0, `AA` is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 is `A`, 26 is `AA`."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The Excel address of a zero-based row and column: (2, 1) is `B3`."""
    return f"{column_letters(column)}{row + 1}"


def _extent(xml: bytes) -> tuple[int, int]:
    """Upper bounds of rows and columns; exact once the quick bound looks too large."""
    numbers = _ROW_NUMBER.findall(xml)
    rows = max(map(int, numbers)) if numbers else xml.count(b"<row")
    columns = 16_384 if _FAR_COLUMN.search(xml) else 702
    if rows * columns <= MAX_GRID_CELLS:
        return rows, columns
    cells = _VALUED_CELL.findall(xml)
    if not cells:
        return 0, 0
    return max(int(row) for _, row in cells), 1 + max(column_number(name) for name in {c.decode() for c, _ in cells})


def _first_column(xml: bytes) -> int:
    return min((column_number(name) for name in {c.decode() for c, _ in _VALUED_CELL.findall(xml)}), default=0)


def _errors_as_text(xml: bytes) -> bytes:
    """`<c t="e"><v>#VALUE!</v></c>` becomes a text cell; the same characters inside a text stay."""
    pieces = []
    done = 0
    for match in re.finditer(rb't="e"', xml):
        tag = xml.rfind(b"<", done, match.start())
        if xml.startswith(b"<c ", tag):
            pieces += [xml[done : match.start()], b't="str"']
            done = match.end()
    return b"".join([*pieces, xml[done:]]) if pieces else xml


def _uncached(xml: bytes) -> frozenset[tuple[int, int]]:
    found = set()
    for start in _FORMULA_START.finditer(xml):
        match = _NO_VALUE.match(xml, start.start())
        if match is None:
            continue
        cell = xml[xml.rfind(b"<c ", 0, start.start()) : start.start()]
        if match[1] is not None and b't="str"' in cell:
            continue  # a formula whose cached value is the empty text
        reference = _REFERENCE.search(cell)
        if reference:
            found.add((int(reference[2]) - 1, column_number(reference[1].decode())))
    return frozenset(found)


def _has_long_decimals(xml: bytes) -> bool:
    """True when a number would lose digits in print. Hours of the day as fractions, in a header, do not count."""
    seen: set[bytes] = set()
    head_end = xml.find(b'<row r="30"')
    for match in (match for pattern in _LONG_DECIMALS for match in pattern.finditer(xml)):
        begin = xml.rfind(b">", max(0, match.start() - 30), match.start()) + 1
        text = xml[begin : xml.find(b"<", match.start())]
        if not begin or text in seen:
            continue
        seen.add(text)
        try:
            number = float(text)
        except ValueError:
            continue  # text that only looks like it
        hour = round(number * 24)
        is_hour = (match.start() < head_end or head_end < 0) and 1 <= hour <= 24 and abs(number * 24 - hour) < 1e-9
        if not is_hour and round(number, PRINTED_DECIMALS) != number:
            return True
    return False
