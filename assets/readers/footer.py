"""The footer that EGAT's export prints below an hourly table: it is not data, it checks the parse.

Counts stand as label and number side by side (`Station Down (D)=`, 83, `,Fail (F)=`, 85, …); statistics as label,
unit and number one below the other, in columns that differ by quantity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assets.readers.quantities import UNITS, unit_of_word
from assets.readers.result import Finding
from assets.readers.sheet_xml import address
from assets.readers.thai_dates import SPACES

FOOTER_START = re.compile(r"[\s,]*(?:station\s*down\b.*|(?:month|standard|deviation)[\s=]*$)", re.I | re.S)
_COUNT = re.compile(r"\((?P<letter>[A-Za-z])\)\s*=?\s*(?P<count>\d+(?:\.0+)?)?")
_STATISTICS = {"max1hr": "max", "max1hrs": "max", "hours": "hours", "min1hr": "min"}
_PERIOD = re.compile(r"(\d{4})/(\d{1,2})\s*-\s*(\d{4})/(\d{1,2})")
_LOOK_BELOW = 3
_TOLERANCE = 0.005  # footers round to two decimals


@dataclass(frozen=True)
class Footer:
    """What the footer says, each with the cell that says it."""

    counts: Mapping[str, tuple[int, str]]
    statistics: Mapping[str, tuple[float, str]]  # max, min, hours
    unit_text: tuple[str, str] | None
    months: tuple[tuple[int, int], tuple[int, int], str] | None  # first and last (year, month)


@dataclass(frozen=True)
class Counted:
    """What was parsed: letters alone and letters glued to a number, numbers, and their extremes."""

    pure: Mapping[str, int]
    glued: Mapping[str, int]
    hours: int
    maximum: float | None
    first_month: tuple[int, int]
    last_month: tuple[int, int]


def read_footer(rows: list[tuple[str | None, ...]], first_row: int) -> Footer:
    """Reads the rows from the footer's first on; `first_row` is that row's number, from 0."""
    counts: dict[str, tuple[int, str]] = {}
    statistics: dict[str, tuple[float, str]] = {}
    unit_text: tuple[str, str] | None = None
    months = None
    for i, row in enumerate(rows):
        for column, text in enumerate(row):
            if not text:
                continue
            where = address(first_row + i, column)
            for match in _COUNT.finditer(text):
                beside = match["count"] or next((cell for cell in row[column + 1 : column + 2] if cell), None)
                if beside is not None and (number := _number(beside)) is not None:
                    counts.setdefault(match["letter"].upper(), (round(number), where))
            label = _STATISTICS.get(re.sub(r"[\s.\u00a0]", "", text).casefold())
            if label and label not in statistics:
                found = _below(rows, i, column)
                if found is not None:
                    statistics[label] = (found[0], address(first_row + found[1], column))
            if label == "max" and unit_text is None and i + 1 < len(rows):
                unit = rows[i + 1][column]
                unit_text = (unit, address(first_row + i + 1, column)) if unit and "(" in unit else None
            period = _PERIOD.search(text)
            if period:
                y1, m1, y2, m2 = (int(part) for part in period.groups())
                months = ((y1, m1), (y2, m2), where)
    return Footer(counts, statistics, unit_text, months)


def unit_of(footer: Footer | None, quantity: str, sheet: str) -> tuple[str, list[Finding]]:
    """The unit of the values: as the footer says, unless that cannot be the unit of this quantity."""
    documented = UNITS[quantity]
    if footer is None or footer.unit_text is None:
        return documented[0], []
    text, cell = footer.unit_text
    unit = unit_of_word(text)
    if unit == documented[0]:
        return unit, []
    if unit in documented:
        return unit, [
            Finding(
                "unit_label",
                f"The footer gives {quantity} in {text.strip(SPACES)}, usually it is {documented[0]}; the "
                "footer's unit was taken.",
                f"ท้ายตารางระบุหน่วยของ {quantity} เป็น {text.strip(SPACES)} ซึ่งปกติเป็น {documented[0]} ใช้หน่วยตามท้ายตาราง",
                sheet=sheet,
                cell=cell,
            )
        ]
    return documented[0], [
        Finding(
            "unit_label",
            f"The footer gives {quantity} in {text.strip(SPACES)}, which cannot be; {documented[0]} was taken. "
            "Correct the label.",
            f"ท้ายตารางระบุหน่วยของ {quantity} เป็น {text.strip(SPACES)} ซึ่งเป็นไปไม่ได้ จึงใช้ {documented[0]} โปรดแก้ป้ายหน่วย",
            sheet=sheet,
            cell=cell,
        )
    ]


def compare(footer: Footer | None, counted: Counted, sheet: str) -> list[Finding]:
    """Every difference between the footer and what was parsed."""
    if footer is None:
        return [
            Finding(
                "no_footer",
                "The table has no footer: the export was probably cut, later days may be missing.",
                "ตารางไม่มีส่วนท้าย การส่งออกอาจถูกตัดกลางคัน ข้อมูลวันหลัง ๆ อาจหายไป",
                sheet=sheet,
            )
        ]
    return [*_counts(footer, counted, sheet), *_statistics(footer, counted, sheet), *_months(footer, counted, sheet)]


def _counts(footer: Footer, counted: Counted, sheet: str) -> list[Finding]:
    findings = []
    for letter, (said, cell) in footer.counts.items():
        pure = counted.pure.get(letter, 0)
        glued = counted.glued.get(letter, 0)
        if said in (pure, pure + glued):
            continue
        findings.append(
            Finding(
                "footer_count",
                f"The footer counts {said} × {letter}; the table holds {pure} (and {glued} glued to a number).",
                f"ท้ายตารางนับ {letter} ได้ {said} แต่ในตารางมี {pure} (และที่ติดกับตัวเลข {glued})",
                sheet=sheet,
                cell=cell,
                n=abs(said - pure),
            )
        )
    return findings


def _statistics(footer: Footer, counted: Counted, sheet: str) -> list[Finding]:
    findings = []
    if "hours" in footer.statistics:
        said, cell = footer.statistics["hours"]
        if round(said) != counted.hours:
            findings.append(
                Finding(
                    "footer_hours",
                    f"The footer counts {said:,.0f} valid hours; the table holds {counted.hours:,} numbers.",
                    f"ท้ายตารางนับชั่วโมงที่ใช้ได้ {said:,.0f} แต่ในตารางมีตัวเลข {counted.hours:,} ค่า",
                    sheet=sheet,
                    cell=cell,
                    n=abs(round(said) - counted.hours),
                )
            )
    if "max" in footer.statistics and counted.maximum is not None:
        said, cell = footer.statistics["max"]
        if said > 0 and abs(said - counted.maximum) > _TOLERANCE:
            findings.append(
                Finding(
                    "footer_max",
                    f"The footer gives {said:g} as the highest hour; the table's highest number is "
                    f"{counted.maximum:g}.",
                    f"ท้ายตารางระบุค่าสูงสุดรายชั่วโมง {said:g} แต่ค่าสูงสุดในตารางคือ {counted.maximum:g}",
                    sheet=sheet,
                    cell=cell,
                )
            )
    return findings


def _months(footer: Footer, counted: Counted, sheet: str) -> list[Finding]:
    if footer.months is None:
        return []
    first, last, cell = footer.months
    if (first, last) == (counted.first_month, counted.last_month):
        return []
    said = f"{first[0]}/{first[1]:02d} - {last[0]}/{last[1]:02d}"
    holds = "{}/{:02d} - {}/{:02d}".format(*counted.first_month, *counted.last_month)
    return [
        Finding(
            "footer_period",
            f"The footer says {said}; the table holds {holds}.",
            f"ท้ายตารางระบุช่วง {said} แต่ในตารางมี {holds}",
            sheet=sheet,
            cell=cell,
        )
    ]


def _below(rows: list[tuple[str | None, ...]], i: int, column: int) -> tuple[float, int] | None:
    """The first number below a label, and its row; another label in between ends the search."""
    for j in range(i + 1, min(len(rows), i + 1 + _LOOK_BELOW)):
        text = rows[j][column] if column < len(rows[j]) else None
        if not text:
            continue
        number = _number(text)
        if number is not None:
            return number, j
        if "(" not in text:
            return None
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text.strip(SPACES))
    except ValueError:
        return None
    return number if abs(number) != float("inf") and number == number else None
