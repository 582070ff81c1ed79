"""TMD's observations (every three hours, and of the morning), the rain gauges of ThaiWater, and where both stand."""

from __future__ import annotations

import json
import re

import polars as pl

from assets.readers.declared import new_columns, require
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.latest import clean_name, latest_batches
from assets.readers.places import finest_code
from assets.readers.records import nothing_in_it
from assets.readers.result import Batch, Drop, Parsed, Refusal
from assets.readers.station_list import with_stations
from assets.readers.wide import SPACES, Channel, once, unreadable_times, wide_rows
from expectations.contract import Contract

PARSER_VERSION = "1"

_XML = ("xml", "html")  # TMD's XML has a Header and a Title, as web pages do
PROVINCE = "52"  # Lampang
NOTHING = ("-", "N/A", "-999", "[]", "{}")  # an empty XML element becomes an empty list or object
STATION = ("WmoStationNumber", "StationNameThai", "StationNameEnglish")
# Entity `station` ← TMD's stations and ThaiWater's gauges.
STATION_FIELDS = {
    "code": "WmoStationNumber",
    "station_name_en": "StationNameEnglish",
    "province_name": "Province",
    "latitude": "Latitude",
    "longitude": "Longitude",
}
GAUGE_FIELDS = {
    "code": "station.tele_station_oldcode",
    "station_name_en": "station.tele_station_name.en",
    "province_name": "geocode.province_name.th",
    "district_name": "geocode.amphoe_name.th",
    "tambon_name": "geocode.tumbon_name.th",
    "latitude": "station.tele_station_lat",
    "longitude": "station.tele_station_long",
}
PLACES = ("province_name", "district_name", "tambon_name")
# Rain at the hour is that of the three hours before; at 07:00 the morning's answer tells the last 24.
THREE_HOURS = (
    Channel("Observation.StationPressure", "BP", "hPa", "PT0S"),
    Channel("Observation.AirTemperature", "TEMP", "Cel", "PT0S"),
    Channel("Observation.RelativeHumidity", "RH", "%", "PT0S"),
    Channel("Observation.WindDirection", "WD", "deg", "PT0S"),
    Channel("Observation.WindSpeed", "WS", "km/h", "PT0S"),
    Channel("Observation.Rainfall", "RAIN", "mm", "PT3H"),
    Channel("Observation.Rainfall24Hr", "RAIN", "mm", "PT24H"),
)
TODAY = (
    Channel("Observation.Temperature", "TEMP", "Cel", "PT0S"),
    Channel("Observation.RelativeHumidity", "RH", "%", "PT0S"),
    Channel("Observation.WindDirection", "WD", "deg", "PT0S"),
    Channel("Observation.WindSpeed", "WS", "km/h", "PT0S"),
    Channel("Observation.Rainfall", "RAIN", "mm", "PT24H"),
)
LAYOUTS = {
    # layout: (what tells it, its channels, how it writes times)
    "weather3hours": ("Observation.AirTemperature", THREE_HOURS, "%m/%d/%Y %H:%M:%S"),
    "weathertoday": ("Observation.Temperature", TODAY, "%Y-%m-%d %H:%M"),
}
GAUGE = ("station.id", "station.tele_station_name.th", "geocode.province_code", "rainfall_datetime")
DAY_RAIN, HOUR_RAIN = Channel("rain_24h", "RAIN", "mm", "PT24H"), Channel("rain_1h", "RAIN", "mm", "PT1H")
# Known and no measurement: no quantities of ours, places (the station's), and names of agencies and basins.
NOT_TAKEN = re.compile(
    r"Province|Latitude|Longitude|Observation\.(MeanSeaLevelPressure|DewPoint|VaporPressure|LandVisibility|(Max|Min)Temperature"
    r"|DifferentFrom(Max|Min)Temperature)|id|station_type|(agency|basin|geocode|station)\..+"
)


def claims(document: Document) -> bool:
    """JSON or XML of TMD's stations, ThaiWater's gauges, or TMD's forecast (which is refused as what it is)."""
    if document.kind not in ("json", *_XML):
        return False
    head = document.text[:20_000]
    return any(name in head for name in ("WmoStationNumber", "rainfall_datetime", "WeatherForecasts"))


def parse(document: Document, contract: Contract) -> Parsed:
    """Entities `observation` and `station`. Raises Refusal: forecast, wrong_format, column_missing, type_flip, …; NoData."""
    if document.kind in _XML and "WmoStationNumber" in document.text:
        raise _wrong_format()
    text = document.text
    if '"WeatherForecasts"' in text[:20_000]:
        raise _forecast()
    is_rain = re.search(r'"rainfall_datetime"|"result"\s*:\s*"OK"', text) is not None
    batches, stations = _gauges(document) if is_rain else _stations(document)
    return Parsed(contract.source_id, with_stations(contract, batches, stations, NOTHING))


