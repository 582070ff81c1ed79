"""A release of a real publication holds what its documents say, all or nothing, the same bytes for the same publication."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pyshacl
import pytest
import rdflib
from typer.testing import CliRunner

from assets.catalogue import Words
from assets.lake.config import LakeConfig
from assets.open_data import release
from assets.open_data.release import OpenDataError
from assets.open_data.vocabulary import SYNTHETIC
from assets.open_data.what import Publisher
from orchestration.cli import app

PUBLISHER = Publisher(contact="data@example.org")
SHAPES = Path(release.__file__).with_name("shapes.ttl")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def config(furnished_home: Path) -> LakeConfig:
    """Where the published copy of the furnished lake lies; its store is not needed."""
    return LakeConfig(furnished_home, "", "", "", "", "")


@pytest.fixture(scope="module")
def planned(config: LakeConfig) -> release.Plan:
    return release.plan(config.marts_db, PUBLISHER).without_blocked()


@pytest.fixture(scope="module")
def folder(config: LakeConfig, planned: release.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of all that may go out."""
    to = tmp_path_factory.mktemp("open-data")
    made, _ = release.make(planned, config.marts_db, config.status_db, to)
    return made


# ── Frictionless ──────────────────────────────────────────────────────────────────────────────────────────────────────


def checked(folder: Path) -> frictionless.Report:
    return frictionless.validate(str(folder / "datapackage.json"))


def test_frictionless_finds_every_row_as_its_schema_says(folder: Path, planned: release.Plan) -> None:
    report = checked(folder)
    assert report.valid, report.flatten(["title", "fieldName", "message"])
    assert len(report.tasks) == len(planned.datasets) >= 10
    rows = {task.name: task.stats.get("rows", 0) for task in report.tasks}
    assert rows["dim_date"] > 8000
    assert rows["dim_unit_of_measure"] > 90


