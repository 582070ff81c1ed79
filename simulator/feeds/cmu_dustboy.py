"""CMU DustBoy: low-cost sensors near Mae Moh, their latest readings and their history. Every value and owner is invented.

`World(days=365, scale=12)` gives a little over a million readings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from simulator.feed import Answer, Key, Request, Route, as_json
from simulator.feeds._air import hours_until
from simulator.world import MARK, MARK_TH, Floats, World

HOST = "open-api.cmuccdc.org"
PER_SCALE = 10
SAVED = 3  # sensors whose past is handed over
TAMBON = (
    ("แม่เมาะ", "Mae Mo"),
    ("สบป้าด", "Sop Pat"),
    ("บ้านดง", "Ban Dong"),
    ("นาสัก", "Na Sak"),
    ("จางเหนือ", "Chang Nuea"),
)
COLOURS = ("0, 153, 107", "253,192,78", "254, 135, 0", "255,17,17")  # written both ways by the service
TITLES = ("Good", "Moderate", "Unhealthy for sensitive groups", "Unhealthy")
US_PM25, US_AQI = (0, 12, 35.4, 55.4, 150.4, 250.4, 500.4), (0, 50, 100, 150, 200, 300, 500)
TH_PM25, TH_AQI = (0, 15, 25, 37.5, 75), (0, 25, 50, 100, 200)


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """The history of every sensor over the whole days, then the latest readings at every hour of the day that goes on."""
    hours = [hour for hour in world.hours if hour <= datetime.combine(world.today, datetime.min.time(), hour.tzinfo)]
    if hours:
        basin = _basin(world, hours)
        for n in range(PER_SCALE * world.scale):
            rows = _readings(world, n, hours, basin)
            yield f"SYNTHETIC cmu_dustboy/history/{_id(n)}.json", _history(world, n, rows, "readings", "datetime")
    for hour in world.hours[len(hours) :]:
        yield f"SYNTHETIC cmu_dustboy/stations/{hour:%Y-%m-%dT%H}.json", as_json(_latest(world, hour), indent=1)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """The past of some sensors, as `data1year` answers it: newest first."""
    end = datetime.combine(world.today, datetime.min.time(), world.last_hour.tzinfo)
    hours = hours_until(end, 24 * min(world.days, 365))
    basin = _basin(world, hours)
    for n in range(SAVED * world.scale):
        rows = _readings(world, n, hours, basin).reverse()
        yield f"SYNTHETIC cmu_dustboy/data1year/{_id(n)}.json", _history(world, n, rows, "value", "log_datetime")


def routes(world: World) -> list[Route]:
    in_query, in_path = Key(query="apikey"), Key(path=True)

    def latest(request: Request) -> Answer:
        return Answer(as_json(_latest(world, world.last_hour)))

    def near(request: Request) -> Answer:
        if float(request.params["km"]) > 20:
            return Answer(as_json({"status": False, "message": "distance max 20 km"}))
        return Answer(as_json(_latest(world, world.last_hour)))

    def history(request: Request) -> Answer:
        n = int(request.params["id"]) - 9000
        if not 0 <= n < PER_SCALE * world.scale:
            return Answer(as_json({"status": False, "message": "station not found"}), status=404)
        days = {"data30day": 30, "data1year": 365, "data5year": 1826}[request.params["span"]]
        hours = hours_until(world.last_hour, 24 * days)
        rows = _readings(world, n, hours, _basin(world, hours)).reverse()  # newest first
        return Answer(_history(world, n, rows, "value", "log_datetime"))

    spans = r"/api/dustboy/(?P<span>data30day|data1year|data5year)/(?P<id>\d+)/apikey=(?P<key>[^/]+)"
    return [
        Route(
            HOST,
            r"/api/dustboy/(station|stations|province|areahealth|geography)",
            latest,
            key=in_query,
            source_id="cmu_dustboy",
        ),
        Route(
            HOST,
            r"/api/dustboy/nearme/(?P<lat>[\d.]+)/(?P<lon>[\d.]+)/(?P<km>[\d.]+)",
            near,
            key=in_query,
            source_id="cmu_dustboy",
        ),
        Route(HOST, spans, history, key=in_path, source_id="cmu_dustboy"),
    ]


def _id(n: int) -> str:
    return str(9000 + n)


def _basin(world: World, hours: list[datetime]) -> Floats:
    """One haze for all sensors: computed once, however many there are."""
    return world.pm25("basin", hours)


def _readings(world: World, n: int, hours: list[datetime], basin: Floats) -> pl.DataFrame:
    """Columns pm25, pm10, temp, humid, us_aqi, th_aqi, level and time, some hours missing. Whole numbers for PM."""
    name = f"dustboy {_id(n)}"
    here = 0.8 + 0.4 * world.random("dustboy level", n).random()
    pm25 = np.round(basin * here * np.exp(0.1 * world.noise(name, hours)))
    jitter = world.uniform(name, hours)
    us = np.round(np.interp(pm25, US_PM25, US_AQI))
    frame = pl.DataFrame(
        {
            "time": pl.Series([hour.replace(tzinfo=None) for hour in hours], dtype=pl.Datetime("us")),
            "pm25": pm25.astype(np.int64),
            "pm10": np.round(pm25 * (1.1 + 0.1 * jitter)).astype(np.int64),
            "us_aqi": us.astype(np.int64),
            "th_aqi": np.round(np.interp(pm25, TH_PM25, TH_AQI)).astype(np.int64),
            "temp": np.round(world.temperature("basin", hours) + 1 + jitter, 2),
            "humid": np.round(np.clip(world.humidity("basin", hours) - 3 * jitter, 1, 100), 2),
            "level": np.searchsorted([50, 100, 150], us),
            "jitter": jitter,
        }
    )
    return frame.filter(pl.col("jitter") > 0.02)


def _history(world: World, n: int, rows: pl.DataFrame, items: str, time: str) -> bytes:
    """The answer as text, written column by column. One reading in a thousand is a text with a thousands comma."""
    level = pl.col("level").cast(pl.Int64)

    def words(texts: tuple[str, ...]) -> pl.Expr:
        return pl.lit(pl.Series(texts)).gather(level)

    odd = pl.col("jitter") > 0.999
    record = pl.concat_str(
        pl.lit(f'{{"{time}": "'),
        pl.col("time").dt.strftime("%Y-%m-%d %H:%M:%S"),
        pl.lit('", "pm25": '),
        pl.col("pm25"),
        pl.lit(', "pm10": '),
        pl.when(odd).then(pl.lit('"1,012"')).otherwise(pl.col("pm10").cast(pl.String)),
        pl.lit(', "us_aqi": '),
        pl.when(pl.col("jitter") > 0.5).then('"' + pl.col("us_aqi").cast(pl.String) + '"').otherwise("us_aqi"),
        pl.lit(', "th_aqi": '),
        pl.col("th_aqi"),
        pl.lit(', "us_color": "'),
        words(COLOURS),
        pl.lit('", "temp": "'),
        pl.col("temp"),
        pl.lit('", "humid": "'),
        pl.col("humid"),
        pl.lit('", "us_title_en": "'),
        words(TITLES),
        pl.lit(f'", "us_caption_en": "{MARK}", "us_caption": "{MARK_TH}"}}'),
    )
    body = ",\n".join(rows.select(record.alias("record"))["record"].to_list())
    head = json.dumps({"station": _station(world, n)}, ensure_ascii=False)[:-1]
    updated = f"{(world.last_hour - timedelta(hours=7)):%Y-%m-%dT%H:%M:%S}.130Z"
    return f'{head}, "{items}": [\n{body}\n], "last_updated": "{updated}"}}'.encode()


def _place(world: World, n: int) -> tuple[str, str]:
    """Coordinates as text; every seventh sensor has none."""
    if n % 7 == 6:
        return "", ""
    draw = world.random("dustboy place", n).random(2)
    return f"{18.22 + 0.3 * draw[0]:.7f}", f"{99.62 + 0.3 * draw[1]:.7f}"


def _names(n: int) -> tuple[str, str]:
    th, en = TAMBON[n % len(TAMBON)]
    return f"เครื่องวัดสังเคราะห์ {n + 1} ต.{th}", f"{MARK} sensor {n + 1}, {en}"


def mirrored(world: World, n: int, hours: list[datetime]) -> tuple[str, tuple[str, str], pl.DataFrame]:
    """What another service shows that repeats sensor `n`: its name, its coordinates (as text) and its readings."""
    return _names(n)[0], _place(world, n), _readings(world, n, hours, _basin(world, hours))


def _station(world: World, n: int) -> dict[str, Any]:
    th, en = _names(n)
    lat, lon = _place(world, n)
    names = {"id": _id(n), "dustboy_id": f"syn{n:08d}", "name_th": th, "name_en": en}
    return {**names, "province_id": "52", "lat": lat, "lon": lon}


def _latest(world: World, hour: datetime) -> list[dict[str, Any]]:
    """One reading per sensor, with the fields of the service, the owner's among them."""
    basin = _basin(world, [hour])
    stations = []
    for n in range(PER_SCALE * world.scale):
        rows = _readings(world, n, [hour], basin)
        if rows.is_empty():  # this hour is missing: the service repeats the one before
            before = hour - timedelta(hours=1)
            rows = _readings(world, n, [before], _basin(world, [before]))
        if not rows.is_empty():
            stations.append(_latest_of(world, n, rows.row(0, named=True)))
    return stations


