"""One of each bad input, each in a folder of its own named for the case. All that can carry the synthetic mark does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from .book import MARK, TOP_FOLDER, Book, Made, Planned, Spec, Truth
from .cfb import encrypted_workbook
from .grid import GridSpec
from .rewrite import inflate_part, repack
from .stations import Station
from .traps import CLEAN, Traps

BAD_FOLDER = f"{TOP_FOLDER} (bad)"
START = date(2019, 1, 1)
BOMB_MEGABYTES = 640
UNKNOWN = Station("EGAT-13", 13, "XX", "บ้านสมมุติ", "Ban Sommut", ("Bansommut",), 970, 1.0)


@dataclass(frozen=True)
class BytesSpec:
    """A delivery that is no ordinary workbook: `make` gives its bytes. There is nothing in it to be read."""

    make: Callable[[], bytes] = field(repr=False)

    def build(self) -> Made:
        return Made(self.make(), Truth("bad", tuple))


def bad(seed: int = 0) -> list[Planned]:
    """Path and spec of every bad input, its folder named for the case."""

    def month(quantity: str, station: str, traps: Traps = CLEAN, start: date = START) -> GridSpec:
        return GridSpec(quantity, station, start, 30, traps=traps, seed=seed)

    def dated(quantity: str, station: str, *days: date) -> GridSpec:
        return month(quantity, station, Traps(odd_dates=tuple((10 + i, day) for i, day in enumerate(days))))

    def plain() -> bytes:
        return month("PM10", "EGAT-09").build().data

    def bomb() -> bytes:
        return inflate_part(plain(), "xl/worksheets/sheet1.xml", b"</sheetData>", BOMB_MEGABYTES)

    twice, other = month("PM10", "EGAT-05"), month("NO2", "EGAT-07")
    unknown = GridSpec("SO2", UNKNOWN, START, 30, title_text=f"SO2 {UNKNOWN.name_th}", seed=seed)
    cases: list[tuple[str, Spec]] = [
        ("zero bytes/Bansoppad", BytesSpec(bytes)),
        ("not an xlsx/Bansoppad", BytesSpec(f"Date/Time,1:00,2:00\r\n{MARK}\r\n".encode)),
        ("HTML error page/Bansoppad", BytesSpec(html_page)),
        ("truncated zip/Bansoppad", BytesSpec(lambda: plain()[: len(plain()) * 2 // 3])),
        ("a zip without a workbook/Bansoppad", BytesSpec(zip_without_workbook)),
        ("password-protected/Bansoppad", BytesSpec(lambda: encrypted_workbook(seed=seed))),
        ("zip bomb/Bansoppad", BytesSpec(bomb)),
        ("no known layout/รายงานการประชุม", BytesSpec(unknown_layout)),
        ("100 k empty rows/Banhuafai", month("BP", "EGAT-04", Traps(empty_rows=100_000))),
        ("formula cells with cached value/Bansoppad", month("RH", "EGAT-09", Traps(formulas="cached"))),
        ("formula cells without cached value/Bansadej", month("PM10", "EGAT-03", Traps(formulas="uncached"))),
        ("year 1899/Bansoppad", dated("TEMP", "EGAT-09", date(1899, 1, 11))),
        ("Buddhist year 2752/Pratupha", dated("TEMP", "EGAT-01", date(2209, 1, 11), date(2209, 1, 12))),
        ("a future date/Bansopmoe", dated("PM10", "EGAT-08", date(2090, 1, 11))),
        ("the same delivery twice/first/Main station", twice),
        ("the same delivery twice/again/Main station", twice),
        ("the same content in other bytes/first/Government center", other),
        ("the same content in other bytes/again/Government center", BytesSpec(lambda: repack(other.build().data))),
        ("two that overlap/first/Bansoppad", GridSpec("SO2", "EGAT-09", START, 60, seed=seed)),
        ("two that overlap/second/Bansoppad", GridSpec("SO2", "EGAT-09", date(2019, 2, 1), 60, seed=seed + 1)),
        ("unknown station number/Bansommut", GridSpec("PM10", UNKNOWN, START, 30, seed=seed)),
        ("unknown station name/Bansommut", unknown),
    ]
    return [(f"{BAD_FOLDER}/{case}.xlsx", spec) for case, spec in cases]


def html_page() -> bytes:
    """A server's error page saved under the workbook's name."""
    body = f"<h1>500 Internal Server Error</h1><p>{MARK}</p>"
    return f"<!DOCTYPE html>\n<html><head><title>500</title></head><body>{body}</body></html>\n".encode()


def zip_without_workbook() -> bytes:
    """A sound zip archive that holds a text file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("readme.txt"), MARK)
    return out.getvalue()


def unknown_layout() -> bytes:
    """A sound workbook that no source knows: the minutes of a meeting."""
    book = Book()
    sheet = book.sheet("รายงานการประชุม")
    for row, line in enumerate((("ลำดับ", "เรื่อง", "ผู้รับผิดชอบ"), (1, "ติดตั้งเครื่องวัด", "-"), (2, "สอบเทียบ", "-"))):
        for column, item in enumerate(line):
            sheet.write(row, column, item)
    return book.finish(mark_sheet=True)
