"""DuckDB connections: plain ones for staged files, and ones with the lake attached. Extensions come from PyPI wheels."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from assets.lake.config import LakeConfig

MEMORY_LIMIT = "400MB"
EXTENSIONS = ("httpfs", "avro", "iceberg", "icu")


def install_extensions(folder: Path, names: Sequence[str] = EXTENSIONS) -> Path:
    """Installs extensions once into a folder of the project's own (nothing is fetched)."""
    version = f"v{duckdb.__version__}"
    if all((p := folder / version).is_dir() and list(p.rglob(f"{name}.duckdb_extension")) for name in names):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"extension_directory": str(folder)}) as connection:
        for name in names:
            package = importlib.import_module(f"duckdb_extension_{name}")
            assert package.__file__
            wheel = Path(package.__file__).parent / "extensions" / version / f"{name}.duckdb_extension"
            connection.execute(f"install '{wheel}'")
    return folder


def connect(config: LakeConfig | None = None, extensions: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory connection in UTC; with a lake config, the catalog is attached (read-only) as `lake`."""
    folder = config.extensions if config else extensions
    settings: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False}
    if config:
        # Memory is bounded by this, not by history; what does not fit goes to disk.
        spill = config.scratch / "duckdb_tmp"
        spill.mkdir(parents=True, exist_ok=True)
        settings |= {"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill), "preserve_insertion_order": False}
    if folder:
        settings["extension_directory"] = str(install_extensions(folder))
    connection = duckdb.connect(config=settings)
    if folder:
        for name in EXTENSIONS:
            connection.execute(f"load {name}")
        connection.execute("set TimeZone = 'UTC'")
    if config:
        attach_lake(connection, config)
    return connection


def connect_published(config: LakeConfig, *extensions: str) -> duckdb.DuckDBPyConnection:
    """An in-memory connection in UTC with the last publication attached as `marts`, read-only, and some extensions loaded.

    The file stays the one that was opened: a publication that comes meanwhile renames another into its place.
    """
    folder = install_extensions(config.extensions, ("icu", *extensions))
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "extension_directory": str(folder)})
    for name in ("icu", *extensions):
        connection.execute(f"load {name}")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach '{config.marts_db}' as marts (read_only)")
    return connection


def attach_lake(connection: duckdb.DuckDBPyConnection, config: LakeConfig) -> None:
    """Attaches the Iceberg catalog as `lake`."""
    user, secret = config.credential.split(":", 1)
    connection.execute(
        f"""create or replace secret store (type s3, key_id '{config.access_key}', secret '{config.secret_key}',
            endpoint '{config.host}', url_style 'path', use_ssl {str(config.use_ssl).lower()}, region '{config.region}')"""
    )
    connection.execute(
        f"""create or replace secret catalog (type iceberg, client_id '{user}', client_secret '{secret}',
            oauth2_server_uri '{config.catalog_uri}/v1/oauth/tokens')"""
    )
    connection.execute(
        f"attach '{config.warehouse}' as lake (type iceberg, secret catalog, endpoint '{config.catalog_uri}')"
    )
