"""A small publication, written straight into the files that consumers read: tables of the catalogue with made-up rows."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import duckdb

from assets.catalogue import Catalogue, catalogue
from assets.lake.config import LakeConfig
from assets.lake.duck import install_extensions

Rows = tuple[int, Mapping[str, str]]
"""How many rows, and for some columns an expression over `i`, their number; the others stay empty."""


@lru_cache(maxsize=1)
def _extensions() -> Path:
    """One folder for all tests of a process: the extensions weigh 60 MB."""
    folder = Path(tempfile.mkdtemp(prefix="maemoh-extensions-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def config_of(home: Path) -> LakeConfig:
    """The files of a lake whose store is not asked."""
    return LakeConfig(home, "", "", "", "", "")


def write(
    home: Path, publication_id: str, tables: Mapping[str, Rows], more: str = "", source: str = "egat_ambient"
) -> None:
    """Replaces `marts.duckdb` as a publication does. `more` is SQL that runs in the file at the end; `source` delivered
    invented values."""
    config = config_of(home)
    config.published.mkdir(parents=True, exist_ok=True)
    if not config.extensions.exists():
        config.extensions.symlink_to(install_extensions(_extensions(), ("icu",)))
    fresh = config.marts_db.with_suffix(".new.duckdb")
    with duckdb.connect(str(fresh), config={"extension_directory": str(config.extensions)}) as connection:
        connection.execute(
            "load icu; create schema gold; create schema silver; create schema meta; set TimeZone = 'UTC'"
        )
        for name, (n, given) in tables.items():
            columns = ", ".join(
                f"cast({given.get(c.name, 'null')} as {c.data_type}) as {c.name}"
                for c in catalogue().tables[name].columns
            )
            connection.execute(f"create table {name} as select {columns} from range({n}) as r(i)")
        connection.execute(
            "create table meta.publication as select ? as publication_id, timestamptz '2026-01-01 00:00:00+00' as published_at",
            [publication_id],
        )
        connection.execute(more)
    fresh.replace(config.marts_db)
    with duckdb.connect(str(config.status_db)) as connection:
        connection.execute("create schema if not exists ops")
        connection.execute(
            "create or replace table ops.batch as select ? as source_id, 'SYNTHETIC x.csv' as path, 'accepted' as status",
            [source],
        )


def with_personal(table: str) -> Catalogue:
    """The catalogue as it would be if this table held personal data: today no published table does."""
    tables = dict(catalogue().tables)
    return Catalogue(tables | {table: replace(tables[table], classification="personal")})
