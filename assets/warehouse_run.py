"""Runs the dbt project in this process: of silver or gold, the tables whose inputs changed, and of those the months.

dbt costs about 4 s to import, so it is imported when there is something to build; `plan` says what that is, from Iceberg
metadata and the project's files alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from assets.lake.commit import BUILT_FROM, PROJECT, SnapshotGone, tested_snapshot
from assets.lake.errors import LakeError
from assets.lake.months import changed_months, month_after, time_field
from assets.warehouse_lineage import Layer, Lineage, Made, lineage
from assets.warehouse_sources import GENERATED, observation_models, write_sources

PROJECT_DIR = Path(__file__).parent.parent / "dbt_project"

_DECISIVE = ("models", "macros", "seeds", "tests", "dbt_project.yml")

# dbt keeps its adapters and flags in module globals: one run at a time.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class NodeResult:
    """What became of one seed, model or test. `rows`: written by a model, failing for a test, None when not known."""

    name: str
    kind: str
    status: str
    seconds: float
    rows: int | None = None
    message: str = ""
    file: str = ""

    @property
    def is_failed(self) -> bool:
        return self.status in ("error", "fail", "runtime error")


class WarehouseError(LakeError):
    """A model did not build or a structural test failed. `results` holds what ran until then."""

    def __init__(self, what: str, to_do: str, results: Sequence[NodeResult] = ()) -> None:
        super().__init__(what, to_do)
        self.results = list(results)


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

    @property
    def reason(self) -> str:
        return "; ".join(f"{table}: {due.reason}" for table, due in self.due.items()) or "nothing changed"


# ── what to build ─────────────────────────────────────────────────────────────────────────────────────────────────────


def project_hash(folder: Path | None = None) -> str:
    """Changes when anything of the project changes; names the parsed manifest."""
    folder = folder or PROJECT_DIR
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if file.suffix in (".sql", ".yml", ".csv") and relative.parts[0] in _DECISIVE and GENERATED not in file.name:
            digest.update(f"{relative.as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def known_lineage() -> Lineage:
    """The project's lineage, read again only when a file changed."""
    return _lineage(PROJECT_DIR, project_hash())


@lru_cache(maxsize=4)
def _lineage(folder: Path, _hash: str) -> Lineage:
    return lineage(folder)


def outputs(layer: Layer) -> list[str]:
    """Tables that a layer writes."""
    return known_lineage().tables(layer)


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
    folder.mkdir(parents=True, exist_ok=True)
    known = known_lineage()
    wanted = {
        table: {
            "months": one.months,
            "built_from": dict(one.built_from),
            "fingerprint": one.fingerprint,
            "inputs": sorted(known.made(table).inputs),
        }
        for table, one in due.due.items()
    }
    settings = {
        **env,
        "MAEMOH_DUCKDB_TEMP": str(folder / "duckdb_tmp"),
        "MAEMOH_RUN_ID": run_id,
        "MAEMOH_DUE": json.dumps(wanted, sort_keys=True),
    }
    return run_dbt(settings, ["build", "--no-write-json"], folder, on_node, wanted.keys())


