"""Where the boxes and lines of a table's origin stand on the page, in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assets.dictionary.origin import Node, Origin

LETTER = 6.7
"""Width of a letter of the 11 px monospace face, rounded up."""
HEIGHT, GAP_X, GAP_Y, TOP = 24, 36, 8, 40
LEAST_WIDTH = 130
"""Room for the two lines of words above a column."""


@dataclass(frozen=True)
class Box:
    """One box; `label` is the name without its layer."""

    node: Node
    label: str
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


@dataclass(frozen=True)
class Drawing:
    """Boxes by name, lines as paths of SVG, and the left edge of each column."""

    boxes: Mapping[str, Box]
    paths: tuple[str, ...]
    columns: tuple[tuple[float, Node], ...]
    width: float
    height: float


def drawing_of(origin: Origin) -> Drawing:
    """Columns from left to right, each in the order in which its lines come in, so that few of them cross."""
    boxes: dict[str, Box] = {}
    columns = []
    x = 0.0
    for stage in range(origin.stages):
        nodes = origin.of_stage(stage)
        if not nodes:
            continue
        nodes.sort(key=lambda node: (_height_of_inputs(node, origin, boxes), node.name))
        width = max(LEAST_WIDTH, 14 + LETTER * max(len(_label(node)) for node in nodes))
        for row, node in enumerate(nodes):
            boxes[node.name] = Box(node, _label(node), x, TOP + row * (HEIGHT + GAP_Y), width)
        columns.append((x, nodes[0]))
        x += width + GAP_X
    paths = tuple(_path(boxes[a], boxes[b]) for a, b in origin.lines)
    bottom = max(box.y for box in boxes.values()) + HEIGHT
    return Drawing(boxes, paths, tuple(columns), x - GAP_X, bottom + 2)


def _height_of_inputs(node: Node, origin: Origin, boxes: Mapping[str, Box]) -> float:
    heights = [boxes[a].y for a, b in origin.lines if b == node.name and a in boxes]
    if heights:
        return sum(heights) / len(heights)
    return 1e6 if node.kind in ("list", "ledger") else 0.0


def _label(node: Node) -> str:
    return node.name if node.kind in ("feed", "dashboard", "ledger") else node.name.split(".")[1]


def _path(a: Box, b: Box) -> str:
    start, end = a.x + a.width, b.x
    bend = (end - start) / 2 if end - start < 2 * GAP_X else GAP_X
    return f"M{start:.0f} {a.middle:.0f}C{start + bend:.0f} {a.middle:.0f} {end - bend:.0f} {b.middle:.0f} {end:.0f} {b.middle:.0f}"
