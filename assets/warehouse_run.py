"""What of silver or gold is due (the tables whose inputs changed, and of those the months), and building just that.

`plan` reads Iceberg metadata and the project's files alone: dbt is needed when there is something to build.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from assets import warehouse_dbt
from assets.lake.commit import BUILT_FROM, PROJECT, SnapshotGone, tested_snapshot
from assets.lake.months import changed_months, month_after, time_field
from assets.warehouse_dbt import NodeResult, project_hash, run_dbt
from assets.warehouse_lineage import Layer, Lineage, Made, lineage


@dataclass(frozen=True)
class Due:
    """What one table needs: `months` None = all of it. `built_from` and `fingerprint` go into its new snapshot."""

    months: tuple[str, ...] | None
    reason: str
    built_from: Mapping[str, int]
    fingerprint: str


@dataclass(frozen=True)
class Plan:
    """What a layer needs, table by table; what is not named is current. `has_input`: there is something to build from."""

    layer: Layer
    due: Mapping[str, Due]
    has_input: bool = True

    @property
    def is_needed(self) -> bool:
        return self.has_input and bool(self.due)

    def without(self, tables: Container[str]) -> Plan:
        """The same plan but for some tables: they stay due."""
        return replace(self, due={name: due for name, due in self.due.items() if name not in tables})

    @property
    def reason(self) -> str:
        return "; ".join(f"{table}: {due.reason}" for table, due in self.due.items()) or "nothing changed"


# ── what to build ─────────────────────────────────────────────────────────────────────────────────────────────────────


def known_lineage() -> Lineage:
    """The project's lineage, read again only when a file changed."""
    return _lineage(warehouse_dbt.PROJECT_DIR, project_hash())


@lru_cache(maxsize=4)
def _lineage(folder: Path, _hash: str) -> Lineage:
    return lineage(folder)


def outputs(layer: Layer) -> list[str]:
    """Tables that a layer writes."""
    return known_lineage().tables(layer)


def fed_by(tables: Iterable[str]) -> dict[str, str]:
    """Gold table → the first of these silver tables that it is made of, also through other gold tables."""
    known = known_lineage()
    wanted = sorted(tables)
    pairs = (
        (table, next((name for name in wanted if name in known.made(table).inputs), None)) for table in outputs("gold")
    )
    return {table: name for table, name in pairs if name}


def made_of(tables: Iterable[str]) -> dict[str, str]:
    """Gold table → the first of these gold tables that it is made of, at any remove."""
    known = known_lineage()
    wanted = sorted(tables)
    pairs = (
        (table, next((name for name in wanted if name in known.made_of(table)), None)) for table in outputs("gold")
    )
    return {table: name for table, name in pairs if name}


def plan(catalog: Catalog, layer: Layer, full: bool = False) -> Plan:
    """Compares what each table of the layer says it was built from with what is there now (Iceberg metadata only).

    A table whose tests did not pass, or whose build died half-way, is not relied on: it is built again. With `full`, all
    are due. The ledger (`ops`) is written by every run: it makes a table due only by its batches.
    """
    known = known_lineage()
    made = [known.made(table) for table in outputs(layer)]
    names = {name for each in made for name in (*each.inputs, each.table)}
    with ThreadPoolExecutor(8) as pool:
        loaded = dict(zip(names, pool.map(lambda name: _load(catalog, name), names), strict=True))
    there = {name: table for name, table in loaded.items() if table is not None and table.current_snapshot()}
    sources = {name: table for name, table in there.items() if any(name in each.inputs for each in made)}
    seen: dict[tuple[str, int | None], frozenset[str] | None] = {}
    due: dict[str, Due] = {}
    for each in made:
        counted = sorted(name for name in each.inputs & sources.keys() if _triggers(name))
        built_from = {name: sources[name].metadata.current_snapshot_id or 0 for name in counted}
        months, reason = (None, "everything was asked for") if full else _due(each, there, built_from, seen)
        if months is None or months:
            due[each.table] = Due(months, reason, built_from, each.fingerprint)
    has_input = any(name.startswith(("bronze.", "silver.")) for name in sources)
    return Plan(layer, due, has_input)


def _due(
    made: Made,
    there: Mapping[str, Table],
    built_from: Mapping[str, int],
    seen: dict[tuple[str, int | None], frozenset[str] | None],
) -> tuple[tuple[str, ...] | None, str]:
    """(months or None for all, why) of one table; no months when it is current."""
    table = there.get(made.table)
    snapshot = table.current_snapshot() if table else None
    if table is None or snapshot is None or snapshot.summary is None:
        return None, "never built"
    if tested_snapshot(table) != snapshot.snapshot_id:
        return None, "the last build did not pass its tests"
    if snapshot.summary.get(PROJECT) != made.fingerprint:
        return None, "its model changed"
    before = json.loads(snapshot.summary.get(BUILT_FROM) or "{}")
    if lost := set(before) - set(built_from):
        return None, f"{', '.join(sorted(lost))}, from which it was built, is gone"
    months: set[str] = set()
    for name in built_from:
        since = before.get(name)
        if since == built_from[name]:
            continue
        if (name, since) not in seen:
            try:
                seen[name, since] = changed_months(there[name], since) if time_field(there[name]) else None
            except SnapshotGone:
                seen[name, since] = None
        changed = seen[name, since]
        if changed is None or (changed and not made.is_by_period):
            return None, f"{name} changed"
        months |= changed
    if made.reaches_on:
        months |= {month_after(month) for month in months}
    return tuple(sorted(months)), f"{len(months)} months changed"


def _triggers(name: str) -> bool:
    return not name.startswith("ops.") or name == "ops.batch"


def _load(catalog: Catalog, name: str) -> Table | None:
    try:
        return catalog.load_table(name)
    except NoSuchTableError:
        return None


# ── building ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def build(
    env: Mapping[str, str],
    due: Plan,
    on_node: Callable[[NodeResult], None] = lambda _: None,
    *,
    folder: Path,
    run_id: str = "",
) -> list[NodeResult]:
    """Builds and tests the tables that are due. Of a table kept by month (or year), only its due months are replaced.

    `env` is what dbt_project/profiles.yml reads; `folder` takes dbt's target, log and spill files; `run_id` goes into the
    snapshots' properties. `on_node` is called as each seed, model and test ends.
    Raises WarehouseError: the first failure by model, message and file.
    """
    known = known_lineage()
    wanted = {
        table: {
            "built_from": dict(one.built_from),
            "fingerprint": one.fingerprint,
            "inputs": sorted(known.made(table).inputs),
        }
        for table, one in due.due.items()
    }
    months = {table: one.months for table, one in due.due.items() if one.months is not None}
    settings = {
        **env,
        "MAEMOH_DUCKDB_TEMP": str(folder / "duckdb_tmp"),
        "MAEMOH_RUN_ID": run_id,
        "MAEMOH_DUE": json.dumps(wanted, sort_keys=True),
        "MAEMOH_MONTHS": json.dumps(months),  # apart and short: dbt reads it some hundred times
    }
    return run_dbt(settings, ["build", "--no-write-json"], folder, on_node, wanted.keys())
