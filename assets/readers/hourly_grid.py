"""The hourly layout that air-quality and weather workbooks share: a row per day, 24 hours, summaries, a footer.

Label h of day D is the hour that ends at h: [D + (h-1) h, D + h h) Bangkok time; 24:00 belongs to D.
"""

from __future__ import annotations

from assets.readers import hourly_checks
from assets.readers.day_rows import DayRows, export_error, find_day_rows
from assets.readers.facts import PathFacts
from assets.readers.footer import read_footer, unit_of
from assets.readers.hour_header import HourlyTable
from assets.readers.identity import identify
from assets.readers.result import Batch, Finding, NoData
from assets.readers.rows import hourly_rows, is_blank, mark_placeholders
from assets.readers.sheet_xml import address
from assets.readers.survey import View
from assets.readers.thai_dates import SPACES

FOOTER_ROWS = 60


def parse_hourly(view: View, path: PathFacts) -> list[Batch]:
    """One batch per hourly table of a sheet. Raises Refusal; NoData when no table has a day."""
    if view.refusal:
        raise view.refusal
    batches = []
    for table in view.hourly:
        columns = [table.hours[hour] for hour in range(1, 25)]
        days = find_day_rows(
            view.sheet, table.header_row + 1, table.end, table.date_column, columns, table.repeated_headers
        )
        if days is not None:
            batches.append(_batch(view, table, days, columns, path))
    if not batches:
        raise _empty(view)
    return batches


def _batch(view: View, table: HourlyTable, days: DayRows, columns: list[int], path: PathFacts) -> Batch:
    sheet = view.sheet
    identity, findings = identify(table.title, table.title_row, view.named if not table.title else (), sheet, path)
    footer = None
    if days.footer_row is not None:
        last_row = min(table.end, days.footer_row + FOOTER_ROWS)
        footer = read_footer(sheet.rows(days.footer_row, last_row), days.footer_row)
    identity.unit, unit_findings = unit_of(footer, identity.quantity, sheet.name)
    rows = hourly_rows(identity, days.dates, sheet.grid, days.rows, columns, sheet.name)
    checks = hourly_checks.check(rows, days, footer, sheet, table)
    if checks.placeholders is not None:
        rows = mark_placeholders(rows, checks.placeholders)
    first, last = days.dates[0], days.dates[-1]
    return Batch(
        entity="observation",
        layout="hourly_grid",
        series=identity.series,
        period_start=first,
        period_end=last,
        rows=rows,
        findings=(
            *_notices(view, table),
            *findings,
            *unit_findings,
            *_midnight(view, table),
            *days.findings,
            *checks.findings,
        ),
        drops=tuple(days.drops),
        is_blank=is_blank(rows),
    )


def _notices(view: View, table: HourlyTable) -> list[Finding]:
    """Errors and notices of the export above this table, and a hidden sheet."""
    top = max((other.end for other in view.hourly if other.end <= table.header_row), default=0)
    name = view.sheet.name
    found = [export_error(name, address(i, 0), text) for i, text in view.errors if top <= i < table.header_row]
    for i, text in view.no_data:
        if top <= i < table.header_row:
            said = text.strip(SPACES)
            en = f"The sheet says “{said}” above a table that holds data; the table was read."
            th = f"แผ่นงานเขียนว่า “{said}” แต่มีตารางข้อมูลอยู่ด้านล่าง อ่านตารางแล้ว"
            found.append(Finding("no_data_notice", en, th, name, address(i, 0)))
    if view.sheet.is_hidden:
        en = "The sheet is hidden in the workbook; it was read."
        found.append(Finding("hidden_sheet", en, "แผ่นงานนี้ถูกซ่อนไว้ในสมุดงาน อ่านแล้ว", name))
    return found


def _midnight(view: View, table: HourlyTable) -> list[Finding]:
    if not table.is_midnight_guessed:
        return []
    return [
        Finding(
            "hour_label",
            "The last hour is headed 0:00; it was read as 24:00 because it follows 23:00.",
            "คอลัมน์สุดท้ายเขียนว่า 0:00 อ่านเป็น 24:00 เพราะอยู่ต่อจาก 23:00",
            sheet=view.sheet.name,
            cell=address(table.header_row, table.hours[24]),
        )
    ]


def _empty(view: View) -> NoData:
    """A header without a day; what the sheet says about it stands in view.errors and view.no_data."""
    name = view.sheet.name
    said = next((text.strip(SPACES)[:120] for _, text in (*view.errors, *view.no_data)), "")
    return NoData(
        f"Sheet {name} has a header and no days{f'; it says “{said}”' if said else ''}.",
        f"แผ่นงาน {name} มีหัวตารางแต่ไม่มีข้อมูล{f' และเขียนว่า “{said}”' if said else ''}",
    )
