"""GISTDA burn scars: polygons of burned ground, a week at a time. The shape is assumed from what public clients read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from rasterio.warp import transform

from simulator.feed import Request, Route
from simulator.feeds._fires import PLACES, Place
from simulator.feeds._gistda import BASE, HOST, MOST, SPANS, Features, account, collection, object_id, route, span
from simulator.world import BANGKOK, World

SOURCE_ID = "gistda_burn_scar"
LAND_USE = ((1, "พื้นที่ป่าสงวนแห่งชาติ"), (2, "พื้นที่ป่าอนุรักษ์"), (3, "พื้นที่เกษตร"), (4, "พื้นที่เขต สปก."))
RAI = 1600.0  # m²
PER_WEEK = 40  # on the haziest week, at scale 1
CORNERS = 14


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One answer for every week (Monday to Sunday) that ended before now; there is always one."""
    for monday in _weeks(world, datetime.combine(world.dates[0], datetime.min.time(), BANGKOK), world.until):
        found = _week(world, monday)
        asked = datetime.combine(monday + timedelta(days=8), datetime.min.time(), BANGKOK)
        for offset in range(0, max(1, len(found)), MOST):
            part = f"-{offset // MOST + 1:03d}" if len(found) > MOST else ""
            body = collection(found, offset, MOST, asked, f"https://{HOST}{BASE}/burn-scar", "SYNTHETIC-KEY")
            yield f"SYNTHETIC {SOURCE_ID}/{monday:%Y-%m-%d}{part}.json", body


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """The whole collection as it was saved once, in pages."""
    since = datetime.combine(world.dates[0], datetime.min.time(), BANGKOK)
    found = [scar for monday in _weeks(world, since, world.until) for scar in _week(world, monday)]
    for offset in range(0, max(1, len(found)), MOST):
        body = collection(found, offset, MOST, world.until, f"https://{HOST}{BASE}/burn-scar", "SYNTHETIC-KEY")
        yield f"SYNTHETIC {SOURCE_ID}/season-{world.today:%Y}-{offset // MOST + 1:03d}.json", body


def routes(world: World) -> list[Route]:
    """With and without a window: both are told of. Without, the whole collection (here: the world's days and 30 more)."""

    def features(request: Request) -> Features:
        since, until = span(world, SPANS.get(request.params["days"] or "", world.days + 30))
        return [scar for monday in _weeks(world, since, until) for scar in _week(world, monday)]

    return [route(SOURCE_ID, rf"{BASE}/burn-scar(?:/(?P<days>1day|3days|7days|30days))?", world, features)]


def _weeks(world: World, since: datetime, until: datetime) -> list[date]:
    """Mondays of the weeks that ended in (since, until], or the last one that ended."""
    first, last = since.astimezone(BANGKOK).date(), until.astimezone(BANGKOK).date()
    monday = last - timedelta(days=last.weekday() + 7)
    mondays = [monday]
    while (monday := monday - timedelta(days=7)) + timedelta(days=7) > first:
        mondays.insert(0, monday)
    return mondays


def _week(world: World, monday: date) -> Features:
    rng = world.random("burn scar", monday)
    haze = float(np.mean([world.haze(monday + timedelta(days=n)) for n in range(7)]))
    n = int(rng.poisson(PER_WEEK * world.scale * haze))
    inside = [place for place in PLACES if place.tambon_code]
    places = rng.integers(0, len(inside), n)
    size = np.clip(np.exp(rng.normal(5.2, 0.7, n)), 60, 900)  # metres from the middle to the edge
    angle, reach = rng.uniform(0, 2 * np.pi, n), np.sqrt(rng.random(n))
    rough = rng.uniform(0.6, 1.25, (n, CORNERS))
    land = rng.integers(0, len(LAND_USE), n)
    scars = []
    for i in range(n):
        here = inside[places[i]]
        room = 0.9 * here.radius - 0.0105  # 0.0105 degrees: the largest scar's reach
        middle = here.lon + room * reach[i] * np.cos(angle[i]), here.lat + room * reach[i] * np.sin(angle[i])
        scars.append(_feature(world, monday, i, here, middle, size[i] * rough[i], LAND_USE[land[i]]))
    return scars


def _feature(
    world: World,
    monday: date,
    n: int,
    here: Place,
    middle: tuple[float, float],
    reach: np.ndarray,
    land: tuple[int, str],
) -> dict[str, Any]:
    own_id = object_id(world.seed, "burn scar", monday, n)
    (x0,), (y0,) = transform("EPSG:4326", "EPSG:32647", [middle[0]], [middle[1]])
    turn = 2 * np.pi * np.arange(CORNERS) / CORNERS
    lon, lat = transform(
        "EPSG:32647", "EPSG:4326", (x0 + reach * np.cos(turn)).tolist(), (y0 + reach * np.sin(turn)).tolist()
    )
    ring = [[round(a, 6), round(b, 6)] for a, b in zip(lon, lat, strict=True)]
    area = 0.5 * np.sin(2 * np.pi / CORNERS) * float(np.sum(reach * np.roll(reach, -1)))
    sunday = monday + timedelta(days=6)
    added = f"{monday + timedelta(days=7):%Y-%m-%d}T03:00:00.000Z"
    properties = {
        "_id": own_id,
        "_createdAt": added,
        "_updatedAt": added,
        **account(world, monday),
        "date": f"{monday:%Y%m%d} - {sunday:%Y%m%d}",
        "name": f"SYNTHETIC burn scar {n + 1}",
        "area_rai": round(area / RAI, 2),
        "shape_area": round(area, 2),
        "shape_leng": round(float(np.sum(np.hypot(reach, np.roll(reach, -1)))), 2),
        "burn": 1,
        "orig_fid": n,
        "lu_code": land[0],
        "lu_name": land[1],
        "pv_idn": here.province_code,
        "pv_tn": "ลำปาง",
        "pv_en": "Lampang",
        "ap_idn": here.district_code,
        "ap_tn": here.district_th,
        "tb_idn": here.tambon_code,
        "tb_tn": here.tambon_th,
        "re_nesdb": "ภาคเหนือ",
        "re_royin": "ภาคเหนือ",
    }
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"type": "Feature", "id": own_id, "geometry": geometry, "properties": properties}
