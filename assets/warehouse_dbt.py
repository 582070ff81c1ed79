"""dbt in this process: the parsed project, kept until the project changes, and one command over it.

dbt costs about 4 s to import, so only what runs it does (inside the functions).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assets.lake.config import LakeConfig
from assets.lake.errors import LakeError
from assets.warehouse_sources import GENERATED, observation_models, write_sources

PROJECT_DIR = Path(__file__).parent.parent / "dbt_project"

_DECISIVE = ("models", "macros", "seeds", "tests", "dbt_project.yml")
_QUIET = ("--log-level", "none", "--log-level-file", "info")

# Set on the nodes of a run: choosing them by 260 names takes dbt longer than building some.
_DUE = "due"

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


# ── running ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def run_dbt(
    env: Mapping[str, str],
    arguments: Sequence[str],
    folder: Path,
    on_node: Callable[[NodeResult], None] = lambda _: None,
    tables: Collection[str] = (),
) -> list[NodeResult]:
    """Runs one dbt command in this process; with `tables`, for these and what belongs to them. Raises WarehouseError.

    `env` is what dbt_project/profiles.yml reads; `folder` takes dbt's target and log files.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    results: list[NodeResult] = []

    def listen(event: Any) -> None:
        if event.info.name == "NodeFinished":
            result = _node_result(event.data)
            results.append(result)
            on_node(result)

    with _one_at_a_time, _environment(env):
        try:
            manifest = _parsed(folder)
            if tables:
                for key in nodes_of(manifest, tables):
                    manifest.nodes[key].tags.append(_DUE)
                # `empty`: the tests are chosen one by one, and dbt adds none of its own choice.
                arguments = [*arguments, "--select", f"tag:{_DUE}", "--indirect-selection", "empty"]
            outcome = dbtRunner(manifest, callbacks=[listen]).invoke([*_QUIET, *arguments, *_paths(folder)])
        finally:
            # The connection holds a catalog token that ends within the hour, seeds and DuckDB's memory: never keep it.
            DuckDBConnectionManager.close_all_connections()
    failed = [result for result in results if result.is_failed]
    if failed:
        raise _error(failed, results, folder)
    if not outcome.success:
        raise _cannot_start(outcome, results, folder)
    return results


def nodes_of(manifest: Any, tables: Collection[str]) -> set[str]:
    """The models of these tables, every test that reads one of them, and the seeds that those read (unique ids).

    Unit tests test formulas and not rows, and seeds are files of the project: both are tested with the project.
    """
    wanted: set[str] = set()
    for key, node in manifest.nodes.items():
        if node.resource_type == "model" and f"{node.schema}.{node.name}" in tables:
            wanted.add(key)
    wanted |= {
        key for key, node in manifest.nodes.items() if node.resource_type == "test" and wanted & _reads(manifest, key)
    }
    return wanted | {name for key in wanted for name in _reads(manifest, key) if name.startswith("seed.")}


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
    env = {**env, "MAEMOH_OBSERVATION_MODELS": ",".join(observation_models(PROJECT_DIR))}
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


def _paths(folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    return [*paths, "--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]


# ── the parsed project ────────────────────────────────────────────────────────────────────────────────────────────────


def project_hash() -> str:
    """Changes when anything of the project changes that decides about rows."""
    digest = hashlib.sha256()
    for file in sorted(PROJECT_DIR.rglob("*")):
        relative = file.relative_to(PROJECT_DIR)
        if file.suffix in (".sql", ".yml", ".csv") and relative.parts[0] in _DECISIVE and GENERATED not in file.name:
            digest.update(f"{relative.as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def manifest_of_project(folder: Path) -> dict[str, Any]:
    """dbt's manifest.json of the project as it is now. Raises WarehouseError.

    `folder` takes dbt's log and target files when it has to be parsed. That renders dbt_project/profiles.yml and connects to
    nothing: the addresses don't matter.
    """
    nowhere = LakeConfig(folder, "http://127.0.0.1:1", "none", "none", "http://127.0.0.1:1", "none:none")
    with _one_at_a_time, _environment(nowhere.dbt_env()):
        manifest: dict[str, Any] = json.loads((_kept(folder) / "manifest.json").read_bytes())
    return manifest


def manifest_of_lake(home: Path) -> dict[str, Any]:
    """The same, with its files under a lake's home."""
    return manifest_of_project(home / "dbt_manifest")


def _parsed(folder: Path) -> Any:
    """The parsed project (dbt's Manifest), a copy of one's own: dbt writes what it compiles into it."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    packed = (_kept(folder) / "manifest.msgpack").read_bytes()
    manifest = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest


def _kept(folder: Path) -> Path:
    """Folder with the project as dbt parsed it, parsed now when it changed.

    dbt itself keeps what it parsed for one set of addresses; this holds for every lake, so it lies with the project, named
    by all that it was made from. An older one is removed.
    """
    sources = write_sources(PROJECT_DIR)
    made_of = [project_hash(), version("dbt-core"), version("dbt-duckdb")]
    made_of += [file.read_text("utf-8") for file in (PROJECT_DIR / "profiles.yml", sources)]
    kept = PROJECT_DIR / "target" / "parsed" / hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]
    if not kept.is_dir():
        _parse(folder, kept)
    return kept


def _parse(folder: Path, kept: Path) -> None:
    from dbt.cli.main import dbtRunner
    from dbt.parser.manifest import extended_mashumaro_encoder

    outcome = dbtRunner().invoke([*_QUIET, "parse", *_paths(folder)])
    if not outcome.success:
        raise _cannot_start(outcome, [], folder)
    manifest: Any = outcome.result
    older = [other for other in kept.parent.glob("*") if other != kept]
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="parsed-", dir=kept.parent.parent))
    (fresh / "manifest.msgpack").write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))
    shutil.copy(folder / "target" / "manifest.json", fresh)
    try:
        fresh.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise
        shutil.rmtree(fresh)  # another process was quicker, with the same content
    for other in older:
        shutil.rmtree(other, ignore_errors=True)


# ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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
