"""Two more ways in which tourism figures come: visitors from abroad by year (NSO and Ministry), and provincial CSV copies."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

import xlsxwriter

from simulator.world import MARK, MARK_TH, World

NO_BREAK = "\xa0"
# Continent, then (indent, country or group, share of the continent's visitors).
BLOCKS = (
    (
        "เอเชียตะวันออก",
        ((0, "เอเชียตะวันออก", 1.0), (4, "กลุ่มอาเซียน", 0.4), (8, "ลาว", 0.1), (8, "มาเลเซีย", 0.3), (4, "จีน", 0.6)),
    ),
    ("ยุโรป", ((0, "ยุโรป", 1.0), (4, "เยอรมนี", 0.3), (4, "ประเทศอื่น\xa0ๆ", 0.7))),
)
ITEMS = (
    ("จำนวนนักท่องเที่ยว", "คน"),
    ("ระยะเวลาพำนักโดยเฉลี่ย", "วัน"),
    ("ค่าใช้จ่ายต่อคน", "บาท/วัน"),
    ("", "ดอลลาร์สหรัฐ/วัน"),
    ("รายได้การท่องเที่ยว", "ล้านบาท"),
    ("", "ล้านดอลลาร์สหรัฐ"),
)
BAHT_PER_DOLLAR = 33.5
ORIGIN_HEADER = ("จังหวัด", "ปี", "เดือน", "ผู้เยี่ยมเยือน", "จำนวน(คน)", "รายได้(ล้านบาท)")
Origin = tuple[int, int, str, int, float]  # year, month, origin, visitors, million baht


def abroad(world: World, years: range) -> bytes:
    """Header on row 4 with Buddhist years as numbers, group labels on the first row only, units by row, a metadata sheet."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"comments": f"{MARK} {MARK_TH}", "created": datetime(years[-1] + 1, 6, 30)})
    sheet = book.add_worksheet("ข้อมูล")
    sheet.write(
        0, 0, f"จำนวนนักท่องเที่ยวชาวต่างชาติ จำแนกตามประเทศถิ่นที่อยู่ พ.ศ. {years[0] + 543} - {years[-1] + 543} ({MARK_TH})"
    )
    sheet.write(1, 0, "หน่วย: คน")
    for column, head in enumerate(("ทวีป", "ประเทศ", "รายการ", "หน่วย", *(year + 543 for year in years))):
        sheet.write(3, column, head)
    row = 4
    for continent, members in BLOCKS:
        for indent, country, share in members:
            for number, (item, unit) in enumerate(ITEMS):
                if number == 0:
                    sheet.write(row, 0, continent if indent == 0 else "")
                    sheet.write(row, 1, NO_BREAK * indent + country)
                sheet.write(row, 2, item)
                sheet.write(row, 3, unit)
                for column, year in enumerate(years, 4):
                    value = _figures(world, continent, share, year)[number]
                    if value is not None:
                        sheet.write(row, column, value)
                row += 1
    sheet.write(row + 1, 0, "หมายเหตุ: 1. P หมายถึง ข้อมูลเบื้องต้น")
    metadata = book.add_worksheet("Metadata")
    for r, line in enumerate((("No.", "ชื่อรายการไทย", "รายละเอียด"), (14, "สัญญาอนุญาตให้ใช้ข้อมูล", "License not specified"))):
        for column, cell in enumerate(line):
            metadata.write(r, column, cell)
    book.close()
    return content.getvalue()


def _figures(world: World, continent: str, share: float, year: int) -> tuple[float | None, ...]:
    """In the order of ITEMS; dollars of the newest years are still missing."""
    rng = world.random("abroad", continent, year)
    visitors = int(share * 9e6 * float(rng.lognormal(0, 0.1)))
    stay, spend = round(float(rng.uniform(7, 12)), 2), round(float(rng.uniform(4000, 5500)), 2)
    receipts = round(visitors * stay * spend / 1e6, 2)
    has_dollars = year < world.today.year - 1
    dollars = (round(spend / BAHT_PER_DOLLAR, 2), round(receipts / BAHT_PER_DOLLAR, 2)) if has_dollars else (None, None)
    return visitors, stay, spend, dollars[0], receipts, dollars[1]


def copies(province: str, lines: Iterable[Origin]) -> bytes:
    """A provincial office's CSV: Buddhist years, thousands commas in quotes, Windows-874."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(ORIGIN_HEADER)
    for year, month, origin, visitors, receipts in lines:
        writer.writerow((province, year + 543, month, origin, f"{visitors:,}", f"{receipts:,.2f}"))
    return text.getvalue().encode("cp874")
