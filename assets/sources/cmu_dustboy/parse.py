"""CMU DustBoy: the latest reading of every sensor, the history of one sensor, and where the sensors stand.

A reading is the mean of the hour that ends at its time. Column by column throughout: histories are long.
"""

from __future__ import annotations

import json
import re

import polars as pl

from assets.readers.declared import column_missing, new_columns
from assets.readers.document import Document
from assets.readers.json_bulk import read_bulk
from assets.readers.latest import clean_name, latest_batches
from assets.readers.places import finest_code
from assets.readers.records import nothing_in_it, observation_batch
from assets.readers.result import Parsed, Refusal
from assets.readers.station_list import with_stations
from assets.readers.typed import instant
from assets.readers.wide import SPACES, Channel, once, unreadable_times, wide_rows
from expectations.contract import Contract

PARSER_VERSION = "1"

ALWAYS = (
    Channel("pm25", "PM25", "ug/m3"),
    Channel("pm10", "PM10", "ug/m3"),
    Channel("temp", "TEMP", "Cel"),
    Channel("humid", "RH", "%"),
)
# Few sensors carry a weather station; the others send empty texts, which are no cells of a measurement.
SOMETIMES = (
    Channel("wind_speed", "WS", "m/s"),
    Channel("wind_direction", "WD", "deg"),
    Channel("atmospheric", "BP", "hPa"),
)
MEASURED = tuple(channel.column for channel in (*ALWAYS, *SOMETIMES))
TIMES = ("log_datetime", "datetime", "last_updated")
NAMES = ("id", "dustboy_name", "dustboy_name_en")
PARENT = {"of": "station.id", "of_name": "station.name_th", "of_id": "id", "of_dustboy": "dustboy_name"}
# Entity `station`, each column with the names that its field has had: beside every reading of a list, once around a history.
STATION = {
    "code": ("dustboy_id",),
    "station_name_en": ("dustboy_name_en",),
    "latitude": ("dustboy_lat", "lat"),
    "longitude": ("dustboy_lon", "dustboy_lng", "lon", "lng"),
    "cmu_province_id": ("province_id",),
}
STATION_OF_HISTORY = {
    "code": ("of station.dustboy_id", "of dustboy_id"),
    "station_name_en": ("of station.name_en", "of dustboy_name_en"),
    "latitude": ("of station.lat", "of dustboy_lat"),
    "longitude": ("of station.lon", "of station.lng", "of dustboy_lon", "of dustboy_lng"),
    "cmu_province_id": ("of station.province_id", "of province_id"),
}
AROUND = {name: name.removeprefix("of ") for names in STATION_OF_HISTORY.values() for name in names}
NOTHING = ("-", "N/A", "-1", "-999")
# Known and no measurement: indices, colours and captions follow from the values; position and ids are the station's.
NOT_TAKEN = re.compile(
    r"(us|th|daily|pm10|pm25|dustboy|db|source)_\w+|lat|lon|lng|province_id|province_\w+|last_updated|status|version|distance"
)
# A place in a name: ต.แม่เมาะ อ.แม่เมาะ จ.ลำปาง. What stands before must be no letter: รพ.สต.บ้านดง is a hospital.
_MARKED = tuple(
    re.compile(rf"(?<![ก-๛.])(?:{mark})\s*([^\s,()]+)") for mark in (r"จ\.|จังหวัด", r"อ\.|อำเภอ", r"ต\.|ตำบล")
)
_LOCAL = "%Y-%m-%d %H:%M:%S"


def claims(document: Document) -> bool:
    """JSON with the names that only DustBoy's answers have."""
    if document.kind != "json":
        return False
    head = document.text[:20_000]
    return '"pm25"' in head and any(f'"{name}"' in head for name in ("dustboy_id", "us_color", "log_datetime"))


def parse(document: Document, contract: Contract) -> Parsed:
    """Entities `observation` and `station`. Raises Refusal: column_missing, type_flip, partner_says, …; NoData."""
    place = _place(document)
    if place is None:
        document, place = _listed(document), ""
    parent = PARENT | AROUND if place else {}
    told = [] if place else [name for names in STATION.values() for name in names if name not in NAMES]
    frame, present, sheet = read_bulk(document, place, [*NAMES, *TIMES, *MEASURED, *told], parent)
    if not frame.height:
        raise nothing_in_it()
    _refuse_lost(present, is_history=bool(place))
    frame = _named(frame, sheet, is_history=bool(place))
    stations = _stations(frame, is_history=bool(place))
    frame, drops = once(frame, ALWAYS)
    rows = wide_rows(frame, ALWAYS, NOTHING)
    extra = [channel for channel in SOMETIMES if channel.column in present and _is_used(frame, channel.column)]
    if extra:
        more = wide_rows(frame, extra, NOTHING)
        rows = pl.concat([rows, more.filter(pl.col("raw_value").str.strip_chars(SPACES) != "")])
    findings = [*new_columns(_unknown(present)), *unreadable_times(frame, "written")]
    if not place:
        batches = latest_batches(document, frame, rows, "latest", findings, drops)
        return Parsed(contract.source_id, with_stations(contract, batches, stations))
    series = f"station/{frame['station_key'][0]}"
    batch = observation_batch("observation", rows, layout="history", series=series, findings=findings, drops=drops)
    return Parsed(contract.source_id, with_stations(contract, (batch,), stations))


