"""Which rows of a sheet are days: dated rows below a header, before a footer; every other row is counted or told.

Shared by the hourly grid and the daily tables. Row numbers count from 0 here, dates are local.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from assets.readers.facts import is_php_error
from assets.readers.footer import FOOTER_START
from assets.readers.result import Drop, Finding, Refusal
from assets.readers.sheet_xml import address
from assets.readers.thai_dates import SPACES, ReadDate, complete_dates, trimmed, with_iso_dates
from assets.readers.workbook import Sheet

MAX_LOST_SHARE = 0.05  # of day rows: more than that, and the dates of the whole table are in doubt
ENOUGH_FILLED = (
    0.5  # of the cells: below a footer's first line, a dated row that is filled so far is a day, no statistic
)


@dataclass(frozen=True)
class DayRows:
    """`rows` are the sheet's row numbers in order of `dates`; `footer_row` is where a footer begins."""

    rows: np.ndarray
    dates: pl.Series
    footer_row: int | None
    findings: list[Finding]
    drops: list[Drop]

    def take(self, sheet: Sheet, columns: list[int]) -> pl.DataFrame:
        """These rows of some columns, as c<column>."""
        names = [f"c{column}" for column in columns]
        first, n = int(self.rows[0]), len(self.rows)
        if np.array_equal(self.rows, np.arange(first, first + n)):
            return sheet.grid.select(names).slice(first, n)
        return sheet.grid.select(names)[self.rows]


@dataclass(frozen=True)
class _Place:
    """Where a table stands, for the reasons."""

    sheet: Sheet
    first: int
    date_column: int
    columns: list[int]

    def cell(self, index: int) -> str:
        return address(self.first + index, self.date_column)


def find_day_rows(
    sheet: Sheet, first: int, end: int, date_column: int, columns: list[int], headers: tuple[int, ...] = ()
) -> DayRows | None:
    """Rows [first, end) of a table whose cells stand in `columns`; None when there is no day among them.

    `headers` are rows that repeat the header. Raises Refusal unreadable_dates.
    """
    place = _Place(sheet, first, date_column, columns)
    text = pl.col(f"c{date_column}").str.strip_chars(SPACES)
    frame = with_iso_dates(sheet.grid.lazy().slice(first, end - first).select(text=text)).collect()
    read = complete_dates(frame["text"], frame["date"])
    texts = frame["text"].to_list()
    dated = np.flatnonzero(~read.dates.is_null().to_numpy()).tolist()
    undated = np.flatnonzero(read.dates.is_null().to_numpy()).tolist()
    footer = next((i for i in undated if texts[i] and FOOTER_START.match(texts[i])), None)
    above = [i for i in dated if footer is None or i < footer]
    below = [i for i in dated[len(above) :] if _is_day(sheet, first + i, columns)]
    days = np.array([*above, *below], dtype=np.int64)
    repeated = {header - first for header in headers}
    odd = [i for i in undated if (footer is None or i < footer) and i not in repeated]
    findings, drops = _undated(place, _not_empty(place, odd, texts), texts, len(days))
    if not len(days):
        return None
    if below:
        findings.append(_below_footer(place, below))
    findings += _date_remarks(place, {i: read.remarks[i] for i in days.tolist() if i in read.remarks})
    numbers = read.dates.to_physical().to_numpy()[days]
    order = np.argsort(numbers, kind="stable")
    days, numbers = days[order], numbers[order]
    if (np.diff(numbers) == 0).any():
        days, more, again = _repeated(place, days, read.dates[days])
        findings += more
        drops += again
    return DayRows(first + days, read.dates[days], None if footer is None else first + footer, findings, drops)


def missing_days(sheet: str, days: DayRows, date_column: int) -> list[Finding]:
    """Days that are missing between the first and the last."""
    numbers = days.dates.to_physical().to_numpy()
    steps = np.diff(numbers)
    gaps = np.flatnonzero(steps > 1)
    if not len(gaps):
        return []
    missing = int((steps[gaps] - 1).sum())
    at = int(gaps[0])
    return [
        Finding(
            "missing_days",
            f"{missing:,} days are missing in {len(gaps)} gaps; the first gap is between {days.dates[at]} and "
            f"{days.dates[at + 1]}.",
            f"ขาดไป {missing:,} วัน ใน {len(gaps)} ช่วง ช่วงแรกอยู่ระหว่าง {days.dates[at]} ถึง {days.dates[at + 1]}",
            sheet=sheet,
            cell=address(int(days.rows[at + 1]), date_column),
            n=missing,
        )
    ]