def run_dbt(
    env: Mapping[str, str],
    arguments: Sequence[str],
    folder: Path,
    on_node: Callable[[NodeResult], None] = lambda _: None,
    tables: Collection[str] = (),
) -> list[NodeResult]:
    """Runs one dbt command in this process; with `tables`, for these and what belongs to them. Raises WarehouseError."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    results: list[NodeResult] = []

    def listen(event: Any) -> None:
        if event.info.name == "NodeFinished":
            result = _node_result(event.data)
            results.append(result)
            on_node(result)

    quiet = ["--log-level", "none", "--log-level-file", "info"]
    paths = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    paths += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    write_sources(PROJECT_DIR)
    known = {"MAEMOH_OBSERVATION_MODELS": ",".join(observation_models(PROJECT_DIR))}
    with _one_at_a_time, _environment({**env, **known}):
        try:
            manifest: Any = None
            if tables:
                parsed = dbtRunner().invoke([*quiet, "parse", "--no-write-json", *paths])
                if not parsed.success:
                    raise _cannot_start(parsed, results, folder)
                manifest = parsed.result
                # `empty`: the tests are named one by one, and dbt adds none of its own choice.
                arguments = [*arguments, "--select", *nodes_of(manifest, tables), "--indirect-selection", "empty"]
            outcome = dbtRunner(manifest, callbacks=[listen]).invoke([*quiet, *arguments, *paths])
        finally:
            # The connection holds a catalog token that ends within the hour, seeds and DuckDB's memory: never keep it.
            DuckDBConnectionManager.close_all_connections()
    failed = [result for result in results if result.is_failed]
    if failed:
        raise _error(failed, results, folder)
    if not outcome.success:
        raise _cannot_start(outcome, results, folder)
    return results


def nodes_of(manifest: Any, tables: Collection[str]) -> list[str]:
    """The models of these tables, every test that reads one of them, and the seeds that those read.

    Unit tests test formulas and not rows, and seeds are files of the project: both are tested with the project.
    """
    wanted: set[str] = set()
    for key, node in manifest.nodes.items():
        if node.resource_type == "model" and f"{node.schema}.{node.name}" in tables:
            wanted.add(key)
    wanted |= {
        key for key, node in manifest.nodes.items() if node.resource_type == "test" and wanted & _reads(manifest, key)
    }
    seeds = {name for key in wanted for name in _reads(manifest, key) if name.startswith("seed.")}
    return sorted(manifest.nodes[key].name for key in wanted | seeds)


def _reads(manifest: Any, key: str) -> set[str]:
    """Nodes that one reads, itself or through ephemeral models."""
    found: set[str] = set()
    for name in manifest.nodes[key].depends_on_nodes:
        node = manifest.nodes.get(name)
        if node is not None and node.resource_type == "model" and node.config.materialized == "ephemeral":
            found |= _reads(manifest, name)
        else:
            found.add(name)
    return found


@contextlib.contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in env}
    os.environ.update(env)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _node_result(data: Any) -> NodeResult:
    node, result = data.node_info, data.run_result
    kind = str(node.resource_type)
    rows = result.num_failures if kind in ("test", "unit_test") else None
    if kind == "model":
        rows = int(dict(result.adapter_response).get("rows_affected") or 0)
    return NodeResult(
        name=str(node.node_name),
        kind=kind,
        status=str(result.status or node.node_status),
        seconds=round(float(result.execution_time), 3),
        rows=rows,
        message=_plain(str(result.message or "")),
        file=str(node.node_path),
    )


def _plain(message: str) -> str:
    """dbt's message without its headline (which repeats the model) and without the trace that DuckDB adds."""
    message = re.sub(r"^[A-Z]\w+ Error in .*\n\s*", "", message)
    return re.split(r"\n\s*(?:At:|> in macro)", message)[0].strip()


def _cannot_start(outcome: Any, results: Sequence[NodeResult], folder: Path) -> WarehouseError:
    return WarehouseError(f"dbt could not start: {outcome.exception}", f"read {folder / 'logs' / 'dbt.log'}", results)


def _error(failed: Sequence[NodeResult], results: Sequence[NodeResult], folder: Path) -> WarehouseError:
    first = failed[0]
    others = f" (and {len(failed) - 1} more: {', '.join(result.name for result in failed[1:])})" if failed[1:] else ""
    compiled = folder / "target" / "compiled"
    if first.kind in ("model", "seed"):
        to_do = f"correct it and run again; the SQL as it ran lies under {compiled}"
    else:
        to_do = f"look at the failing rows with the query under {compiled}; nothing is published from them"
    return WarehouseError(f"{first.kind} {first.name} ({first.file}): {first.message}{others}", to_do, results)
