"""NASA FIRMS, area interface: one CSV a sensor. Times are UTC, HHMM without leading zeros; no newline ends the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import polars as pl

from simulator.feed import Answer, Key, Request, Route
from simulator.feeds._fires import SENSORS, detections
from simulator.world import BANGKOK, World

SOURCE_ID = "nasa_firms_hotspot"
HOST = "firms.modaps.eosdis.nasa.gov"
CSV = "text/csv; charset=utf-8"
THAILAND = (97.0, 5.0, 106.0, 21.0)
MOST_DAYS = 10
LETTERS = {0: "l", 1: "n", 2: "h"}
STANDARD_AFTER = timedelta(days=90)  # standard processing replaces near real time some months later
ARCHIVES = {"VIIRS_SNPP_NRT": "SV-C2", "VIIRS_NOAA20_NRT": "J1V-C2", "VIIRS_NOAA21_NRT": "J2V-C2", "MODIS_NRT": "M-C61"}
VEGETATION, OTHER_LAND = 0, 2


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One answer for every day (UTC) and sensor."""
    for day in world.dates:
        for sensor in SENSORS:
            yield f"SYNTHETIC {SOURCE_ID}/{sensor} {day:%Y-%m-%d}.csv", csv(world, sensor, THAILAND, day, 1)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """Two files a sensor, as the archive's download gives them: standard processing with the type of the heat source, and
    after it what is near real time still."""
    start = datetime.combine(world.dates[0], datetime.min.time(), BANGKOK)
    turn = datetime.combine((world.until - STANDARD_AFTER).astimezone(BANGKOK).date(), datetime.min.time(), BANGKOK)
    for n, (sensor, name) in enumerate(ARCHIVES.items()):
        folder = f"SYNTHETIC {SOURCE_ID}/DL_FIRE_{name}_{700001 + n}"
        if start < turn:
            yield f"{folder}/fire_archive_{name}_{700001 + n}.csv", _archive(world, sensor, start, turn, True)
        yield (
            f"{folder}/fire_nrt_{name}_{700001 + n}.csv",
            _archive(world, sensor, max(start, turn), world.until, False),
        )


def routes(world: World) -> list[Route]:
    """`/api/area/csv/{key}/{sensor}/{west,south,east,north | world}/{days}[/{date}]`."""

    def respond(request: Request) -> Answer:
        days = int(request.params["days"])
        if not 1 <= days <= MOST_DAYS:
            return Answer(b"Invalid day range. Expects [1..10].", "text/plain; charset=utf-8", 400)
        asked = request.params.get("date")
        first = date.fromisoformat(asked) if asked else world.until.astimezone(UTC).date() - timedelta(days=days - 1)
        where = request.params["area"]
        west, south, east, north = map(float, where.split(",")) if where != "world" else (-180, -90, 180, 90)
        return Answer(csv(world, request.params["sensor"], (west, south, east, north), first, days), CSV)

    number = r"-?\d+(?:\.\d+)?"
    path = (
        rf"/api/area/csv/(?P<key>[^/]+)/(?P<sensor>{'|'.join(SENSORS)})/(?P<area>world|{number}(?:,{number}){{3}})"
        r"/(?P<days>\d+)(?:/(?P<date>\d{4}-\d\d-\d\d))?"
    )
    return [Route(HOST, path, respond, key=Key(path=True), source_id=SOURCE_ID)]


def csv(world: World, sensor: str, area: tuple[float, float, float, float], first: date, days: int) -> bytes:
    """The file of `days` UTC days."""
    since = datetime.combine(first, datetime.min.time(), UTC) - timedelta(seconds=1)
    seen = detections(world, sensor, since, since + timedelta(days=days))
    west, south, east, north = area
    seen = seen.filter(pl.col("longitude").is_between(west, east) & pl.col("latitude").is_between(south, north))
    return _text(_table(sensor, seen))


def _archive(world: World, sensor: str, since: datetime, until: datetime, is_standard: bool) -> bytes:
    """The file of [since, until)."""
    second = timedelta(seconds=1)
    seen = detections(world, sensor, since - second, until - second)
    table = _table(sensor, seen)
    if is_standard:
        kind = seen.select(pl.when("is_static").then(OTHER_LAND).otherwise(VEGETATION))
        table = table.with_columns(pl.col("version").str.replace("NRT", ""), kind.to_series().alias("type"))
    return _text(table)


def _table(sensor: str, seen: pl.DataFrame) -> pl.DataFrame:
    """VIIRS and MODIS have columns of their own."""
    what = SENSORS[sensor]
    modis = what.instrument == "MODIS"
    confidence = pl.col("percent") if modis else pl.col("confidence").replace_strict(LETTERS, return_dtype=pl.String)
    return seen.select(
        "latitude",
        "longitude",
        pl.col("bright").alias("brightness" if modis else "bright_ti4"),
        "scan",
        "track",
        acq_date=pl.col("acq_at").dt.strftime("%Y-%m-%d"),
        acq_time=pl.col("acq_at").dt.hour().cast(pl.Int32) * 100 + pl.col("acq_at").dt.minute(),
        satellite=pl.lit(what.satellite),
        instrument=pl.lit(what.instrument),
        confidence=confidence,
        version=pl.lit(what.version),
    ).with_columns(
        seen["bright_far"].alias("bright_t31" if modis else "bright_ti5"),
        seen["frp"],
        daynight=pl.Series(["D" if day else "N" for day in seen["is_day"]], dtype=pl.String),
    )


def _text(table: pl.DataFrame) -> bytes:
    # whole numbers come without ".0", and nothing ends the last line
    return re.sub(r"\.0(?=,|$)", "", table.write_csv(), flags=re.MULTILINE).rstrip("\n").encode()
