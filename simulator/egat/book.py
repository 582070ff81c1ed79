"""What every synthetic workbook has in common: the marks, the fixed properties, and the truth beside the bytes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

if TYPE_CHECKING:
    import polars as pl
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MARK = "SYNTHETIC DATA ข้อมูลสังเคราะห์ – generated, not measured"
MARK_SHEET = "SYNTHETIC"
TOP_FOLDER = "synthetic ข้อมูลสังเคราะห์"

BANGKOK = timezone(timedelta(hours=7))
EXCEL_EPOCH = date(1899, 12, 30)
# July is misspelled กรกฏาคม (ฏ for ฎ) in the real exports; a reader has to know both.
THAI_MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฏาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
THAI_MONTHS_SHORT = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]


class Row(NamedTuple):
    """One measured cell as written, and how it should be read. Times are aware, in UTC."""

    station_key: str
    quantity: str
    level: str | None
    averaging_period: str
    interval_start_at: datetime
    interval_end_at: datetime
    raw_value: str | None
    raw_unit: str
    value: float | None
    flag: str | None
    sheet: str
    cell: str
    trap: str | None  # which mistake touched the cell, if one did


@dataclass(frozen=True)
class Truth:
    """What was written. `footer` holds the counts printed below the table (None: no footer was written)."""

    layout: str
    make_rows: Callable[[], Iterable[Row]] = field(repr=False)
    footer: Mapping[str, int] | None = None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self.make_rows())

    @property
    def flag_counts(self) -> dict[str, int]:
        """How often each flag stands in a value cell, alone or glued."""
        return dict(Counter(row.flag for row in self.rows if row.flag is not None))

    def frame(self) -> pl.DataFrame:
        """One row per cell, the fields of `Row` plus is_valid; sorted by station, quantity, level and time."""
        import polars as pl

        utc = pl.Datetime("us", "UTC")
        text = dict.fromkeys(Row._fields, pl.Utf8)
        schema: dict[str, Any] = {**text, "interval_start_at": utc, "interval_end_at": utc, "value": pl.Float64}
        rows = pl.DataFrame(self.rows, schema=schema, orient="row")
        return rows.with_columns(is_valid=pl.col("value").is_not_null() & pl.col("flag").is_null()).sort(
            "station_key", "quantity", "level", "interval_start_at", nulls_last=True
        )


@dataclass(frozen=True)
class Made:
    """One delivery: the bytes, and the truth that was written into them."""

    data: bytes = field(repr=False)
    truth: Truth


class Spec(Protocol):
    """A small description of one delivery; the same description gives the same bytes."""

    def build(self) -> Made: ...


Planned = tuple[str, Spec]  # the path a delivery would come under, with /, and what it is


class Book:
    """A workbook in memory whose bytes depend on nothing but what is written into it."""

    def __init__(self, note: str = "") -> None:
        self._buffer = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(self._buffer, {"in_memory": True})
        self.workbook.set_properties(
            {
                "title": "SYNTHETIC ข้อมูลสังเคราะห์",
                "comments": f"{MARK}{'; ' if note else ''}{note}",
                "category": "SYNTHETIC ข้อมูลสังเคราะห์",
                "keywords": "synthetic, simulator, ข้อมูลสังเคราะห์",
                "author": "simulator",
                # Without a fixed time the same input would give other bytes every second.
                "created": datetime(2024, 1, 1, tzinfo=UTC),
            }
        )
        self.date_format = self.format("yyyy-mm-dd")

    def format(self, num_format: str) -> Format:
        return self.workbook.add_format({"num_format": num_format})

    def sheet(self, name: str) -> Worksheet:
        return self.workbook.add_worksheet(sheet_title(name))

    def finish(self, mark_sheet: bool) -> bytes:
        """The bytes. `mark_sheet` for layouts without a footer to put the mark below: it gets a sheet of its own."""
        if mark_sheet:
            self.workbook.add_worksheet(MARK_SHEET).write_string(0, 0, MARK)
        self.workbook.close()
        return self._buffer.getvalue()


def sheet_title(name: str) -> str:
    """Excel allows 31 characters."""
    return name[:31]


def thai_date(day: date) -> str:
    """`\\xa01 มกราคม 2552\\xa0`: Buddhist-era text between no-break spaces, as the meteorology exports write it."""
    return f"\xa0{day.day} {THAI_MONTHS[day.month - 1]} {day.year + 543}\xa0"


def excel_serial(day: date) -> int:
    """Excel's day number; right from 1900-03-01 on."""
    return (day - EXCEL_EPOCH).days


def number_text(value: float) -> str:
    """A number as its cell shows it: `7`, `0.28`."""
    return str(int(value)) if value == int(value) else repr(float(value))


def expected(content: float | str | None) -> tuple[float | None, str | None]:
    """How a cell should be read, as (value, flag). A glued number is flagged, never a value."""
    if content is None or (isinstance(content, str) and not content.strip()):
        return None, None
    if not isinstance(content, str):
        return float(content), None
    if content.startswith("#"):
        return None, "#"
    return None, ("F" if content == "Fail" else content[-1])


def local_interval(first: date | datetime, last: date | datetime) -> tuple[datetime, datetime]:
    """[first, last) of Asia/Bangkok local time, in UTC. There is no daylight saving."""

    def utc(moment: date | datetime) -> datetime:
        at = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
        return at.replace(tzinfo=BANGKOK).astimezone(UTC)

    return utc(first), utc(last)


def address(row: int, column: int) -> str:
    """The Excel address of a zero-based row and column: (2, 1) is `B3`."""
    return xl_rowcol_to_cell(row, column)
