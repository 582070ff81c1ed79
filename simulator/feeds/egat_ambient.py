"""EGAT's ambient workbooks of the last year and this one, see _egat.py."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.feeds._egat import grids
from simulator.world import World

GRIDS = (
    ("PM10", "EGAT-05", None),
    ("PM10", "EGAT-09", None),
    ("SO2", "EGAT-05", None),
    ("SO2", "EGAT-09", None),
    ("NO2", "EGAT-05", None),
    ("NO2", "EGAT-09", None),
    ("TSP", "EGAT-05", None),
)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    yield from grids(world, GRIDS)
