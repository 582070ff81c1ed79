"""Where a table comes from, back to the partner, and who reads it: the nodes and lines of its drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Literal

from assets.catalogue import Catalogue, Table
from assets.dictionary.dashboards import dashboards_reading
from assets.readers.route import contracts
from assets.warehouse_run import known_lineage

# Lists and ledger stand with bronze: they are sources too.
_LEAST = {"feed": 0, "bronze": 1, "list": 1, "ledger": 1, "silver": 2, "self": 2}

Kind = Literal["feed", "bronze", "list", "ledger", "silver", "gold", "self", "dashboard"]


@dataclass(frozen=True)
class Node:
    """One box. `stage`: its column in the drawing, 0 for feeds; boxes of one stage read none of each other."""

    name: str
    kind: Kind
    stage: int


@dataclass(frozen=True)
class Origin:
    """Boxes by name and the lines between them (from, to), both in an order that is always the same."""

    nodes: Mapping[str, Node]
    lines: tuple[tuple[str, str], ...]

    def of_stage(self, stage: int) -> list[Node]:
        """The boxes of one column."""
        return [node for node in self.nodes.values() if node.stage == stage]

    @property
    def stages(self) -> int:
        return 1 + max(node.stage for node in self.nodes.values())


def origin_of(table: Table, catalogue: Catalogue, bronze: Mapping[str, tuple[str, ...]]) -> Origin:
    """Everything that a table is made of, what is made of it at first hand, and the dashboards that show it.

    `bronze` is `bronze_tables()`. Of the project's own lists (seeds) and the ledger only those that the table itself reads:
    those of its ancestors stand on their pages.
    """
    lines: set[tuple[str, str]] = set()
    kinds: dict[str, Kind] = {table.name: "self"}
    todo = [table]
    while todo:
        each = todo.pop()
        for delivered in bronze[each.name]:
            feed = feeds_of_bronze()[delivered]
            kinds |= {delivered: "bronze", feed: "feed"}
            lines |= {(feed, delivered), (delivered, each.name)}
        for name in each.reads:
            if other := catalogue.tables.get(name):
                if name not in kinds:
                    kinds[name] = other.layer
                    todo.append(other)
                lines.add((name, each.name))
            elif each is table:
                kinds[name] = "ledger" if name.startswith("ops.") else "list"
                lines.add((name, each.name))
    for reader in catalogue.read_by(table.name):
        kinds[reader] = catalogue.tables[reader].layer
        lines.add((table.name, reader))
    for _, title in dashboards_reading(table.name):
        kinds[title] = "dashboard"
        lines.add((table.name, title))
    stages = _stages(kinds, lines)
    order = sorted(kinds, key=lambda name: (stages[name], kinds[name] in ("list", "ledger"), name))
    return Origin({name: Node(name, kinds[name], stages[name]) for name in order}, tuple(sorted(lines)))


def _stages(kinds: Mapping[str, Kind], lines: set[tuple[str, str]]) -> dict[str, int]:
    """Column of each box: one right of the last that it reads, and gold right of all silver, so that one holds one layer."""
    inputs: dict[str, set[str]] = {name: set() for name in kinds}
    for a, b in lines:
        inputs[b].add(a)
    order = [*TopologicalSorter(inputs).static_order()]
    silver = {a for a, _ in lines if kinds[a] == "silver"}
    stages: dict[str, int] = {}
    for gold in (0, 1):  # once to see how far silver reaches, once with gold behind it
        floor = 1 + max((stages[name] for name in silver), default=1) if gold else 0
        for name in order:
            least = floor if kinds[name] == "gold" else _LEAST.get(kinds[name], 0)
            stages[name] = max([least, *(stages[a] + 1 for a in inputs[name])])
    return stages


def bronze_tables() -> dict[str, tuple[str, ...]]:
    """Published table → the bronze tables that it reads itself, through staging and other ephemeral models."""
    known = known_lineage()
    found = {}
    for model in known.models.values():
        if model.layer is None:
            continue
        sources: set[str] = set()
        todo, seen = [model], {model.name}
        while todo:
            each = todo.pop()
            sources |= {source for source in each.sources if source.startswith("bronze.")}
            for name in each.refs - seen:
                other = known.models.get(name)
                if other is not None and other.layer is None:
                    seen.add(name)
                    todo.append(other)
        found[f"{model.layer}.{model.name}"] = tuple(sorted(sources))
    return found


@cache
def feeds_of_bronze() -> Mapping[str, str]:
    """Bronze table → the feed that fills it."""
    return {
        f"bronze.{c.table(entity.name)}": source_id for source_id, c in contracts().items() for entity in c.entities
    }
