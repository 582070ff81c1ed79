"""Writes three seeds from the files in boundaries/ (ATTRIBUTION.md there says whose they are).

seed_place_edge.csv       the sides of the tambons, for telling by SQL in which of them a point lies (macros/geo.sql). Sides
                          that run due east or west are left out: a ray to the east crosses none of them.
seed_place_boundary.csv   tambons, districts and the province as WKT, for maps. A district is drawn from its tambons:
                          neighbours share their lines exactly, so the sides that occur both ways lie inside.
seed_country_edge.csv     the sides of Thailand and its neighbours that a ray from a detection can cross.

Run it when the boundaries change: `.venv/bin/python dbt_project/scripts/make_seed_boundary.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from assets.readers.boundaries import countries, tambons

Point = tuple[float, float]  # longitude, latitude
Ring = list[Point]

PROVINCE = "52"
SOUTH, NORTH, WEST = 5.0, 21.0, 97.0  # where hotspots are asked for; rays run to the east
SEEDS = Path(__file__).parent.parent / "seeds"


def main(folder: Path = SEEDS) -> None:
    shapes = {code: list(_polygons(known.geometry)) for code, known in tambons(PROVINCE).items()}
    edges = [(code, ring, *side) for code, polygons in shapes.items() for ring, side in _edges(polygons)]
    _write(folder / "seed_place_edge.csv", ("place_code", "ring", "x1", "y1", "x2", "y2"), edges)
    texts = {code: _wkt(polygons) for code, polygons in shapes.items()}
    for area in (PROVINCE, *sorted({code[:4] for code in shapes})):
        inside = [ring for code, polygons in shapes.items() if code.startswith(area) for p in polygons for ring in p]
        texts[area] = _wkt(_dissolved(inside))
    _write(folder / "seed_place_boundary.csv", ("place_code", "boundary_wkt"), sorted(texts.items()))
    known = countries()
    sides = [
        (country.name, ring, *side)
        for _, country in sorted(known.items())
        for ring, side in _edges(list(_polygons(country.geometry)))
        if side[3] >= SOUTH and side[1] <= NORTH and max(side[0], side[2]) >= WEST
    ]
    _write(folder / "seed_country_edge.csv", ("country", "ring", "x1", "y1", "x2", "y2"), sides)
    print(
        f"{folder}: {len(edges)} sides of {len(shapes)} tambons, {len(texts)} boundaries, "
        f"{len(sides)} sides of {len(known)} countries"
    )


def _polygons(geometry: Any) -> Iterator[list[Ring]]:
    for polygon in geometry["coordinates"]:
        yield [[(x, y) for x, y in ring] for ring in polygon]


def _edges(polygons: Sequence[list[Ring]]) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """(number of the ring, x1, y1, x2, y2), the southern end first."""
    for number, ring in enumerate(ring for polygon in polygons for ring in polygon):
        for start, end in pairwise(ring):
            (x1, y1), (x2, y2) = sorted((start, end), key=lambda point: point[1])
            if y1 != y2:
                yield number, (x1, y1, x2, y2)


def _dissolved(rings: Iterable[Ring]) -> list[list[Ring]]:
    """Polygons of the area that rings cover together: an outline each, then its holes."""
    sides = {side for ring in rings for side in pairwise(ring)}
    following: dict[Point, list[Point]] = {}
    for start, end in sorted(sides):
        if (end, start) not in sides:
            following.setdefault(start, []).append(end)
    drawn = []
    while following:
        ring = [min(following)]
        while len(ring) == 1 or ring[-1] != ring[0]:
            ends = following[ring[-1]]
            ring.append(ends.pop())
            if not ends:
                del following[ring[-2]]
        drawn.append(ring)
    # Outlines turn the way of the largest ring, holes the other way.
    way = max(map(_turn, drawn), key=abs) > 0
    outlines = [ring for ring in drawn if (_turn(ring) > 0) == way]
    holes = [ring for ring in drawn if (_turn(ring) > 0) != way]
    return [[outline, *(hole for hole in holes if _holds(outline, hole[0]))] for outline in outlines]


def _turn(ring: Ring) -> float:
    """Twice the area, above 0 when the ring runs against the clock."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))


def _holds(ring: Ring, point: Point) -> bool:
    x, y = point
    crossed = (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1) for _, (x1, y1, x2, y2) in _edges([[ring]]) if y1 <= y < y2)
    return sum(crossed) % 2 == 1


def _wkt(polygons: Sequence[list[Ring]]) -> str:
    shown = (
        "(" + ", ".join("(" + ", ".join(f"{x!r} {y!r}" for x, y in ring) + ")" for ring in polygon) + ")"
        for polygon in polygons
    )
    return f"MULTIPOLYGON ({', '.join(shown)})"


def _write(target: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