def cut_row(sheet: Sheet, days: DayRows, columns: list[int]) -> list[Finding]:
    """The last day breaks off in the middle while the day before is full: the export stopped there."""
    if len(days.rows) < 2:
        return []
    before, last = ([bool(trimmed(sheet.row(int(row))[c])) for c in columns] for row in days.rows[-2:])
    n = sum(last)
    if not all(before) or n in (0, len(columns)) or not all(last[:n]):
        return []
    cell = address(int(days.rows[-1]), columns[n])
    return [
        Finding(
            "last_row_cut",
            f"The last row ({days.dates[-1]}) breaks off at {cell}: the export stopped in the middle, later "
            "days may be missing.",
            f"แถวสุดท้าย ({days.dates[-1]}) ขาดตอนที่ {cell} การส่งออกหยุดกลางคัน ข้อมูลวันหลัง ๆ อาจหายไป",
            sheet=sheet.name,
            cell=cell,
            n=len(columns) - n,
        )
    ]


def formula_cells(sheet: Sheet, rows: set[int], columns: set[int]) -> list[Finding]:
    """Formula cells without a cached value among these rows and columns; they count as blank."""
    cells = sorted((row, column) for row, column in sheet.uncached if row in rows and column in columns)
    if not cells:
        return []
    first = address(*cells[0])
    return [
        Finding(
            "formula_without_value",
            f"{len(cells):,} cells hold a formula that was never calculated, the first is {first}; they count "
            "as blank. Open the "
            "workbook in Excel, save, and send it again.",
            f"มี {len(cells):,} เซลล์เป็นสูตรที่ยังไม่ได้คำนวณ เซลล์แรกคือ {first} ถือเป็นค่าว่าง โปรดเปิดด้วย Excel บันทึก แล้วส่งใหม่",
            sheet=sheet.name,
            cell=first,
            n=len(cells),
        )
    ]


def export_error(sheet: str, cell: str, text: str) -> Finding:
    said = text.strip(SPACES)[:80]
    return Finding(
        "php_error_row",
        f"The export page's own error stands in a row of its own (“{said}”): the export may be incomplete.",
        f"มีข้อความผิดพลาดของหน้าส่งออกแทรกอยู่หนึ่งแถว (“{said}”) การส่งออกอาจไม่ครบ",
        sheet=sheet,
        cell=cell,
    )


def _is_day(sheet: Sheet, row: int, columns: list[int]) -> bool:
    cells = sheet.row(row)
    return sum(bool(trimmed(cells[column])) for column in columns) >= ENOUGH_FILLED * len(columns)


def _not_empty(place: _Place, undated: list[int], texts: list[str | None]) -> list[int]:
    """Rows without a date that hold anything; there may be a hundred thousand formatted ones that do not."""
    silent = [i for i in undated if not texts[i]]
    if not silent:
        return undated
    cells = place.sheet.grid.select(f"c{column}" for column in place.columns)[[place.first + i for i in silent]]
    is_empty = cells.select(pl.all_horizontal(pl.all().is_null())).to_series()
    empty = {i for i, nothing in zip(silent, is_empty, strict=True) if nothing}
    return [i for i in undated if i not in empty]


