"""Area and middle of GeoJSON polygons in degrees (WGS 84), without a projection of anybody's choice.

Longitude against the authalic latitude is an equal-area map of the ellipsoid, so the shoelace formula gives square metres.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEMI_MAJOR_AXIS = 6_378_137.0  # m, WGS 84
ECCENTRICITY = 0.0818191908426215
DECIMALS = 6  # 0.1 m
RAI = 1600.0  # m², by definition

Floats = NDArray[np.float64]


class NotAPolygon(ValueError):
    """The geometry is no Polygon or MultiPolygon of closed rings in degrees."""


def measure(geometry: Mapping[str, Any]) -> tuple[float, float, float]:
    """(square metres, latitude and longitude of the centre of gravity); holes do not count. Raises NotAPolygon."""
    parts = [_measure(polygon) for polygon in _polygons(geometry)]
    whole = sum(area for area, _, _ in parts)
    if whole <= 0:
        raise NotAPolygon("the polygon has no area")
    lat = sum(area * lat for area, lat, _ in parts) / whole
    return whole, lat, sum(area * lon for area, _, lon in parts) / whole


def _polygons(geometry: Mapping[str, Any]) -> list[list[Floats]]:
    """Polygons as lists of rings; the first ring is the outline."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list) or not coordinates:
        raise NotAPolygon(f"the geometry is {kind!r}, not a Polygon or MultiPolygon with coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return [[_ring(ring) for ring in polygon] for polygon in polygons]


def _ring(ring: Sequence[Sequence[float]]) -> Floats:
    try:
        points = np.array([point[:2] for point in ring], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NotAPolygon("a ring holds something that is no pair of numbers") from error
    if points.ndim != 2 or points.shape[0] < 4 or points.shape[1] != 2:
        raise NotAPolygon("a ring needs at least four points")
    if not (np.abs(points[:, 0]) <= 180).all() or not (np.abs(points[:, 1]) <= 90).all():
        raise NotAPolygon("coordinates are not degrees of longitude and latitude")
    if (points[0] != points[-1]).any():
        raise NotAPolygon("a ring is not closed")
    return points


def _measure(polygon: list[Floats]) -> tuple[float, float, float]:
    """(m², latitude, longitude) of one polygon, its holes taken out."""
    outline, *holes = [_moments(ring) for ring in polygon]
    area = outline[0] - sum(hole[0] for hole in holes)
    if area <= 0:
        return 0.0, 0.0, 0.0
    lat = (outline[0] * outline[1] - sum(hole[0] * hole[1] for hole in holes)) / area
    return area, lat, (outline[0] * outline[2] - sum(hole[0] * hole[2] for hole in holes)) / area


def _moments(ring: Floats) -> tuple[float, float, float]:
    """(m², latitude, longitude) of what a ring encloses."""
    origin = ring[0]
    lon, lat = (ring - origin).T  # near 0, so that small rings lose no digits
    x = np.radians(lon)
    y = _authalic(ring[:, 1]) - _authalic(origin[1:2])[0]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = abs(float(cross.sum())) / 2 * SEMI_MAJOR_AXIS**2
    flat = lon[:-1] * lat[1:] - lon[1:] * lat[:-1]
    if not area or not flat.sum():
        return 0.0, float(ring[:, 1].mean()), float(ring[:, 0].mean())
    weight = 3 * float(flat.sum())
    return (
        area,
        float(origin[1] + ((lat[:-1] + lat[1:]) * flat).sum() / weight),
        float(origin[0] + ((lon[:-1] + lon[1:]) * flat).sum() / weight),
    )


def _authalic(lat: Floats) -> Floats:
    """Half of Snyder's q: the height on the equal-area cylinder, in semi-major axes."""
    sine = np.sin(np.radians(lat))
    e = ECCENTRICITY
    q = (1 - e**2) * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e)
    return np.asarray(q / 2)


def as_text(geometry: Mapping[str, Any]) -> str:
    """GeoJSON text with coordinates to 0.1 m.

    Long decimals are more than anybody measured, and a run of 13 digits could be taken for a citizen's number.
    """

    def short(value: Any) -> Any:
        return [short(part) for part in value] if isinstance(value, list) else round(value, DECIMALS)

    return json.dumps({"type": geometry["type"], "coordinates": short(geometry["coordinates"])}, separators=(",", ":"))
