"""Ministry of Energy (EPPO): retail prices by brand as JSON, and the price-structure workbooks, old and new."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter

from simulator.feed import Answer, Request, Route, as_json
from simulator.feeds import _fuel
from simulator.feeds._workbook import as_xls
from simulator.world import MARK, MARK_TH, World

SOURCE_ID = "moen_oil_price"
HOST, PATH = "www.eppo.go.th", "/wp-json/oil-api/v1/oil-prices"
FOLDER = f"{MARK} {SOURCE_ID}"
NOTE = f"{MARK} · {MARK_TH}"
TITLE = "PRICE STRUCTURE OF PETROLEUM PRODUCTS"
# Old workbooks that every world holds: H-DIESEL is plain diesel in the first, B10 in the second.
OLD_DAYS = (date(2019, 6, 14), date(2021, 6, 14))
# Columns of a structure row in the order of the sheet.
PARTS = (
    "ex_refinery",
    "excise_tax",
    "municipal_tax",
    "oil_fund",
    "conservation_fund",
    "wholesale",
    "vat_wholesale",
    "wholesale_incl_vat",
    "marketing_margin",
    "vat_marketing_margin",
    "retail",
)
OLD_HEADER = (
    ("UNIT:BAHT/LITRE", ""),
    ("EX-REFIN.", "(AVG)"),
    ("TAX", "B./LITRE"),
    ("M. TAX", "B./LITRE"),
    ("OIL", "FUND"),
    ("CONSV.", "FUND"),
    ("WHOLESALE", "PRICE(WS)"),
    ("VAT", ""),
    ("WS&VAT", ""),
    ("MARKETING", "MARGIN"),
    ("VAT", ""),
    ("RETAIL*", ""),
)
NEW_HEADER = (
    "UNIT: BAHT/LITRE",
    "EX-REFIN. ",
    "DISCOUNT",
    "EXCISE TAX ",
    "M. TAX ",
    "OIL FUND ",
    "CONSV. FUND ",
    "WHOLESALE (WS)",
    "VAT (WS)",
    "WS&VAT ",
    "MARKETING MARGIN ",
    "VAT (MM)",
    "RETAIL ",
)
OLD_ROWS = (("ULG", "gl95"), ("GASOHOL95 E10", "gh95"), ("GASOHOL91", "gh91"), ("GASOHOL95 E20", "e20"))
NEW_ROWS = (
    ("GASOHOL95 E10", "gh95"),
    ("GASOHOL91", "gh91"),
    ("GASOHOL95 E20", "e20"),
    ("GASOHOL95 E85", "e85"),
    ("ULG95", "gl95"),
    ("H-DIESEL ", "ds"),
    ("H-DIESEL 20", "dsb20"),
)
DISCOUNT = -1.0  # a temporary discount of the refineries on diesel, in the new layout


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for day in world.dates:
        yield f"{FOLDER}/oil-prices-{day:%Y-%m-%d}.json", answer(world, day)
    for day in OLD_DAYS:
        yield f"{FOLDER}/{file_name(day, 'xls')}", old_workbook(world, day)
    for day in world.dates:
        if day.weekday() < 5:
            yield f"{FOLDER}/{file_name(day, 'xlsx')}", new_workbook(world, day)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """The page on every second of some days, the old workbooks, and of the new ones the first of every month and the last."""
    for day in _fuel.price_days(world)[::-2][::-1]:
        yield f"{FOLDER}/oil-prices-{day:%Y-%m-%d}.json", answer(world, day)
    for day in OLD_DAYS:
        yield f"{FOLDER}/{file_name(day, 'xls')}", old_workbook(world, day)
    weekdays = [day for day in world.dates if day.weekday() < 5]
    first_of_month = {(day.year, day.month): day for day in reversed(weekdays)}
    for day in sorted({*first_of_month.values(), *weekdays[-1:]}):
        yield f"{FOLDER}/{file_name(day, 'xlsx')}", new_workbook(world, day)


def routes(world: World) -> list[Route]:
    def respond(_: Request) -> Answer:
        return Answer(answer(world, _fuel.price_day(world)))

    return [Route(HOST, PATH, respond, source_id=SOURCE_ID)]


def answer(world: World, day: date) -> bytes:
    """The page of a day. It is put up in the morning and still names the day before, as the real one does."""
    shown = day - timedelta(days=1)
    data: dict[str, dict[str, str]] = {}
    for brand in _fuel.BRANDS:
        cells = {}
        for product in _fuel.PRODUCTS:
            price = _fuel.brand_price(world, brand, product, day)
            cells[f"oil_{brand}_{product}"] = "-" if price is None else f"{price:.2f}"
        cells[f"oil_{brand}_date"] = _fuel.brand_since(world, brand, day).isoformat()
        cells[f"oil_{brand}_time"] = "05:00"
        data[brand] = dict(sorted(cells.items()))
    last_updated = f"{shown.day} {shown:%B %Y}"
    return as_json({"data": data, "last_updated": last_updated, "status": "success", "_note": NOTE}, indent=1)


def file_name(day: date, suffix: str) -> str:
    """As EPPO names them: month and day without leading zeros."""
    return f"pt-price-st-{day.year}-{day.month}-{day.day}.{suffix}"


def old_grid(world: World, day: date) -> list[list[Any]]:
    """The .xls layout of 2018 to 2024: header over two rows, bare day number, 2 decimals, fuel oil without retail."""
    rows: list[list[Any]] = [[TITLE], [(day - date(1899, 12, 30)).days]]
    rows += [[top for top, _ in OLD_HEADER], [below for _, below in OLD_HEADER]]
    rows += [[label, *_parts(world, code, day)] for label, code in OLD_ROWS]
    if date(2020, 10, 1) <= day < date(2023, 10, 1):  # B10 was the ordinary diesel then, B7 stood apart
        rows += [["H-DIESEL B7", *_parts(world, "ds", day)], ["H-DIESEL", *_parts(world, "dsb10", day)]]
    else:
        rows += [["H-DIESEL", *_parts(world, "ds", day)]]
    rows += [["H-DIESEL B20", *_parts(world, "dsb20", day)]]
    rows += [["FO 600 (1) 2%S", 13.42, 0.64, 0.06, 0.06, 0.07, 14.25, 1.0, 15.25, "", "", ""]]
    rows += [["LPG (UNIT:BAHT/KILO)", 20.3, 2.17, 0.22, -5.5, 0, 17.19, 1.2, 18.39, 3.26, 0.23, 21.88]]
    rows += [["Exchange Rate", "=", round(_fuel.exchange_rate(world, day), 2), "BAHT/$"], [NOTE]]
    return rows


def old_workbook(world: World, day: date) -> bytes:
    return as_xls(old_grid(world, day))


def new_workbook(world: World, day: date) -> bytes:
    """The .xlsx layout: the table begins in B, one header row, a real date, a sheet of a report before it."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": NOTE, "created": _midnight(day)})
    report = book.add_worksheet("Report")
    report.write(0, 0, NOTE)
    sheet = book.add_worksheet("Oil Price Structure")
    sheet.write(1, 1, "PRICE STRUCTURE OF PETROLEUM PRODUCT IN BANGKOK")
    sheet.write_datetime(3, 1, _midnight(day), book.add_format({"num_format": "d mmm yyyy"}))
    sheet.write_row(5, 1, NEW_HEADER)
    for n, (label, code) in enumerate(NEW_ROWS):
        sheet.write_row(6 + n, 1, [label, *_new_parts(world, code, day)])
    last = 6 + len(NEW_ROWS)
    lpg = [
        "LPG (BAHT/KILOGRAM )",
        25.1044,
        None,
        2.17,
        0.217,
        -9.2,
        0,
        18.2914,
        1.2804,
        19.5718,
        3.2566,
        0.228,
        23.0564,
    ]
    sheet.write_row(last, 1, lpg)
    sheet.write(last + 2, 1, "Exchange Rate")
    sheet.write_string(last + 2, 2, "=")  # as text: a lone equals sign would become an empty formula
    sheet.write_row(last + 2, 3, [_fuel.exchange_rate(world, day), "BAHT/USD"])
    sheet.write(last + 3, 1, NOTE)
    book.close()
    return buffer.getvalue()


def _parts(world: World, code: str, day: date) -> list[float]:
    made = _fuel.structure(world, code, day)
    return [round(made[name], 2) for name in PARTS]


def _new_parts(world: World, code: str, day: date) -> list[float | None]:
    made = _fuel.structure(world, code, day)
    discount = DISCOUNT if code in ("ds", "dsb20") else None
    if discount:
        made["oil_fund"] -= discount
    values = [round(made[name], 4) for name in PARTS]
    return [values[0], discount, *values[1:]]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
