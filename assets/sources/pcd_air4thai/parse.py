"""PCD Air4Thai: the latest value of every station, in the two shapes that the service has had.

PM is the mean of the last 24 hours, gases are of the last hour; the hour named is the end of both.
"""

from __future__ import annotations

import json
import re

import polars as pl

from assets.readers.declared import column_missing, new_columns, require
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.latest import clean_name, latest_batches
from assets.readers.pcd_stations import NOTHING, station_key
from assets.readers.records import nothing_in_it
from assets.readers.result import Parsed, Refusal
from assets.readers.wide import Channel, once, unreadable_times, wide_rows
from expectations.contract import Contract
from expectations.units import UnitError, ucum

PARSER_VERSION = "1"

QUANTITIES = {"PM25": "ug/m3", "PM10": "ug/m3", "O3": "[ppb]", "CO": "[ppm]", "NO2": "[ppb]", "SO2": "[ppb]"}
SHAPES = {"AQILast": ("color_id", "aqi", "value"), "LastUpdate": ("value", "unit")}
NAMES = ("stationID", "nameTH", "nameEN")
# Known and not taken: the place stands in the list of stations, the index follows from the values.
NOT_TAKEN = {"areaTH", "areaEN", "stationType", "lat", "long", "note"}
INDEX = {"color_id", "aqi", "param", "Level"}


def claims(document: Document) -> bool:
    """A JSON list of stations of one of the two shapes."""
    return document.kind == "json" and _shape(document) is not None


def parse(document: Document, contract: Contract) -> Parsed:
    """Entity `observation`, six rows a station. Raises Refusal: column_missing, type_flip, unit_changed, …; NoData."""
    shape = _shape(document)
    if shape is None:
        if re.search(r'"stations"\s*:\s*\[\s*\]', document.text):
            raise nothing_in_it()
        raise column_missing(["stations[].AQILast"], ["?"])
    document = _listed(document)
    fields = [f"{shape}.{part}" for part in ("date", "time", *(f"{q}.{f}" for q in QUANTITIES for f in SHAPES[shape]))]
    frame, present, _ = read_records(document, "stations", [*NAMES, *fields], {})
    if not frame.height:
        raise nothing_in_it()
    _refuse_lost(present, shape)
    if shape == "LastUpdate":
        _refuse_other_units(frame)
    frame = _timed(frame, shape)
    channels = [
        Channel(
            f"{shape}.{quantity}.value",
            quantity,
            unit,
            "PT24H" if quantity.startswith("PM") else "PT1H",
            f"no {quantity}",
        )
        for quantity, unit in QUANTITIES.items()
    ]
    frame, drops = once(frame, channels)
    findings = [*new_columns(_unknown(present, shape)), *unreadable_times(frame, f"{shape}.date")]
    rows = wide_rows(frame, channels, NOTHING)
    return Parsed(contract.source_id, latest_batches(document, frame, rows, shape.lower(), findings, drops))


def _shape(document: Document) -> str | None:
    text = document.text
    return next((shape for shape in SHAPES if f'"{shape}"' in text and '"stationID"' in text), None)


def _listed(document: Document) -> Document:
    """The answer for one station is that station, without the list around it."""
    if re.match(r'\s*\{\s*"stationID"', document.text):
        return Document(json.dumps({"stations": [document.json]}).encode(), document.path)
    return document


def _refuse_lost(present: list[str], shape: str) -> None:
    needed = ["stationID", f"{shape}.date", f"{shape}.time", *(f"{shape}.{quantity}.value" for quantity in QUANTITIES)]
    require(needed, present)


def _unknown(present: list[str], shape: str) -> list[str]:
    known = {
        *NAMES,
        *NOT_TAKEN,
        "forecast",
        f"{shape}.date",
        f"{shape}.time",
        *(f"{shape}.AQI.{name}" for name in INDEX),
    }
    known |= {f"{shape}.{quantity}.{field}" for quantity in QUANTITIES for field in SHAPES[shape]}
    return [name for name in present if name not in known and not name.startswith("forecast")]


def _timed(frame: pl.DataFrame, shape: str) -> pl.DataFrame:
    """`at` of each station from its own date and hour; 24:00 is the end of the day."""
    day = pl.col(f"{shape}.date").str.strip_chars().str.to_datetime("%Y-%m-%d", time_unit="us", strict=False)
    hour, minute = (
        pl.col(f"{shape}.time").str.extract(r"^\s*(\d{1,2}):(\d{2})", group).cast(pl.Int64) for group in (1, 2)
    )
    local = pl.when((hour * 60 + minute).is_between(0, 24 * 60)).then(day + pl.duration(hours=hour, minutes=minute))
    name = pl.coalesce(clean_name("nameTH"), clean_name("nameEN"), pl.col("stationID"))
    is_off = [
        (pl.col(f"{shape}.{quantity}.color_id") == "0" if shape == "AQILast" else pl.lit(False)).alias(f"no {quantity}")
        for quantity in QUANTITIES
    ]
    return frame.with_columns(
        local.dt.replace_time_zone("Asia/Bangkok").dt.convert_time_zone("UTC").alias("at"),
        station_key(pl.col("stationID"), pl.coalesce(pl.col("nameTH"), pl.col("nameEN"))).alias("station_key"),
        name.alias("station_name"),
        pl.lit("stations").alias("sheet"),
        *is_off,
    )


def _refuse_other_units(frame: pl.DataFrame) -> None:
    """The older shape names its units: one that is not the agreed one would change every value."""
    for quantity, unit in QUANTITIES.items():
        for written in frame[f"LastUpdate.{quantity}.unit"].drop_nulls().unique().sort():
            try:
                found = ucum(written)
            except UnitError:
                found = written
            if found != unit:
                raise Refusal(
                    "unit_changed",
                    f"{quantity} is given in “{written}”; {unit} was agreed. Nothing was taken; tell the platform team.",
                    f"{quantity} ส่งมาในหน่วย “{written}” แต่ตกลงกันไว้เป็น {unit} จึงไม่รับข้อมูล โปรดแจ้งทีมแพลตฟอร์ม",
                )
