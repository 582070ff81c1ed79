"""bronze → silver → G2 → gold → G3 → published: only what changed, and nothing when nothing did.

Every silver and gold snapshot carries what it was built from (snapshot ids of its inputs and the hash of the models), so
what is due follows from the tables themselves; a run that died half-way is simply continued.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets import marts_gate
from assets.bronze import arrow_schema
from assets.freshness import freshness_lines
from assets.lake.commit import ensure_table
from assets.lake.config import LakeConfig
from assets.lake.duck import install_extensions
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.options import Options
from assets.publication import (
    Publication,
    built_snapshots,
    current_publication,
    publication_of,
    publish,
    write_marts,
)
from assets.warehouse_dbt import NodeResult
from assets.warehouse_run import Plan, build, fed_by, made_of, outputs, plan
from expectations.contract import Contract

Progress = Callable[[str, int, int], None]


@dataclass
class Refreshed:
    """What was built, published and withheld. `nodes` are dbt's seeds, models and tests, as they ended."""

    nodes: list[NodeResult] = field(default_factory=list)
    withheld: dict[str, str] = field(default_factory=dict)
    """Table → the reason why its gate holds it back."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Gold table → the withheld silver table that it is made of: not built until that one passes."""
    warnings: dict[str, str] = field(default_factory=dict)
    publication_id: str | None = None
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def did_work(self) -> bool:
        return bool(self.nodes or self.publication_id)


def dbt_folder(config: LakeConfig) -> Path:
    """Where dbt keeps its target, logs and spill files."""
    return config.home / "dbt"


def refresh(
    lake: Lake,
    contracts: Mapping[str, Contract],
    options: Options,
    run_id: str,
    progress: Progress = lambda *_: None,
) -> Refreshed:
    """Brings silver, gold and the publication up to bronze. Raises WarehouseError and GateBroken; a failed gate is an
    outcome (`withheld`)."""
    done = Refreshed()
    build_silver(lake, contracts, options, run_id, done, progress)
    gate_silver(lake, run_id, done, progress)
    build_gold(lake, options, run_id, done, progress)
    gate_and_publish(lake, run_id, done, progress)
    return done


def build_silver(
    lake: Lake,
    contracts: Mapping[str, Contract],
    options: Options,
    run_id: str,
    done: Refreshed,
    progress: Progress = lambda *_: None,
) -> None:
    """bronze → silver, for the months that changed; how fresh each source is now is noted first, for the marts."""
    due = plan(lake.catalog, "silver", options.full)
    if due.is_needed:
        lake.ledger.append({"freshness": freshness_lines(lake.ledger, contracts, now())}, run_id, now())
        make_bronze_tables(lake, contracts)
        _build(lake, due, run_id, done, progress)


def build_gold(
    lake: Lake, options: Options, run_id: str, done: Refreshed, progress: Progress = lambda *_: None
) -> None:
    """silver → gold, for the months that changed. What is made of a silver table that its gate holds back waits: it is
    built when that table passes, and consumers go on reading its last publication."""
    held = fed_by(done.withheld)
    whole = plan(lake.catalog, "gold", options.full)
    done.waiting.update({table: silver for table, silver in held.items() if table in whole.due})
    due = whole.without(held)
    if due.is_needed:
        lake.ledger.make_tables()
        _build(lake, due, run_id, done, progress)


def _build(lake: Lake, due: Plan, run_id: str, done: Refreshed, progress: Progress) -> None:
    start = time.monotonic()
    ended: list[NodeResult] = []

    def on_node(node: NodeResult) -> None:
        ended.append(node)
        progress(due.layer, len(ended), 0)

    install_extensions(lake.config.extensions)
    results = build(lake.config.dbt_env(), due, on_node, folder=dbt_folder(lake.config), run_id=run_id)
    progress(due.layer, len(results), len(results))
    done.nodes.extend(results)
    done.warnings |= {node.name: node.message for node in results if node.status == "warn"}
    done.seconds[due.layer] += time.monotonic() - start


