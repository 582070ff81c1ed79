"""GISTDA hotspots: VIIRS detections of Suomi-NPP as GeoJSON from the gateway.

`acq_*` is UTC, `th_*` Thai time, and `timestamp` is the Thai clock encoded as if it were UTC: seven hours late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from rasterio.warp import transform

from simulator.feed import Request, Route
from simulator.feeds._fires import PLACES, Place, detections
from simulator.feeds._gistda import BASE, MOST, SPANS, Features, account, collection, object_id, route, span
from simulator.world import BANGKOK, World

SOURCE_ID = "gistda_hotspot"
SENSOR = "VIIRS_SNPP_NRT"
CONFIDENCE = ("low", "nominal", "high")
LAND_USE = ("พื้นที่ป่าสงวนแห่งชาติ", "พื้นที่ป่าอนุรักษ์", "พื้นที่เกษตร", "พื้นที่เขต สปก.", "ชุมชนและอื่นๆ", "พื้นที่ริมทางหลวง (50 เมตร)")
DIRECTIONS = ("ทิศเหนือ", "ทิศตะวันออก", "ทิศใต้", "ทิศตะวันตก")
BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One answer of `1day` for every whole day, asked at its end, in pages."""
    for day in world.dates:
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), BANGKOK)
        found = _features(world, end - timedelta(days=1), end)
        url = f"https://api-gateway.gistda.or.th{BASE}/viirs/1day"
        for offset in range(0, max(1, len(found)), MOST):
            name = f"{day:%Y-%m-%d}.json" if len(found) <= MOST else f"{day:%Y-%m-%d}-{offset // MOST + 1:03d}.json"
            yield f"SYNTHETIC {SOURCE_ID}/{name}", collection(found, offset, MOST, end, url, "SYNTHETIC-KEY")


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """All whole days as they were saved once, in pages."""
    since = datetime.combine(world.dates[0], datetime.min.time(), BANGKOK)
    end = datetime.combine(world.today, datetime.min.time(), BANGKOK)
    found = _features(world, since, end)
    url = f"https://api-gateway.gistda.or.th{BASE}/viirs"
    for offset in range(0, max(1, len(found)), MOST):
        name = f"{world.dates[0]:%Y%m%d}-{world.dates[-1]:%Y%m%d}-{offset // MOST + 1:03d}.json"
        yield f"SYNTHETIC {SOURCE_ID}/{name}", collection(found, offset, MOST, end, url, "SYNTHETIC-KEY")


def routes(world: World) -> list[Route]:
    """`viirs` in four windows; `modis` is not there, and the gateway says so."""

    def features(request: Request) -> Features:
        return _features(world, *span(world, SPANS[request.params["days"]]))

    return [route(SOURCE_ID, rf"{BASE}/viirs/(?P<days>1day|3days|7days|30days)", world, features)]


def _features(world: World, since: datetime, until: datetime) -> Features:
    seen = detections(world, SENSOR, since, until)
    if seen.is_empty():
        return []
    lat, lon = seen["latitude"].to_numpy(), seen["longitude"].to_numpy()
    east, north = transform("EPSG:4326", "EPSG:32647", lon.tolist(), lat.tolist())
    local = pl.col("acq_at").dt.convert_time_zone("Asia/Bangkok")
    rows = seen.with_columns(
        hash=pl.Series(_geohash(lat, lon)),
        east=pl.Series(np.round(east)),
        north=pl.Series(np.round(north)),
        acq_date=pl.col("acq_at").dt.strftime("%Y-%m-%dT00:00:00"),
        acq_time=pl.col("acq_at").dt.strftime("%H%M"),
        th_date=local.dt.strftime("%Y-%m-%dT00:00:00"),
        th_time=local.dt.strftime("%H%M"),
        # the trap: the Thai clock, as if it were UTC
        timestamp=pl.col("acq_at").dt.epoch("s") + 7 * 3600,
        identity=pl.col("acq_at").dt.strftime("VI1%Y%m%d%H%M"),
        file=pl.col("acq_at").dt.strftime("N_Vi1_%Y%m%d"),
        added=(pl.col("acq_at") + timedelta(hours=3)).dt.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    )
    return [_feature(world, row) for row in rows.iter_rows(named=True)]


