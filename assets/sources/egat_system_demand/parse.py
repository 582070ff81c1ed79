"""EGAT system demand: `{"day": "DD-MM-YYYY", "list": [[seconds from midnight, MW, temperature?], …]}` by the clock of Bangkok.

A day without values comes as `list:[]`, the name without quotes, which is no JSON: that is an answer too, and says that
there is nothing yet.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

import polars as pl

from assets.readers.declared import new_columns, require
from assets.readers.document import Document, invalid_json
from assets.readers.records import record_batch
from assets.readers.result import UTC_US, Finding, NoData, Parsed, Refusal
from expectations.contract import Contract

PARSER_VERSION = "1"
BANGKOK = timezone(timedelta(hours=7))
DAY_SECONDS = 86_400
KNOWN = ("day", "list", "id", "name", "timeStart", "count")
ENTRIES = ("seconds", "demand_mw", "temperature_c")
_BARE_LIST = re.compile(r"([{,]\s*)list(\s*:)")


def claims(document: Document) -> bool:
    """Answers are fetched; one that is dropped by hand is known by its two names."""
    return document.kind == "json" and {"day", "list"} <= set(re.findall(r"\w+", document.text[:500]))


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch, one row a value. Raises Refusal (invalid_json, column_missing, unexpected_json, type_flip) and NoData."""
    answer = _answer(document)
    day = _day(answer["day"])
    if not isinstance(answer["list"], list):
        raise _unexpected("list", answer["list"])
    if not answer["list"]:
        raise NoData(f"There is no value for {day} (yet).", f"ยังไม่มีข้อมูลของวันที่ {day}")
    batch = record_batch(
        contract,
        "demand",
        _frame(answer["list"], day),
        layout="json",
        series="TH",
        period=(day, day),
        findings=[*_drift(answer), *_other_day(document, day)],
    )
    return Parsed(contract.source_id, (batch,))


def _answer(document: Document) -> dict[str, Any]:
    text = document.text
    try:
        answer = json.loads(_BARE_LIST.sub(r'\1"list"\2', text, count=1))
    except (ValueError, RecursionError) as error:
        raise invalid_json(text, error) from error
    if not isinstance(answer, dict):
        raise _unexpected("(the document)", answer)
    require(["day", "list"], list(answer))
    return answer


def _day(text: Any) -> date:
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()
    except (TypeError, ValueError) as error:
        raise _unexpected("day", text) from error


def _frame(items: list[Any], day: date) -> pl.DataFrame:
    """Text of each entry; an item that is no list of two or more entries has a problem, not a value."""
    midnight = datetime.combine(day, datetime.min.time(), BANGKOK)
    good = [isinstance(item, list) and len(item) >= 2 and _is_second(item[0]) for item in items]
    at = [midnight + timedelta(seconds=item[0]) if ok else None for item, ok in zip(items, good, strict=True)]
    unread = [None if ok else json.dumps(item, ensure_ascii=False)[:200] for item, ok in zip(items, good, strict=True)]
    times = (
        pl.Series("interval_start_at", at, pl.Datetime("us", "Asia/Bangkok")).dt.convert_time_zone("UTC").cast(UTC_US)
    )
    return pl.DataFrame(
        {
            "interval_start_at": times,
            "interval_end_at": times,
            "area": "TH",
            **{name: [_text(item, n) for item in items] for n, name in enumerate(ENTRIES[1:], 1)},
            "problem": [f"time: “{text}” is not a value of that day" if text else None for text in unread],
            "raw_value": unread,
            "sheet": "list",
            "cell": [str(n) for n in range(len(items))],
        },
        schema_overrides=dict.fromkeys((*ENTRIES[1:], "problem", "raw_value"), pl.String),
    )


def _is_second(value: Any) -> bool:
    """Seconds from midnight; 86,400 is the midnight that ends the day."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= DAY_SECONDS


def _text(item: Any, position: int) -> str | None:
    """An entry as text; items without it (there is no temperature) have none."""
    if not isinstance(item, list) or len(item) <= position or item[position] is None:
        return None
    return str(item[position])


def _drift(answer: dict[str, Any]) -> list[Finding]:
    """Names and entries that nobody has told us of."""
    longest = max((len(item) for item in answer["list"] if isinstance(item, list)), default=0)
    extra = [f"list[][{n}]" for n in range(len(ENTRIES), longest)]
    return new_columns([*(name for name in answer if name not in KNOWN), *extra])


def _other_day(document: Document, day: date) -> list[Finding]:
    asked = document.pulled.day if document.pulled else day
    if asked == day:
        return []
    return [
        Finding(
            "other_day",
            f"The answer speaks of {day}, asked was {asked}; its own day was taken.",
            f"คำตอบเป็นข้อมูลของวันที่ {day} แต่ขอวันที่ {asked} ระบบใช้วันที่ในคำตอบ",
            sheet="day",
        )
    ]


def _unexpected(where: str, found: Any) -> Refusal:
    shown = json.dumps(found, ensure_ascii=False)[:80]
    return Refusal(
        "unexpected_json",
        f"The answer is JSON, but “{where}” holds {shown}. If the partner changed its interface, tell the platform team.",
        f"คำตอบเป็น JSON แต่ “{where}” มีค่า {shown} หากหน่วยงานเปลี่ยนรูปแบบ โปรดแจ้งทีมแพลตฟอร์ม",
        sheet=where,
    )
