"""Statistics of an elevation raster over zones, read strip by strip: memory is bounded whatever the raster's size.

Percentiles come from a histogram of 0.1 m classes, so that no cell has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.io import DatasetReader
from rasterio.transform import Affine
from rasterio.transform import rowcol as row_and_column
from rasterio.warp import transform_bounds, transform_geom
from rasterio.windows import Window
from rasterio.windows import bounds as window_bounds

CELLS_AT_ONCE = 1_000_000
LOWEST, HIGHEST = -500.0, 9000.0  # m: the shore of the Dead Sea and the top of Everest lie between
CLASS = 0.1  # m
DEGREES = "EPSG:4326"

Floats = NDArray[np.float64]


@dataclass
class Zone:
    """Running sums of one zone."""

    key: str
    n_cells: int = 0
    n_values: int = 0
    n_impossible: int = 0
    low: float = np.inf
    high: float = -np.inf
    total: float = 0.0
    n_slopes: int = 0
    slope_total: float = 0.0
    classes: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(round((HIGHEST - LOWEST) / CLASS) + 1, dtype=np.int64)
    )

    def add(self, height: Floats, slope: Floats, n_impossible: int) -> None:
        """Takes the cells of one strip that lie in the zone; NaN is no value."""
        self.n_cells += height.size
        self.n_impossible += n_impossible
        known = height[~np.isnan(height)]
        steep = slope[~np.isnan(slope)]
        if known.size:
            self.n_values += known.size
            self.low, self.high = min(self.low, float(known.min())), max(self.high, float(known.max()))
            self.total += float(known.sum())
            at = np.rint((known - LOWEST) / CLASS).astype(np.int64)
            self.classes += np.bincount(at, minlength=self.classes.size)
        self.n_slopes += steep.size
        self.slope_total += float(steep.sum())

    def percentile(self, share: float) -> float | None:
        """The smallest class that `share` of the cells do not exceed."""
        if not self.n_values:
            return None
        at = int(np.searchsorted(np.cumsum(self.classes), share * self.n_values))
        return round(LOWEST + at * CLASS, 1)


def overlaps(raster: DatasetReader, geometries: Mapping[str, Any]) -> bool:
    """Does any zone's box touch the raster?"""
    west, south, east, north = transform_bounds(raster.crs, DEGREES, *raster.bounds)
    boxes = [_box(geometry) for geometry in geometries.values()]
    return any(w < east and e > west and s < north and n > south for w, s, e, n in boxes)


def n_cells_over(raster: DatasetReader, geometries: Mapping[str, Any]) -> int:
    """How many cells have to be read."""
    whole = _window(raster, [transform_geom(DEGREES, raster.crs, geometry) for geometry in geometries.values()])
    return int(whole.width) * int(whole.height)


def zone_statistics(raster: DatasetReader, geometries: Mapping[str, Any]) -> pl.DataFrame:
    """One row a zone; cells of a zone that lie outside the raster count as cells without a value."""
    shapes = {key: transform_geom(DEGREES, raster.crs, geometry) for key, geometry in geometries.items()}
    zones = [Zone(key) for key in shapes]
    burned = [(shape, number) for number, shape in enumerate(shapes.values(), start=1)]
    for window in _strips(_window(raster, list(shapes.values()))):
        height, impossible = _read(raster, window)
        slope = _slope(height, raster, window)
        inner = Window(window.col_off + 1, window.row_off + 1, window.width - 2, window.height - 2)
        place = raster.window_transform(inner)
        shape = (int(inner.height), int(inner.width))
        numbers = rasterize(burned, out_shape=shape, transform=place, fill=0, dtype="int32")
        for number, zone in enumerate(zones, start=1):
            here = numbers == number
            zone.add(height[1:-1, 1:-1][here], slope[here], int(impossible[1:-1, 1:-1][here].sum()))
    return pl.DataFrame([_row(zone) for zone in zones], schema=STATISTICS)