def gate_silver(lake: Lake, run_id: str, done: Refreshed, progress: Progress = lambda *_: None) -> None:
    """G2, table by table; what must not be built on goes into `done.withheld`. A snapshot that was judged before keeps its
    verdict."""
    start = time.monotonic()
    silver = silver_snapshots(lake)
    done.withheld.update(marts_gate.judge(lake, "G2", silver, run_id, done.warnings, progress))
    done.seconds["g2"] += time.monotonic() - start


def silver_snapshots(lake: Lake) -> dict[str, int]:
    """Newest snapshot of every silver table that there is."""
    built = built_snapshots(lake.catalog)
    return {name: built[name] for name in outputs("silver") if name in built}


def gate_and_publish(lake: Lake, run_id: str, done: Refreshed, progress: Progress = lambda *_: None) -> None:
    """G3 for every table that changed since the last publication; those that pass are published together. What is made of
    a table that is held back waits with it: it would show what consumers may not read yet."""
    built = built_snapshots(lake.catalog)
    current = current_publication(lake.store)
    published = current.tables if current else {}
    changed = {name: snapshot for name, snapshot in built.items() if published.get(name) != snapshot}
    if changed:
        start = time.monotonic()
        done.withheld.update(marts_gate.judge(lake, "G3", changed, run_id, done.warnings, progress))
        for name, held in made_of(done.withheld).items():
            if name in changed and name not in done.withheld:
                done.waiting.setdefault(name, held)
        stay = done.withheld.keys() | done.waiting.keys()
        passed = {name: snapshot for name, snapshot in changed.items() if name not in stay}
        done.seconds["g3"] += time.monotonic() - start
        start = time.monotonic()
        if passed:
            current = publish(lake.store, lake.catalog, passed, run_id, now())
            done.publication_id = current.publication_id
        _record(lake, current, passed, built, done, run_id)
        done.seconds["publish"] += time.monotonic() - start
    if current and publication_of(lake.config.marts_db) != current.publication_id:
        start = time.monotonic()
        tables = len(current.tables)
        written: list[str] = []

        def on_table(name: str) -> None:
            written.append(name)
            progress("publish", len(written), tables)

        write_marts(lake.config, current, on_table)
        done.publication_id = current.publication_id
        done.seconds["publish"] += time.monotonic() - start


def _record(
    lake: Lake,
    current: Publication | None,
    passed: Mapping[str, int],
    built: Mapping[str, int],
    done: Refreshed,
    run_id: str,
) -> None:
    """What was published, and what keeps its last publication and why, into ops.publication: each state once."""
    base: dict[str, Any] = {
        "publication_id": current.publication_id if current else None,
        "published_at": current.published_at if current else now(),
    }
    held = {name: ("withheld", reason) for name, reason in done.withheld.items()} | {
        name: ("waiting", f"waits for {table}, which its gate holds back") for name, table in done.waiting.items()
    }
    known = _states(lake) if held else {}
    states = dict.fromkeys(passed, ("published", "")) | {
        name: state for name, state in held.items() if known.get(name) != (built.get(name), *state)
    }
    lines = [
        base | {"table_name": name, "snapshot_id": built.get(name), "state": state, "reason_en": reason}
        for name, (state, reason) in states.items()
    ]
    lake.ledger.append({"publication": lines}, run_id, now())


def _states(lake: Lake) -> dict[str, tuple[int | None, str, str]]:
    """Table → (snapshot, state, reason) as last recorded."""
    lines = lake.ledger.events("publication").unique("table_name", keep="last", maintain_order=True)
    columns = lines.select("table_name", "snapshot_id", "state", "reason_en")
    return {table: (snapshot, state, reason or "") for table, snapshot, state, reason in columns.iter_rows()}


def make_bronze_tables(lake: Lake, contracts: Mapping[str, Contract]) -> None:
    """Every bronze table that a contract names, empty where nothing was delivered yet: models read them all."""
    wanted = [(contract, entity) for contract in contracts.values() for entity in contract.entities]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda pair: ensure_table(lake.catalog, "bronze", pair[0].table(pair[1].name), arrow_schema(pair[1])),
                wanted,
            )
        )
