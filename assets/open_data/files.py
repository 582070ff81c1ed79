"""Rows as files, written by DuckDB from the published copy: CSV for sheets, Parquet for engines, GeoJSON for maps.

CSV is UTF-8 with a byte-order mark: without it Excel shows Thai as signs. Times are ISO 8601 in UTC, an empty cell is
no value. Rows stand in the order of the key, so that the same publication gives the same bytes.
"""

from __future__ import annotations

import codecs
import hashlib
import importlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.catalogue import Column, Table
from assets.open_data.what import Dataset

MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}
TIMES = ("timestamptz", "timestamp")
FEATURES_AT_ONCE = 5_000


@dataclass(frozen=True)
class File:
    """One file of a dataset; `path` is relative to the release."""

    path: str
    format: str
    size_bytes: int
    sha256: str


def write(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, release: Path, metadata: Mapping[str, str]
) -> list[File]:
    """Writes one dataset's files into `release/<name>/`. `metadata` goes into the Parquet file, as text by name."""
    folder = release / dataset.name
    folder.mkdir(parents=True)
    base = folder / dataset.name
    written = [
        _csv(connection, dataset.table, base.with_suffix(".csv")),
        _parquet(connection, dataset.table, base.with_suffix(".parquet"), metadata),
    ]
    if geometry := geometry_of(connection, dataset.table):
        written.append(_geojson(connection, dataset, base.with_suffix(".geojson"), geometry, metadata))
    return [_described(path, release) for path in written]


def geometry_of(connection: duckdb.DuckDBPyConnection, table: Table) -> str | None:
    """SQL that gives a row's geometry as GeoJSON text; None for a table that has no position."""
    names = {column.name for column in table.columns}
    if "geometry" in names:  # kept as GeoJSON text in silver
        return "geometry"
    if "boundary_wkt" in names:
        _load_spatial(connection)
        return "st_asgeojson(st_geomfromtext(boundary_wkt))::varchar"
    if {"latitude", "longitude"} <= names:
        return """case when latitude is not null and longitude is not null
            then json_object('type', 'Point', 'coordinates', json_array(longitude, latitude))::varchar end"""
    return None


def quoted(name: str) -> str:
    """A column's name as SQL takes it, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def _csv(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> Path:
    bare = path.with_suffix(".bare")
    connection.execute(f"copy ({_rows(table, as_text=True)}) to '{_escaped(bare)}' (format csv, header, nullstr '')")
    with bare.open("rb") as rows, path.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        shutil.copyfileobj(rows, file)
    bare.unlink()
    return path


def _parquet(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, metadata: Mapping[str, str]) -> Path:
    said = ", ".join(f"{quoted(name)}: '{_escaped(text)}'" for name, text in sorted(metadata.items()))
    connection.execute(
        f"copy ({_rows(table, as_text=False)}) to '{_escaped(path)}' "
        f"(format parquet, compression zstd, kv_metadata {{{said}}})"
    )
    return path


def _geojson(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, path: Path, geometry: str, metadata: Mapping[str, str]
) -> Path:
    """A FeatureCollection (RFC 7946), streamed; a row without a position is a feature without geometry."""
    shape = ("geometry", "boundary_wkt")
    properties = ", ".join(
        f"'{column.name}', {_as_text(column)}" for column in dataset.table.columns if column.name not in shape
    )
    found = connection.execute(
        f"""select json_object('type', 'Feature', 'geometry', ({geometry})::json,
                'properties', json_object({properties}))::varchar
            from {dataset.table.name} {_order(dataset.table)}"""
    )
    head = {"type": "FeatureCollection", "name": dataset.name, "metadata": dict(sorted(metadata.items()))}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        between = "\n"
        while features := found.fetchmany(FEATURES_AT_ONCE):
            file.write(between + ",\n".join(feature for (feature,) in features))
            between = ",\n"
        file.write("\n]}\n")
    return path


def _rows(table: Table, as_text: bool) -> str:
    columns = ", ".join(
        f"{_as_text(column)} as {quoted(column.name)}" if as_text else quoted(column.name) for column in table.columns
    )
    return f"select {columns} from {table.name} {_order(table)}"


def _order(table: Table) -> str:
    return f"order by {', '.join(map(quoted, table.key))}" if table.key else "order by all"


def _as_text(column: Column) -> str:
    """Times as ISO 8601 in UTC, with fractions only where there are some; lists as JSON; all else as it is."""
    name = quoted(column.name)
    if column.data_type in TIMES:
        instant = f"strftime(make_timestamp(epoch_us({name})), '%Y-%m-%dT%H:%M:%S.%f')"
        return f"regexp_replace({instant}, '[.]0+$', '') || 'Z'"
    return f"to_json({name})::varchar" if column.data_type.endswith("[]") else name


def _described(path: Path, release: Path) -> File:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(path.relative_to(release).as_posix(), path.suffix[1:], path.stat().st_size, digest)


def _load_spatial(connection: duckdb.DuckDBPyConnection) -> None:
    """DuckDB's spatial extension from its wheel: nothing is fetched, nothing installed for others."""
    package = importlib.import_module("duckdb_extension_spatial")
    assert package.__file__
    wheel = Path(package.__file__).parent / "extensions" / f"v{duckdb.__version__}" / "spatial.duckdb_extension"
    connection.execute(f"load '{_escaped(wheel)}'")


def _escaped(text: Path | str) -> str:
    return str(text).replace("'", "''")


def by_format(files: Sequence[File]) -> dict[str, File]:
    """A dataset's files by format."""
    return {file.format: file for file in files}
