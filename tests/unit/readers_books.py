"""Small workbooks for the reader tests: rows in, xlsx bytes out, the hourly layout as EGAT writes it, and what became of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import polars as pl
import xlsxwriter

from assets.readers.result import Batch, Refusal
from assets.readers.route import parse_delivery
from assets.readers.thai_dates import MONTHS_TH

HOURS_TEXT = [f"{hour}:00" for hour in range(1, 25)]
HOURS_PADDED = [f"{hour:02d}:00" for hour in range(1, 25)]
HOURS_NBSP = [f"\xa0{hour}\xa0" for hour in range(1, 25)]
HOURS_TIME = [*(time(hour) for hour in range(1, 24)), timedelta(days=1)]
# July as EGAT's export page spells it.
THAI_MONTHS = tuple(month.replace("ฎ", "ฏ") for month in MONTHS_TH)
PHP_ERROR = "Fatal error: Maximum execution time of 30 seconds exceeded in D:\\www\\lib.php on line 527"


class Formula(NamedTuple):
    """A formula cell; `value` None leaves the cached value out."""

    formula: str
    value: Any


Rows = Sequence[Any]  # of rows, which are sequences of cells


def xlsx(*sheets: tuple[str, Rows], hidden: Sequence[str] = ()) -> bytes:
    """A workbook of (sheet name, rows); None is an empty cell."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    formats = {
        kind: book.add_format({"num_format": text})
        for kind, text in ((date, "yyyy-mm-dd"), (time, "h:mm"), (timedelta, "[h]:mm"))
    }
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                _write(sheet, r, c, cell, formats)
        if name in hidden:
            sheet.hide()
    book.close()
    data = buffer.getvalue()
    return edit(data, lambda xml: re.sub(rb"<v>%d</v>" % NO_VALUE, b"", xml))


def book(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of rows by the name of their sheet."""
    return xlsx(*sheets.items())


NO_VALUE = -987654321


def _write(sheet: Any, r: int, c: int, cell: Any, formats: dict) -> None:
    if cell is None:
        return
    if isinstance(cell, Formula):
        sheet.write_formula(r, c, cell.formula, None, NO_VALUE if cell.value is None else cell.value)
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(r, c, cell, formats[date])
    elif isinstance(cell, time):
        sheet.write_datetime(r, c, cell, formats[time])
    elif isinstance(cell, timedelta):
        sheet.write_datetime(r, c, cell, formats[timedelta])
    elif isinstance(cell, str):
        sheet.write_string(r, c, cell)
    else:
        sheet.write_number(r, c, cell)


def edit(data: bytes, change: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet") -> bytes:
    """The same archive with some parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.startswith(part) else content)
    return buffer.getvalue()


def thai(day: date) -> str:
    return f"\xa0{day.day} {THAI_MONTHS[day.month - 1]} {day.year + 543}\xa0"


def days(first: date, n: int) -> list[date]:
    return [first + timedelta(days=i) for i in range(n)]


def hourly(
    dates: Sequence[Any],
    hours: Sequence[Any] | None = None,
    title: str | None = "SO2 Station no.9 บ้านสบป้าด",
    header: Sequence[Any] = HOURS_TEXT,
    maxima: Sequence[Any] | None = None,
    footer: dict[str, int] | bool | None = True,
) -> list[list[Any]]:
    """Rows of an hourly table with a MAX column; `footer` True counts itself, a dict says other counts, None has none.

    Day i, hour h (1..24) holds i + h / 100 unless `hours` says otherwise.
    """
    table = [list(row) for row in hours] if hours else [[i + h / 100 for h in range(1, 25)] for i in range(len(dates))]
    numbers = [[cell for cell in row if isinstance(cell, int | float)] for row in table]
    tops = list(maxima) if maxima is not None else [max(row) if row else None for row in numbers]
    rows: list[list[Any]] = [[title]] if title is not None else []
    rows.append(["Date/Time", *header, "24 AVG", "MAX"])
    rows += [[day, *row, None, top] for day, row, top in zip(dates, table, tops, strict=True)]
    if footer is None or footer is False:
        return rows
    counts = {letter: sum(cell == letter for row in table for cell in row) for letter in "DFAC"}
    counts |= footer if isinstance(footer, dict) else {}
    labels = zip(("Station Down (D)=", ",Fail (F)=", ",Audit (A)=", ",Calibrate (C)="), "DFAC", strict=True)
    rows.append([cell for label, letter in labels for cell in (label, counts[letter])])
    flat = [number for row in numbers for number in row]
    rows += [
        [],
        ["Month", "Ari.Mean", "Max 1 Hr.", "Max 24 Hr.", "Hours"],
        [None, "(ug/m3)", "(ug/m3).", "(ug/m3)"],
        ["2021-05", 1.0, max(flat, default=0), 0, len(flat)],
    ]
    return rows


PATH = "air/SO2 2009/Bansoppad.xlsx"
NEW_YEAR = date(2009, 1, 1)


def batches(data: bytes, path: str = PATH) -> tuple[Batch, ...]:
    return parse_delivery("egat", data, path).batches


def batch(rows: Rows, path: str = PATH, sheet: str = "Bansoppad") -> Batch:
    (only,) = batches(xlsx((sheet, rows)), path)
    return only


def refused(data: bytes, path: str = PATH) -> Refusal:
    """The refusal of a delivery; it speaks both languages."""
    try:
        parse_delivery("egat", data, path)
    except Refusal as refusal:
        assert refusal.reason_en and any("\u0e00" <= letter <= "\u0e7f" for letter in refusal.reason_th)
        return refusal
    raise AssertionError("the delivery was taken")


def found(one: Batch) -> dict[str, tuple[str | None, int]]:
    """rule → (cell, n), without the remark that a short test table does not fill its year."""
    return {
        f.rule: (f.cell, f.n) for f in one.findings if not (f.rule == "path_disagrees" and "runs from" in f.reason_en)
    }


def at(one: Batch, cell: str) -> dict[str, Any]:
    return one.rows.row(by_predicate=pl.col("cell") == cell, named=True)
