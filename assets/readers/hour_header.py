"""Finds the hourly tables of a sheet by their header rows; hour columns are told by their labels, never by position."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

import polars as pl

from assets.readers.facts import Title, is_no_data, is_php_error, read_title
from assets.readers.result import Refusal
from assets.readers.thai_dates import SPACES, THAI_DIGITS
from assets.readers.workbook import Sheet

DATE_WORD = r"(?i)date|วันที่|วัน/เดือน|ว\.?ด\.?ป|เวลา"
TITLE_ROWS = 12  # how far above its header a title is looked for
ENOUGH_HOURS = 12  # labels: fewer are no hourly table; more, but not all, are one that lost some

_CLOCK = re.compile(r"(?:h|hr|hour|ชม\.?|ชั่วโมง(?:ที่)?)?\s*(\d{1,2})(?:[:.]?00(?::00)?)?\s*(?:น\.?|hrs?\.?|h)?", re.I)
# A time of day is a fraction of Excel's day 0, and 24:00 is the whole of it; some workbooks count from 1904.
_EXCEL_DAY = {"1899-12-30": 0, "1899-12-31": 0, "1900-01-01": 24, "1904-01-01": 0, "1904-01-02": 24}
_EXCEL_TIME = re.compile(rf"({'|'.join(_EXCEL_DAY)})[ T](\d{{2}}):(\d{{2}})(?::(\d{{2}}(?:\.\d+)?))?")
_FRACTION = re.compile(r"0?\.\d+")
_MAX = re.compile(r"max\.?\s*(?:1\s*hrs?\.?)?", re.I)


@dataclass(frozen=True)
class HourlyTable:
    """Where a table stands. Rows and columns count from 0; `hours` maps 1..24 to columns; `end` is the row after it."""

    header_row: int
    date_column: int
    hours: dict[int, int]
    max_column: int | None
    summary_columns: tuple[int, ...]
    title_row: int | None
    title: Title | None
    end: int
    is_midnight_guessed: bool = False  # 0:00 stood after 23:00 and was taken for 24:00
    repeated_headers: tuple[int, ...] = ()  # rows below that are this header once more


def find_hourly_tables(sheet: Sheet) -> tuple[HourlyTable, ...]:
    """All tables of a sheet, top to bottom (an export may stack one per year).

    Raises Refusal hour_columns when hours are missing or stand twice.
    """
    worded = (i for i, row in enumerate(sheet.head) if any(map(_is_date_word, row)))
    first = next((i for i in worded if _is_header(sheet.head[i])), None)
    if first is None:
        first = next((i for i, row in enumerate(sheet.head) if _is_header(row)), None)
    if first is None:
        return ()
    tables = [_table(sheet, first, 0)]
    column = sheet.grid.get_columns()[tables[0].date_column].slice(first + 1)
    wordy = pl.select(pl.lit(column).str.contains(r"\d").not_().arg_true()).to_series()
    for header in (first + 1 + offset for offset in wordy.to_list() if _is_date_word(column[offset])):
        if not _is_header(sheet.row(header)):
            continue
        table = _table(sheet, header, tables[-1].header_row + 1)
        if table.title is None and table.hours == tables[-1].hours:
            tables[-1] = replace(tables[-1], repeated_headers=(*tables[-1].repeated_headers, header))
        else:
            tables.append(table if table.title else replace(table, title=tables[-1].title))
    # A table ends where the next one's title begins.
    ends = [table.header_row if table.title_row is None else table.title_row for table in tables[1:]]
    return tuple(replace(table, end=end) for table, end in zip(tables, [*ends, sheet.height], strict=True))


def hour_labels(row: tuple[str | None, ...]) -> dict[int, int]:
    """Column → hour 0..24 of every hour label: `1:00`, `\\xa01\\xa0`, `24:00`, Excel times, fractions of a day."""
    texts = {i: text.strip(SPACES).translate(THAI_DIGITS) for i, text in enumerate(row) if text}
    fractions = {i: float(text) for i, text in texts.items() if _FRACTION.fullmatch(text)}
    labels = {}
    for column, text in texts.items():
        hour = _hour(text)
        if column in fractions:
            hour = _whole_hour(fractions[column] * 24)
        elif hour == 1 and len(fractions) >= ENOUGH_HOURS and text == "1":
            hour = 24  # one whole day among fractions of a day
        if hour is not None:
            labels[column] = hour
    return labels


def _hour(text: str) -> int | None:
    clock = _CLOCK.fullmatch(text)
    if clock:
        return int(clock[1]) if int(clock[1]) <= 24 else None
    excel = _EXCEL_TIME.fullmatch(text)
    if excel:
        return _whole_hour(_EXCEL_DAY[excel[1]] + int(excel[2]) + int(excel[3]) / 60 + float(excel[4] or 0) / 3600)
    return None


def _whole_hour(hours: float) -> int | None:
    return round(hours) if abs(hours - round(hours)) < 1e-3 and 0 <= round(hours) <= 24 else None


def _is_header(row: tuple[str | None, ...]) -> bool:
    labels = hour_labels(row)
    if len(set(labels.values())) < ENOUGH_HOURS:
        return False
    first = min(labels)
    if any(_is_date_word(text) for text in row[: first + 1]):
        return True
    # Without a date word a day of small whole numbers looks alike: only a rising count is a header.
    hours = [labels[column] for column in sorted(labels)]
    return all(b - a == 1 for a, b in itertools.pairwise(hours))


def _is_date_word(text: str | None) -> bool:
    """A header over dates; a date that is written out (`วันที่ 1 มกราคม`) is none."""
    return bool(text and re.search(DATE_WORD, text) and not re.search(r"\d", text))


def _date_column(row: tuple[str | None, ...], labels: dict[int, int]) -> int:
    named = [i for i in range(min(labels)) if _is_date_word(row[i])]
    return named[0] if named else max(0, min(labels) - 1)


def _table(sheet: Sheet, header: int, top: int) -> HourlyTable:
    row = sheet.row(header)
    labels = hour_labels(row)
    hours, is_guessed = _hours(sheet, header, labels)
    date_column = _date_column(row, labels)
    last = max(hours.values())
    summary = tuple(i for i in range(last + 1, len(row)) if (row[i] or "").strip(SPACES))
    title_row, title = _title(sheet, header, top)
    return HourlyTable(
        header_row=header,
        date_column=date_column,
        hours=hours,
        max_column=next((i for i in summary if _MAX.fullmatch((row[i] or "").strip(SPACES))), None),
        summary_columns=summary,
        title_row=title_row,
        title=title,
        end=sheet.height,
        is_midnight_guessed=is_guessed,
    )


def _hours(sheet: Sheet, header: int, labels: dict[int, int]) -> tuple[dict[int, int], bool]:
    """Hour 1..24 → column, each exactly once, and whether 0:00 was taken for 24:00."""
    labels = dict(labels)
    is_guessed = False
    if 24 not in labels.values():
        at_23 = next((column for column, hour in labels.items() if hour == 23), None)
        if at_23 is not None and labels.get(at_23 + 1) == 0:
            labels[at_23 + 1] = 24
            is_guessed = True
    columns: dict[int, list[int]] = {}
    for column, hour in labels.items():
        columns.setdefault(hour, []).append(column)
    missing = [hour for hour in range(1, 25) if hour not in columns]
    double = [hour for hour, where in columns.items() if len(where) > 1 and hour]
    if missing or double or 0 in columns:
        cell = sheet.address(header, min(labels))
        wrong = [f"missing: {', '.join(f'{h}:00' for h in missing)}"] if missing else []
        wrong += [f"more than once: {', '.join(f'{h}:00' for h in double)}"] if double else []
        wrong += ["0:00 before 1:00 (is it the end of the day before?)"] if 0 in columns else []
        wrong_th = [f"ไม่มี {', '.join(f'{h}:00' for h in missing)}"] if missing else []
        wrong_th += [f"ซ้ำ {', '.join(f'{h}:00' for h in double)}"] if double else []
        wrong_th += ["มี 0:00 ก่อน 1:00"] if 0 in columns else []
        raise Refusal(
            "hour_columns",
            f"Sheet {sheet.name}, header row {header + 1}: the hours must be 1:00 to 24:00, each exactly once; "
            f"{'; '.join(wrong)}. Export the whole table again.",
            f"แผ่นงาน {sheet.name} แถวหัวตาราง {header + 1}: ต้องมีชั่วโมง 1:00 ถึง 24:00 อย่างละหนึ่งคอลัมน์ "
            f"{' '.join(wrong_th)} โปรดส่งออกตารางใหม่ทั้งหมด",
            sheet=sheet.name,
            cell=cell,
        )
    return {hour: where[0] for hour, where in columns.items()}, is_guessed


def _title(sheet: Sheet, header: int, top: int) -> tuple[int | None, Title | None]:
    """The nearest row above the header that names a quantity or a station."""
    for number in range(header - 1, max(top, header - TITLE_ROWS) - 1, -1):
        text = next((cell for cell in sheet.row(number) if cell and cell.strip(SPACES)), None)
        if text is None or is_php_error(text) or is_no_data(text):
            continue
        title = read_title(text)
        if title.named or title.station_key or title.number or title.unknown_word:
            return number, title
    return None, None
