"""What a statistics sheet says of itself: totals and sums since January are compared, counted, and left out."""

from __future__ import annotations

from collections.abc import Sequence

from assets.readers.result import Drop, Finding
from assets.readers.sheet_xml import address
from assets.sources.moen_electricity.blocks import Block, Reading, Sheet, is_number

# Cells are rounded, and totals were made before the rounding.
ABSOLUTE, RELATIVE = 0.5, 0.0002
ENERGY = ("GW.h", "MW.h", "kW.h", "k{toe}", "t")  # what adds up over months; a peak does not


def check_totals(sheet: Sheet, blocks: Sequence[Block]) -> list[Finding]:
    """TOTAL against the categories of its row, YTD against the months above it."""
    wrong_totals, wrong_sums = [], []
    for block in blocks:
        for _, row in block.published(sheet.grid):
            for column in block.totals:
                parts = [_number(sheet, row, c) for c in block.categories.values()]
                if _differ(_number(sheet, row, column), parts):
                    wrong_totals.append((row, column))
        for row in block.ytd if sheet.unit in ENERGY else ():
            for column in (*block.categories.values(), *block.totals):
                months = [_number(sheet, r, column) for _, r in block.months if r < row]
                if _differ(_number(sheet, row, column), months):
                    wrong_sums.append((row, column))
    return [*_total_findings(sheet, wrong_totals), *_sum_findings(sheet, wrong_sums)]


def month_gaps(sheet: Sheet, blocks: Sequence[Block]) -> list[Finding]:
    """Months that are missing between the first and the last that are out."""
    there = {block.year * 12 + month - 1 for block in blocks for month, _ in block.published(sheet.grid)}
    missing = [n for n in range(min(there), max(there)) if n not in there] if there else []
    if not missing:
        return []
    begin = f"{missing[0] // 12}-{missing[0] % 12 + 1:02d}"
    en = f"{len(missing)} months are missing between the first and the last, the first of them {begin}."
    th = f"ขาดไป {len(missing)} เดือนระหว่างเดือนแรกกับเดือนสุดท้าย เดือนแรกที่ขาดคือ {begin}"
    return [Finding("missing_periods", en, th, sheet=sheet.name, n=len(missing))]


def strange_rows(sheet: Sheet, reading: Reading) -> list[Finding]:
    """Rows with figures that are neither a month's nor YTD: told, because nobody knows what they are."""
    if not reading.strange:
        return []
    row = reading.strange[0]
    said = next((text for column in range(len(sheet.grid[row])) if (text := sheet.text(row, column))), "")[:40]
    en = f"{len(reading.strange)} rows hold figures but are no month, the first is row {row + 1} (“{said}”). They were left out."
    th = f"มี {len(reading.strange)} แถวที่มีตัวเลขแต่ไม่ใช่เดือน แถวแรกคือแถว {row + 1} (“{said}”) ระบบไม่ได้รับไว้"
    return [Finding("row_not_understood", en, th, sheet=sheet.name, cell=address(row, 0), n=len(reading.strange))]


def left_out(sheet: Sheet, reading: Reading) -> list[Drop]:
    """Every figure that is no row, by the rule that left it out."""
    blocks, taken = reading.blocks, reading.taken
    totals = sum(_filled(sheet, row, block.totals) for block in taken for _, row in block.months)
    sums = sum(_filled(sheet, row, [*block.categories.values(), *block.totals]) for block in taken for row in block.ytd)
    growth = sum(
        _filled(sheet, row, [*block.categories.values(), *block.totals])
        for block in blocks
        if block.is_growth
        for row in [*(row for _, row in block.months), *block.ytd]
    )
    blank = sum(len(block.categories) * (len(block.months) - len(list(block.published(sheet.grid)))) for block in taken)
    strange = sum(is_number(value) for row in reading.strange for value in sheet.grid[row])
    made = (
        (
            "total_column",
            totals,
            "figures of the column TOTAL: the sum of the categories",
            "ตัวเลขในคอลัมน์ TOTAL ซึ่งเป็นผลรวมของหมวด",
        ),
        ("ytd_row", sums, "figures of the rows YTD: sums since January", "ตัวเลขในแถว YTD ซึ่งเป็นยอดสะสมตั้งแต่ต้นปี"),
        ("growth_table", growth, "figures of the table of growth rates", "ตัวเลขในตารางอัตราการเติบโต"),
        ("row_not_understood", strange, "figures in rows that are no month", "ตัวเลขในแถวที่ไม่ใช่เดือน"),
        (
            "month_to_come",
            blank,
            "cells of months without a single figure: not out yet",
            "เซลล์ของเดือนที่ยังไม่มีตัวเลข ยังไม่เผยแพร่",
        ),
    )
    return [Drop(rule, f"{n:,} {en}.", f"{n:,} {th}", n=n) for rule, n, en, th in made if n]


def _differ(said: float | None, parts: Sequence[float | None]) -> bool:
    there = [part for part in parts if part is not None]
    if said is None or not there:
        return False
    return abs(said - sum(there)) > max(ABSOLUTE, RELATIVE * abs(said))


def _total_findings(sheet: Sheet, wrong: list[tuple[int, int]]) -> list[Finding]:
    if not wrong:
        return []
    cell = address(*wrong[0])
    en = f"In {len(wrong)} rows TOTAL is not the sum of the categories, the first is {cell}. Which of them is right?"
    th = f"มี {len(wrong)} แถวที่ TOTAL ไม่เท่ากับผลรวมของหมวด เซลล์แรกคือ {cell} โปรดตรวจสอบว่าค่าใดถูกต้อง"
    return [Finding("total_differs", en, th, sheet=sheet.name, cell=cell, n=len(wrong))]


def _sum_findings(sheet: Sheet, wrong: list[tuple[int, int]]) -> list[Finding]:
    if not wrong:
        return []
    cell = address(*wrong[0])
    en = f"{len(wrong)} figures of YTD are not the sum of the months, the first is {cell}. Was a month revised?"
    th = f"ยอดสะสม YTD {len(wrong)} ค่าไม่เท่ากับผลรวมรายเดือน เซลล์แรกคือ {cell} มีการปรับปรุงตัวเลขรายเดือนหรือไม่"
    return [Finding("ytd_differs", en, th, sheet=sheet.name, cell=cell, n=len(wrong))]


def _number(sheet: Sheet, row: int, column: int) -> float | None:
    try:
        return float(sheet.text(row, column).replace(",", ""))
    except ValueError:
        return None


def _filled(sheet: Sheet, row: int, columns: Sequence[int]) -> int:
    return sum(bool(sheet.text(row, column)) for column in columns)
