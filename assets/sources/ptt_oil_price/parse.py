"""PTT Oil and Retail's SOAP service of retail prices: an XML document written as text inside the SOAP answer.

The SOAP namespace has changed (http://www.pttor.com, before it tempuri.org), and so has the SOAP version: names are read
without their namespace. Prices are those of Bangkok, without local tax.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import polars as pl
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assets.readers.calendar import LOCAL
from assets.readers.document import Document
from assets.readers.fuel import PLACE, new_products
from assets.readers.records import record_batch
from assets.readers.result import UTC_US, Drop, Finding, NoData, Parsed, Refusal
from assets.readers.thai_dates import common_era
from assets.sources.ptt_oil_price.products import product_of
from expectations.contract import Contract

PARSER_VERSION = "1"
RECORDS = ("FUEL", "DataAccess")  # DataAccess: the service before 2019
FIELDS = ("PRICE_DATE", "PRODUCT", "PRICE")
_ANSWER = re.compile(r"(CurrentOilPrice|GetOilPrice)(Response|Result)\b|<PTT(?:OR)?_DS\b")
_US_TIME = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp][Mm])?)?")
_SCHEMA: dict[str, pl.DataType] = {
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "place": pl.String(),
    "product_code": pl.String(),
    "product_name": pl.String(),
    "per_unit": pl.String(),
    "price_baht": pl.String(),
    "problem": pl.String(),
    "raw_value": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}


def claims(document: Document) -> bool:
    return document.kind == "xml" and _ANSWER.search(document.text) is not None


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch. Raises Refusal: invalid_xml, soap_fault, column_missing, date_order, type_flip; NoData."""
    fuels = [node for node in _inner(document).iter() if _name(node) in RECORDS]
    if not fuels:
        raise _nothing()
    records = [{_name(child): (child.text or "").strip() for child in node} for node in fuels]
    fields = list(dict.fromkeys(name for record in records for name in record))
    _require(fields)
    _refuse_day_first([record.get("PRICE_DATE", "") for record in records])
    rows, unpriced = [], []
    for n, record in enumerate(records):
        price = record.get("PRICE", "")
        if not price or _is_zero(price):
            unpriced.append((n, record.get("PRODUCT", ""), price))
            continue
        rows.append(_row(n, record, price))
    if not rows:
        raise _nothing()
    findings = [
        *_new_products(rows),
        *_unpriced(unpriced),
        *_new_fields([name for name in fields if name not in FIELDS]),
    ]
    batch = record_batch(
        contract,
        "price",
        pl.DataFrame(rows, schema=_SCHEMA, orient="row"),
        layout="pttor_ds",
        series=f"price/{PLACE}",
        findings=findings,
        drops=_drops(unpriced),
    )
    return Parsed(contract.source_id, (batch,))


def _row(n: int, record: dict[str, str], price: str) -> tuple[Any, ...]:
    when, name = record.get("PRICE_DATE", ""), record.get("PRODUCT", "")
    begin = _instant(when)
    product = product_of(name)
    problem = None if begin else f"PRICE_DATE: “{when}” is not a time"
    return (
        begin,
        begin,
        PLACE,
        product.code,
        name,
        product.per_unit,
        price,
        problem,
        problem and when,
        "FUEL",
        f"FUEL[{n}]",
    )


def _inner(document: Document) -> Element:
    """The document inside the answer. Raises Refusal: invalid_xml, soap_fault; NoData for an empty result."""
    outer = _tree(document.text, "the answer", "คำตอบ")
    fault = next((node for node in outer.iter() if _name(node) == "Fault"), None)
    if fault is not None:
        said = " ".join(" ".join(fault.itertext()).split())[:300]
        raise Refusal(
            "soap_fault",
            f"The service answered with a fault: “{said}”. Ask again; tell PTT if it stays so.",
            f"บริการตอบกลับว่าเกิดข้อผิดพลาด: “{said}” โปรดขอใหม่ และแจ้ง ปตท. หากยังเป็นเช่นเดิม",
        )
    if _name(outer) in ("PTTOR_DS", "PTT_DS"):
        return outer
    result = next((node for node in outer.iter() if _name(node).endswith("OilPriceResult")), None)
    if result is None:
        raise _lost(["GetOilPriceResult"], [_name(node) for node in outer.iter()])
    if len(result):  # an XML element instead of a text: some gateways unescape it
        return result
    if not (result.text or "").strip():
        raise _nothing()
    return _tree((result.text or "").strip(), "the document inside the answer", "เอกสารภายในคำตอบ")


