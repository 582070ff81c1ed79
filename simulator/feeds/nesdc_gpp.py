"""NESDC gross provincial product: one workbook a year, with the whole history.

Sheet PER CAPITA (C: GPP in million baht, D: population in thousands, E: baht per head) and seven region sheets on which
blocks at current prices and in chain volumes stand under each other, province by province. Year labels are a number for
final figures and text for revised (`2023r`) and preliminary ones (`2024p`). Codes are NESDC's own, and two provinces are
misspelt as in the real workbook.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter

from simulator.feeds._places import PROVINCES, Province
from simulator.world import MARK, World

REGIONS = {"NE": 1, "NO": 2, "SO": 3, "EA": 4, "WE": 5, "CE": 6, "BKK&VIC": 7}
SPELLINGS = {
    "37": "AMNAT CHAREON",
    "77": "PHACHUAP KHIRI KHAN",
    "14": "PHRA NAKHON SRI AYUTHAYA",
    "10": "BANGKOK METROPOLIS",
}
INDUSTRIES = (
    ("Agriculture", 0.13),
    ("Agriculture, forestry and fishing", 0.13),
    ("Industrial", 0.30),
    ("Mining and quarrying", 0.11),
    ("Manufacturing", 0.09),
    ("Electricity, gas, steam and air conditioning supply", 0.10),
    ("Services", 0.57),
    ("Wholesale and retail trade and repair of motor vehicles and motorcycles", 0.17),
    ("Accommodation and food service activities", 0.03),
    ("Other services", 0.37),
)
CURRENT = "GROSS PROVINCIAL PRODUCT AT CURRENT MARKET PRICES"
VOLUME = "GROSS PROVINCIAL PRODUCT, CHAIN VOLUME MEASURES (REFERENCE YEAR = 2002)"
YEARS = 6
REVISED_YEARS = 3


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """The newest edition (about 18 months behind), and the one before it."""
    newest = world.today.year - (1 if world.today.month >= 10 else 2)
    for edition in (newest - 1, newest):
        name = f"GPP-{edition}-On-Web-{edition - YEARS + 1}-{edition}.xlsx"
        yield f"{MARK} nesdc/{name}", workbook(world, edition)


history = deliveries  # the workbooks hold six years


def workbook(world: World, edition: int, provinces: tuple[str, ...] = (), years: int = YEARS) -> bytes:
    """`provinces` and `years` keep a sample small."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"comments": MARK, "created": datetime(edition + 2, 3, 31)})
    members = [p for p in PROVINCES if not provinces or p.code in provinces]
    _per_capita(world, book.add_worksheet("PER CAPITA"), members, edition)
    for region in REGIONS:
        on_sheet = [p for p in members if p.region == region]
        if on_sheet:
            sheet = book.add_worksheet(region)
            row = 0
            for province in on_sheet:
                for title in (CURRENT, VOLUME):
                    row = _block(world, sheet, row, province, title, edition, years)
    book.close()
    return content.getvalue()


def code(province: Province) -> str:
    """NESDC's code: region and number in the region."""
    members = [p.code for p in PROVINCES if p.region == province.region]
    return f"{REGIONS[province.region]:02d}{members.index(province.code) + 1:02d}"


def name(province: Province) -> str:
    return SPELLINGS.get(province.code, province.en.upper())


def label(year: int, edition: int) -> str | int:
    """2019 · "2022r" · "2024p": the newest year is preliminary, those before it revised."""
    age = edition - year
    return f"{year}p" if age == 0 else f"{year}r" if age <= REVISED_YEARS else year


def _per_capita(world: World, sheet: xlsxwriter.worksheet.Worksheet, members: list[Province], edition: int) -> None:
    sheet.write(0, 0, f"GROSS PROVINCIAL PRODUCT PER CAPITA {label(edition, edition)} ({MARK})")
    for column, head in enumerate(("No.", "Region / Province", "GPP", "Population", "GPP per capita")):
        sheet.write(2, column, head)
    for column, unit in enumerate(("(million baht)", "(1,000 persons)", "(baht)"), 2):
        sheet.write(3, column, unit)
    values = {p.code: (gpp(world, p.code, edition, edition), population(world, p.code, edition)) for p in members}
    row = 4
    for region in REGIONS:
        parts = [values[p.code] for p in members if p.region == region]
        if parts:
            _head(sheet, row, None, region, sum(x for x, _ in parts), sum(y for _, y in parts))
            row += 1
    for number, province in enumerate(members, 1):
        _head(sheet, row, number, f"{code(province)} {name(province)}", *values[province.code])
        row += 1
    sheet.write(row + 1, 0, "Source: Office of the National Economic and Social Development Council")


def _head(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, no: int | None, title: str, total: float, people: float
) -> None:
    if no is not None:
        sheet.write(row, 0, no)
    sheet.write(row, 1, title)
    sheet.write(row, 2, total)
    sheet.write(row, 3, people)
    sheet.write(row, 4, total * 1e6 / (people * 1e3))


def _block(
    world: World,
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    province: Province,
    title: str,
    edition: int,
    years: int,
) -> int:
    span = range(edition - years + 1, edition + 1)
    sheet.write(row, 0, title)
    sheet.write(row + 1, 0, f"{code(province)} - {name(province)}")
    sheet.write(row + 2, 0, "(Millions of Baht)")
    for column, year in enumerate(span, 1):
        sheet.write(row + 3, column, label(year, edition))
    is_volume = title == VOLUME
    shares = _shares(world, province.code)
    for offset, (industry, _) in enumerate(INDUSTRIES):
        sheet.write(row + 4 + offset, 0, industry)
        for column, year in enumerate(span, 1):
            value = gpp(world, province.code, year, edition) * shares[industry]
            if is_volume:  # volumes of the parts do not add up to the volume of the whole
                value *= 0.62 + 0.01 * offset
            sheet.write(row + 4 + offset, column, value)
    last = row + 4 + len(INDUSTRIES)
    sheet.write(last, 0, "Gross provincial product (GPP)")
    for column, year in enumerate(span, 1):
        sheet.write(last, column, gpp(world, province.code, year, edition) * (0.61 if is_volume else 1))
    return last + 3


def _shares(world: World, province: str) -> dict[str, float]:
    """Agriculture, industrial and services make the whole; the lines under each make it."""
    if province == "52":
        return dict(INDUSTRIES)
    farm = float(world.random("gpp farm", province).uniform(0.05, 0.4))
    rest = (1 - farm) / (1 - INDUSTRIES[0][1])
    return {industry: farm if share == INDUSTRIES[0][1] else share * rest for industry, share in INDUSTRIES}


def gpp(world: World, province: str, year: int, edition: int) -> float:
    """Million baht at current prices; a preliminary or revised figure is a little off the next one."""
    base = 70_000.0 if province == "52" else float(world.random("gpp", province).lognormal(11.4, 0.7))
    growth = 1.03 ** (year - 2024) * float(world.random("gpp", province, year).normal(1, 0.015))
    off = 0.0 if edition - year > REVISED_YEARS else 0.01 * float(world.random("gpp", province, year, edition).normal())
    return base * growth * (1 + off)


def population(world: World, province: str, year: int) -> float:
    """Thousand persons, by NESDC's own projection."""
    base = 682.0 if province == "52" else float(world.random("people", province).lognormal(6.4, 0.5))
    return base * 0.997 ** (year - 2024)
