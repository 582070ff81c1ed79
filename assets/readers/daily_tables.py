"""The two daily layouts: all stations side by side (TEMP & BP), and two columns of 24-hour samples.

A day's value belongs to [D 00:00, D+1 00:00) Bangkok time. Neither layout has summary columns or a footer.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import polars as pl

from assets.readers.day_rows import DayRows, cut_row, export_error, find_day_rows, formula_cells, missing_days
from assets.readers.facts import PathFacts, Title, is_no_data, is_php_error, read_title
from assets.readers.identity import identify, unknown_station
from assets.readers.quantities import UNITS, named_quantities, unit_of_word
from assets.readers.result import Batch, Finding, NoData
from assets.readers.rows import Identity, column_rows, in_order, is_blank
from assets.readers.sheet_xml import address
from assets.readers.stations import stations
from assets.readers.survey import View
from assets.readers.thai_dates import trimmed
from assets.readers.workbook import Sheet

SAMPLE_SLACK_DAYS = 15  # samples every sixth day neither begin on 1 January nor end on 31 December


def parse_all_stations(view: View, path: PathFacts) -> list[Batch]:
    """Daily mean temperature and pressure; station codes over `Temp` and `BP`. One batch with all series."""
    sheet, header = view.sheet, view.header or 0
    date_column = _date_column(sheet, header)
    series = _station_columns(sheet, header, date_column)
    days = _days(sheet, header + 2, date_column, list(series))
    rows = in_order(_rows(sheet, series, days))
    findings = [
        *_notices(view),
        *days.findings,
        *missing_days(sheet.name, days, date_column),
        *cut_row(sheet, days, list(series)),
        *_one_station_named(path, {identity.station_key for identity in series.values()}, sheet),
    ]
    quantities = list(dict.fromkeys(identity.quantity for identity in series.values()))
    return [
        Batch(
            entity="observation",
            layout="daily_all_stations",
            series=f"all/{'+'.join(quantities)}",
            period_start=days.dates[0],
            period_end=days.dates[-1],
            rows=rows,
            findings=tuple(findings),
            drops=tuple(days.drops),
            is_blank=is_blank(rows),
        )
    ]


def parse_two_columns(view: View, path: PathFacts) -> list[Batch]:
    """Date and value of 24-hour samples; station and quantity mostly come from the path."""
    sheet, header = view.sheet, view.header or 0
    date_column, value_column = [i for i, text in enumerate(sheet.row(header)) if trimmed(text)][:2]
    value_header = trimmed(sheet.row(header)[value_column])
    title_row, title = _title(sheet, header)
    identity, findings = identify(title, title_row, named_quantities(value_header), sheet, path)
    identity.unit, unit_findings = _unit(value_header, identity, sheet, address(header, value_column))
    days = _days(sheet, header + 1, date_column, [value_column])
    rows = _rows(sheet, {value_column: identity}, days)
    return [
        Batch(
            entity="observation",
            layout="daily_samples",
            series=identity.series,
            period_start=days.dates[0],
            period_end=days.dates[-1],
            rows=rows,
            findings=(
                *_notices(view),
                *findings,
                *unit_findings,
                *days.findings,
                *_sample_gaps(days, sheet, date_column),
            ),
            drops=tuple(days.drops),
            is_blank=is_blank(rows),
        )
    ]


def _days(sheet: Sheet, first: int, date_column: int, columns: list[int]) -> DayRows:
    days = find_day_rows(sheet, first, sheet.height, date_column, columns)
    if days is None:
        raise NoData(f"Sheet {sheet.name} has a header and no days.", f"แผ่นงาน {sheet.name} มีหัวตารางแต่ไม่มีข้อมูล")
    days.findings.extend(formula_cells(sheet, set(days.rows.tolist()), {date_column, *columns}))
    return days


def _rows(sheet: Sheet, series: dict[int, Identity], days: DayRows) -> pl.DataFrame:
    table = days.take(sheet, list(series))
    return column_rows(series, table, "P1D", days.dates, days.dates.dt.offset_by("1d"), days.rows + 1, sheet.name)


def _date_column(sheet: Sheet, header: int) -> int:
    return next(i for i, text in enumerate(sheet.row(header)) if trimmed(text))


def _station_columns(sheet: Sheet, header: int, date_column: int) -> dict[int, Identity]:
    """Column → series. A station's code stands over the first of its columns only."""
    codes, labels = sheet.row(header), sheet.row(header + 1)
    found: dict[int, Identity] = {}
    code, code_column = "", date_column
    for column in range(date_column + 1, len(labels)):
        if trimmed(codes[column]):
            code, code_column = trimmed(codes[column]), column
        named = named_quantities(labels[column] or "", any_case=True)
        if not named:
            continue
        key = stations().find(code)
        number = re.search(r"\d+", code)
        if key is None and number:
            key = stations().by_number(int(number[0]))
        if key is None:
            raise unknown_station(code, sheet.name, address(header, code_column))
        quantity, level = named[0]
        found[column] = Identity(key, code, quantity, level, unit=UNITS[quantity][0])
    return found


