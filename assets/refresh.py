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

from assets import marts_gate
from assets.bronze import arrow_schema
from assets.freshness import freshness_lines
from assets.lake.commit import ensure_table
from assets.lake.config import LakeConfig
from assets.lake.duck import install_extensions
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.options import Options
from assets.publication import built_snapshots, current_publication, publication_of, publish, write_marts
from assets.warehouse_dbt import NodeResult
from assets.warehouse_run import Plan, build, outputs, plan
from expectations.contract import Contract

Progress = Callable[[str, int, int], None]


@dataclass
class Refreshed:
    """What was built, published and withheld. `nodes` are dbt's seeds, models and tests, as they ended."""

    nodes: list[NodeResult] = field(default_factory=list)
    withheld: dict[str, str] = field(default_factory=dict)
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
    if gate_silver(lake, run_id, done, progress):
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
    """silver → gold, for the months that changed."""
    due = plan(lake.catalog, "gold", options.full)
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


def gate_silver(lake: Lake, run_id: str, done: Refreshed, progress: Progress = lambda *_: None) -> bool:
    """Silver before gold. A snapshot that was judged before is not judged again."""
    built = built_snapshots(lake.catalog)
    silver = {name: built[name] for name in outputs("silver") if name in built}
    start = time.monotonic()
    failed = marts_gate.judge(lake, "G2", silver, run_id, done.warnings, progress)
    done.withheld.update(failed)
    done.seconds["g2"] += time.monotonic() - start
    return not failed


def gate_and_publish(lake: Lake, run_id: str, done: Refreshed, progress: Progress = lambda *_: None) -> None:
    """G3 for every table that changed since the last publication; those that pass are published together."""
    built = built_snapshots(lake.catalog)
    current = current_publication(lake.store)
    published = current.tables if current else {}
    changed = {name: snapshot for name, snapshot in built.items() if published.get(name) != snapshot}
    if changed:
        start = time.monotonic()
        done.withheld.update(marts_gate.judge(lake, "G3", changed, run_id, done.warnings, progress))
        passed = {name: snapshot for name, snapshot in changed.items() if name not in done.withheld}
        done.seconds["g3"] += time.monotonic() - start
        if passed:
            start = time.monotonic()
            current = publish(lake.store, lake.catalog, passed, run_id, now())
            done.publication_id = current.publication_id
            lines = [
                {
                    "publication_id": current.publication_id,
                    "published_at": current.published_at,
                    "table_name": name,
                    "snapshot_id": snapshot,
                    "state": "published",
                }
                for name, snapshot in passed.items()
            ]
            lake.ledger.append({"publication": lines}, run_id, now())
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
