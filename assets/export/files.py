"""published → files: Parquet, GeoParquet, GeoPackage or CSV, one file a table, with a page that says what they are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.export.offer import SYNTHETIC_EN, SYNTHETIC_TH, Item, NothingToHandOn, Offer, check_published, offer
from assets.export.postgres import literal, quoted
from assets.lake.config import LakeConfig
from assets.lake.duck import connect_published
from assets.lake.errors import LakeError

ENDINGS = {"parquet": "parquet", "geoparquet": "parquet", "gpkg": "gpkg", "csv": "csv"}
WITH_GEOMETRY = ("geoparquet", "gpkg")
GEOMETRY = "geometry"
BOM = b"\xef\xbb\xbf"
"""What Excel needs in front of a CSV file to read Thai."""


class ExportError(LakeError):
    """A file that could not be written; those of an earlier export are as they were."""


@dataclass(frozen=True)
class Exported:
    """The files written, or to be written: file name → the table in it."""

    offer: Offer
    folder: Path
    files: dict[str, Item]


def export(
    config: LakeConfig,
    folder: Path,
    names: Sequence[str] = (),
    schemas: Sequence[str] = ("gold",),
    as_format: str = "parquet",
    dry_run: bool = False,
    on_table: Callable[[int, int], None] = lambda _done, _total: None,
) -> Exported:
    """Writes the last publication's tables (those named, else all of some schemas) into a folder.

    `geoparquet` and `gpkg` take only tables with a place on the map, and give them a column `geometry` (WGS 84). Files
    come into place when all of them are written, `publication.json` last. Raises NothingToHandOn, ExportError.
    """
    check_published(config)
    wanted = sorted({name.split(".")[0] for name in names}) or list(schemas)
    has_geometry = as_format in WITH_GEOMETRY
    with connect_published(config, *(["spatial"] if has_geometry else [])) as connection:
        offered = offer(config, connection, wanted)
        items = _chosen(offered, names)
        if has_geometry:
            items = _with_geometry(items, is_named=bool(names))
        files = {f"{item.name}.{ENDINGS[as_format]}": item for item in items}
        if not dry_run:
            _write(connection, offered, files, folder, as_format, on_table)
    return Exported(offered, folder, files)


def geometry_of(columns: Sequence[str]) -> tuple[str, str | None] | None:
    """SQL of a table's geometry, and the text column that it stands for; None when it has none.

    Outlines before points: where there are both, the point is the middle of the outline.
    """
    if "boundary_wkt" in columns:
        return "ST_GeomFromText(boundary_wkt)", "boundary_wkt"
    if GEOMETRY in columns:
        return f"ST_GeomFromGeoJSON({GEOMETRY})", GEOMETRY
    for lat, lon in (("latitude", "longitude"), ("lat", "lon")):
        if lat in columns and lon in columns:
            return f"ST_Point({lon}, {lat})", None
    return None


def _chosen(offered: Offer, names: Sequence[str]) -> list[Item]:
    there = {item.name: item for item in offered.items}
    for name in names:
        if name in offered.kept_back:
            raise NothingToHandOn(f"{name} is classified as personal", "it stays in the lake: leave it out")
        if name not in there:
            raise NothingToHandOn(f"there is no published table {name!r}", f"use one of: {', '.join(there)}")
    return [there[name] for name in names] or list(offered.items)


def _with_geometry(items: Sequence[Item], is_named: bool) -> list[Item]:
    found = [item for item in items if geometry_of(_names(item))]
    if is_named and len(found) < len(items):
        without = ", ".join(item.name for item in items if item not in found)
        raise NothingToHandOn(f"{without}: no place on the map", "use --format parquet or csv for it")
    return found


def _names(item: Item) -> list[str]:
    return [name for name, _ in item.columns]


def _select(item: Item, as_format: str) -> str:
    source = f"marts.{item.table.layer}.{quoted(item.table.short)}"
    found = geometry_of(_names(item)) if as_format in WITH_GEOMETRY else None
    if found is None:
        return f"select * from {source}"
    sql, replaced = found
    kept = ", ".join(quoted(name) for name in _names(item) if name != replaced)
    return f"select {kept}, {sql} as {GEOMETRY} from {source}"


def _of_one_kind(connection: duckdb.DuckDBPyConnection, select: str) -> tuple[str, str | None]:
    """The same rows with geometries of one kind, and that kind: QGIS shows a layer without one as a table without a map.

    None where there is no geometry, or kinds that have nothing in common.
    """
    found = connection.execute(
        f"select distinct ST_GeometryType({GEOMETRY}) from ({select}) where {GEOMETRY} is not null"
    )
    kinds = {str(kind) for (kind,) in found.fetchall()}
    if kinds and kinds <= {"POLYGON", "MULTIPOLYGON"}:
        return f"select * replace (ST_Multi({GEOMETRY}) as {GEOMETRY}) from ({select})", "MULTIPOLYGON"
    return select, kinds.pop() if len(kinds) == 1 else None


def _write(
    connection: duckdb.DuckDBPyConnection,
    offered: Offer,
    files: dict[str, Item],
    folder: Path,
    as_format: str,
    on_table: Callable[[int, int], None],
) -> None:
    fresh = folder / ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        for number, (file, item) in enumerate(files.items(), start=1):
            options = _options(offered, item, as_format)
            try:
                select = _select(item, as_format)
                if as_format == "gpkg":
                    select, kind = _of_one_kind(connection, select)
                    options += f", geometry_type '{kind}'" if kind else ""
                connection.execute(f"copy ({select}) to {literal(str(fresh / file))} ({options})")
            except duckdb.Error as error:
                raise ExportError(
                    f"{file} could not be written: {error}",
                    "files of an earlier export stay; make room or name other tables",
                ) from error
            if as_format == "csv":
                _put_mark(fresh / file)
            on_table(number, len(files))
        (fresh / "README.txt").write_text(_page(offered, files), "utf-8")
        (fresh / "publication.json").write_text(_manifest(offered, files, as_format), "utf-8")
        for name in (*files, "README.txt", "publication.json"):
            (fresh / name).replace(folder / name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _options(offered: Offer, item: Item, as_format: str) -> str:
    if as_format == "csv":
        return "format csv, header true"
    if as_format == "gpkg":
        return f"format gdal, driver 'GPKG', srs 'EPSG:4326', layer_name {literal(item.table.short)}"
    facts = {
        "publication_id": offered.publication_id,
        "title": item.table.label.both,
        "synthetic": f"{SYNTHETIC_TH} / {SYNTHETIC_EN}" if item.is_synthetic else "",
    }
    return f"format parquet, kv_metadata {{{', '.join(f'{name}: {literal(text)}' for name, text in facts.items())}}}"


def _put_mark(file: Path) -> None:
    marked = file.with_suffix(".marked")
    with file.open("rb") as rows, marked.open("wb") as out:
        out.write(BOM)
        shutil.copyfileobj(rows, out)
    marked.replace(file)


def _manifest(offered: Offer, files: dict[str, Item], as_format: str) -> str:
    tables = [
        {
            "table": item.name,
            "file": file,
            "rows": item.rows,
            "title_th": item.table.label.th,
            "title_en": item.table.label.en,
            "classification": item.table.classification,
            "is_synthetic": item.is_synthetic,
        }
        for file, item in files.items()
    ]
    facts = {
        "publication_id": offered.publication_id,
        "published_at": offered.published_at.isoformat(),
        "format": as_format,
        "tables": tables,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def _page(offered: Offer, files: dict[str, Item]) -> str:
    lines = [
        f"ชุดเผยแพร่ / Publication: {offered.publication_id}",
        "เวลาเป็น UTC ค่าที่ไม่มีจะว่าง ไม่ใช่ศูนย์ / Times are UTC. What is missing is empty, never zero.",
        "",
    ]
    for file, item in files.items():
        mark = f"  ({SYNTHETIC_TH} / {SYNTHETIC_EN})" if item.is_synthetic else ""
        closed = "" if item.table.classification == "open" else f"  [{item.table.classification}]"
        lines.append(f"{file}: {item.table.label.both}, {item.rows:,} แถว / rows{closed}{mark}")
    return "\n".join(lines) + "\n"
