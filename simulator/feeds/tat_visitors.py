"""Visitors by province and month, as the Ministry of Tourism publishes them: one workbook with a sheet per month.

File names are random UUIDs. Sheets are `ม.ค.2569R` (revised) and `เม.ย.2569p` (preliminary), with a cumulative sheet
`สะสม…` behind them; the header stands in three rows; numbers are text with thousands commas here and numbers there.
A later workbook repeats the months and revises them.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from datetime import date, datetime

import xlsxwriter

from simulator.feeds._places import MONTHS_TH, PROVINCES, months_before
from simulator.feeds._tourism import Origin, abroad, copies
from simulator.world import MARK, MARK_TH, World

Month = tuple[int, int]
LAG_MONTHS = 2  # a month is published about sixty days after it has ended
PRELIMINARY_MONTHS = 3
REGIONS = {"NO": "ภาคเหนือ", "NE": "ภาคตะวันออกเฉียงเหนือ", "SO": "ภาคใต้", "EA": "ภาคตะวันออก", "WE": "ภาคตะวันตก"}
REGIONS |= {"CE": "ภาคกลาง", "BKK&VIC": "กรุงเทพมหานครและปริมณฑล"}
GROUPS = (
    ("อัตราการเข้าพัก (ร้อยละ)", ("",)),
    ("จำนวนผู้เข้าพัก (คน)", ("",)),
    ("จำนวนผู้เยี่ยมเยือน (คน)", ("ผู้เยี่ยมเยือนทั้งหมด", "ผู้เยี่ยมเยือนคนไทย", "ผู้เยี่ยมเยือนต่างชาติ")),
    ("รายได้จากการเยี่ยมเยือน (ล้านบาท)", ("รายได้ทั้งหมด", "รายได้จากคนไทย", "รายได้จากต่างชาติ")),
)
Figures = tuple[float, int, int, int, float, float]  # occupancy, guests, Thai, foreign, receipts Thai, foreign


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One workbook for each month that ended in the world, and the one before the first: so every world has a revision.
    Then visitors from abroad, and the copies of the provincial office."""
    last = months_before(world.today.year, world.today.month, 1)
    first = min(last, (world.dates[0].year, world.dates[0].month))
    back = last[0] * 12 + last[1] - first[0] * 12 - first[1] + 1
    for n in range(back, -1, -1):
        newest = months_before(*last, n + LAG_MONTHS - 1)
        years = [newest[0] - 1, newest[0]] if newest[1] < PRELIMINARY_MONTHS else [newest[0]]
        for year in years:  # early in a year last year's workbook comes once more, revised
            name = uuid.UUID(bytes=world.random("workbook", year, newest).bytes(16), version=4)
            yield f"{MARK} tat visitors/v2022_{name}.xlsx", workbook(world, year, newest)
    yield from _others(world, 1)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """The two newest editions of this year's workbook, the two years before it revised (of those the North alone), visitors
    from abroad, and the copies of the provincial office."""
    last = months_before(world.today.year, world.today.month, 1)
    north = tuple(province.code for province in PROVINCES if province.region == "NO")
    newest = months_before(*last, LAG_MONTHS - 1)
    for year, edition, chosen in (
        (newest[0] - 2, newest, north),
        (newest[0] - 1, newest, north),
        (months_before(*newest, 1)[0], months_before(*newest, 1), ()),
        (newest[0], newest, ()),
    ):
        name = uuid.UUID(bytes=world.random("workbook", year, edition).bytes(16), version=4)
        yield f"{MARK} tat visitors/v2022_{name}.xlsx", workbook(world, year, edition, chosen)
    yield from _others(world, 2)


def _others(world: World, years: int) -> Iterator[tuple[str, bytes]]:
    """Visitors from abroad up to the last year, and Lampang's months of the last `years` years."""
    year = world.today.year - 1
    yield (
        f"{MARK} tat visitors/นักท่องเที่ยวต่างชาติ {year + 534}-{year + 543}.xlsx",
        abroad(world, range(year - 9, year + 1)),
    )
    for one in range(year - years + 1, year + 1):
        yield f"{MARK} tat visitors/lampang-visitors-{one + 543}.csv", _copies(world, one)


def _copies(world: World, year: int) -> bytes:
    """Last year's months of Lampang, final."""
    lines: list[Origin] = []
    for month in range(1, 13):
        _, _, thai, foreign, thai_receipts, foreign_receipts = figures(world, "52", (year, month), False)
        lines += [(year, month, "ไทย", thai, thai_receipts), (year, month, "ต่างชาติ", foreign, foreign_receipts)]
    return copies("ลำปาง", lines)


