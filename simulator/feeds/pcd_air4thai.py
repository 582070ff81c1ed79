"""PCD Air4Thai, the latest value of every station, in the two shapes that the service has had. Every value is invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np

from simulator.feed import Answer, Request, Route, as_json
from simulator.feeds._air import BANDS, air, hours_until, running_mean, thai_aqi
from simulator.feeds._pcd import Site, sites
from simulator.world import MARK, MARK_TH, Floats, World

HOST = "air4thai.pcd.go.th"
UNITS = {"PM25": "µg/m³", "PM10": "µg/m³", "O3": "ppb", "CO": "ppm", "NO2": "ppb", "SO2": "ppb"}
NOTHING = {"color_id": "0", "aqi": "-1", "value": "-1"}  # of a gas that a station does not measure
FAILED = {"color_id": "0", "aqi": "-999", "value": "-1"}


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One answer per hour; the first of every day in the older shape."""
    hours = world.hours
    measured = {site.id: _latest(world, site, hours) for site in sites(world)}
    for n, hour in enumerate(hours):
        is_old = hour.hour == 1
        stations = [(_old if is_old else _new)(site, measured[site.id], n, hour, world) for site in sites(world)]
        name = f"{hour:%Y-%m-%dT%H}{'-forappV2' if is_old else ''}.json"
        yield f"SYNTHETIC pcd_air4thai/{name}", as_json({"note": f"{MARK} {MARK_TH}", "stations": stations}, indent=1)


def routes(world: World) -> list[Route]:
    # Which address has which shape is not documented; that there are both is.
    def new(request: Request) -> Answer:
        return _answer(world, request, is_old=False)

    def old(request: Request) -> Answer:
        return _answer(world, request, is_old=True)

    return [
        Route(HOST, r"/services/getNewAQI_JSON\.php", new, source_id="pcd_air4thai"),
        Route(HOST, r"/forweb/getAQI_JSON\.php", new, source_id="pcd_air4thai"),
        Route(HOST, r"/forappV2/getAQI_JSON\.php", old, source_id="pcd_air4thai"),
    ]


def _answer(world: World, request: Request, *, is_old: bool) -> Answer:
    asked = [part for part in request.query.get("stationID", "").split(",") if part]
    hour = world.last_hour
    stations = [
        (_old if is_old else _new)(site, _latest(world, site, [hour]), 0, hour, world)
        for site in sites(world)
        if not asked or site.id in asked
    ]
    return Answer(as_json({"note": f"{MARK} {MARK_TH}", "stations": stations}))


def _latest(world: World, site: Site, hours: list[datetime]) -> dict[str, Floats]:
    """What the list shows at each hour: PM as the mean of the last 24 hours, gases of the hour; NaN = nothing."""
    known = air(world, site.id, hours_until(hours[0], 24)[:-1] + hours)
    shown = {name: running_mean(known[name], 24) if name.startswith("PM") else known[name][23:] for name in BANDS}
    for name in BANDS:
        is_out = world.uniform(f"air4thai out {site.id} {name}", hours) < 0.03
        shown[name] = np.where(is_out, np.nan, np.round(shown[name], 2 if name == "CO" else 1))
    if site.id == "39t":  # measures no CO
        shown["CO"] = np.full(len(hours), np.nan)
    return shown


def _head(site: Site) -> dict[str, Any]:
    return {
        "stationID": site.id,
        "nameTH": site.name_th,
        "nameEN": site.name_en,
        "areaTH": site.area_th,
        "areaEN": site.area_en,
        "stationType": "GROUND",
        "lat": site.lat,
        "long": site.lon,
    }


def _clock(site: Site, hour: datetime) -> dict[str, str]:
    if site.last_seen:
        return {"date": site.last_seen, "time": "12:00"}
    return {"date": f"{hour:%Y-%m-%d}", "time": f"{hour:%H:%M}"}


def _text(name: str, value: float) -> str:
    """Numbers are texts; PCD shows PM2.5 with one decimal, CO with two, the others whole."""
    return f"{value:.2f}" if name == "CO" else f"{value:.1f}" if name == "PM25" else f"{value:.0f}"


def _new(site: Site, shown: dict[str, Floats], n: int, hour: datetime, world: World) -> dict[str, Any]:
    last: dict[str, Any] = _clock(site, hour)
    best = (-1, 0, "")
    for name in BANDS:
        value = float(shown[name][n])
        if np.isnan(value):
            last[name] = dict(NOTHING if name == "CO" else FAILED)
            continue
        aqi, colour = thai_aqi(name, value)
        best = max(best, (aqi, colour, name))
        last[name] = {"color_id": str(colour), "aqi": str(aqi), "value": _text(name, value)}
    last["AQI"] = {"color_id": str(best[1]), "aqi": str(best[0]), "param": best[2]}
    return {**_head(site), "forecast": [], "AQILast": last}


def _old(site: Site, shown: dict[str, Floats], n: int, hour: datetime, world: World) -> dict[str, Any]:
    last: dict[str, Any] = _clock(site, hour)
    best = (-1, 0)
    for name in BANDS:
        value = float(shown[name][n])
        if np.isnan(value):
            last[name] = {"value": "N/A" if name == "CO" else "-", "unit": UNITS[name]}
            continue
        best = max(best, thai_aqi(name, value))
        last[name] = {"value": _text(name, value), "unit": UNITS[name]}
    last["AQI"] = {"Level": str(best[1]), "aqi": str(best[0])}
    return {**_head(site), "LastUpdate": last}
