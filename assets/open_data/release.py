"""Makes a release: asks what forbids it, writes everything into a fresh folder, and renames it into place.

What goes out is the published copy (`marts.duckdb`), so it was audited and belongs together. Every date follows from the
publication and not from the clock: the same publication gives the same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from assets.catalogue import catalogue
from assets.lake.errors import LakeError
from assets.open_data import ckan, dcat, readme
from assets.open_data.blockers import PUBLISHER, Blocker, blockers
from assets.open_data.facts import facts
from assets.open_data.files import write
from assets.open_data.package import data_package
from assets.open_data.quality import measured
from assets.open_data.release_model import Release, Released
from assets.open_data.vocabulary import SYNTHETIC
from assets.open_data.what import Dataset, Publisher, datasets

LATEST = "latest"
Progress = Callable[[str, int, int], None]


class OpenDataError(LakeError):
    """A release that cannot be made."""


@dataclass(frozen=True)
class Plan:
    """What a release of the present publication would hold, and what forbids it."""

    publication_id: str
    published_at: datetime
    publisher: Publisher
    datasets: Sequence[Dataset]
    blockers: Sequence[Blocker]

    @property
    def blocked(self) -> set[str]:
        """Tables that something forbids."""
        return {one.table for one in self.blockers if one.table != PUBLISHER}

    def without_blocked(self) -> Plan:
        """The rest. What every table lacks still forbids it."""
        kept = [dataset for dataset in self.datasets if dataset.table.name not in self.blocked]
        return replace(self, datasets=kept, blockers=[one for one in self.blockers if one.table == PUBLISHER])


def plan(marts_db: Path, publisher: Publisher, only: Iterable[str] = ()) -> Plan:
    """What a release would hold. `only`: some tables, open or not. Raises LakeError when nothing is published."""
    with _opened(marts_db) as connection:
        publication = connection.execute(
            "select publication_id, epoch_us(published_at) from meta.publication"
        ).fetchone()
        assert publication is not None
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    chosen = datasets(catalogue(), only)
    return Plan(
        publication_id=publication[0],
        published_at=datetime.fromtimestamp(publication[1] // 1_000_000, UTC),
        publisher=publisher,
        datasets=chosen,
        blockers=blockers(chosen, publisher, {name for (name,) in tables}),
    )


def make(
    planned: Plan, marts_db: Path, status_db: Path, to: Path, on_progress: Progress = lambda *_: None
) -> tuple[Path, Release]:
    """Writes a release into `to/<publication id>/` and points `to/latest` at it; earlier releases stay.

    Nothing half-written is ever seen: on any error the folders are as they were. Raises OpenDataError where something
    forbids the release or nothing is left of it.
    """
    if planned.blockers:
        raise OpenDataError(
            f"{len(planned.blockers)} things forbid this release", "`maemoh open-data --dry-run` lists them"
        )
    if not planned.datasets:
        raise OpenDataError("nothing is left to release", "`maemoh open-data --dry-run` shows why")
    target, fresh = to / planned.publication_id, to / f".new-{planned.publication_id}"
    to.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(fresh, ignore_errors=True)  # of a run that died
    try:
        release = _write(planned, marts_db, status_db, fresh, on_progress)
        _into_place(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _point(to / LATEST, target.name)
    return target, release


def _write(planned: Plan, marts_db: Path, status_db: Path, fresh: Path, on_progress: Progress) -> Release:
    fresh.mkdir()
    status = duckdb.connect(str(status_db), read_only=True) if status_db.is_file() else None
    try:
        with _opened(marts_db) as connection:
            _same_publication(connection, planned)
            run_id = _run_of(status, planned.publication_id)
            released = []
            for number, dataset in enumerate(planned.datasets, start=1):
                found = facts(connection, dataset, planned.datasets)
                files = write(connection, dataset, fresh, _metadata(planned, dataset))
                released.append(Released(dataset, found, files, measured(status, dataset, found, run_id)))
                on_progress("open data", number, len(planned.datasets))
    finally:
        if status is not None:
            status.close()
    release = Release(planned.publication_id, planned.published_at, planned.publisher, released)
    for one in released:
        _json(fresh / one.dataset.name / "ckan.json", ckan.record(release, one))
    _json(fresh / "datapackage.json", data_package(release))
    _json(fresh / "catalog.jsonld", dcat.document(release))
    (fresh / "README.md").write_text(readme.readme(release), "utf-8")
    (fresh / "LICENSES.md").write_text(readme.licences(release), "utf-8")
    return release


def _metadata(planned: Plan, dataset: Dataset) -> dict[str, str]:
    """What travels inside a file that left its folder."""
    said = {
        "title": dataset.title.both,
        "publisher": planned.publisher.name.both,
        "publication": planned.publication_id,
        "licences": ", ".join(licence.id for licence in dataset.licences),
        "attribution": "; ".join(said.both for said in dataset.attributions),
    }
    return said | ({"synthetic": SYNTHETIC.both} if dataset.is_synthetic else {})


def _run_of(status: duckdb.DuckDBPyConnection | None, publication_id: str) -> str:
    """The run that made a publication; empty where the ledger does not tell."""
    if status is None:
        return ""
    found = status.execute(
        "select max(run_id) from ops.publication where publication_id = ?", [publication_id]
    ).fetchone()
    return str(found[0] or "") if found else ""


def _same_publication(connection: duckdb.DuckDBPyConnection, planned: Plan) -> None:
    found = connection.execute("select publication_id from meta.publication").fetchone()
    if found != (planned.publication_id,):
        raise OpenDataError("a new publication came while this one was looked at", "give the command again")


def _into_place(fresh: Path, target: Path) -> None:
    """Renames; a release of the same publication that stands there goes once the new one is in its place."""
    old = target.with_name(f".old-{target.name}")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _point(pointer: Path, name: str) -> None:
    fresh = pointer.with_name(f".new-{pointer.name}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name, target_is_directory=True)
    fresh.replace(pointer)


def _opened(marts_db: Path) -> duckdb.DuckDBPyConnection:
    if not marts_db.is_file():
        raise OpenDataError("nothing is published yet", "run `maemoh run` first")
    return duckdb.connect(str(marts_db), read_only=True)


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