def workbook(world: World, year: int, newest: Month, provinces: tuple[str, ...] = ()) -> bytes:
    """The months of one year as far as they are known in `newest`; `provinces` keeps a sample small."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"comments": f"{MARK} {MARK_TH}", "created": datetime(*newest, 1)})
    chosen = provinces or tuple(province.code for province in PROVINCES)
    last = 12 if year < newest[0] else newest[1]
    known: dict[Month, bool] = {}  # is it preliminary?
    for month in range(1, last + 1):
        age = newest[0] * 12 + newest[1] - year * 12 - month
        is_preliminary = age < PRELIMINARY_MONTHS
        name = f"{MONTHS_TH[month - 1]}{year + 543}{'p' if is_preliminary else 'R'}"
        known[year, month] = is_preliminary
        _sheet(world, book, name, {(year, month): is_preliminary}, chosen)
    if last > 1:
        _sheet(world, book, f"สะสม{MONTHS_TH[0]}-{MONTHS_TH[last - 1]} {year + 543}p", known, chosen)
    book.close()
    return content.getvalue()


def _sheet(
    world: World,
    book: xlsxwriter.Workbook,
    name: str,
    months: dict[Month, bool],
    chosen: tuple[str, ...],
) -> None:
    sheet = book.add_worksheet(name)
    sheet.write(0, 0, f"สถิติด้านการท่องเที่ยวภายในประเทศ {name} จำแนกตามจังหวัด ({MARK_TH})")
    year = next(iter(months))[0] + 543
    _header(sheet, year)
    row = 5
    for region, title in REGIONS.items():
        members = [p for p in PROVINCES if p.region == region and p.code in chosen]
        if not members:
            continue
        now = {p.code: _total([figures(world, p.code, m, is_early) for m, is_early in months.items()]) for p in members}
        before = {p.code: _total([figures(world, p.code, (m[0] - 1, m[1]), False) for m in months]) for p in members}
        _row(sheet, row, title, _total(list(now.values())), _total(list(before.values())))
        for p in members:
            row += 1
            _row(sheet, row, p.th, now[p.code], before[p.code])
        row += 1
    sheet.write(row + 1, 0, "ที่มา : กระทรวงการท่องเที่ยวและกีฬา")
    sheet.write(row + 2, 0, "หมายเหตุ : p = ข้อมูลเบื้องต้น, R = ข้อมูลปรับปรุง")


def _header(sheet: xlsxwriter.worksheet.Worksheet, year: int) -> None:
    """Group, subgroup and year in three rows; a group's name stands over its first column only."""
    sheet.write(2, 0, "จังหวัด")
    column = 1
    for group, subgroups in GROUPS:
        sheet.write(2, column, group)
        for subgroup in subgroups:
            if subgroup:
                sheet.write(3, column, subgroup)
            sheet.write(4, column, year)
            sheet.write(4, column + 1, year - 1)
            sheet.write(4, column + 2, "∆ (%)")
            column += 3


def _row(sheet: xlsxwriter.worksheet.Worksheet, row: int, name: str, now: Figures, before: Figures) -> None:
    sheet.write(row, 0, name)
    column = 1
    for (value, is_count), (past, _) in zip(_measures(now), _measures(before), strict=True):
        if is_count:  # counts are text with thousands commas, and a nil is a dash
            sheet.write_string(row, column, f"{value:,.0f}" if value else "-")
            sheet.write_string(row, column + 1, f"{past:,.0f}" if past else "-")
        else:
            sheet.write_number(row, column, round(value, 2))
            sheet.write_number(row, column + 1, round(past, 2))
        change = value - past if column == 1 else 100 * (value / past - 1) if past else 0.0
        sheet.write_number(row, column + 2, round(change, 2))
        column += 3


def _measures(f: Figures) -> list[tuple[float, bool]]:
    occupancy, guests, thai, foreign, thai_receipts, foreign_receipts = f
    thai_receipts, foreign_receipts = round(thai_receipts, 2), round(foreign_receipts, 2)
    counts = [(float(n), True) for n in (guests, thai + foreign, thai, foreign)]
    return [
        (occupancy, False),
        *counts,
        *[(x, False) for x in (thai_receipts + foreign_receipts, thai_receipts, foreign_receipts)],
    ]


def figures(world: World, code: str, month: Month, is_preliminary: bool) -> Figures:
    """One province and month. A preliminary figure is a little off the revised one."""
    place = world.random("visitors", code)
    base = 146_000 if code == "52" else int(60_000 + 260_000 * place.gamma(1.2, 1.0))
    foreign_share = 0.05 if code == "52" else float(place.uniform(0.01, 0.35))
    spend = 3_170 if code == "52" else float(place.uniform(1_400, 6_000))
    rng = world.random("visitors", code, month)
    season = {12: 1.3, 1: 1.25, 2: 1.05, 3: 0.92, 4: 1.1, 11: 1.15}.get(month[1], 0.9)
    is_north = code.startswith("5")
    haze = sum(world.haze(date(*month, day)) for day in range(1, 29)) / 28 if is_north else 0.0
    revision = 0.02 * float(rng.standard_normal())
    visitors = base * season * (1 - 0.25 * haze) * float(rng.lognormal(0, 0.05))
    visitors *= 1 + revision if is_preliminary else 1
    foreign = int(visitors * foreign_share)
    thai = int(visitors) - foreign
    occupancy = min(98.0, max(15.0, 52 + 18 * (season - 0.9) * 2 - 12 * haze + float(rng.normal(0, 2))))
    receipts = (thai * spend * 0.9 / 1e6, foreign * spend * 2.2 / 1e6)
    return round(occupancy, 2), int(visitors * 0.46), thai, foreign, *receipts


def _total(parts: list[Figures]) -> Figures:
    """Sums of the counts; the mean of the rates."""
    rates, guests, thai, foreign, thai_receipts, foreign_receipts = zip(*parts, strict=True)
    receipts = (round(sum(thai_receipts), 2), round(sum(foreign_receipts), 2))
    return round(sum(rates) / len(parts), 2), sum(guests), sum(thai), sum(foreign), *receipts
