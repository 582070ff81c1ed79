"""gold → published: one manifest object names the Iceberg snapshot of every published table.

Flipping that object (a conditional put) is the publication. The tag `published` and `marts.duckdb` follow it; consumers
read either, and never see a table that was not audited or a mix of two builds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchNamespaceError

from assets.lake import keys
from assets.lake.config import LakeConfig
from assets.lake.duck import connect
from assets.lake.objects import ObjectStore

PUBLISHED_NAMESPACES = ("silver", "gold")
TAG = "published"


@dataclass(frozen=True)
class Publication:
    """publication id → table (`gold.fct_x`) → Iceberg snapshot id."""

    publication_id: str
    published_at: datetime
    tables: Mapping[str, int]
    run_id: str

    def to_json(self) -> bytes:
        fields = {
            "publication_id": self.publication_id,
            "published_at": self.published_at.isoformat(),
            "run_id": self.run_id,
            "tables": dict(sorted(self.tables.items())),
        }
        return json.dumps(fields, indent=1).encode()


def current_publication(store: ObjectStore) -> Publication | None:
    """The publication that consumers read now."""
    found = store.get_with_etag(keys.PUBLICATION)
    return _from_json(found[0]) if found else None


def built_snapshots(catalog: Catalog) -> dict[str, int]:
    """Newest snapshot of every silver and gold table: the pipeline's own view, audited or not."""
    names = []
    for namespace in PUBLISHED_NAMESPACES:
        try:
            names.extend(catalog.list_tables(namespace))
        except NoSuchNamespaceError:
            continue
    with ThreadPoolExecutor(8) as pool:
        snapshots = list(pool.map(lambda name: catalog.load_table(name).current_snapshot(), names))
    return {
        ".".join(name): snapshot.snapshot_id
        for name, snapshot in zip(names, snapshots, strict=True)
        if snapshot is not None
    }


def publish(
    store: ObjectStore, catalog: Catalog, passed: Mapping[str, int], run_id: str, published_at: datetime
) -> Publication:
    """Flips the manifest to the snapshots that passed their gate; tables that are not named keep their last ones."""
    found = store.get_with_etag(keys.PUBLICATION)
    previous = _from_json(found[0]) if found else None
    publication = Publication(
        publication_id=f"{published_at:%Y%m%dT%H%M%SZ}-{run_id[-6:]}",
        published_at=published_at,
        tables=dict(previous.tables if previous else {}) | dict(passed),
        run_id=run_id,
    )
    store.put({keys.publication_key(publication.publication_id): publication.to_json()})
    store.put_if(keys.PUBLICATION, publication.to_json(), found[1] if found else None)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda item: _tag(catalog, *item), passed.items()))
    return publication


def write_marts(config: LakeConfig, publication: Publication, on_table: Callable[[str], None] = lambda _: None) -> None:
    """Builds `marts.duckdb` from the publication's snapshots and renames it into place: readers of the old file go on."""
    fresh = fresh_beside(config.marts_db)
    with connect(config) as connection:
        connection.execute(f"attach '{fresh}' as marts")
        for name, snapshot_id in sorted(publication.tables.items()):
            schema, table = name.split(".")
            connection.execute(f"create schema if not exists marts.{schema}")
            connection.execute(
                f'create table marts.{schema}."{table}" as '
                f'select * from lake.{schema}."{table}" at (version => {snapshot_id})'
            )
            on_table(name)
        connection.execute("create schema if not exists marts.meta")
        connection.execute(
            "create table marts.meta.publication as select ? as publication_id, ?::timestamptz as published_at",
            [publication.publication_id, publication.published_at],
        )
        connection.execute("detach marts")
    fresh.replace(config.marts_db)


def open_published(config: LakeConfig) -> duckdb.DuckDBPyConnection:
    """A connection as consumers have it: `silver` and `gold` of the last publication, `ops` of now, nothing to write."""
    connection = connect(extensions=config.extensions)
    for alias, path in (("marts", config.marts_db), ("status", config.status_db)):
        if path.is_file():
            connection.execute(f"attach '{path}' as {alias} (read_only)")
    tables = connection.execute(
        "select database_name, schema_name, table_name from duckdb_tables() where database_name in ('marts', 'status')"
    ).fetchall()
    for database, schema, table in tables:
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f'create view {schema}."{table}" as select * from {database}.{schema}."{table}"')
    return connection


def _tag(catalog: Catalog, name: str, snapshot_id: int) -> None:
    table = catalog.load_table(tuple(name.split(".")))
    with table.manage_snapshots() as manage:
        if TAG in table.refs():
            manage.remove_tag(TAG)
        manage.create_tag(snapshot_id, TAG)


def _from_json(data: bytes) -> Publication:
    fields = json.loads(data)
    return Publication(
        publication_id=fields["publication_id"],
        published_at=datetime.fromisoformat(fields["published_at"]),
        tables=fields["tables"],
        run_id=fields["run_id"],
    )


def fresh_beside(path: Path) -> Path:
    """A new empty path beside `path`, so that the rename is atomic."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new.duckdb")
    fresh.unlink(missing_ok=True)
    return fresh


def publication_of(path: Path) -> str | None:
    """Id of the publication that a `marts.duckdb` holds, None when there is no such file."""
    if not path.is_file():
        return None
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("select publication_id from meta.publication").fetchone()
    return found[0] if found else None
