"""EPPO's page of retail prices: `data.<brand>.oil_<brand>_<product>`, every price a text, `-` for what a brand does not sell.

A brand's prices hold from its own `_date` and `_time` on; the page's `last_updated` says nothing about a brand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl

from assets.readers.calendar import LOCAL
from assets.readers.document import Document
from assets.readers.fuel import PLACE, new_products
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import UTC_US, Batch, Drop, Finding, Refusal
from assets.readers.thai_dates import read_date
from expectations.contract import Contract

PRODUCTS = frozenset(["ds", "dsb10", "dsb20", "e20", "e85", "gh91", "gh95", "gl95", "gl95p", "gs95p", "gs99p", "pds"])
NOT_SOLD = "-"
FROZEN_AFTER = timedelta(days=30)
_MARK = '"oil_'
_SCHEMA: dict[str, pl.DataType] = {
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "brand": pl.String(),
    "product": pl.String(),
    "place": pl.String(),
    "is_sold": pl.Boolean(),
    "price_baht_per_litre": pl.String(),
    "effective_date": pl.Date(),
    "published_date": pl.Date(),
    "sheet": pl.String(),
    "cell": pl.String(),
}


def is_brand_page(document: Document) -> bool:
    return _MARK in document.text and '"last_updated"' in document.text


def read_brands(document: Document, contract: Contract) -> Batch:
    """One row per brand and product. Raises Refusal: not_a_success, column_missing, type_flip; NoData."""
    page = document.json
    brands = _brands(page)
    published = read_date(str(page.get("last_updated", "")))
    rows: list[tuple[Any, ...]] = []
    undated: dict[str, int] = {}
    since: dict[str, datetime] = {}
    for brand, cells in brands.items():
        prices = {name.removeprefix(f"oil_{brand}_"): value for name, value in cells.items()}
        begin = _instant(prices.pop("date", None), prices.pop("time", None))
        if begin is None:
            undated[brand] = len(prices)
            continue
        since[brand] = begin
        for product, value in prices.items():
            text = _text(brand, product, value)
            is_sold = text.strip() != NOT_SOLD
            effective, told = begin.astimezone(LOCAL).date(), published.date if published else None
            place = f"oil_{brand}_{product}"
            rows.append((begin, begin, brand, product, PLACE, is_sold, text, effective, told, f"data.{brand}", place))
    if not since:
        raise _no_dates(brands)
    findings = [*_frozen(since), *_products(rows), *_last_updated(page, published is not None)]
    return record_batch(
        contract,
        "brand_price",
        pl.DataFrame(rows, schema=_SCHEMA, orient="row"),
        layout="brand_page",
        series="brands/TH",
        findings=[*findings, *_undated(undated)],
        drops=_undated_drops(undated),
    )


def _brands(page: Any) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(page, dict) or str(page.get("status", "success")).lower() != "success":
        said = page.get("status") if isinstance(page, dict) else type(page).__name__
        raise Refusal(
            "not_a_success",
            f"The answer says that the query failed (status: {said}). Ask again later.",
            f"คำตอบแจ้งว่าขอข้อมูลไม่สำเร็จ (status: {said}) โปรดขอใหม่ภายหลัง",
        )
    if "data" not in page:
        raise _lost("data", sorted(map(str, page)))
    data = page["data"]
    if not data:
        raise nothing_in_it()
    if not isinstance(data, dict) or not all(isinstance(cells, dict) for cells in data.values()):
        raise Refusal(
            "type_flip",
            "The field data should hold one object per brand, it holds something else. Tell the platform team if the "
            "layout changed.",
            "ช่อง data ควรมีหนึ่งออบเจกต์ต่อหนึ่งแบรนด์ แต่เป็นอย่างอื่น หากเปลี่ยนรูปแบบโปรดแจ้งทีมแพลตฟอร์ม",
        )
    return data


def _text(brand: str, product: str, value: Any) -> str:
    """A price's text; the page writes texts, a bare number is as good."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    if value is None:
        return ""
    raise Refusal(
        "type_flip",
        f"The field oil_{brand}_{product} should hold a price, it holds {type(value).__name__}. Tell the platform team if "
        "the layout changed.",
        f"ช่อง oil_{brand}_{product} ควรเป็นราคา แต่เป็น {type(value).__name__} หากเปลี่ยนรูปแบบโปรดแจ้งทีมแพลตฟอร์ม",
    )


