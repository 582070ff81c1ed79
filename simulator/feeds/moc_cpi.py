"""Consumer price index by month, for the country, the North and Lampang.

The shape is our assumption. Two ways of sending it: a CSV with a line per area, month and group, and a workbook with months
across. The series was rebased: months stand once with base year 2562 (2019) and once with 2566 (2023).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter

from simulator.feeds._places import MONTHS_TH, months_before
from simulator.world import MARK, MARK_TH, World

AREAS = (("", "ประเทศ"), ("", "ภาคเหนือ"), ("52", "ลำปาง"))
GROUPS = ("รวมทุกรายการ", "อาหารและเครื่องดื่มไม่มีแอลกอฮอล์", "ไม่ใช่อาหารและเครื่องดื่ม", "พลังงาน")
BASES = (2562, 2566)  # Buddhist era
HEADER = ("ปี", "เดือน", "รหัสจังหวัด", "พื้นที่", "หมวด", "ดัชนี", "ปีฐาน", "หมายเหตุ")
MONTHS = 13


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """The newest month as CSV in Windows-874, thirteen months as a workbook on the new base."""
    newest = months_before(world.today.year, world.today.month, 1)
    stamp = f"{newest[0] + 543}-{newest[1]:02d}"
    yield f"{MARK} moc/cpi-{stamp}.csv", table(world, [newest]).encode("cp874")
    months = [months_before(*newest, n) for n in range(MONTHS - 1, -1, -1)]
    yield f"{MARK} moc/CPI_G_{stamp}.xlsx", workbook(world, months)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """What is delivered now, and before it a CSV of the months of the world and of the year before."""
    newest = months_before(world.today.year, world.today.month, 1)
    first = months_before(world.dates[0].year, world.dates[0].month, MONTHS - 1)
    back = newest[0] * 12 + newest[1] - first[0] * 12 - first[1]
    months = [months_before(*newest, n) for n in range(back, 0, -1)]
    name = f"cpi-{first[0] + 543}-{first[1]:02d}-to-{months[-1][0] + 543}-{months[-1][1]:02d}.csv"
    yield f"{MARK} moc/{name}", table(world, months).encode("cp874")
    yield from deliveries(world)


def table(world: World, months: list[tuple[int, int]]) -> str:
    """One line for each month, area, group and base year. A group that was not priced in an area is a dash."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for year, month in months:
        for base in BASES:
            for area_code, area in AREAS:
                for group in GROUPS:
                    value = (
                        "-"
                        if area_code and group == "พลังงาน"
                        else f"{index(world, area, group, (year, month), base):.2f}"
                    )
                    writer.writerow((year + 543, month, area_code, area, group, value, base, MARK_TH))
    return text.getvalue()


def workbook(world: World, months: list[tuple[int, int]]) -> bytes:
    """Months across; the base year stands in the title."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"comments": f"{MARK} {MARK_TH}", "created": datetime(*months[-1], 1)})
    for base in BASES[1:]:
        sheet = book.add_worksheet(f"ปีฐาน {base}")
        sheet.write(0, 0, f"ดัชนีราคาผู้บริโภค (ปีฐาน {base} = 100) {MARK_TH}")
        for column, head in enumerate(("พื้นที่", "หมวด")):
            sheet.write(2, column, head)
        for column, (year, month) in enumerate(months, 2):
            sheet.write(2, column, f"{MONTHS_TH[month - 1]} {year + 543}")
        row = 3
        for _, area in AREAS:
            for i, group in enumerate(GROUPS):
                sheet.write(row, 0, area if i == 0 else "")
                sheet.write(row, 1, group)
                for column, one in enumerate(months, 2):
                    sheet.write(row, column, round(index(world, area, group, one, base), 2))
                row += 1
        sheet.write(row + 1, 0, "ที่มา : สำนักงานนโยบายและยุทธศาสตร์การค้า")
    book.close()
    return content.getvalue()


def index(world: World, area: str, group: str, month: tuple[int, int], base: int) -> float:
    """100 in the mean of the base year; about 1.4 % a year."""
    years = month[0] + (month[1] - 6.5) / 12 - (base - 543)
    drift = 0.014 + 0.004 * float(world.random("cpi", area, group).standard_normal())
    noise = 0.2 * float(world.random("cpi", area, group, month).standard_normal())
    return 100 * (1 + drift) ** years + noise