def _feature(world: World, row: dict[str, Any]) -> dict[str, Any]:
    hotspot_id = row["identity"] + row["hash"]
    own_id = object_id(world.seed, hotspot_id)
    here = PLACES[row["place"]]
    inside = here.tambon_code > 0
    kind = int(own_id[0], 16) % len(LAND_USE)
    properties = {
        "_createdAt": row["added"],
        "_id": own_id,
        "_updatedAt": row["added"],
        **account(world, row["file"]),
        **{name: row[name] for name in ("acq_date", "acq_time", "th_date", "th_time", "timestamp", "frp")},
        **{name: row[name] for name in ("latitude", "longitude", "scan", "track")},
        "bright_ti4": row["bright"],
        "bright_ti5": row["bright_far"],
        "confidence": CONFIDENCE[row["confidence"]],
        "ct_en": here.country_en,
        "ct_tn": here.country_th,
        "f_alarm": 0,
        "file_name": row["file"],
        "hotspotid": hotspot_id,
        "instrument": "VIIRS",
        "satellite": "N",
        "version": "2.0NRT",
        "linkgmap": f"https://maps.google.com/maps?q={row['latitude']},{row['longitude']}" if inside else None,
        "lu_code": kind + 1 if inside else 0,
        "lu_hp": str(kind + 1) if inside else "0",
        "lu_hp_name": LAND_USE[kind] if inside else None,
        "lu_name": LAND_USE[kind] if inside else None,
        "re_nesdb": "ภาคเหนือ" if inside else None,
        "re_royin": "ภาคเหนือ" if inside else None,
        "utm_e": row["east"] if inside else 0,
        "utm_n": row["north"] if inside else 0,
        "utm_zone": "47N" if inside else None,
        "moo_1": "1" if inside else None,
        "name_1": None,
        "v_angle": 10 * (int(own_id[1], 16)) if inside else 0,
        "v_direct": DIRECTIONS[int(own_id[2], 16) % 4] if inside else None,
        "v_dist": 100 * int(own_id[3:5], 16) if inside else 0,
        "village": f"บ้านสมมติ {int(own_id[5], 16)}" if inside else None,
        **_names(here),
    }
    point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    return {"type": "Feature", "id": own_id, "geometry": point, "properties": dict(sorted(properties.items()))}


def _names(here: Place) -> dict[str, Any]:
    """The same place in three families of names; beyond the border nothing, and codes are 0."""
    inside = here.tambon_code > 0
    province = ("ลำปาง", "Lampang") if inside else (None, None)
    levels = {
        "pv": (here.province_code, *province),
        "ap": (here.district_code, here.district_th, here.district_en),
        "tb": (here.tambon_code, here.tambon_th, here.tambon_en),
    }
    names: dict[str, Any] = {}
    for level, (code, thai, english) in levels.items():
        names |= {f"{level}_idn": code, f"{level}_tn": thai, f"{level}_en": english}
        names[f"{level}_code"] = str(code) if inside else None
    old = {"changwat": "pv", "amphoe": "ap", "tambol": "tb", "province_t": "pv", "amphoe_t": "ap", "tambon_t": "tb"}
    return names | {name: levels[level][1] for name, level in old.items()}


def _geohash(lat: np.ndarray, lon: np.ndarray) -> list[str]:
    """Ten characters that say where: GISTDA's ids end in them."""
    x = np.floor((lon + 180) / 360 * 2**25).astype(np.int64)
    y = np.floor((lat + 90) / 180 * 2**25).astype(np.int64)
    letters = np.zeros((lat.size, 10), dtype=np.int64)
    for bit in range(50):
        of = x if bit % 2 == 0 else y
        letters[:, bit // 5] = letters[:, bit // 5] * 2 + (of >> (24 - bit // 2) & 1)
    return ["".join(BASE32[n] for n in row) for row in letters]