def _instant(day: Any, clock: Any) -> datetime | None:
    """The brand's own date and time of day (24:00 is the next midnight); None when one of them cannot be read."""
    read = read_date(day) if isinstance(day, str) else None
    if read is None or not isinstance(clock, str):
        return None
    try:
        hours, minutes = (int(part) for part in clock.strip().split(":")[:2])
        if (hours, minutes) == (24, 0):
            return datetime.combine(read.date + timedelta(days=1), time(), LOCAL).astimezone(UTC)
        return datetime.combine(read.date, time(hours, minutes), LOCAL).astimezone(UTC)
    except ValueError:
        return None


def _no_dates(brands: Mapping[str, Any]) -> Refusal:
    brand = next(iter(brands))
    return _lost(f"oil_{brand}_date / oil_{brand}_time", sorted(brands[brand]))


def _lost(name: str, there: list[str]) -> Refusal:
    listed = ", ".join(there[:20])
    return Refusal(
        "column_missing",
        f"The answer lacks {name} (it has {listed}). If the layout changed, tell the platform team.",
        f"คำตอบขาดช่อง {name} (มี {listed}) หากเปลี่ยนรูปแบบโปรดแจ้งทีมแพลตฟอร์ม",
    )


def _frozen(since: Mapping[str, datetime]) -> list[Finding]:
    """Brands whose last report is far behind the others': the page goes on showing it."""
    newest = max(since.values())
    frozen = {brand: begin for brand, begin in since.items() if newest - begin > FROZEN_AFTER}
    if not frozen:
        return []
    en = ", ".join(f"{brand} since {_day(begin)}" for brand, begin in frozen.items())
    th = ", ".join(f"{brand} ตั้งแต่ {_day(begin)}" for brand, begin in frozen.items())
    brand = next(iter(frozen))
    return [
        Finding(
            "frozen_brand",
            f"Not updated for over {FROZEN_AFTER.days} days while other brands were: {en}. These prices stand at their own "
            "old date; ask EPPO whether the brand still reports.",
            f"ไม่ได้ปรับปรุงเกิน {FROZEN_AFTER.days} วัน ขณะที่แบรนด์อื่นปรับปรุงแล้ว: {th} ราคาเหล่านี้จึงอยู่ที่วันเดิม "
            "โปรดสอบถาม สนพ. ว่าแบรนด์ยังรายงานอยู่หรือไม่",
            sheet=f"data.{brand}",
            cell=f"oil_{brand}_date",
            n=len(frozen),
        )
    ]


def _products(rows: list[tuple[Any, ...]]) -> list[Finding]:
    there = {row[3] for row in rows}
    findings = new_products(sorted(there - PRODUCTS), rule="new_column")
    if gone := sorted(PRODUCTS - there):
        en = f"No brand lists {', '.join(gone)} any more. Tell us when the product is no longer sold."
        th = f"ไม่มีแบรนด์ใดแสดง {', '.join(gone)} แล้ว โปรดแจ้งหากเลิกจำหน่าย"
        findings.append(Finding("product_gone", en, th, n=len(gone)))
    return findings


def _last_updated(page: Mapping[str, Any], is_read: bool) -> list[Finding]:
    if is_read:
        return []
    said = page.get("last_updated")
    en = f"The page's last_updated (“{said}”) is no date; the brands' own dates were used."
    th = f"last_updated ของหน้าเว็บ (“{said}”) ไม่ใช่วันที่ จึงใช้วันที่ของแต่ละแบรนด์"
    return [Finding("last_updated_unreadable", en, th, cell="last_updated")]


def _undated(undated: Mapping[str, int]) -> list[Finding]:
    if not undated:
        return []
    en, th = _undated_texts(undated)
    return [Finding("brand_without_date", en, th, sheet=f"data.{next(iter(undated))}", n=len(undated))]


def _undated_drops(undated: Mapping[str, int]) -> list[Drop]:
    if not undated:
        return []
    return [Drop("brand_without_date", *_undated_texts(undated), n=sum(undated.values()))]


def _undated_texts(undated: Mapping[str, int]) -> tuple[str, str]:
    listed = ", ".join(undated)
    return (
        f"No date or time can be read for {listed}: when the prices hold from is not known, so they were left out.",
        f"อ่านวันที่หรือเวลาของ {listed} ไม่ได้ จึงไม่ทราบว่าราคามีผลเมื่อใด และไม่ได้รับราคาเหล่านั้น",
    )


def _day(begin: datetime) -> date:
    return begin.astimezone(LOCAL).date()