def _title(sheet: Sheet, header: int) -> tuple[int | None, Title | None]:
    for number in range(header):
        text = next((cell for cell in sheet.row(number) if trimmed(cell)), None)
        if text and not is_php_error(text) and not is_no_data(text):
            title = read_title(text)
            if title.named or title.station_key or title.number:
                return number, title
    return None, None


def _notices(view: View) -> list[Finding]:
    name = view.sheet.name
    found = [export_error(name, address(i, 0), text) for i, text in view.errors if i < (view.header or 0)]
    if view.sheet.is_hidden:
        en = "The sheet is hidden in the workbook; it was read."
        found.append(Finding("hidden_sheet", en, "แผ่นงานนี้ถูกซ่อนไว้ในสมุดงาน อ่านแล้ว", name))
    return found


def _one_station_named(path: PathFacts, keys: set[str], sheet: Sheet) -> list[Finding]:
    if path.station_key is None or len(keys) < 2:
        return []
    book = stations()
    return [
        Finding(
            "path_disagrees",
            f"The file name says {book.shown(path.station_key)}; the workbook holds {len(keys)} stations. The "
            "workbook holds.",
            f"ชื่อไฟล์ระบุ {book.shown_th(path.station_key)} แต่ในสมุดงานมี {len(keys)} สถานี ใช้ตามสมุดงาน",
            sheet=sheet.name,
        )
    ]


def _sample_gaps(days: DayRows, sheet: Sheet, date_column: int) -> list[Finding]:
    """Steps longer than the usual one."""
    steps = np.diff(days.dates.to_physical().to_numpy())
    if not len(steps):
        return []
    usual = Counter(steps.tolist()).most_common(1)[0][0]
    longer = np.flatnonzero(steps > usual)
    if not len(longer):
        return []
    at = int(longer[0]) + 1
    return [
        Finding(
            "sample_gap",
            f"Samples come every {usual} days; {len(longer)} times the step is longer, first before {days.dates[at]}.",
            f"เก็บตัวอย่างทุก {usual} วัน แต่มี {len(longer)} ครั้งที่ห่างกว่านั้น ครั้งแรกก่อนวันที่ {days.dates[at]}",
            sheet=sheet.name,
            cell=address(int(days.rows[at]), date_column),
            n=len(longer),
        )
    ]


def _unit(header: str, identity: Identity, sheet: Sheet, cell: str) -> tuple[str, list[Finding]]:
    """The unit in the value column's head; without one the documented unit of the quantity."""
    documented = UNITS[identity.quantity]
    written = re.search(r"\(([^)]*)\)|\[([^\]]*)\]", header)
    said = (written[1] or written[2] or "") if written else ""
    unit = unit_of_word(said)
    if unit in documented:
        return unit or documented[0], []
    if "quantity" in identity.from_path:
        identity.from_path.append("unit")
    if not said:
        return documented[0], []
    return documented[0], [
        Finding(
            "unit_label",
            f"The column gives {identity.quantity} in ({said}), which is not known; {documented[0]} was taken.",
            f"หัวคอลัมน์ระบุหน่วยของ {identity.quantity} เป็น ({said}) ซึ่งไม่รู้จัก จึงใช้ {documented[0]}",
            sheet=sheet.name,
            cell=cell,
        )
    ]
