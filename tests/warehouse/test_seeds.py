"""Seeds that are generated are what their generator gives; lists that are kept once agree with those that lean on them."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.readers.boundaries import tambons
from assets.readers.polygons import measure
from assets.readers.route import contracts
from assets.warehouse_dbt import PROJECT_DIR
from expectations.organisations import listed
from expectations.quantities import load_quantities

from .seeds import SEEDS, seed


def main_of(script: str) -> Callable[[Path], None]:
    return runpy.run_path(str(PROJECT_DIR / "scripts" / script))["main"]


def test_the_holiday_seed_is_what_its_script_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = tmp_path / "seed_holiday.csv"
    main_of("make_seed_holiday.py")(fresh)
    assert "Children" not in fresh.read_text("utf-8")
    assert fresh.read_text("utf-8") == (SEEDS / "seed_holiday.csv").read_text("utf-8")
    assert "526 days" in capsys.readouterr().out


def test_the_source_seed_is_what_the_contracts_say(tmp_path: Path) -> None:
    fresh = tmp_path / "seed_source.csv"
    main_of("make_seed_source.py")(fresh)
    assert fresh.read_text("utf-8") == (SEEDS / "seed_source.csv").read_text("utf-8"), (
        "a contract changed: run .venv/bin/python dbt_project/scripts/make_seed_source.py"
    )


def test_the_boundary_seeds_are_what_their_script_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main_of("make_seed_boundary.py")(tmp_path)
    assert "797 sides of 100 tambons, 114 boundaries, 1925 sides of 6 countries" in capsys.readouterr().out
    for name in ("seed_place_edge.csv", "seed_place_boundary.csv", "seed_country_edge.csv"):
        assert (tmp_path / name).read_text("utf-8") == (SEEDS / name).read_text("utf-8")


def test_a_district_is_drawn_as_large_as_its_tambons() -> None:
    whole = {row["place_code"]: row["boundary_wkt"] for row in seed("seed_place_boundary")}
    for code in [row["place_code"] for row in seed("seed_place") if row["level"] == "district"]:
        parts = sum(measure(known.geometry)[0] for known in tambons(code).values())
        assert measure(multipolygon(whole[code]))[0] == pytest.approx(parts, rel=1e-9)
    assert measure(multipolygon(whole["5202"]))[0] == pytest.approx(1.11e9, rel=0.01)  # m², as the contract says


def multipolygon(wkt: str) -> dict[str, Any]:
    """GeoJSON of a WKT whose polygons have no holes, as Lampang's have none."""
    polygons = wkt.removeprefix("MULTIPOLYGON (((").removesuffix(")))").split(")), ((")
    rings = [[[float(n) for n in point.split()] for point in ring.split(", ")] for ring in polygons]
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


def test_places_nest_and_tambons_stand_where_their_polygons_do() -> None:
    places = {row["place_code"]: row for row in seed("seed_place")}
    levels = {"province": "country", "district": "province", "tambon": "district"}
    for code, row in places.items():
        if row["level"] != "country":
            assert places[row["parent_code"]]["level"] == levels[row["level"]]
            assert row["level"] == "province" or code.startswith(row["parent_code"])
    shapes = tambons("52")
    assert set(shapes) == {code for code, row in places.items() if row["level"] == "tambon"}
    for code, known in shapes.items():
        _, lat, lon = measure(known.geometry)
        row = places[code]
        assert (row["name_th"], row["coordinate_basis"]) == (known.name, "polygon centroid")
        assert (float(row["lat"]), float(row["lon"])) == pytest.approx((lat, lon), abs=0.0006)


@pytest.mark.parametrize(
    ("latitude", "longitude", "country"),
    [
        (18.79, 98.99, {"Thailand"}),  # Chiang Mai
        (19.89, 102.14, {"Laos"}),  # Luang Prabang
        (20.78, 97.04, {"Myanmar"}),  # Taunggyi
        (11.56, 104.92, {"Cambodia"}),  # Phnom Penh
        (18.68, 105.68, {"Vietnam"}),  # Vinh
        (6.1, 102.2, {"Malaysia"}),  # Kota Bharu
        (10.0, 101.0, set()),  # the Gulf of Thailand
    ],
)
def test_towns_lie_in_their_country(latitude: float, longitude: float, country: set[str]) -> None:
    crossed: dict[str, int] = {}
    for row in seed("seed_country_edge"):
        x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
        if y1 <= latitude < y2 and longitude < x1 + (latitude - y1) * (x2 - x1) / (y2 - y1):
            crossed[row["country"]] = crossed.get(row["country"], 0) + 1
    assert {name for name, times in crossed.items() if times % 2} == country


def test_organisations_of_every_contract_are_listed() -> None:
    assert {contract.partner_id for contract in contracts().values()} <= set(listed())


def test_every_unit_that_is_named_has_a_row() -> None:
    known = {row["unit"] for row in seed("seed_unit_of_measure")}
    assert {unit for _, unit in units_of_models()} | {unit for _, unit in units_of_contracts()} > {"ug/m3", "{rai}"}
    missing = {(where, unit) for where, unit in [*units_of_models(), *units_of_contracts()] if unit not in known}
    assert missing == set(), "add the unit to seed_unit_of_measure.csv, or write it as UCUM does"


def units_of_models() -> Iterator[tuple[str, str]]:
    """(model.column, unit); `see unit` points to another column."""
    for file in sorted((PROJECT_DIR / "models").rglob("*.yml")):
        for model in yaml.safe_load(file.read_text("utf-8")).get("models", []):
            for column in model.get("columns", []):
                unit = column.get("config", {}).get("meta", {}).get("unit")
                if unit is not None and not str(unit).startswith("see "):
                    yield f"{model['name']}.{column['name']}", str(unit)


def units_of_contracts() -> Iterator[tuple[str, str]]:
    for contract in contracts().values():
        for entity in contract.entities:
            yield from ((f"{contract.source_id}.{c.name}", c.unit) for c in entity.own_columns if c.unit)
            yield from ((contract.source_id, unit) for measure in entity.measures for unit in measure.raw_units)
    for quantity in load_quantities().values():
        yield from ((quantity.key, unit) for unit in (quantity.unit, quantity.unit_at_stack) if unit)