def _undated(
    place: _Place, undated: list[int], texts: list[str | None], n_days: int
) -> tuple[list[Finding], list[Drop]]:
    """Errors of the export, remarks, and rows that would be days if their date could be read."""
    sheet = place.sheet
    findings: list[Finding] = []
    lost: list[int] = []
    for i in undated:
        text = texts[i]
        cells = sheet.row(place.first + i)
        is_filled = any(trimmed(cells[column]) for column in place.columns)
        if text and not is_filled and is_php_error(text):
            findings.append(export_error(sheet.name, place.cell(i), text))
        elif is_filled or any(letter.isdigit() for letter in text or ""):
            lost.append(i)
        elif text:
            findings.append(
                Finding(
                    "note_row",
                    f"A row between the days holds only a remark: “{text[:80]}”.",
                    f"มีแถวหมายเหตุแทรกระหว่างข้อมูล: “{text[:80]}”",
                    sheet=sheet.name,
                    cell=place.cell(i),
                )
            )
    if not lost:
        return findings, []
    cell, text = place.cell(lost[0]), texts[lost[0]]
    en = (
        f"{len(lost)} of {len(lost) + n_days} day rows have no date that can be read; the first is {cell}: "
        f"“{text or ''}”."
    )
    th = f"อ่านวันที่ไม่ได้ {len(lost)} จาก {len(lost) + n_days} แถว แถวแรกคือ {cell}: “{text or ''}”"
    if len(lost) > MAX_LOST_SHARE * (len(lost) + n_days):
        raise Refusal(
            "unreadable_dates",
            f"Sheet {sheet.name}: {en} Write dates as 31/12/2552, 2009-12-31 or 31 ธันวาคม 2552 and send it again.",
            f"แผ่นงาน {sheet.name}: {th} โปรดเขียนวันที่แบบ 31/12/2552 2009-12-31 หรือ 31 ธันวาคม 2552 แล้วส่งใหม่",
            sheet=sheet.name,
            cell=cell,
        )
    findings.append(Finding("unreadable_date", en, th, sheet.name, cell, n=len(lost)))
    return findings, [Drop("unreadable_date", en, th, n=len(place.columns) * len(lost))]


def _below_footer(place: _Place, below: list[int]) -> Finding:
    return Finding(
        "rows_below_footer",
        f"{len(below)} days stand below the footer's first line; they were read as data.",
        f"มีข้อมูล {len(below)} วันอยู่ใต้ส่วนท้ายตาราง อ่านเป็นข้อมูลแล้ว",
        sheet=place.sheet.name,
        cell=place.cell(below[0]),
        n=len(below),
    )


def _date_remarks(place: _Place, remarks: dict[int, ReadDate]) -> list[Finding]:
    """Dates that were read, but not as they should be written."""
    findings = []
    guessed = {i: one for i, one in remarks.items() if one.guessed_month}
    if guessed:
        i, one = next(iter(guessed.items()))
        name, month = one.guessed_month, f"{one.date:%Y-%m}"
        en = f"The month “{name}” is no month; it was read as {month} because it looks like it."
        th = f"ไม่มีเดือนชื่อ “{name}” อ่านเป็น {month} เพราะสะกดใกล้เคียง"
        findings.append(Finding("month_name_guessed", en, th, place.sheet.name, place.cell(i), n=len(guessed)))
    serials = [i for i, one in remarks.items() if one.is_serial]
    if serials:
        n = len(serials)
        en = f"{n} dates are bare day numbers without a date format; they were read as Excel counts days."
        th = f"วันที่ {n} แถวเป็นตัวเลขที่ไม่ได้จัดรูปแบบเป็นวันที่ อ่านตามการนับวันของ Excel"
        findings.append(Finding("date_as_number", en, th, place.sheet.name, place.cell(serials[0]), n=n))
    return findings


def _repeated(place: _Place, days: np.ndarray, dates: pl.Series) -> tuple[np.ndarray, list[Finding], list[Drop]]:
    """The same day twice: once when both rows say the same, both when they differ (then the gate decides)."""
    names = [f"c{column}" for column in place.columns]
    frame = place.sheet.grid.select(names)[place.first + days].with_columns(date=dates, index=pl.Series(days))
    kept = frame.unique(subset=["date", *names], keep="first", maintain_order=True)
    findings, drops = [], []
    name = place.sheet.name
    if kept.height < frame.height:
        n = frame.height - kept.height
        cell = place.cell(frame.filter(~pl.col("index").is_in(kept["index"].implode()))["index"][0])
        en = f"{n} days stand twice with the same numbers, the first again at {cell}; one of each was kept."
        th = f"มี {n} วันซ้ำโดยมีค่าเหมือนกัน วันแรกซ้ำที่ {cell} เก็บไว้อย่างละหนึ่งแถว"
        findings.append(Finding("duplicate_day", en, th, name, cell, n=n))
        drops.append(Drop("duplicate_day", en, th, n=len(names) * n))
    twice = kept.filter(kept["date"].is_duplicated())
    if twice.height:
        n = twice["date"].n_unique()
        en = f"{n} days stand twice with different numbers, the first is {twice['date'][0]}."
        th = f"มี {n} วันซ้ำโดยมีค่าต่างกัน วันแรกคือ {twice['date'][0]}"
        findings.append(Finding("day_twice", en, th, name, place.cell(twice["index"][1]), n=n))
    return kept["index"].to_numpy(), findings, drops
