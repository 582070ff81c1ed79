"""Terrain of the district as files: an elevation raster (GeoTIFF) and land-use polygons (GeoJSON). Both are invented.

The raster covers the district's box, but nothing east of 100 degrees: that is the next tile, and it was not delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from rasterio.crs import CRS
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from rasterio.warp import transform

from simulator.feed import as_json
from simulator.feeds._fires import PLACES, Place
from simulator.world import MARK, MARK_TH, World

WEST, NORTH, SIDE = 99.60, 18.65, 0.48  # degrees
TILE_END = 100.0
NODATA = -9999.0
CELLS, MOST_CELLS = 120, 4800
RAI = 1600.0
MINE, PLANT = (18.330, 99.735), (18.296, 99.752)
LAND_USE = (
    ("A101", "นาข้าว", "Paddy field"),
    ("A202", "ข้าวโพด", "Corn"),
    ("A302", "ยางพารา", "Para rubber"),
    ("F201", "ป่าผลัดใบสมบูรณ์", "Dense deciduous forest"),
    ("U201", "หมู่บ้าน", "Village"),
    ("M301", "เหมืองแร่", "Mine"),
    ("W201", "อ่างเก็บน้ำ", "Reservoir"),
)


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One raster and one layer of polygons, of the year before."""
    year = world.today.year - 1
    yield f"{MARK} gistda/DEM_MaeMoh_{year}0115.tif", elevation(world, f"{year}-01-15")
    yield f"{MARK} gistda/LULC_MaeMoh_{year + 543}.geojson", land_use(world, year + 543)


history = deliveries  # it changes with the years


def elevation(world: World, acquired: str, crs: str = "EPSG:4326") -> bytes:
    """A basin between ridges, a mine pit and its spoil heap; metres, 0.1 m fine."""
    cells = min(CELLS * world.scale, MOST_CELLS)
    step = SIDE / cells
    lon = WEST + step * (np.arange(cells) + 0.5)
    lat = NORTH - step * (np.arange(cells) + 0.5)
    height = np.round(_height(world, lon[None, :], lat[:, None]), 1).astype(np.float32)
    height[:, lon > TILE_END] = NODATA
    profile = {
        "driver": "GTiff",
        "width": cells,
        "height": cells,
        "count": 1,
        "dtype": "float32",
        "crs": CRS.from_string(crs),
        "transform": from_origin(WEST, NORTH, step, step),
        "nodata": NODATA,
        "compress": "deflate",
        "predictor": 3,
        "tiled": cells > 512,
    }
    with MemoryFile() as memory:
        with memory.open(**profile) as raster:
            raster.write(height, 1)
            raster.update_tags(
                TIFFTAG_IMAGEDESCRIPTION=f"{MARK} elevation of Mae Moh, invented",
                TIFFTAG_DATETIME=f"{acquired.replace('-', ':')} 00:00:00",
                ACQUISITION_DATE=acquired,
                DATASET=f"{MARK}-DSM",
                UNIT="m",
            )
        return bytes(memory.read())


def land_use(world: World, year_be: int) -> bytes:
    """Six-cornered fields, woods and villages inside their tambons, each with its code and area."""
    inside = [place for place in PLACES if place.district_code == 5202]
    rng = world.random("land use")
    features = []
    for n in range(15 * world.scale):
        here = inside[n % len(inside)]
        angle, reach = rng.uniform(0, 2 * np.pi), 0.7 * here.radius * np.sqrt(rng.random())
        middle = here.lon + reach * np.cos(angle), here.lat + reach * np.sin(angle)
        features.append(_polygon(n, here, middle, rng.uniform(150, 900), year_be, LAND_USE[int(rng.integers(7))]))
    return as_json(
        {
            "type": "FeatureCollection",
            "name": f"{MARK} land use {year_be} / {MARK_TH}",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            "features": features,
        }
    )


def _polygon(
    n: int, here: Place, middle: tuple[float, float], reach: float, year_be: int, what: tuple[str, str, str]
) -> dict[str, Any]:
    (x0,), (y0,) = transform("EPSG:4326", "EPSG:32647", [middle[0]], [middle[1]])
    turn = np.pi / 3 * np.arange(6)
    lon, lat = transform(
        "EPSG:32647", "EPSG:4326", (x0 + reach * np.cos(turn)).tolist(), (y0 + reach * np.sin(turn)).tolist()
    )
    ring = [[round(a, 6), round(b, 6)] for a, b in zip(lon, lat, strict=True)]
    properties = {
        "OBJECTID": n + 1,
        "LU_CODE": what[0],
        "LU_DES_TH": what[1],
        "LU_DES_EN": what[2],
        "AREA_RAI": round(1.5 * np.sqrt(3) * reach**2 / RAI, 2),
        "TB_IDN": here.tambon_code,
        "TB_TN": here.tambon_th,
        "YEAR": year_be,
    }
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]]]},
    }


def _height(world: World, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    basin = ((lon - 99.71) / 0.16) ** 2 + ((lat - 18.31) / 0.14) ** 2
    ground = 310 + 520 * (1 - np.exp(-basin / 2))
    rng = world.random("hills")
    for east, north, phase, rise in zip(
        rng.uniform(20, 90, 12), rng.uniform(20, 90, 12), rng.uniform(0, 6.3, 12), rng.uniform(5, 28, 12), strict=True
    ):
        ground = ground + rise * np.sin(east * lon + north * lat + phase) * np.minimum(1.0, basin)
    pit = np.exp(-(((lon - MINE[1]) / 0.022) ** 2 + ((lat - MINE[0]) / 0.02) ** 2))
    heap = np.exp(-(((lon - MINE[1] - 0.05) / 0.02) ** 2 + ((lat - MINE[0] - 0.03) / 0.02) ** 2))
    return np.asarray(ground - 180 * pit + 130 * heap)