def _stations(document: Document) -> tuple[tuple[Batch, ...], pl.DataFrame]:
    columns = [channel.column for _, channels, _ in LAYOUTS.values() for channel in channels]
    fields = [*dict.fromkeys([*STATION, *STATION_FIELDS.values()]), "Observation.DateTime", *dict.fromkeys(columns)]
    frame, present, _ = read_records(_listed(document), "Stations.Station", fields, {})
    if not frame.height:
        raise nothing_in_it()
    layout = next((name for name, (sign, _, _) in LAYOUTS.items() if sign in present), "weather3hours")
    _, channels, form = LAYOUTS[layout]
    needed = ["WmoStationNumber", "Observation.DateTime", *(channel.column for channel in channels)]
    require(needed, present)
    frame = _timed(
        frame,
        "Observation.DateTime",
        (form,),
        pl.lit("TMD-") + pl.col("WmoStationNumber").str.strip_chars(SPACES),
        pl.coalesce(clean_name("StationNameThai"), clean_name("StationNameEnglish")),
        "Stations",
    )
    stations = _placed(frame, STATION_FIELDS)
    frame, again = once(frame, channels)
    known = {*STATION, *needed}
    told = new_columns([name for name in present if name not in known and not NOT_TAKEN.fullmatch(name)])
    told += unreadable_times(frame, "written")
    return latest_batches(document, frame, wide_rows(frame, channels, NOTHING), layout, told, again), stations


def _gauges(document: Document) -> tuple[tuple[Batch, ...], pl.DataFrame]:
    fields = [*GAUGE, DAY_RAIN.column, HOUR_RAIN.column, *GAUGE_FIELDS.values()]
    frame, present, _ = read_records(document, "data", fields, {})
    if not frame.height:
        raise nothing_in_it()
    require([*GAUGE, DAY_RAIN.column], present)
    name = pl.coalesce(clean_name("station.tele_station_name.th"), pl.col("station.id"))
    frame = _timed(
        frame,
        "rainfall_datetime",
        ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"),
        pl.lit("THAIWATER-") + pl.col("station.id"),
        name,
        "data",
    )
    is_here = (pl.col("geocode.province_code").str.strip_chars(SPACES) == PROVINCE).fill_null(False)
    here = frame.filter(is_here)
    hour = pl.col(HOUR_RAIN.column)
    away = frame.filter(~is_here)
    drops = _elsewhere(away.height, away.height + away.filter(hour.is_not_null()).height)
    if not here.height:
        raise nothing_in_it()
    stations = _placed(here, GAUGE_FIELDS)
    here, again = once(here, [DAY_RAIN])
    rows = wide_rows(here, [DAY_RAIN], NOTHING)
    telling = here.filter(hour.is_not_null())  # not every gauge tells the last hour
    if telling.height:
        rows = pl.concat([rows, wide_rows(telling, [HOUR_RAIN], NOTHING)])
    told = new_columns([name for name in present if name not in fields and not NOT_TAKEN.fullmatch(name)])
    told += unreadable_times(here, "written")
    return latest_batches(document, here, rows, "thaiwater", told, [*drops, *again]), stations


def _placed(frame: pl.DataFrame, fields: dict[str, str]) -> pl.DataFrame:
    """Where each station stands, as text. TMD's province may hold a tambon: then the place stays unknown."""
    named = frame.select(clean_name(fields[name]).alias(name) for name in PLACES if name in fields)
    return frame.select(
        "station_key",
        "station_name",
        *(pl.col(field).alias(name) for name, field in fields.items()),
        pl.Series("place_code", [finest_code(*names) for names in named.iter_rows()], pl.String),
        "sheet",
        "cell",
    )


def _timed(
    frame: pl.DataFrame, column: str, forms: tuple[str, ...], key: pl.Expr, name: pl.Expr, sheet: str
) -> pl.DataFrame:
    text = pl.col(column).str.strip_chars(SPACES)
    local = pl.coalesce(text.str.to_datetime(form, time_unit="us", strict=False) for form in forms)
    return frame.with_columns(
        local.dt.replace_time_zone("Asia/Bangkok").dt.convert_time_zone("UTC").alias("at"),
        key.alias("station_key"),
        pl.coalesce(name, key).alias("station_name"),
        pl.lit(sheet).alias("sheet"),
        pl.col(column).alias("written"),
    )


def _listed(document: Document) -> Document:
    """One station alone stands without the list around it, as everything does that was XML before."""
    if not re.search(r'"Station"\s*:\s*\{', document.text):
        return document
    try:
        alone = document.json["Stations"]["Station"]
    except (KeyError, TypeError):
        return document
    return Document(json.dumps({"Stations": {"Station": [alone]}}).encode(), document.path)


def _forecast() -> Refusal:
    return Refusal(
        "forecast",
        "This is a forecast of TMD's weather model. The feed takes what was observed; ask Weather3Hours or WeatherToday.",
        "นี่คือผลพยากรณ์จากแบบจำลองของกรมอุตุนิยมวิทยา ชุดข้อมูลนี้รับเฉพาะค่าตรวจวัดจริง โปรดขอจาก Weather3Hours หรือ WeatherToday",
    )


def _wrong_format() -> Refusal:
    return Refusal(
        "wrong_format",
        "TMD answered in XML, which is what it does unless JSON is asked for. Ask again with format=json.",
        "กรมอุตุนิยมวิทยาตอบเป็น XML ซึ่งเป็นค่าเริ่มต้นเมื่อไม่ได้ขอ JSON โปรดขอใหม่โดยระบุ format=json",
    )


def _elsewhere(gauges: int, cells: int) -> list[Drop]:
    if not gauges:
        return []
    return [
        Drop(
            "other_province",
            f"{gauges:,} gauges ({cells:,} cells) stand outside Lampang (province {PROVINCE}); the answer is of the whole country.",
            f"สถานี {gauges:,} แห่ง ({cells:,} ค่า) อยู่นอกจังหวัดลำปาง (รหัส {PROVINCE}) เพราะคำตอบเป็นข้อมูลทั้งประเทศ",
            n=cells,
        )
    ]
