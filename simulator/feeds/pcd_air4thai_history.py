"""PCD's hourly history, as the service answers it and as the workbook that PCD hands out. Every value is invented."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

from simulator.feed import Answer, Request, Route, as_json
from simulator.feeds._air import air
from simulator.feeds._pcd import sites
from simulator.world import BANGKOK, MARK, MARK_TH, Floats, World, day_hours

HOST = "air4thai.pcd.go.th"
PARAMS = ("PM25", "PM10", "O3", "CO", "NO2", "SO2", "WS", "TEMP", "RH", "WD")
MAX_STATIONS = 45  # callers are known to ask for so many at a time

# The workbook: header, unit row, quantity, decimals, factor. The order differs from station to station.
COLUMNS: tuple[tuple[str, str, str, int, float], ...] = (
    ("PM10", "at 3 m (มคก./ลบ.ม.)", "PM10", 0, 1),
    ("CO", "at 3 m (ppm)", "CO", 1, 1),
    (" NO ", "at 3 m (ppb)", "NO", 0, 1),
    (" NO2", "at 3 m (ppb)", "NO2", 0, 1),
    (" NOX ", "at 3 m (ppb)", "NOX", 0, 1),
    (" SO2 ", "at 3 m (ppb)", "SO2", 1, 1),
    ("O3", "at 3 m (ppb)", "O3", 0, 1),
    (" Rain", "at 3 m (inch)", "RAIN", 2, 1 / 25.4),
    (" Net rad", "at 3 m (w/m2)", "SW", 0, 0.7),
    (" Pressure", "at 2 m (mbar)", "BP", 0, 1),
    (" Temp", "at 2 m ", "TEMP", 1, 1),
    (" Rel hum", "at 2 m (%)", "RH", 0, 1),
)
# What PCD hands out of the last years, as CSV: fine dust and wind are new in it.
RECENT = (
    ("PM2.5", "at 3 m (มคก./ลบ.ม.)", "PM25", 0, 1),
    *(column for column in COLUMNS if column[2] not in ("NO", "NOX", "SW")),
    (" Wind speed", "at 10 m (m/s)", "WS", 1, 1),
    (" Wind dir", "at 10 m (deg)", "WD", 0, 1),
)
# Station: its name, and what is not in its table.
RECENT_BOOKS = {
    "37t": ("สถานีอุตุนิยมวิทยาลำปาง", ("BP", "TEMP", "RH")),
    "38t": ("รพ.สต.บ้านสบป้าด", ()),
    "39t": ("รพ.สต.ท่าสี", ("CO", "BP", "TEMP", "RH", "RAIN")),
    "40t": ("การประปาส่วนภูมิภาคแม่เมาะ", ()),
}
BOOKS = {"38t": "รพ.สต.บ้านสบป้าด", "40t": "การประปาส่วนภูมิภาคแม่เมาะ"}
FIRST_DAY = date(2009, 1, 1)
BLANK = " " * 13


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One answer per day for Lampang's stations, and a workbook of old days per station."""
    lampang = [site.id for site in sites(world)[:4]]
    for day in [*world.dates, world.today]:
        answer = _history(world, lampang, PARAMS, day, day)
        yield f"SYNTHETIC pcd_air4thai_history/{day:%Y-%m-%d}.json", as_json(answer)
    yield from _old_books(world, max(10, world.days))


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """The workbooks of old days, ten of them, and the hours of the world as CSV, a station a file."""
    yield from _old_books(world, 10)
    first, last = world.dates[0], world.dates[-1]
    for n, (station, (name, without)) in enumerate(RECENT_BOOKS.items()):
        columns = [column for column in RECENT if column[2] not in without]
        path = f"SYNTHETIC PCD history/{first:%y%m%d}-{last:%y%m%d}/({station}){name}.csv"
        yield path, table(world, station, first, last, columns[4 * n :] + columns[: 4 * n])


def _old_books(world: World, days: int) -> Iterator[tuple[str, bytes]]:
    for n, (station, name) in enumerate(BOOKS.items()):
        yield f"SYNTHETIC PCD history/({station}){name}.xlsx", workbook(world, station, days, turn=5 * n)


def routes(world: World) -> list[Route]:
    def respond(request: Request) -> Answer:
        try:
            first = date.fromisoformat(request.query.get("sdate", ""))
            last = date.fromisoformat(request.query.get("edate", ""))
            hours = int(request.query.get("stime", "0")), int(request.query.get("etime", "23"))
        except ValueError:
            return Answer(as_json({"result": "Error", "stations": []}))
        asked = [part for part in request.query.get("stationID", "").split(",") if part][:MAX_STATIONS]
        names = [name for name in request.query.get("param", "").split(",") if name in PARAMS]
        last = min(last, first + timedelta(days=366))
        return Answer(as_json(_history(world, asked, names, first, last, hours)))

    return [Route(HOST, r"/forweb/getHistoryData\.php", respond, source_id="pcd_air4thai_history")]


