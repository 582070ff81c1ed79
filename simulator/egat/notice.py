"""Workbooks without a table: the two ways of saying "no data", and an export that is only an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .book import Book, Made, Truth
from .grid import PHP_ERROR, write_header
from .layouts import LAYOUTS, title
from .stations import STATIONS

Kind = Literal["site", "station", "php_error"]


@dataclass(frozen=True)
class NoticeSpec:
    """`site`: one cell says no data for the site (air quality). `station`: the sentence above an empty table (weather).
    `php_error`: an empty first row and the export page's error, nothing else."""

    kind: Kind
    quantity: str
    station: str
    sheet_name: str | None = None
    note: str = ""

    def build(self) -> Made:
        layout, station = LAYOUTS[self.quantity], STATIONS[self.station]
        book = Book(self.note)
        sheet = book.sheet(self.sheet_name or station.files[0])
        if self.kind == "site":
            sheet.write_string(0, 0, f"ไม่มีข้อมูลของไซต์ {station.code.lower()}")
        elif self.kind == "station":
            sheet.write_string(0, 0, f"ไม่มีข้อมูลในสถานี {station.code.lower()}")
            sheet.write_string(1, 0, title(layout, station, None, None))
            write_header(book, sheet, 2, layout)
        else:
            sheet.write_string(1, 0, PHP_ERROR)
        return Made(book.finish(mark_sheet=True), Truth("php_error" if self.kind == "php_error" else "no_data", tuple))