@pytest.mark.parametrize(
    ("file", "column", "value", "error"),
    [
        ("dim_date", "calendar_date", "24/11/2569", "type-error"),
        ("dim_date", "date_key", "", "constraint-error"),
        ("dim_user_class", "user_class", "residential", "primary-key"),
        ("dim_quantity", "unit", "furlong", "foreign-key"),
    ],
)
def test_frictionless_finds_what_breaks_the_schema(
    folder: Path, tmp_path: Path, file: str, column: str, value: str, error: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    path = broken / file / f"{file}.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[1][column] = value
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    # its size and hash are wrong now too: only the named kind of error is asked for
    assert error in {found for (found,) in checked(broken).flatten(["type"])}


def test_thai_is_read_right_by_a_sheet_and_the_three_files_hold_the_same_rows(folder: Path) -> None:
    text = (folder / "dim_user_class" / "dim_user_class.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfuser_class,")
    with duckdb.connect() as connection:
        base = folder / "dim_date" / "dim_date"
        of_csv = f"select date_key, calendar_date, month_th from read_csv('{base}.csv')"
        of_parquet = f"select date_key, calendar_date, month_th from '{base}.parquet'"
        assert connection.execute(f"{of_csv} except all {of_parquet}").fetchall() == []
        assert connection.execute(f"select count(*) from '{base}.parquet'").fetchone() > (8000,)
        said = connection.execute(f"select key, value from parquet_kv_metadata('{base}.parquet')").fetchall()
    assert "MIT" in dict(said)[b"licences"].decode()


# ── DCAT ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def conforms(document: Document) -> bool:
    graph = rdflib.Graph().parse(
        data=json.dumps(document), format="json-ld", publicID="https://example.org/catalog.jsonld"
    )
    valid, _, _ = pyshacl.validate(graph, shacl_graph=str(SHAPES))
    return bool(valid)


def small(folder: Path) -> Document:
    """The catalogue with one of its datasets: shapes are judged quicker."""
    document: Document = json.loads((folder / "catalog.jsonld").read_text("utf-8"))
    kept = [node for node in document["@graph"] if node["@type"] != "dcat:Dataset" or node["@id"] == "#dim_date"]
    kept[0]["dcat:dataset"] = [{"@id": "#dim_date"}]
    return document | {"@graph": kept}


def test_the_catalogue_of_a_release_conforms_to_the_shapes(folder: Path, planned: release.Plan) -> None:
    document = json.loads((folder / "catalog.jsonld").read_text("utf-8"))
    assert len(document["@graph"][0]["dcat:dataset"]) == len(planned.datasets)
    assert conforms(document)


def without(name: str) -> Callable[[Document], object]:
    return lambda dataset: dataset.pop(name)


def only_thai(name: str) -> Callable[[Document], object]:
    return lambda dataset: dataset.update({name: [said for said in dataset[name] if said["@language"] == "th"]})


BREAKS: dict[str, Callable[[Document], object]] = {
    "no licence": without("dct:license"),
    "no publisher": without("dct:publisher"),
    "nobody to ask": without("dcat:contactPoint"),
    "no rhythm": without("dct:accrualPeriodicity"),
    "no provenance": without("dct:provenance"),
    "no files": without("dcat:distribution"),
    "a title in one language": only_thai("dct:title"),
    "a description in one language": only_thai("dct:description"),
    "a contact without a mailbox": lambda dataset: dataset["dcat:contactPoint"].pop("vcard:hasEmail"),
    "a file without a licence": lambda dataset: dataset["dcat:distribution"][0].pop("dct:license"),
    "a file without an address": lambda dataset: dataset["dcat:distribution"][0].pop("dcat:downloadURL"),
    "a time that ends before it begins": lambda dataset: dataset["dct:temporal"]["dcat:endDate"].update(
        {"@value": "1999-01-01"}
    ),
    "a quality above 1": lambda dataset: dataset["dqv:hasQualityMeasurement"][0]["dqv:value"].update({"@value": "1.5"}),
    "a quality of nothing": lambda dataset: dataset["dqv:hasQualityMeasurement"][0].pop("dqv:isMeasurementOf"),
    "a place without a name": lambda dataset: dataset["dct:spatial"][0].pop("skos:prefLabel"),
}


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_the_shapes_refuse_a_catalogue_that_lacks_what_they_ask(
    folder: Path, change: Callable[[Document], object]
) -> None:
    document = small(folder)
    document["@graph"][0].pop("dct:spatial")  # the same places stand in the dataset
    assert conforms(document)
    change(next(node for node in document["@graph"] if node["@id"] == "#dim_date"))
    assert not conforms(document)


# ── all or nothing ────────────────────────────────────────────────────────────────────────────────────────────────────


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_publication_gives_the_same_bytes_and_replaces_itself(
    config: LakeConfig, planned: release.Plan, folder: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        again, _ = release.make(planned, config.marts_db, config.status_db, tmp_path)
    assert content(again) == content(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == [planned.publication_id, "latest"]
    assert (tmp_path / "latest").resolve() == again.resolve()


def test_a_release_that_breaks_half_way_leaves_the_earlier_one_and_no_trace(
    config: LakeConfig, planned: release.Plan, tmp_path: Path
) -> None:
    one = replace(planned, datasets=planned.datasets[:1])
    before = content(release.make(one, config.marts_db, config.status_db, tmp_path)[0])

    def full(_: str, done: int, __: int) -> None:
        if done == 3:
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        release.make(planned, config.marts_db, config.status_db, tmp_path, full)
    assert content(tmp_path / "latest") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [planned.publication_id, "latest"]


def test_while_something_forbids_it_nothing_is_written(config: LakeConfig, tmp_path: Path) -> None:
    refused = release.plan(config.marts_db, PUBLISHER)
    assert refused.blockers
    with pytest.raises(OpenDataError, match=f"{len(refused.blockers)} things"):
        release.make(refused, config.marts_db, config.status_db, tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_the_command_lists_every_blocker_and_leaves_out_only_when_told(
    config: LakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAEMOH_HOME", str(config.home))
    monkeypatch.delenv("MAEMOH_OPEN_DATA_CONTACT", raising=False)
    run = CliRunner().invoke
    to = ["--to", str(tmp_path / "to")]
    refused = run(app, ["open-data", "--leave-out-blocked", *to])
    assert refused.exit_code == 1
    assert "MAEMOH_OPEN_DATA_CONTACT" in refused.output
    monkeypatch.setenv("MAEMOH_OPEN_DATA_CONTACT", "data@example.org")
    refused = run(app, ["open-data", *to])
    assert refused.exit_code == 1
    for said in (
        "gold.dim_stack",
        "license_id",
        "_seeds_energy.yml",
        "egat_system_demand/contract.yml",
        "ไม่ทราบสัญญาอนุญาต",
    ):
        assert said in refused.output
    assert run(app, ["open-data", "--only", "fct_kpi", *to]).exit_code == 1  # is not open
    assert run(app, ["open-data", "--only", "dim_date", "--dry-run", *to]).exit_code == 0
    assert not (tmp_path / "to").exists()
    done = run(app, ["open-data", "--only", "gold.dim_date", *to])
    assert done.exit_code == 0
    assert (tmp_path / "to" / "latest" / "dim_date" / "ckan.json").is_file()


# ── maps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def maps(config: LakeConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of power plants, one of them without a position, and of boundaries, as if both might go out."""
    home = tmp_path_factory.mktemp("maps")
    with duckdb.connect(str(home / "marts.duckdb")) as connection:
        connection.execute(f"attach '{config.marts_db}' as published (read_only)")
        connection.execute("create schema silver; create schema gold; create schema meta")
        for table in ("gold.dim_place", "silver.power_plant", "meta.publication"):
            connection.execute(f"create table {table} as from published.{table}")
        connection.execute(
            """insert into silver.power_plant by name
               select '1' as plant_id, 'แม่เมาะ' as plant_name, 'Coal' as fuel, 2400.0 as capacity_mw,
                   date '2021-06-01' as list_date,
                   'open_power_plants' as source_id, 'open' as partner_id, 'b' as batch_id, 0 as row_id,
                   timestamptz '2026-11-24 04:57:13+07' as received_at, 18.3 as latitude, 99.7 as longitude
               union all by name
               select '2' as plant_id, 'a, "b"' as plant_name, 'Gas' as fuel, 1e-7 as capacity_mw, date '2021-06-01' as list_date,
                   'open_power_plants' as source_id, 'open' as partner_id, 'b' as batch_id, 1 as row_id,
                   timestamptz '2026-11-23 21:57:13.5+00' as received_at"""
        )
    whole = release.plan(home / "marts.duckdb", PUBLISHER, ("silver.power_plant", "gold.dim_place"))
    agreed = {"licence": "CC-BY-4.0", "objective": Words("เพื่อทดสอบ", "to be tried"), "geo_level": "country"}
    open_ones = [replace(one, origins=tuple(replace(o, **agreed) for o in one.origins)) for one in whole.datasets]
    planned = replace(whole, datasets=open_ones, blockers=[])
    made, _ = release.make(planned, home / "marts.duckdb", home / "status.duckdb", home / "to")
    return made


def features(folder: Path, table: str) -> list[dict[str, Any]]:
    (path,) = folder.glob(f"{table}*/*.geojson")
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["features"]
    return found


def test_positions_become_points_longitude_first_and_a_row_without_one_stays(maps: Path) -> None:
    plants = features(maps, "silver_power_plant")
    assert [plant["geometry"] for plant in plants] == [{"type": "Point", "coordinates": [99.7, 18.3]}, None]
    assert [plant["properties"]["plant_name"] for plant in plants] == ["แม่เมาะ", 'a, "b"']


def test_boundaries_become_polygons_with_their_attributes(maps: Path) -> None:
    district = next(place for place in features(maps, "dim_place") if place["properties"]["place_code"] == "5202")
    assert district["geometry"]["type"] == "MultiPolygon"
    assert "boundary_wkt" not in district["properties"]


def test_times_are_utc_whole_or_with_fractions_and_frictionless_reads_both(maps: Path) -> None:
    times = [plant["properties"]["received_at"] for plant in features(maps, "silver_power_plant")]
    assert times == ["2026-11-23T21:57:13Z", "2026-11-23T21:57:13.500000Z"]
    report = checked(maps)
    assert report.valid, report.flatten(["title", "fieldName", "message"])


def test_the_file_names_of_synthetic_tables_say_so(folder: Path) -> None:
    marked = [path for path in folder.rglob("*") if "synthetic" in path.name]
    assert any(path.suffix == ".parquet" for path in marked)
    said = json.loads((folder / "silver_indicator_synthetic" / "ckan.json").read_text("utf-8"))
    assert SYNTHETIC.th in said["title"]
