"""`maemoh export`: files that other tools open, with what they are beside them, whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from assets.export import offer
from assets.export.files import ExportError, export, geometry_of
from assets.export.offer import NothingToHandOn
from assets.lake.duck import connect_published
from orchestration.cli import app
from tests import marts

SQUARE = "'MULTIPOLYGON (((99.5 18.2, 99.9 18.2, 99.9 18.4, 99.5 18.2)))'"
OUTLINE = """'{"type":"Polygon","coordinates":[[[99.1,17.9],[99.2,17.9],[99.2,18.0],[99.1,17.9]]]}'"""
FIRES = {
    "sensor": "'viirs_snpp'",
    "detected_at": "timestamptz '2026-02-01 06:00:00+00'",
    "latitude": "18.3",
    "longitude": "99.7",
}
TABLES: dict[str, marts.Rows] = {
    "gold.dim_place": (
        3,
        {"place_code": "'52130' || i", "name_th": "'แม่เมาะ'", "boundary_wkt": f"case when i > 0 then {SQUARE} end"},
    ),
    "gold.fct_hotspot": (20, FIRES),
    "gold.dim_quantity": (2, {"quantity": "'Q' || i"}),
    "gold.fct_ev_charging_daily": (1, {"station_id": "'EV-1'"}),
    "silver.burn_scar": (2, {"geometry": OUTLINE}),
}


@pytest.fixture(autouse=True)
def a_personal_table(monkeypatch: pytest.MonkeyPatch) -> None:
    known = marts.with_personal("gold.fct_ev_charging_daily")
    monkeypatch.setattr(offer, "catalogue", lambda: known)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    marts.write(tmp_path, "p1", TABLES, source="gistda_hotspot")
    return tmp_path


def command(home: Path, *words: str):
    return CliRunner().invoke(app, ["export", *words], env={"MAEMOH_HOME": str(home), "COLUMNS": "200"})


def test_parquet_holds_the_publication_and_says_which_and_what_is_invented(home: Path) -> None:
    said = command(home, str(home / "files")).output
    assert "wrote 3 file(s) of publication p1" in said and "gold.fct_ev_charging_daily" in said and "personal" in said
    assert {path.name for path in (home / "files").iterdir()} == {
        "gold.dim_place.parquet", "gold.dim_quantity.parquet", "gold.fct_hotspot.parquet", "publication.json", "README.txt",
    }  # fmt: skip
    fires = home / "files" / "gold.fct_hotspot.parquet"
    assert pl.read_parquet(fires).height == 20
    facts = dict(duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{fires}')").fetchall())
    assert facts["publication_id"] == "p1" and "ข้อมูลสังเคราะห์" in facts["synthetic"]
    page = (home / "files" / "README.txt").read_text("utf-8").splitlines()
    assert ["SYNTHETIC" in line for line in page if line.startswith("gold.")] == [False, False, True]
    told = json.loads((home / "files" / "publication.json").read_text("utf-8"))
    assert {table["table"]: table["rows"] for table in told["tables"]} == {
        "gold.dim_place": 3, "gold.dim_quantity": 2, "gold.fct_hotspot": 20,
    }  # fmt: skip


def test_geoparquet_is_valid_and_lies_where_it_should(home: Path) -> None:
    export(marts.config_of(home), home / "maps", schemas=("gold", "silver"), as_format="geoparquet")
    kinds = {"gold.dim_place": "MultiPolygon", "gold.fct_hotspot": "Point", "silver.burn_scar": "Polygon"}
    assert {path.stem for path in (home / "maps").glob("*.parquet")} == set(kinds)
    for name, kind in kinds.items():
        file = home / "maps" / f"{name}.parquet"
        facts = dict(duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{file}')").fetchall())
        geo = json.loads(facts["geo"])
        column = geo["columns"][geo["primary_column"]]
        assert geo["version"].startswith("1.") and geo["primary_column"] == "geometry"
        assert (column["encoding"], column["geometry_types"]) == ("WKB", [kind])
        # Without `crs` the format means WGS 84, longitude first: as GeoJSON.
        assert "crs" not in column
        west, south, east, north = column["bbox"]
        assert 99 < west <= east < 100 and 17 < south <= north < 19
    assert pl.read_parquet(home / "maps" / "gold.dim_place.parquet")["geometry"].null_count() == 1


def test_a_geopackage_is_read_back(home: Path) -> None:
    command(home, str(home / "maps"), "--format", "gpkg", "--table", "gold.fct_hotspot")
    with connect_published(marts.config_of(home), "spatial") as connection:
        file = home / "maps" / "gold.fct_hotspot.gpkg"
        found = connection.execute(
            f"select count(*), min(st_x(geom)), min(st_y(geom)) from st_read('{file}')"
        ).fetchone()
    assert found == (20, 99.7, 18.3)


def test_a_geopackage_says_what_kind_of_map_it_is(home: Path) -> None:
    """QGIS opens a layer of kind GEOMETRY as a table without a map, where its first row has no place."""
    export(marts.config_of(home), home / "maps", schemas=("gold", "silver"), as_format="gpkg")
    kinds = {}
    for file in (home / "maps").glob("*.gpkg"):
        with closing(sqlite3.connect(file)) as layer:
            kinds[file.stem] = layer.execute("select geometry_type_name from gpkg_geometry_columns").fetchone()[0]
    assert kinds == {"gold.dim_place": "MULTIPOLYGON", "gold.fct_hotspot": "POINT", "silver.burn_scar": "MULTIPOLYGON"}


def test_csv_opens_in_excel_with_its_thai(home: Path) -> None:
    command(home, str(home / "excel"), "--format", "csv", "--table", "gold.dim_place")
    text = (home / "excel" / "gold.dim_place.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfplace_code,") and "แม่เมาะ".encode() in text
    assert pl.read_csv(home / "excel" / "gold.dim_place.csv")["lat"].null_count() == 3  # empty, not zero


def test_what_must_not_or_cannot_be_written_is_told(home: Path) -> None:
    config = marts.config_of(home)
    for names, as_format, said in (
        (["gold.fct_ev_charging_daily"], "parquet", "classified as personal"),
        (["gold.fct_x"], "parquet", "no published table 'gold.fct_x'"),
        (["ops.quarantine"], "parquet", "no published schema ops"),
        (["gold.dim_quantity"], "gpkg", "no place on the map"),
    ):
        with pytest.raises(NothingToHandOn, match=said):
            export(config, home / "files", names, as_format=as_format)
    with pytest.raises(NothingToHandOn, match="maemoh run"):
        export(marts.config_of(home / "empty"), home / "files")
    assert "would write 3 file(s)" in command(home, str(home / "files"), "--dry-run").output
    assert not (home / "files").exists()


def test_an_export_that_breaks_leaves_the_files_of_the_last_one(home: Path) -> None:
    config = marts.config_of(home)
    export(config, home / "maps", as_format="geoparquet")
    before = {path.name: path.read_bytes() for path in (home / "maps").iterdir()}
    marts.write(
        home, "p2", TABLES | {"gold.fct_hotspot": (30, FIRES), "silver.burn_scar": (1, {"geometry": "'no outline'"})}
    )
    with pytest.raises(ExportError, match=r"silver\.burn_scar\.parquet could not be written"):
        export(config, home / "maps", schemas=("gold", "silver"), as_format="geoparquet")
    assert {path.name: path.read_bytes() for path in (home / "maps").iterdir()} == before


def test_an_outline_goes_before_a_point() -> None:
    assert geometry_of(["lat", "lon", "boundary_wkt"]) == ("ST_GeomFromText(boundary_wkt)", "boundary_wkt")
    assert geometry_of(["latitude", "longitude"]) == ("ST_Point(longitude, latitude)", None)
    assert geometry_of(["lat"]) is None
