"""What of the last publication may be handed on: every table but personal ones, with its words and whether it is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from assets.catalogue import Table, catalogue
from assets.intake import is_synthetic
from assets.lake.config import LakeConfig
from assets.lake.errors import LakeError

SCHEMAS = ("gold", "silver")
SYNTHETIC_TH = "ข้อมูลสังเคราะห์ ไม่ใช่ค่าตรวจวัดจริง"
SYNTHETIC_EN = "SYNTHETIC DATA, not measured"


class NothingToHandOn(LakeError):
    """There is no publication, or nothing of that name in it."""


@dataclass(frozen=True)
class Item:
    """One table of the publication. `columns` are (name, DuckDB type) as published; `rows` is counted."""

    table: Table
    columns: tuple[tuple[str, str], ...]
    rows: int
    is_synthetic: bool
    """True when a source that goes into it delivered invented values."""

    @property
    def name(self) -> str:
        """`gold.fct_x`."""
        return self.table.name


@dataclass(frozen=True)
class Offer:
    """The tables that may leave, and the names of those that may not."""

    publication_id: str
    published_at: datetime
    items: tuple[Item, ...]
    kept_back: tuple[str, ...]

    @property
    def is_synthetic(self) -> bool:
        """True when any of it is invented."""
        return any(item.is_synthetic for item in self.items)


def check_published(config: LakeConfig) -> None:
    """Raises NothingToHandOn when nothing was published yet."""
    if not config.marts_db.is_file():
        raise NothingToHandOn(
            f"nothing was published yet: there is no {config.marts_db.name}", "run `maemoh run` first"
        )


def offer(config: LakeConfig, connection: duckdb.DuckDBPyConnection, schemas: Sequence[str]) -> Offer:
    """What there is in some schemas. `connection` has the publication attached as `marts`. Raises NothingToHandOn."""
    if unknown := sorted(set(schemas) - set(SCHEMAS)):
        raise NothingToHandOn(f"there is no published schema {', '.join(unknown)}", f"use {' or '.join(SCHEMAS)}")
    invented = synthetic_sources(config)
    published = _columns(connection)
    items, kept_back = [], []
    for table in catalogue().tables.values():
        if table.layer not in schemas or table.name not in published:
            continue
        if table.classification == "personal":
            kept_back.append(table.name)
            continue
        rows = _one(connection, f'select count(*) from marts.{table.layer}."{table.short}"')[0]
        items.append(Item(table, published[table.name], rows, not invented.isdisjoint(table.source_ids)))
    publication_id, published_at = _one(connection, "select publication_id, published_at from marts.meta.publication")
    return Offer(publication_id, published_at, tuple(items), tuple(kept_back))


def synthetic_sources(config: LakeConfig) -> set[str]:
    """Feeds of which an accepted batch is marked as invented."""
    if not config.status_db.is_file():
        return set()
    with duckdb.connect(str(config.status_db), read_only=True) as status:
        paths = status.execute("select source_id, path from ops.batch where status = 'accepted'").fetchall()
    return {source_id for source_id, path in paths if is_synthetic(path)}


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[tuple[str, str], ...]]:
    """Table → its columns in order."""
    found = connection.execute(
        """select schema_name || '.' || table_name, list((column_name, data_type) order by column_index)
        from duckdb_columns() where database_name = 'marts' and schema_name in ('gold', 'silver') group by 1"""
    ).fetchall()
    return {name: tuple(columns) for name, columns in found}


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = connection.execute(query).fetchone()
    assert row
    return row
