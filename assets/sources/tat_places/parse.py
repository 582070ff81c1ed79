"""TAT Data API, places: the list stands under `data` (version 2) or `result` (the older interface).

A directory has no time of its own: a record speaks of the day on which it was asked for. Contacts are taken out before the
bytes are kept and are never read; so is the free text, in which telephone numbers stand.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from assets.readers.declared import new_columns, require
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.places import finest_code
from assets.readers.records import LOCAL, nothing_in_it, record_batch
from assets.readers.result import UTC_US, Parsed, Refusal
from expectations.contract import Contract

PARSER_VERSION = "1"
ENTITY = "place"
ENVELOPES = ("data", "result")
ID = "placeId"
NEEDED = (ID, "name")
# Known and not taken: personal, long, or of no use to a city's statistics.
IGNORED = {
    "contact",
    "information",
    "introduction",
    "location.address",
    "openingHours",
    "sha",
    "slug",
    "viewer",
    "status",
}
IGNORED |= {"hasName", "hasThumbnail", "hasIntroduction", "thumbnailUrl", "mobileImageUrls", "desktopImageUrls"}
OURS = ("place_code", "native_place_level")  # added here, not asked for
PLACE_NAMES = ("location.province.name", "location.district.name", "location.subDistrict.name")

_DAY = re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)")


def claims(document: Document) -> bool:
    """A dropped copy of an answer: JSON that has placeId near its beginning."""
    return document.kind == "json" and f'"{ID}"' in document.text[:20_000]


def parse(document: Document, contract: Contract) -> Parsed:
    """Raises Refusal: invalid_json, unexpected_json, column_missing, type_flip, day_missing; NoData."""
    entity = contract.entity(ENTITY)
    fields = [column.source or column.name for column in entity.own_columns if column.name not in OURS]
    frame, there, section = read_records(document, _envelope(document), fields, {})
    if not frame.height:
        raise nothing_in_it()
    require(NEEDED, there)
    codes = {names: finest_code(*names) for names in frame.select(PLACE_NAMES).unique().iter_rows()}
    asked_at = datetime.combine(_day(document), time(), ZoneInfo(LOCAL))
    named = frame.rename({column.source: column.name for column in entity.own_columns if column.source})
    made = named.with_columns(
        pl.Series("place_code", [codes[names] for names in frame.select(PLACE_NAMES).iter_rows()], pl.String),
        pl.lit("site").alias("native_place_level"),
        pl.lit(asked_at)
        .cast(pl.Datetime("us", LOCAL))
        .dt.convert_time_zone("UTC")
        .cast(UTC_US)
        .alias("interval_start_at"),
        pl.lit(section).alias("sheet"),
    )
    batch = record_batch(
        contract,
        ENTITY,
        made.with_columns(pl.col("interval_start_at").alias("interval_end_at")),
        layout="json",
        series=document.label or "places",
        findings=new_columns([name for name in there if not _is_known(name, fields)]),
    )
    return Parsed(contract.source_id, (batch,))


def _envelope(document: Document) -> str:
    """The key under which the list stands; the first that is there."""
    whole = document.json
    if isinstance(whole, list):
        return ""
    return next((key for key in ENVELOPES if isinstance(whole, dict) and key in whole), ENVELOPES[0])


def _is_known(name: str, fields: list[str]) -> bool:
    """Known by itself, as a part of what is ignored, or as an object that is null where its fields would stand."""
    parts = name.split(".")
    starts = {".".join(parts[: n + 1]) for n in range(len(parts))}
    return name in fields or bool(starts & IGNORED) or any(field.startswith(f"{name}.") for field in fields)


def _day(document: Document) -> date:
    """The day that was asked for; of a dropped copy, the day in its name."""
    if document.pulled:
        return document.pulled.day
    found = _DAY.search(document.path)
    try:
        return date(*map(int, found.groups())) if found else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise Refusal(
        "day_missing",
        "The answer does not say when it was given, and neither does its name. Put the day into the name, as in "
        "places-2026-03-20.json.",
        "คำตอบไม่ระบุวันที่ และชื่อไฟล์ก็ไม่ระบุ โปรดใส่วันที่ในชื่อไฟล์ เช่น places-2026-03-20.json",
    )
