"""Chulalongkorn's CUSense: an object keyed by the topic of a device, with what it is, where it stands and what it measured.

No real answer has been seen; the shape is that which clients of the service read.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

import polars as pl

from assets.readers.declared import new_columns, require
from assets.readers.document import Document
from assets.readers.latest import clean_name
from assets.readers.places import finest_code
from assets.readers.records import nothing_in_it, observation_batch
from assets.readers.result import Drop, Parsed, Refusal
from assets.readers.station_list import with_stations
from assets.readers.typed import instant, number
from assets.readers.wide import Channel, once, unreadable_times, wide_rows
from expectations.contract import Contract

PARSER_VERSION = "1"

CHANNELS = (
    Channel("pm25", "PM25", "ug/m3", disowned="no pm25"),
    Channel("pm10", "PM10", "ug/m3", disowned="no pm10"),
    Channel("temp", "TEMP", "Cel", disowned="no temp"),
    Channel("humid", "RH", "%", disowned="no humid"),
)
KNOWN = {"time", "pm1", "co2", *(channel.column for channel in CHANNELS)}
# Entity `station` ← `info`. Its `id` repeats the address and is not read.
INFO = {
    "station_name": "name",
    "project": "project",
    "province_name": "province",
    "district_name": "amphoe",
    "tambon_name": "tambol",
    "latitude": "lat",
    "longitude": "lon",
}
MIRRORED = "dustboy"
LARGEST = 1000  # clients take what is above for no measurement
_ADDRESS = re.compile(r"[0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")


def claims(document: Document) -> bool:
    """A JSON object of topics, each with `info` and `data`."""
    if document.kind != "json":
        return False
    head = document.text[:20_000]
    return '"info"' in head and '"data"' in head and '"project"' in head and '"pm25"' in head


def parse(document: Document, contract: Contract) -> Parsed:
    """Entities `observation` and `station`. Raises Refusal: unexpected_json, column_missing, type_flip; NoData."""
    frame = _readings(document.json)
    if not frame.height:
        raise nothing_in_it()
    fields = [name for name in frame.columns if name not in ("topic", "name", "project", "cell")]
    require(["time", *(channel.column for channel in CHANNELS)], fields)
    frame = _timed(frame)
    own = frame.filter(~_is_mirror())
    drops = _mirrors(frame.height - own.height)
    if not own.height:
        raise nothing_in_it()
    own, again = once(own, CHANNELS)
    latest = own["at"].max()
    batch = observation_batch(
        "observation",
        wide_rows(own, CHANNELS),
        layout="topics",
        series=f"topics/{latest:%Y-%m-%dT%H%MZ}" if isinstance(latest, datetime) else "topics",
        findings=[*new_columns([name for name in fields if name not in KNOWN]), *unreadable_times(own, "time")],
        drops=[*drops, *again],
    )
    return Parsed(contract.source_id, with_stations(contract, (batch,), _stations(document.json)))


def _is_mirror() -> pl.Expr:
    """Is the device one of CMU's, shown here a second time? Its project says so."""
    plain = pl.col("project").str.to_lowercase().str.replace_all(r"[\s_-]", "")
    return (plain == MIRRORED).fill_null(False)


def _stations(answer: dict[str, Any]) -> pl.DataFrame:
    """One row per device, those that repeat CMU's and those without a reading too."""
    records = [
        {
            "station_key": f"CU-{_device(topic)}",
            **{name: _text((one.get("info") or {}).get(field)) for name, field in INFO.items()},
            "cell": f"{_device(topic)}.info",
        }
        for topic, one in answer.items()
    ]
    frame = pl.DataFrame(records, schema=dict.fromkeys(("station_key", *INFO, "cell"), pl.String))
    places = frame.select(clean_name(name) for name in ("province_name", "district_name", "tambon_name"))
    return frame.with_columns(
        pl.coalesce(clean_name("station_name"), "station_key").alias("station_name"),
        _is_mirror().alias("is_mirror"),
        pl.Series("place_code", [finest_code(*names) for names in places.iter_rows()], pl.String),
        pl.lit("topics").alias("sheet"),
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _readings(answer: Any) -> pl.DataFrame:
    """One row per reading, every field as text, with `topic`, `name`, `project` and `cell`."""
    if not isinstance(answer, dict) or not all(_is_device(one) for one in answer.values()):
        raise Refusal(
            "unexpected_json",
            "The answer is JSON, but no object of topics with `info` and `data`. If the partner changed its interface, tell "
            "the platform team.",
            "คำตอบเป็น JSON แต่ไม่ใช่รายการ topic ที่มี info และ data หากหน่วยงานเปลี่ยนรูปแบบ โปรดแจ้งทีมแพลตฟอร์ม",
        )
    records = [
        {
            **{key: None if value is None else str(value) for key, value in reading.items()},
            "topic": topic,
            "name": str((one.get("info") or {}).get("name") or ""),
            "project": str((one.get("info") or {}).get("project") or ""),
            "cell": f"{_device(topic)}.{n}",
        }
        for topic, one in answer.items()
        for n, reading in enumerate(one["data"])
    ]
    names = list(dict.fromkeys(name for record in records for name in record))
    return pl.DataFrame(records, schema=dict.fromkeys(names, pl.String))


def _is_device(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("info") or {}, dict)
        and isinstance(one.get("data"), list)
        and all(isinstance(reading, dict) for reading in one["data"])
    )


def _device(topic: str) -> str:
    """The device's name in a topic. An address is taken out before anything is kept; should one come through, it is hashed
    here too, and never stands in a row."""
    tail = topic.rsplit("/", 1)[-1]
    return hashlib.sha256(tail.upper().encode()).hexdigest()[:16] if _ADDRESS.fullmatch(tail) else tail[:24]


def _timed(frame: pl.DataFrame) -> pl.DataFrame:
    keys = {topic: f"CU-{_device(topic)}" for topic in frame["topic"].unique()}
    key = pl.col("topic").replace_strict(keys, return_dtype=pl.String)
    measured = {channel.column: number(pl.col(channel.column).str.strip_chars()) for channel in CHANNELS}
    return frame.with_columns(
        # a time without an offset is taken for a local one: clients show it as it is
        instant(pl.col("time").str.strip_chars()).alias("at"),
        key.alias("station_key"),
        pl.coalesce(clean_name("name"), key).alias("station_name"),
        pl.lit("topics").alias("sheet"),
        *(((value == 0) | (value > LARGEST)).alias(f"no {name}") for name, value in measured.items()),
    )


def _mirrors(n: int) -> list[Drop]:
    if not n:
        return []
    cells = n * len(CHANNELS)
    return [
        Drop(
            "mirrors_dustboy",
            f"{n:,} readings ({cells:,} cells) of the project Dustboy repeat CMU's own sensors; they are taken from CMU.",
            f"ข้อมูล {n:,} รายการ ({cells:,} ค่า) ของโครงการ Dustboy ซ้ำกับเซนเซอร์ของ มช. จึงใช้ข้อมูลจาก มช. แทน",
            n=cells,
        )
    ]
