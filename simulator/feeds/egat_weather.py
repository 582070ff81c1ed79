"""EGAT's weather workbooks of the last year and this one, see _egat.py."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.feeds._egat import grids
from simulator.world import World

GRIDS = (
    *((quantity, "EGAT-05", level) for level in ("L", "H") for quantity in ("WS", "WD")),
    ("WS", "EGAT-09", None),
    ("WD", "EGAT-09", None),
    ("RAIN", "EGAT-05", None),
)


def history(world: World) -> Iterator[tuple[str, bytes]]:
    yield from grids(world, GRIDS)
