"""The hourly grid: title, header, a row per day with 24 hours and EGAT's own columns, a footer that counts letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from .book import (
    MARK,
    Book,
    Made,
    Row,
    Truth,
    address,
    excel_serial,
    expected,
    local_interval,
    number_text,
    sheet_title,
    thai_date,
)
from .distributions import Hours, generator, hourly
from .footer import write_footer
from .layouts import LAYOUTS, SECTORS, Header, Layout, Summary, day_summary, title
from .rewrite import edit_part
from .spoil import Grid, spoil
from .stations import STATIONS, Station
from .traps import ORDINARY, Traps

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# The phrase is the real one (readers look for it); the path is not.
PHP_ERROR = "Fatal error: Maximum execution time of 30 seconds exceeded in D:\\www\\synthetic\\lib.php on line 527"
NO_CACHE = -987654321  # stands where a formula's cached value is taken out again


@dataclass(frozen=True)
class GridSpec:
    """One hourly grid of one station and quantity (SO2 NO2 PM10 TSP BP DEV RAIN RH SW TEMP WD WS).

    `level` L, M or H is for WS and WD of the main station's tower. `station` is a key of STATIONS, or a Station of your
    own (an unknown one). `values` (`days` × 24) take the place of the invented ones. `title_text` and
    `station_name` replace the title or the name in it; `note` only changes the file's properties, hence its bytes.
    """

    quantity: str
    station: str | Station
    start: date
    days: int
    level: str | None = None
    traps: Traps = ORDINARY
    seed: int = 0
    header: Header | None = None  # None: the quantity's usual style
    station_name: str | None = None
    title_text: str | None = None
    sheet_name: str | None = None
    note: str = ""
    values: Hours | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.quantity not in LAYOUTS:
            raise ValueError(f"quantity {self.quantity!r}: use one of {', '.join(LAYOUTS)}")
        if self.days < 1:
            raise ValueError(f"days {self.days}: a grid needs at least one")

    def build(self) -> Made:
        layout = LAYOUTS[self.quantity]
        if self.header:
            layout = replace(layout, header=self.header)
        station = STATIONS[self.station] if isinstance(self.station, str) else self.station
        like = station.key if station.key in STATIONS else "EGAT-05"
        rng = generator(self.seed, "traps", self.quantity, station.key, self.level, self.start, self.days)
        values = self.values
        if values is None:
            values = hourly(self.quantity, like, self.start, self.days, level=self.level, seed=self.seed)
        grid = spoil(layout, like, self.start, values, self.traps, rng, self.seed)
        return _write(self, layout, station, grid, rng)


def _write(spec: GridSpec, layout: Layout, station: Station, grid: Grid, rng: np.random.Generator) -> Made:
    book = Book(spec.note)
    name = spec.sheet_name or station.files[0]
    sheet = book.sheet(name)
    sheet.write_string(0, 0, spec.title_text or title(layout, station, spec.level, spec.station_name))
    if layout.quantity == "WD":
        for i, sector in enumerate(SECTORS):
            sheet.write_string(0, 25 + 2 * i, sector)
    top = 1
    if spec.traps.php_row:
        sheet.write_string(top, 0, PHP_ERROR)
        top += 1
    write_header(book, sheet, top, layout)
    first = top + 1
    blank_max = set(rng.choice(len(grid.dates), spec.traps.blank_max_days, replace=False).tolist())
    summaries = _write_days(book, sheet, first, layout, grid, blank_max)
    below = first + len(grid.dates)
    footer = None
    if spec.traps.footer != "absent" and not spec.traps.cut_last_row:
        below, footer = write_footer(book, sheet, below, layout, grid, summaries, wrong=spec.traps.footer == "differs")
        sheet.write_string(below + 1, 0, MARK)
        below += 2
    if spec.traps.empty_rows:
        bare = book.format("0.00")
        for row in range(below, below + spec.traps.empty_rows):
            sheet.write_blank(row, 0, None, bare)
            sheet.write_blank(row, 1, None, bare)
    data = book.finish(mark_sheet=footer is None)
    if spec.traps.formulas == "uncached":
        data = edit_part(data, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb"<v>%d</v>" % NO_CACHE, b"", xml))
    return Made(data, Truth("grid", lambda: _rows(spec, layout, station, grid, sheet_title(name), first), footer))


def write_header(book: Book, sheet: Worksheet, row: int, layout: Layout) -> None:
    """Four ways of writing the hours. `1:00` and `01:00` are formulas (="1:00") in the real files, with cached text."""
    words = "\xa0DATE/Time\xa0" if layout.header == "nbsp" else "Date/Time"
    sheet.write_string(row, 0, words)
    clock, elapsed = book.format("h:mm"), book.format("[h]:mm")
    for hour in range(1, 25):
        if layout.header == "nbsp":
            sheet.write_string(row, hour, f"\xa0{hour}\xa0")
        elif layout.header == "time":
            # 24:00 is one whole day to Excel: readers see a duration of a day, not a time.
            if hour < 24:
                sheet.write_datetime(row, hour, time(hour), clock)
            else:
                sheet.write_number(row, hour, 1.0, elapsed)
        else:
            text = f"{hour:02d}:00" if layout.header == "hh:00" else f"{hour}:00"
            sheet.write_formula(row, hour, f'="{text}"', None, text)
    for i, label in enumerate(layout.summary):
        sheet.write_string(row, 25 + i, label)


def _write_days(
    book: Book, sheet: Worksheet, first: int, layout: Layout, grid: Grid, blank_max: set[int]
) -> list[Summary]:
    """The table itself; gives back each day's summary columns."""
    number, string = sheet.write_number, sheet.write_string
    max_columns = [i for i, label in enumerate(layout.summary) if label.startswith("MAX")]
    summaries: list[Summary] = []
    for i, (day, hours) in enumerate(zip(grid.dates, grid.values.tolist(), strict=True)):
        row = first + i
        if layout.ambient:
            number(row, 0, excel_serial(day), book.date_format)
        else:
            string(row, 0, thai_date(day))
        letters: Counter[str] = Counter()
        for hour, value in enumerate(hours):
            text = grid.texts.get((i, hour), value)
            if (i, hour) in grid.formulas:
                cached = grid.formulas[i, hour]
                sheet.write_formula(row, hour + 1, f"={value}+0", None, value if cached else NO_CACHE)
            elif isinstance(text, str):
                string(row, hour + 1, text)
                letters[text[-1]] += 1
            elif text is not None:
                number(row, hour + 1, text)
        summary = day_summary(layout, grid.plain(i), letters.most_common(1)[0][0] if letters else None)
        summaries.append(summary)
        for k, item in enumerate(summary):
            if isinstance(item, str):
                sheet.write_formula(row, 25 + k, f'="{item}"', None, item)
            elif item is not None and not (i in blank_max and k in max_columns):
                number(row, 25 + k, item)
    return summaries


def _rows(spec: GridSpec, layout: Layout, station: Station, grid: Grid, sheet: str, first: int) -> Iterator[Row]:
    for i, day in enumerate(grid.dates):
        midnight = datetime(day.year, day.month, day.day)
        for hour in range(24):
            content = grid.content(i, hour)
            value, flag = expected(content)
            begin, end = local_interval(midnight + timedelta(hours=hour), midnight + timedelta(hours=hour + 1))
            text = content if isinstance(content, str) or content is None else number_text(content)
            yield Row(
                station.key, layout.observed, spec.level, "PT1H", begin, end, text, layout.unit, value, flag,
                sheet, address(first + i, hour + 1), grid.traps.get((i, hour)),
            )  # fmt: skip