STATISTICS: dict[str, pl.DataType] = {
    "zone": pl.String(),
    "elevation_min_m": pl.Float64(),
    "elevation_mean_m": pl.Float64(),
    "elevation_max_m": pl.Float64(),
    "elevation_p10_m": pl.Float64(),
    "elevation_p90_m": pl.Float64(),
    "slope_mean_deg": pl.Float64(),
    "n_cells": pl.Int64(),
    "n_impossible": pl.Int64(),
    "nodata_share": pl.Float64(),
}


def _row(zone: Zone) -> dict[str, Any]:
    known = zone.n_values
    return {
        "zone": zone.key,
        "elevation_min_m": round(zone.low, 2) if known else None,
        "elevation_mean_m": round(zone.total / known, 2) if known else None,
        "elevation_max_m": round(zone.high, 2) if known else None,
        "elevation_p10_m": zone.percentile(0.1),
        "elevation_p90_m": zone.percentile(0.9),
        "slope_mean_deg": round(zone.slope_total / zone.n_slopes, 3) if zone.n_slopes else None,
        "n_cells": zone.n_cells,
        "n_impossible": zone.n_impossible,
        "nodata_share": round(1 - known / zone.n_cells, 4) if zone.n_cells else None,
    }


def _box(geometry: Mapping[str, Any]) -> tuple[float, float, float, float]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    points = np.array([point for polygon in polygons for ring in polygon for point in ring])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _window(raster: DatasetReader, shapes: list[Mapping[str, Any]]) -> Window:
    """Whole cells around all zones; it may reach beyond the raster."""
    boxes = np.array([_box(shape) for shape in shapes])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    rows, columns = row_and_column(raster.transform, [west, east], [north, south])
    return Window(columns[0], rows[0], columns[1] - columns[0] + 1, rows[1] - rows[0] + 1)


def _strips(whole: Window) -> Iterator[Window]:
    """Strips of rows with one cell more on every side, for slopes."""
    height = max(1, CELLS_AT_ONCE // int(whole.width))
    for row in range(int(whole.row_off), int(whole.row_off + whole.height), height):
        n = min(height, int(whole.row_off + whole.height) - row)
        yield Window(whole.col_off - 1, row - 1, whole.width + 2, n + 2)


def _read(raster: DatasetReader, window: Window) -> tuple[Floats, NDArray[np.bool_]]:
    """Metres, NaN where there is none; and where a number cannot be a height (an undeclared mark for no data)."""
    shape = (int(window.height), int(window.width))
    height = np.full(shape, np.nan)
    top, left = int(window.row_off), int(window.col_off)
    rows = slice(max(0, top), min(raster.height, top + shape[0]))
    columns = slice(max(0, left), min(raster.width, left + shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        part = raster.read(1, window=Window.from_slices(rows, columns), masked=True).astype(np.float64)
        values = part.filled(np.nan) * raster.scales[0] + raster.offsets[0]
        height[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = values
    with np.errstate(invalid="ignore"):
        impossible = (height < LOWEST) | (height > HIGHEST)
    height[impossible] = np.nan
    return height, impossible


def _slope(height: Floats, raster: DatasetReader, window: Window) -> Floats:
    """Degrees of the inner cells; NaN where a neighbour is missing."""
    dx, dy = _metres(raster.transform, raster.crs.is_geographic, window, raster)
    with np.errstate(invalid="ignore"):
        east = (height[1:-1, 2:] - height[1:-1, :-2]) / (2 * dx)
        north = (height[:-2, 1:-1] - height[2:, 1:-1]) / (2 * dy)
        return np.asarray(np.degrees(np.arctan(np.hypot(east, north))))


def _metres(place: Affine, in_degrees: bool, window: Window, raster: DatasetReader) -> tuple[Floats, float]:
    """Width of a cell for every inner row, and its height."""
    n = int(window.height) - 2
    if not in_degrees:
        return np.full((n, 1), abs(place.a)), abs(place.e)
    north = window_bounds(window, raster.transform)[3]
    lat = np.radians(north + place.e * (np.arange(n) + 1.5))
    dx = abs(place.a) * (111_412.84 * np.cos(lat) - 93.5 * np.cos(3 * lat))
    middle = float(lat.mean()) if n else 0.0
    return dx[:, None], abs(place.e) * (111_132.92 - 559.82 * np.cos(2 * middle) + 1.175 * np.cos(4 * middle))