def _latest_of(world: World, n: int, row: dict[str, Any]) -> dict[str, Any]:
    th, en = _names(n)
    lat, lon = _place(world, n)
    level = int(row["level"])
    return {
        "id": _id(n),
        "dustboy_id": f"syn{n:08d}",
        "dustboy_uri": f"synthetic-{n}",
        "dustboy_name": th,
        "dustboy_name_en": en,
        "dustboy_lat": lat,
        "dustboy_lon": lon,
        "db_email": f"owner{n}@example.invalid",
        "db_mobile": f"000-000-{n:04d}",
        "db_addr": f"{MARK} address {n}",
        "pm10": row["pm10"] if n % 2 else str(row["pm10"]),
        "pm25": row["pm25"],
        "pm10_th_aqi": float(row["th_aqi"]),
        "pm10_us_aqi": str(row["us_aqi"]),
        # only some sensors carry a weather station; the others send empty texts
        "wind_speed": f"{0.4 + n / 10:.1f}" if n % 5 == 0 else "",
        "wind_direction": str(200 + n % 90) if n % 5 == 0 else "",
        "atmospheric": f"{970 + n % 9}.2" if n % 5 == 0 else "",
        "temp": str(row["temp"]),
        "humid": str(row["humid"]),
        "us_aqi": str(row["us_aqi"]) if n % 2 else row["us_aqi"],
        "us_color": COLOURS[level],
        "us_title": MARK_TH,
        "us_title_en": TITLES[level],
        "us_caption": MARK_TH,
        "us_caption_en": MARK,
        "th_aqi": row["th_aqi"],
        "th_color": COLOURS[level],
        "daily_pm25": f"{row['pm25']:,}",
        "daily_th_aqi": row["th_aqi"],
        "province_id": "52",
        "log_datetime": f"{row['time']:%Y-%m-%d %H:%M:%S}",
        "last_updated": f"{row['time'] - timedelta(hours=7):%Y-%m-%dT%H:%M:%S}.000Z",
    }
