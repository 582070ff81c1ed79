"""EPPO's price-structure workbook: what a litre is made of, from the refinery's price to the pump. Read by its headers.

Old (.xls): the header runs over two rows (`OIL` over `FUND`), the date is a bare Excel day number. New (.xlsx): one header
row, a real date, the table begins in another column and a report stands before it. In both LPG is in baht per kilogram
among rows in baht per litre, fuel oil has no retail price, and the last row is the exchange rate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl

from assets.readers.calendar import LOCAL
from assets.readers.declared import left_out_columns
from assets.readers.document import Document
from assets.readers.fuel import PLACE, new_products
from assets.readers.records import record_batch
from assets.readers.result import UTC_US, Batch, Drop, Finding, Refusal
from assets.readers.sheet_xml import address
from assets.readers.thai_dates import read_date
from assets.sources.moen_oil_price.products import name_of, product_of
from expectations.contract import Contract

# In the order of a sheet. Every sheet has them but the discount, which comes and goes.
PARTS = (
    "ex_refinery",
    "refinery_discount",
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
OPTIONAL = {"refinery_discount"}
_FILE_DATE = re.compile(r"pt-price-st-?(\d{4})[-_](\d{1,2})[-_](\d{1,2})\.xlsx?$", re.I)
_SCHEMA: dict[str, pl.DataType] = {
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "product_code": pl.String(),
    "product_label": pl.String(),
    "place": pl.String(),
    "per_unit": pl.String(),
    **dict.fromkeys(PARTS, pl.String()),
    "exchange_rate_baht_per_usd": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}
Grid = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Table:
    """The table of one sheet: where its header stands and which part is in which column."""

    sheet: str
    grid: Grid
    header: int
    first_row: int
    label_column: int
    columns: dict[int, str]
    unknown: tuple[str, ...]


def is_structure_book(document: Document) -> bool:
    return document.kind in ("xls", "xlsx") and any(_header_row(grid) is not None for grid in document.grids.values())


def read_structure(document: Document, contract: Contract) -> Batch:
    """One row per product. Raises Refusal: column_missing, date_missing, type_flip; NoData."""
    table = _table(document)
    day, dated = _date(table, document.path)
    rate, last_row = _exchange_rate(table)
    rows: list[tuple[Any, ...]] = []
    findings, drops = [*dated, *left_out_columns(table.unknown, table.sheet)], []
    new: list[str] = []
    begin = datetime.combine(day, time(), LOCAL).astimezone(UTC)
    names = {name_of(_text(_cell(row, table.label_column))) for row in table.grid[table.first_row :]}
    for r in range(table.first_row, last_row):
        row = table.grid[r]
        label = " ".join(_text(_cell(row, table.label_column)).split())
        texts = [
            next((_text(_cell(row, c)) for c, part in table.columns.items() if part == name), None) for name in PARTS
        ]
        if not label or not any(texts):
            if label or any(texts):
                drops.append(_no_record(label, table.sheet, r))
            continue
        product = product_of(label, day, names)
        new += [label] if product.is_new else []
        findings += product.findings(table.sheet, address(r, table.label_column))
        where = (table.sheet, address(r, table.label_column))
        rows.append(
            (begin, begin + timedelta(days=1), product.code, label, PLACE, product.per_unit, *texts, rate, *where)
        )
    return record_batch(
        contract,
        "price_structure",
        pl.DataFrame(rows, schema=_SCHEMA, orient="row"),
        layout="price_structure",
        series="structure/TH",
        findings=[*findings, *new_products(new)],
        drops=drops,
    )


def _table(document: Document) -> Table:
    for sheet, grid in document.grids.items():
        header = _header_row(grid)
        if header is not None:
            return _columns(sheet, grid, header)
    raise _lost(["EX-REFIN."], next(iter(document.grids), "?"))


def _header_row(grid: Grid) -> int | None:
    return next((r for r, row in enumerate(grid) if any(_norm(cell).startswith("EX-REFIN") for cell in row)), None)


def _columns(sheet: str, grid: Grid, header: int) -> Table:
    """Names the columns; the row below belongs to the header when it holds words alone."""
    top = grid[header]
    below = grid[header + 1] if header + 1 < len(grid) else []
    is_split = any(map(_norm, below)) and not any(isinstance(cell, int | float) for cell in below)
    columns: dict[int, str] = {}
    unknown = []
    label_column = 0
    for c in range(max(len(top), len(below) if is_split else 0)):
        text = _norm(f"{_text(_cell(top, c))} {_text(_cell(below, c)) if is_split else ''}")
        part = _part(text, columns.values())
        if part:
            columns[c] = part
        elif text.startswith("UNIT"):
            label_column = c
            _refuse_other_unit(text, sheet, address(header, c))
        elif text:
            unknown.append(text)
    lost = [part for part in PARTS if part not in columns.values() and part not in OPTIONAL]
    if lost:
        raise _lost(lost, sheet)
    return Table(sheet, grid, header, header + 1 + is_split, label_column, columns, tuple(unknown))


def _refuse_other_unit(text: str, sheet: str, cell: str) -> None:
    if re.search(r"BAHT ?/ ?LIT", text):
        return
    raise Refusal(
        "unit_unknown",
        f"Sheet {sheet} says “{text}”; baht per litre was agreed. Tell the platform team if the unit changed.",
        f"แผ่นงาน {sheet} ระบุ “{text}” แต่ตกลงกันไว้เป็นบาทต่อลิตร หากเปลี่ยนหน่วยโปรดแจ้งทีมแพลตฟอร์ม",
        sheet=sheet,
        cell=cell,
    )


def _part(text: str, seen: Any) -> str | None:
    """The part that a header names. `VAT` stands twice: after the wholesale price and after the marketing margin."""
    vat = "vat_marketing_margin" if "marketing_margin" in seen else "vat_wholesale"
    known = (
        (r"EX-REFIN", "ex_refinery"),
        (r".*DISCOUNT", "refinery_discount"),
        (r"(M\. ?TAX|MUNICIPAL)", "municipal_tax"),
        (r"(TAX|EXCISE)", "excise_tax"),
        (r"OIL", "oil_fund"),
        (r"CONSV", "conservation_fund"),
        (r"WS ?& ?VAT", "wholesale_incl_vat"),
        (r"WHOLESALE", "wholesale"),
        (r"MARKETING", "marketing_margin"),
        (r"VAT", vat),
        (r"RETAIL", "retail"),
    )
    part = next((name for pattern, name in known if re.match(pattern, text)), None)
    return None if part in seen else part


def _date(table: Table, path: str) -> tuple[date, list[Finding]]:
    """The day above the header; the file's name stands in when the sheet has none."""
    written = next(
        (
            (day, address(r, c))
            for r in range(table.header)
            for c, cell in enumerate(table.grid[r])
            if (day := _day(cell))
        ),
        None,
    )
    named = _file_date(path)
    if written is None and named is None:
        raise Refusal(
            "date_missing",
            f"Sheet {table.sheet} has no date above its header, and the file's name has none (pt-price-st-YYYY-M-D). Add it.",
            f"แผ่นงาน {table.sheet} ไม่มีวันที่เหนือหัวตาราง และชื่อไฟล์ก็ไม่มี (pt-price-st-YYYY-M-D) โปรดเพิ่มวันที่",
            sheet=table.sheet,
        )
    if written is None:
        assert named is not None
        en, th = (
            f"The sheet has no date; {named} was taken from the file's name.",
            f"แผ่นงานไม่มีวันที่ จึงใช้ {named} จากชื่อไฟล์",
        )
        return named, [Finding("date_from_path", en, th, sheet=table.sheet)]
    day, cell = written
    if named in (None, day):
        return day, []
    en = f"The sheet says {day}, the file's name {named}; the sheet's date was used. Correct one of them."
    th = f"แผ่นงานระบุวันที่ {day} แต่ชื่อไฟล์ระบุ {named} ระบบใช้วันที่ในแผ่นงาน โปรดแก้ไขให้ตรงกัน"
    return day, [Finding("date_differs", en, th, sheet=table.sheet, cell=cell)]


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    read = read_date(_text(cell))
    return read.date if read else None