def _history(
    world: World,
    asked: list[str],
    names: tuple[str, ...] | list[str],
    first: date,
    last: date,
    hours: tuple[int, int] = (0, 23),
) -> dict[str, Any]:
    """The clock runs from 00:00 to 23:00 of each day, and an hour is named by its end; hours to come are not told."""
    known = {site.id for site in sites(world)}
    clock = [
        datetime.combine(first + timedelta(days=d), datetime.min.time(), BANGKOK) + timedelta(hours=h)
        for d in range((last - first).days + 1)
        for h in range(hours[0], hours[1] + 1)
    ]
    clock = [hour for hour in clock if hour <= world.last_hour]
    stations = []
    for station in asked:
        if station not in known or not clock:
            continue
        measured = air(world, station, clock)
        columns: dict[str, list[Any]] = {"DATETIMEDATA": [f"{hour:%Y-%m-%d %H:%M:%S}" for hour in clock]}
        for name in names:
            is_out = world.uniform(f"history out {station} {name}", clock) < 0.02
            columns[name] = [
                None if out else v for v, out in zip(measured[name].tolist(), is_out.tolist(), strict=True)
            ]
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        stations.append({"stationID": station, "data": rows})
    return {"result": "OK", "note": f"{MARK} {MARK_TH}", "stations": stations}


def workbook(world: World, station: str, days: int, turn: int = 0, first: date = FIRST_DAY) -> bytes:
    """`days` days from `first`, hours 100 to 2400; columns turned round by `turn` places."""
    hours = day_hours(first, days)
    measured = air(world, station, hours)
    columns = COLUMNS[turn:] + COLUMNS[:turn]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": f"{MARK} {MARK_TH}", "created": datetime(2026, 1, 1)})
    sheet = book.add_worksheet("09-12")
    book.add_worksheet(MARK).write(0, 0, f"{MARK} {MARK_TH}")
    sheet.write_row(0, 0, ["ปี/เดือน/วัน", "ชั่วโมง", *(column[0] for column in columns)])
    sheet.write_row(1, 2, [column[1] for column in columns])
    days_of, clock = _clock(hours)
    sheet.write_column(2, 0, days_of)
    sheet.write_column(2, 1, clock)
    for at, (header, _, quantity, decimals, factor) in enumerate(columns, start=2):
        sheet.write_column(2, at, _cells(world, station, header, measured[quantity] * factor, decimals, hours))
    book.close()
    return buffer.getvalue()


def table(
    world: World, station: str, first: date, last: date, columns: Sequence[tuple[str, str, str, int, float]]
) -> bytes:
    """The same as CSV: names, then heights and units, then a row an hour."""
    hours = day_hours(first, (last - first).days + 1)
    measured = air(world, station, hours, [column[2] for column in columns])
    days_of, clock = _clock(hours)
    cells: dict[str, list[Any]] = {"day": days_of, "hour": clock}
    for header, _, quantity, decimals, factor in columns:
        cells[header] = _cells(world, station, header, measured[quantity] * factor, decimals, hours)
    frame = pl.DataFrame(
        {
            name: [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in column]
            for name, column in cells.items()
        }
    )
    heads = [["ปี/เดือน/วัน", "ชั่วโมง", *(column[0] for column in columns)], ["", MARK, *(column[1] for column in columns)]]
    return ("\n".join(",".join(head) for head in heads) + "\n" + frame.write_csv(include_header=False)).encode()


def _clock(hours: list[datetime]) -> tuple[list[int], list[int]]:
    """Days and hours as they are written: the hour that ends at midnight is 2400 of the day before, 2009-01-18 is 90118."""
    days = [int(f"{hour - timedelta(hours=1):%y%m%d}") for hour in hours]
    return days, [100 * ((hour.hour + 23) % 24 + 1) for hour in hours]


def _cells(world: World, station: str, header: str, values: Floats, decimals: int, hours: list[datetime]) -> list[Any]:
    """Numbers with the export's noise in the last place, runs of blanks before the first measurement, dashes later."""
    draw = world.uniform(f"book {station} {header}", hours)
    rounded = np.round(values, decimals)
    noisy = np.where((draw > 0.9) & (decimals > 0) & (rounded > 0), rounded - 1e-6, rounded)
    return [
        BLANK if n < 6 else "-" if d < 0.05 else value
        for n, (value, d) in enumerate(zip(noisy.tolist(), draw.tolist(), strict=True))
    ]
