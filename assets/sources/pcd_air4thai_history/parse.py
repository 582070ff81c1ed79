"""PCD's hourly history: the answers of the service, and the workbook (or its CSV) that PCD hands out, one per station.

Hours are named by their end in both; hour 2400 of a day is the hour that ends at the next midnight.
"""

from __future__ import annotations

import polars as pl

from assets.readers.declared import column_missing, new_columns
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.pcd_stations import NOTHING, station_key
from assets.readers.records import nothing_in_it, observation_batch
from assets.readers.result import Batch, Parsed
from assets.readers.wide import Channel, once, unreadable_times, wide_rows
from assets.sources.pcd_air4thai_history.book import is_history_table, parse_book
from expectations.contract import Contract

PARSER_VERSION = "1"

# The service names no units; they are those of Air4Thai.
CHANNELS = (
    Channel("PM25", "PM25", "ug/m3"),
    Channel("PM10", "PM10", "ug/m3"),
    Channel("O3", "O3", "[ppb]"),
    Channel("CO", "CO", "[ppm]"),
    Channel("NO2", "NO2", "[ppb]"),
    Channel("SO2", "SO2", "[ppb]"),
    Channel("WS", "WS", "m/s"),
    Channel("TEMP", "TEMP", "Cel"),
    Channel("RH", "RH", "%"),
    Channel("WD", "WD", "deg"),
)


def claims(document: Document) -> bool:
    """An answer with DATETIMEDATA, or a table that begins with ปี/เดือน/วัน and ชั่วโมง."""
    if document.kind == "json":
        return '"DATETIMEDATA"' in document.text
    return document.kind in ("xlsx", "text") and is_history_table(document)


def parse(document: Document, contract: Contract) -> Parsed:
    """Entity `observation`. Raises Refusal: column_missing, type_flip, station_missing, …; NoData."""
    batch = _answer(document) if document.kind == "json" else parse_book(document)
    return Parsed(contract.source_id, (batch,))


def _answer(document: Document) -> Batch:
    names = [channel.column for channel in CHANNELS]
    frame, present, _ = read_records(document, "stations[].data", ["DATETIMEDATA", *names], {"stationID": "stationID"})
    if not frame.height:
        raise nothing_in_it()
    # What a caller asks for decides what comes; our own question asks for all.
    needed = ["DATETIMEDATA", "stationID", *(names if document.pulled else [])]
    lost = [name for name in needed if name not in present]
    channels = [channel for channel in CHANNELS if channel.column in present]
    if lost or not channels:
        raise column_missing(lost or names[:2], present)
    at = pl.col("DATETIMEDATA").str.strip_chars().str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    frame = frame.with_columns(
        at.dt.replace_time_zone("Asia/Bangkok").dt.convert_time_zone("UTC").alias("at"),
        station_key(pl.col("stationID"), pl.lit(None, pl.String)).alias("station_key"),
        pl.col("stationID").str.strip_chars().alias("station_name"),  # the service gives no name
        pl.lit("stations").alias("sheet"),
        (pl.col("stationID") + "." + pl.col("cell")).alias("cell"),
    )
    frame, drops = once(frame, channels)
    stations = frame["station_key"].unique().sort()
    known = {"DATETIMEDATA", "stationID", *names}
    return observation_batch(
        "observation",
        wide_rows(frame, channels, NOTHING),
        layout="hourly",
        series=f"stations/{stations[0]}..{stations[-1]}" if len(stations) > 1 else f"station/{stations[0]}",
        findings=[
            *new_columns([name for name in present if name not in known]),
            *unreadable_times(frame, "DATETIMEDATA"),
        ],
        drops=drops,
    )