def _file_date(path: str) -> date | None:
    found = _FILE_DATE.search(path)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _exchange_rate(table: Table) -> tuple[str | None, int]:
    """(baht per US dollar, the row that it stands in): the footer below which no product comes."""
    for r in range(table.first_row, len(table.grid)):
        row = table.grid[r]
        if _norm(_cell(row, table.label_column)).startswith("EXCHANGE"):
            return next((_text(cell) for cell in row if isinstance(cell, int | float) and cell), None), r
    return None, len(table.grid)


def _no_record(label: str, sheet: str, row: int) -> Drop:
    en = f"Sheet {sheet}, row {row + 1} (“{label[:40]}”) holds a name without figures, or figures without a name."
    th = f"แผ่นงาน {sheet} แถว {row + 1} (“{label[:40]}”) มีชื่อแต่ไม่มีตัวเลข หรือมีตัวเลขแต่ไม่มีชื่อ"
    return Drop("no_record", en, th, n=1)


def _lost(parts: Sequence[str], sheet: str) -> Refusal:
    listed = ", ".join(parts)
    return Refusal(
        "column_missing",
        f"Sheet {sheet} lacks the columns {listed}. Send it with all columns, or tell us that the layout changed.",
        f"แผ่นงาน {sheet} ขาดคอลัมน์ {listed} โปรดส่งให้ครบ หรือแจ้งเราว่ามีการเปลี่ยนรูปแบบ",
        sheet=sheet,
    )


def _cell(row: Sequence[Any], column: int) -> Any:
    return row[column] if column < len(row) else ""


def _text(cell: Any) -> str:
    return repr(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell)


def _norm(cell: Any) -> str:
    return " ".join(_text(cell).upper().split())
