"""Cumulative sheets (`สะสมม.ค.-ส.ค. 2569p`): never added to the months, but the months should add up to them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from assets.readers.cell_grid import Grid
from assets.readers.result import Drop, Finding
from assets.readers.thai_dates import BUDDHIST_OFFSET, month_number
from assets.readers.typed import clean, number
from assets.sources.tat_visitors.table import read_table

CUMULATIVE = "สะสม"
TOLERANCE = 0.01  # revisions: the months of a year and its total are published at different times

_NAME = re.compile(rf"{CUMULATIVE}\s*(?P<first>[^\d\s-]+)\s*-\s*(?P<last>[^\d\s-]+?)\s*(?P<year>25\d\d)")
_YEAR = re.compile(r"25\d\d")


def account_for(name: str, grid: Grid, months: Mapping[tuple[int, int], pl.DataFrame]) -> tuple[Drop, list[Finding]]:
    """The sheet's lines as a drop, and a finding where its visitors differ from those of its months.

    `months` maps (year of the common era, month) to that month's rows. Raises Refusal: column_missing.
    """
    year = _YEAR.search(name)
    lines = read_table(name, grid, int(year[0]) - BUDDHIST_OFFSET if year else 0).lines
    drop = Drop(
        "cumulative_sheet",
        f"Sheet {name} adds up months that have sheets of their own: its {lines.height} lines are not taken, so that "
        "nothing is counted twice.",
        f"แผ่นงาน {name} เป็นยอดสะสมของเดือนที่มีแผ่นงานของตนเองแล้ว จึงไม่นำ {lines.height} บรรทัดมาใช้ เพื่อไม่ให้นับซ้ำ",
        n=lines.height,
    )
    wanted = _months_of(name)
    if not wanted or any(month not in months for month in wanted):
        return drop, []
    return drop, _differences(name, lines, pl.concat([months[month] for month in wanted]))


def _differences(name: str, lines: pl.DataFrame, months: pl.DataFrame) -> list[Finding]:
    summed = months.group_by("place_name").agg(pl.col("visitors").sum().alias("summed"))
    stated = lines.select("place_name", "cell", number(clean("visitors")).alias("stated"))
    differ = stated.join(summed, on="place_name", maintain_order="left").filter(
        (pl.col("stated") - pl.col("summed")).abs() > TOLERANCE * pl.col("stated")
    )
    if differ.is_empty():
        return []
    place, cell, total, parts = differ.select("place_name", "cell", "stated", "summed").row(0)
    return [
        Finding(
            "cumulative_differs",
            f"For {differ.height} places the months do not add up to sheet {name} (±1 %); the first is {place}: "
            f"{parts:,.0f} against {total:,.0f} visitors. Was a month revised after the total? The months were taken.",
            f"มี {differ.height} พื้นที่ที่ผลรวมรายเดือนไม่ตรงกับแผ่นงาน {name} (±1 %) รายการแรกคือ {place}: {parts:,.0f} "
            f"เทียบกับ {total:,.0f} คน มีการปรับปรุงตัวเลขรายเดือนภายหลังหรือไม่ ระบบใช้ตัวเลขรายเดือน",
            sheet=name,
            cell=cell,
            n=differ.height,
        )
    ]


def _months_of(name: str) -> list[tuple[int, int]]:
    found = _NAME.search(name)
    first, last = (month_number(found[part])[0] for part in ("first", "last")) if found else (None, None)
    if not found or not first or not last:
        return []
    return [(int(found["year"]) - BUDDHIST_OFFSET, month) for month in range(first, last + 1)]
