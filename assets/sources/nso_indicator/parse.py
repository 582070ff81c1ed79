"""NSO statistics catalogue: any table, as JSON or CSV, entity `indicator`.

Each table has dimensions of its own, written in small letters or in capitals; a row keeps them as one text. Year, value,
unit, place and notes are told apart by name. The year is Buddhist and text. Figures are never summed or averaged here: most
tables hold means of groups and no total.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from assets.readers.answers import html_page
from assets.readers.calendar import Span, month_span, quarter_span, year_span
from assets.readers.declared import require
from assets.readers.document import Document
from assets.readers.places import level_of
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import UTC_US, Parsed, Refusal
from assets.readers.thai_dates import THAI_DIGITS, common_era, month_number
from expectations.contract import Contract

PARSER_VERSION = "1"
ENTITY = "indicator"
PLACES = ("province", "cwt_name", "region", "area_name")
NOTES = ("attribute", "note", "remark")
TAKEN = {"year", "quarter", "month", "value", "unit", "source", *PLACES, *NOTES}

_TABLE = re.compile(r"\b([A-Z]{3,4}_[A-Z0-9]+(?:_[A-Z0-9]+)*)\b", re.I)
_DIGIT = re.compile(r"[1-4]")

_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("table_id", "place_name", "native_place_level", "province_code", "dimensions"), pl.String),
    **dict.fromkeys(("value", "unit", "footnote", "source_note", "problem", "raw_value"), pl.String),
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "sheet": pl.String,
    "cell": pl.String,
}
Records = list[dict[str, Any]]


def claims(document: Document) -> bool:
    """A saved copy of an answer: a list of records, or a CSV, with year and value."""
    if document.kind not in ("json", "text"):
        return False
    head = document.text[:2_000].lower().lstrip("\ufeff \r\n")
    if document.kind == "json":
        return head.startswith("[") and '"year"' in head and '"value"' in head
    names = {name.strip(' "') for name in (head.splitlines() or [""])[0].split(",")}
    return {"year", "value"} <= names


def parse(document: Document, contract: Contract) -> Parsed:
    """Raises Refusal: html_page, invalid_json, unexpected_json, malformed_csv, column_missing, type_flip; NoData."""
    if document.kind == "html":
        raise html_page(document)
    section, records = ("json", _from_json(document)) if document.kind == "json" else ("csv", _from_csv(document))
    if not records:
        raise nothing_in_it()
    names = list(dict.fromkeys(name for record in records for name in record))
    require(["year", "value"], names)
    table = _table(document)
    first = 0 if section == "json" else 2  # a list counts from 0, a file's lines from 1 with the header
    rows = [_row(table, record, section, str(n)) for n, record in enumerate(records, first)]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    batch = record_batch(contract, ENTITY, frame, layout=section, series=f"table/{table}")
    return Parsed(contract.source_id, (batch,))


def _row(table: str, record: dict[str, Any], section: str, cell: str) -> tuple[Any, ...]:
    texts = {name: _text(value) for name, value in record.items()}
    place = next((texts[name] for name in PLACES if texts.get(name)), "")
    level, code = level_of(place) if place else ("country", None)
    dimensions = {name: text for name, text in sorted(texts.items()) if name not in TAKEN and text}
    span = _span(texts)
    when = " ".join(filter(None, (texts.get(name) for name in ("year", "quarter", "month"))))
    return (
        table,
        place or "ทั่วราชอาณาจักร",
        level,
        code,
        json.dumps(dimensions, ensure_ascii=False),
        texts.get("value"),
        texts.get("unit") or None,
        next((texts[name] for name in NOTES if texts.get(name)), None),
        texts.get("source") or None,
        None if span else f"time: “{when}” is not a year, quarter or month",
        None if span else when,
        span[0] if span else None,
        span[1] if span else None,
        section,
        cell,
    )


def _span(texts: dict[str, str]) -> Span | None:
    """Year, quarter (`1`, `ไตรมาสที่ 1`) or month (number or Thai name) of a Buddhist or common-era year."""
    year_text = texts.get("year", "").translate(THAI_DIGITS)
    if not (year_text.isdigit() and len(year_text) == 4):
        return None
    year = common_era(int(year_text))
    quarter = texts.get("quarter", "").translate(THAI_DIGITS)
    if quarter:
        found = _DIGIT.search(quarter)
        return quarter_span(year, int(found[0])) if found else None
    month = texts.get("month", "").translate(THAI_DIGITS)
    if month:
        number = int(month) if month.isdigit() else month_number(month)[0]
        return month_span(year, number) if number and 1 <= number <= 12 else None
    return year_span(year)


def _from_json(document: Document) -> Records:
    whole = document.json
    if isinstance(whole, dict):
        whole = next((whole[key] for key in ("data", "result", "records") if key in whole), whole)
    if not isinstance(whole, list) or not all(isinstance(record, dict) for record in whole):
        raise Refusal(
            "unexpected_json",
            "The answer is JSON but no list of records. If NSO changed its interface, tell the platform team.",
            "คำตอบเป็น JSON แต่ไม่ใช่รายการข้อมูล หากสำนักงานสถิติแห่งชาติเปลี่ยนรูปแบบ โปรดแจ้งทีมแพลตฟอร์ม",
        )
    return [{str(name).strip().lower(): value for name, value in record.items()} for record in whole]


def _from_csv(document: Document) -> Records:
    lines = list(csv.reader(io.StringIO(document.text.lstrip("\ufeff"), newline="")))
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        return []
    heads = [name.strip().lower() for name in lines[0]]
    return [_line(heads, line, number) for number, line in enumerate(lines[1:], 2)]


def _line(heads: Sequence[str], line: Sequence[str], number: int) -> dict[str, Any]:
    if len(line) != len(heads):
        raise Refusal(
            "malformed_csv",
            f"Line {number} has {len(line)} fields, the header has {len(heads)}. Ask for the table again.",
            f"บรรทัดที่ {number} มี {len(line)} ช่อง แต่หัวตารางมี {len(heads)} ช่อง โปรดขอตารางใหม่",
            cell=str(number),
        )
    return dict(zip(heads, line, strict=True))


def _table(document: Document) -> str:
    """The table asked for; of a saved copy, as its name says. The answer itself does not say it."""
    if document.label:
        return document.label.upper()
    found = _TABLE.search(document.path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    return found[1].upper() if found else "UNKNOWN"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