def _place(document: Document) -> str | None:
    """Where the list of readings stands: `readings` or `value` of a history, "" for a list; None for one reading."""
    # Bytes as they came: a history of megabytes never becomes a Python text. (UTF-16 is no JSON by its bytes.)
    data = document.data if document.kind == "json" else document.text.encode()
    if re.match(rb"(?:\xef\xbb\xbf)?\s*\[", data):
        return ""
    for name in ("readings", "value"):
        if re.search(rf'"{name}"\s*:\s*\['.encode(), data):
            return name
    return None


def _listed(document: Document) -> Document:
    """The answer for one sensor is its reading, without the list around it. A message is no reading."""
    answer = document.json
    if isinstance(answer, dict) and "message" in answer and "pm25" not in answer:
        said = str(answer["message"])[:120]
        raise Refusal(
            "partner_says",
            f"The partner answers without data: “{said}”. Check the key and the station, then ask again.",
            f"หน่วยงานตอบโดยไม่มีข้อมูล: “{said}” โปรดตรวจสอบกุญแจและรหัสสถานี แล้วขอใหม่",
        )
    return Document(json.dumps([answer]).encode(), document.path)


def _refuse_lost(present: list[str], *, is_history: bool) -> None:
    lost = [channel.column for channel in ALWAYS if channel.column not in present]
    if not set(TIMES) & set(present):
        lost.append("log_datetime")
    if not is_history and "id" not in present:
        lost.append("id")
    if lost:
        raise column_missing(lost, present)


def _named(frame: pl.DataFrame, sheet: str, *, is_history: bool) -> pl.DataFrame:
    """`station_key`, `station_name` and `at`: the local log time; where it is empty, `last_updated`, which is UTC."""
    if is_history:
        station, name = pl.coalesce("of", "of_id", "id"), pl.coalesce("of_name", "of_dustboy", "dustboy_name")
    else:
        station, name = pl.col("id"), pl.coalesce(clean_name("dustboy_name"), clean_name("dustboy_name_en"))
    frame = frame.with_columns(
        pl.coalesce("log_datetime", "datetime").str.strip_chars(SPACES).alias("written"), name.alias("named")
    )
    local = pl.col("written").str.to_datetime(_LOCAL, time_unit="us", strict=False).dt.replace_time_zone("Asia/Bangkok")
    frame = frame.with_columns(local.dt.convert_time_zone("UTC").alias("at"))
    if frame["at"].null_count():
        frame = frame.with_columns(
            pl.coalesce("at", instant(pl.col("written")), instant(pl.col("last_updated"), zone="UTC"))
        )
    return frame.with_columns(
        (pl.lit("CMU-") + station.str.strip_chars(SPACES)).alias("station_key"),
        pl.coalesce(clean_name("named"), station).alias("station_name"),
        pl.lit(sheet).alias("sheet"),
    )


def _stations(frame: pl.DataFrame, *, is_history: bool) -> pl.DataFrame:
    """Where each sensor stands, as text: of a history once, of a list for every reading."""
    if is_history:
        frame = frame.head(1).with_columns(pl.lit("station").alias("cell"))
    told = STATION_OF_HISTORY if is_history else STATION
    codes = {name: _place_code(name) for name in frame["station_name"].unique()}
    return frame.select(
        "station_key",
        "station_name",
        # an empty text is no answer: the field may stand under its other name
        *(pl.coalesce(clean_name(field) for field in fields).alias(name) for name, fields in told.items()),
        pl.col("station_name").replace_strict(codes, return_dtype=pl.String).alias("place_code"),
        "sheet",
        "cell",
    )


def _place_code(name: str | None) -> str | None:
    found = [mark.search(name or "") for mark in _MARKED]
    return finest_code(*(one[1] if one else None for one in found))


def _is_used(frame: pl.DataFrame, column: str) -> bool:
    return bool((frame[column].str.strip_chars(SPACES) != "").any())


def _unknown(present: list[str]) -> list[str]:
    known = {*NAMES, *TIMES, *MEASURED, *PARENT, *AROUND}
    return [name for name in present if name not in known and not NOT_TAKEN.fullmatch(name)]
