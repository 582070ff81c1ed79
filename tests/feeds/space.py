"""What the tests on satellite feeds share beside tests/feeds/source.py: features with a change put in by hand, questions to
the simulated gateway, and points in polygons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import numpy as np

from assets.readers.document import Document
from simulator.feed import Answer, Request, Route
from simulator.world import World
from tests.feeds import source

WORLD = World(datetime.fromisoformat("2026-03-20T09:30+07:00"), days=2)
Change = Callable[[dict[str, Any]], None]


def changed(source_id: str, *changes: Change, n: int = 4) -> Document:
    """The first `n` features of the sample, the whole collection changed by each of `changes`."""

    def edit(collection: dict[str, Any]) -> None:
        collection["features"] = collection["features"][:n]
        for change in changes:
            change(collection)

    return Document(source.changed(source_id, edit), "SYNTHETIC/changed.json")


def with_property(name: str, *values: Any) -> Change:
    """Sets a property of the features, one value each; a single value goes to all."""

    def change(collection: dict[str, Any]) -> None:
        features = collection["features"]
        for feature, value in zip(features, values if len(values) > 1 else values * len(features), strict=False):
            feature["properties"][name] = value

    return change


def without_property(name: str) -> Change:
    def change(collection: dict[str, Any]) -> None:
        for feature in collection["features"]:
            del feature["properties"][name]

    return change


def ask(routes: Iterable[Route], host: str, path: str, query: dict[str, str] | None = None, key: str = "") -> Answer:
    """What the simulator answers."""
    for route in routes:
        params = route.match("GET", host, path)
        if params is not None:
            return route.respond(Request("GET", path, params, query or {}, {"api-key": key}))
    raise LookupError(f"no route answers {host}{path}")


def inside(lat: float, lon: float, geometry: dict[str, Any]) -> bool:
    """Does the polygon enclose the point? (even-odd rule on outlines)"""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return any(_in_ring(lat, lon, np.array(polygon[0])) for polygon in polygons)


def _in_ring(lat: float, lon: float, ring: np.ndarray) -> bool:
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    crosses = (y0 > lat) != (y1 > lat)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (x1 - x0) * (lat - y0) / (y1 - y0) + x0
    return bool((crosses & (lon < at)).sum() % 2)
