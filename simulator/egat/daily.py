"""The daily layouts: 24-hour dust samples in two columns, and TEMP & BP of all stations on one sheet. No footers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .book import Book, Made, Row, Truth, address, excel_serial, expected, local_interval, number_text
from .distributions import generator, hourly
from .grid import PHP_ERROR
from .stations import STATIONS
from .traps import ORDINARY, Traps

# Order of the real sheet; station 12 is not on it.
TEMP_BP_CODES = ["PC", "TS", "SD", "HF", "RS", "MC", "SM", "SP", "HK", "MS", "GC"]
_BY_CODE = {station.code: station for station in STATIONS.values()}


@dataclass(frozen=True)
class SamplesSpec:
    """TSP as one 24 h sample every sixth day; failures are written F or Fail. Neither station nor quantity is in it:
    only the path says them."""

    station: str
    start: date
    samples: int
    failures: int = 4
    seed: int = 0
    sheet_name: str | None = None
    note: str = ""

    def build(self) -> Made:
        rng = generator(self.seed, "samples", self.station, self.start)
        days = [self.start + timedelta(days=6 * i) for i in range(self.samples)]
        hours = hourly("TSP", self.station, self.start, 6 * self.samples, seed=self.seed)
        contents: list[float | str] = [float(round(x)) for x in hours.mean(axis=1)[::6]]
        for k, i in enumerate(rng.choice(self.samples, min(self.failures, self.samples), replace=False).tolist()):
            contents[i] = "Fail" if k % 2 else "F"

        book = Book(self.note)
        name = self.sheet_name or STATIONS[self.station].files[0]
        sheet = book.sheet(name)
        sheet.write_string(0, 0, "\xa0วันที่\xa0")
        sheet.write_string(0, 1, "\xa0ค่าที่ตรวจวัดได้ (ug/m3)\xa0")
        for i, (day, content) in enumerate(zip(days, contents, strict=True), 1):
            sheet.write_number(i, 0, excel_serial(day), book.date_format)
            sheet.write(i, 1, content)

        def rows() -> Iterator[Row]:
            for i, (day, content) in enumerate(zip(days, contents, strict=True), 1):
                yield _day_row(self.station, "TSP", "ug/m3", day, content, name, address(i, 1), None)

        return Made(book.finish(mark_sheet=True), Truth("samples", rows))


@dataclass(frozen=True)
class TempBpSpec:
    """Daily mean temperature and pressure, eleven stations side by side under two header rows.

    Of the traps it knows outages, blank_cells, missing_days, php_row (above the title) and cut_last_row.
    """

    start: date
    days: int
    traps: Traps = ORDINARY
    seed: int = 0
    sheet_name: str = "Main station"
    note: str = ""

    def build(self) -> Made:
        dates, table, trapped = self._table()
        book = Book(self.note)
        sheet = book.sheet(self.sheet_name)
        top = 0
        if self.traps.php_row:
            sheet.write_string(0, 0, PHP_ERROR)
            top = 1
        sheet.write_string(top, 0, "TEMP & BP")
        sheet.write_string(top + 1, 0, "Date")
        for i, code in enumerate(TEMP_BP_CODES):
            sheet.write_string(top + 1, 1 + 2 * i, code)
            sheet.write_string(top + 2, 1 + 2 * i, "Temp")
            sheet.write_string(top + 2, 2 + 2 * i, "BP")
        first = top + 3
        for r, day in enumerate(dates):
            sheet.write_number(first + r, 0, excel_serial(day), book.date_format)
            for column in range(22):
                content = table[r][column]
                if content is not None:
                    sheet.write(first + r, 1 + column, content)

        def rows() -> Iterator[Row]:
            for r, day in enumerate(dates):
                for column in range(22):
                    key = _BY_CODE[TEMP_BP_CODES[column // 2]].key
                    quantity, unit = ("TEMP", "Cel") if column % 2 == 0 else ("BP", "mbar")
                    at = address(first + r, 1 + column)
                    yield _day_row(
                        key, quantity, unit, day, table[r][column], self.sheet_name, at, trapped.get((r, column))
                    )

        return Made(book.finish(mark_sheet=True), Truth("temp_bp", rows))

    def _table(self) -> tuple[list[date], list[list[float | str | None]], dict[tuple[int, int], str]]:
        rng = generator(self.seed, "TEMP BP", self.start, self.days)
        columns = []
        for code in TEMP_BP_CODES:
            for quantity, digits in (("TEMP", 2), ("BP", 0)):
                values = hourly(quantity, _BY_CODE[code].key, self.start, self.days, seed=self.seed).mean(axis=1)
                columns.append([round(float(x), digits) for x in values])
        dates = [self.start + timedelta(days=i) for i in range(self.days)]
        table: list[list[float | str | None]] = [list(row) for row in zip(*columns, strict=True)]
        trapped: dict[tuple[int, int], str] = {}
        if self.traps.outages:
            for _ in range(max(1, self.days // 60)):  # an outage takes a station's both columns for some days
                letter = "D" if rng.random() < 0.6 else "F"
                begin, station = int(rng.integers(0, self.days)), int(rng.integers(0, len(TEMP_BP_CODES)))
                for r in range(begin, min(self.days, begin + int(rng.integers(1, 12)))):
                    table[r][2 * station] = table[r][2 * station + 1] = letter
        for _ in range(self.traps.blank_cells):
            r, column = int(rng.integers(0, self.days)), int(rng.integers(0, 22))
            table[r][column], trapped[r, column] = None, "blank_cell"
        if self.traps.cut_last_row:
            for column in range(9, 22):
                table[-1][column], trapped[self.days - 1, column] = None, "cut_last_row"
        for _ in range(self.traps.missing_days):
            # From the front half, and the table's keys of later rows move up with it.
            lost = int(rng.integers(1, max(2, len(dates) // 2)))
            del dates[lost], table[lost]
            trapped = {(r - (r > lost), c): name for (r, c), name in trapped.items() if r != lost}
        return dates, table, trapped


def _day_row(
    key: str, quantity: str, unit: str, day: date, content: float | str | None, sheet: str, at: str, trap: str | None
) -> Row:
    value, flag = expected(content)
    begin, end = local_interval(day, day + timedelta(days=1))
    text = content if isinstance(content, str) or content is None else number_text(content)
    return Row(key, quantity, None, "P1D", begin, end, text, unit, value, flag, sheet, at, trap)