def _tree(text: str, what: str, what_th: str) -> Element:
    """The XML's root. Document types and entities are refused with everything else that is not plain XML.

    Text, not bytes: the encoding that the XML declares is that of the bytes, and has been dealt with.
    """
    try:
        return fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Refusal(
            "invalid_xml",
            f"XML was expected, but {what} is none ({str(error)[:120]}). It was kept; ask again.",
            f"{what_th}ไม่ใช่ XML ที่ถูกต้อง ({str(error)[:120]}) ระบบเก็บไว้แล้ว โปรดขอใหม่",
        ) from error


def _instant(text: str) -> datetime | None:
    """`9/24/2026 5:00:00 AM` (month first) or `2026-09-24T05:00:00+07:00`; a time without a zone is Thai time."""
    try:
        if found := _US_TIME.fullmatch(text):
            month, day, year = (int(part) for part in found.groups()[:3])
            return datetime(common_era(year), month, day, *_clock(*found.groups()[3:]), tzinfo=LOCAL).astimezone(UTC)
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=LOCAL)).astimezone(UTC)


def _clock(hours: str | None, minutes: str | None, half: str | None) -> tuple[int, int]:
    """12 AM is 0, 12 PM is 12; without AM or PM the clock has 24 hours."""
    hour = int(hours or 0)
    if half:
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    return hour, int(minutes or 0)


def _refuse_day_first(texts: Sequence[str]) -> None:
    """A day above 12 where the month belongs: the order changed, and the other dates would be read wrongly in silence."""
    wrong = next((text for text in texts if (found := _US_TIME.fullmatch(text)) and int(found[1]) > 12), None)
    if wrong is None:
        return
    raise Refusal(
        "date_order",
        f"PRICE_DATE “{wrong}” puts the day first; the service wrote month/day/year. None of the dates can be trusted: tell "
        "the platform team.",
        f"PRICE_DATE “{wrong}” เขียนวันนำหน้าเดือน แต่เดิมบริการเขียน เดือน/วัน/ปี จึงเชื่อถือวันที่ใดไม่ได้ โปรดแจ้งทีมแพลตฟอร์ม",
    )


def _require(fields: Sequence[str]) -> None:
    lost = [name for name in FIELDS if name not in fields]
    if lost:
        raise _lost(lost, fields)


def _lost(lost: Sequence[str], there: Sequence[str]) -> Refusal:
    has = ", ".join(dict.fromkeys(there))
    return Refusal(
        "column_missing",
        f"The answer lacks {', '.join(lost)} (it has {has}). If the layout changed, tell the platform team.",
        f"คำตอบขาด {', '.join(lost)} (มี {has}) หากเปลี่ยนรูปแบบโปรดแจ้งทีมแพลตฟอร์ม",
    )


def _nothing() -> NoData:
    return NoData("The service answered without a price.", "บริการตอบกลับโดยไม่มีราคา")


def _is_zero(price: str) -> bool:
    return re.fullmatch(r"0+(\.0*)?", price) is not None


def _new_products(rows: list[tuple[Any, ...]]) -> list[Finding]:
    new = [row[4] for row in rows if product_of(row[4]).is_new]
    return new_products(new)


def _new_fields(names: Sequence[str]) -> list[Finding]:
    if not names:
        return []
    listed = ", ".join(names)
    en = f"New fields: {listed}. They were left out; tell us what they mean."
    th = f"พบช่องใหม่: {listed} ระบบไม่ได้รับไว้ โปรดแจ้งความหมาย"
    return [Finding("new_column", en, th, n=len(names))]


def _unpriced(unpriced: list[tuple[int, str, str]]) -> list[Finding]:
    zeros = [(n, name) for n, name, price in unpriced if price]
    if not zeros:
        return []
    listed = ", ".join(name for _, name in zeros)
    en = f"The price of {listed} is 0: no price, it was left out."
    th = f"ราคาของ {listed} เป็น 0 ถือว่าไม่มีราคา จึงไม่ได้รับไว้"
    return [Finding("zero_price", en, th, sheet="FUEL", cell=f"FUEL[{zeros[0][0]}]", n=len(zeros))]


def _drops(unpriced: list[tuple[int, str, str]]) -> list[Drop]:
    if not unpriced:
        return []
    listed = ", ".join(name for _, name, _ in unpriced)
    en = f"In the answer, but without a price: {listed}."
    th = f"อยู่ในคำตอบแต่ไม่มีราคา: {listed}"
    return [Drop("no_price", en, th, n=len(unpriced))]


def _name(node: Element) -> str:
    """A tag without its namespace; comments have none."""
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""
