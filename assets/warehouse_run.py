"""Runs the dbt project in this process: silver or gold, all of it or only the months that changed.

dbt costs about 4 s to import, so it is imported when there is something to build; `plan` says whether there is, from
Iceberg metadata alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from assets.lake.commit import BUILT_FROM, PROJECT, SnapshotGone, tested_snapshot
from assets.lake.errors import LakeError
from assets.lake.months import changed_months
from assets.warehouse_sources import GENERATED, observation_models, staged, write_sources

PROJECT_DIR = Path(__file__).parent.parent / "dbt_project"

Layer = Literal["silver", "gold"]
_FOLDERS: dict[Layer, str] = {"silver": "models/silver", "gold": "models/marts"}

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
class Plan:
    """What a layer needs: `months` None = all of it, empty = nothing; `built_from` goes into the new snapshots."""

    months: tuple[str, ...] | None
    reason: str
    built_from: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_needed(self) -> bool:
        return self.months is None or bool(self.months)


# ── what to build ─────────────────────────────────────────────────────────────────────────────────────────────────────


def project_hash(folder: Path = PROJECT_DIR) -> str:
    """Changes when anything changes that decides what the models give: then everything is built anew."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if file.suffix in (".sql", ".yml", ".csv") and relative.parts[0] in _DECISIVE and GENERATED not in file.name:
            digest.update(f"{relative.as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def inputs(layer: Layer) -> list[str]:
    """Tables that a layer reads: the bronze tables of observations that have a staging model, or all of silver."""
    if layer == "gold":
        return outputs("silver")
    return sorted({table for shape, table in staged(PROJECT_DIR).values() if shape == "observation"})


def outputs(layer: Layer) -> list[str]:
    """Tables that a layer writes."""
    return sorted(f"{layer}.{file.stem}" for file in (PROJECT_DIR / _FOLDERS[layer]).rglob("*.sql"))


def plan(catalog: Catalog, layer: Layer) -> Plan:
    """Compares what the layer's tables say they were built from with what is there now (Iceberg metadata only).

    A build whose tests did not pass, or that died half-way, is not relied on: everything is built again.
    """
    sources = {name: table for name in inputs(layer) if (table := _load(catalog, name)) and table.current_snapshot()}
    built_from = {name: table.metadata.current_snapshot_id or 0 for name, table in sources.items()}
    models = project_hash()
    months: set[str] = set()
    for name in outputs(layer):
        table = _load(catalog, name)
        snapshot = table.current_snapshot() if table else None
        if table is None or snapshot is None or snapshot.summary is None:
            return Plan(None, f"{name} was never built", built_from)
        if tested_snapshot(table) != snapshot.snapshot_id:
            return Plan(None, f"the last build of {name} did not pass its tests", built_from)
        summary = snapshot.summary
        if summary.get(PROJECT) != models:
            return Plan(None, f"the models changed since {name} was built", built_from)
        before = json.loads(summary.get(BUILT_FROM) or "{}")
        if lost := set(before) - set(built_from):
            return Plan(None, f"{', '.join(sorted(lost))}, from which {name} was built, is gone", built_from)
        for source, changed in sources.items():
            try:
                months |= changed_months(changed, before.get(source))
            except SnapshotGone:
                return Plan(None, f"the snapshot of {source} that {name} was built from was expired", built_from)
    reason = f"{len(months)} months changed" if months else "nothing changed"
    return Plan(tuple(sorted(months)), reason, built_from)


def _load(catalog: Catalog, name: str) -> Table | None:
    try:
        return catalog.load_table(name)
    except NoSuchTableError:
        return None


# ── building ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def build(
    env: Mapping[str, str],
    select: Layer,
    months: Sequence[str] | None,
    on_node: Callable[[NodeResult], None] = lambda _: None,
    *,
    folder: Path,
    run_id: str = "",
    built_from: Mapping[str, int] | None = None,
) -> list[NodeResult]:
    """Builds and tests one layer. `months` (YYYY-MM, Asia/Bangkok) replaces only those; None builds everything.

    `env` is what dbt_project/profiles.yml reads; `folder` takes dbt's target, log and spill files; `run_id` and
    `built_from` go into the snapshots' properties. `on_node` is called as each seed, model and test ends.
    Raises WarehouseError: the first failure by model, message and file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        **env,
        "MAEMOH_DUCKDB_TEMP": str(folder / "duckdb_tmp"),
        "MAEMOH_RUN_ID": run_id,
        "MAEMOH_PROJECT_HASH": project_hash(),
        "MAEMOH_BUILT_FROM": json.dumps(dict(built_from or {}), sort_keys=True),
        "MAEMOH_INPUTS": ",".join(inputs(select)),
        "MAEMOH_MONTHS": "all" if months is None else ",".join(sorted(months)),
    }
    selection = ["--select", f"path:{_FOLDERS[select]}", "resource_type:seed", "--indirect-selection", "cautious"]
    # Unit tests test the formulas, not the rows: they belong to the project's tests. Seeds are tested with silver.
    selection += ["--exclude-resource-type", "unit_test"]
    if select == "gold":
        selection += ["--exclude", "path:seeds,resource_type:test"]
    return run_dbt(settings, ["build", "--no-write-json", *selection], folder, on_node)


def run_dbt(
    env: Mapping[str, str],
    arguments: Sequence[str],
    folder: Path,
    on_node: Callable[[NodeResult], None] = lambda _: None,
) -> list[NodeResult]:
    """Runs one dbt command in this process. Raises WarehouseError."""
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
            outcome = dbtRunner(callbacks=[listen]).invoke([*quiet, *arguments, *paths])
        finally:
            # The connection holds a catalog token that ends within the hour, seeds and DuckDB's memory: never keep it.
            DuckDBConnectionManager.close_all_connections()
    failed = [result for result in results if result.is_failed]
    if failed:
        raise _error(failed, results, folder)
    if not outcome.success:
        log = folder / "logs" / "dbt.log"
        raise WarehouseError(f"dbt could not start: {outcome.exception}", f"read {log}", results)
    return results


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


def _error(failed: Sequence[NodeResult], results: Sequence[NodeResult], folder: Path) -> WarehouseError:
    first = failed[0]
    others = f" (and {len(failed) - 1} more: {', '.join(result.name for result in failed[1:])})" if failed[1:] else ""
    compiled = folder / "target" / "compiled"
    if first.kind in ("model", "seed"):
        to_do = f"correct it and run again; the SQL as it ran lies under {compiled}"
    else:
        to_do = f"look at the failing rows with the query under {compiled}; nothing is published from them"
    return WarehouseError(f"{first.kind} {first.name} ({first.file}): {first.message}{others}", to_do, results)
