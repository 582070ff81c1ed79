"""Units and the registry of quantities: conversions come back to where they started, ranges follow the unit."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.quantities import REGISTRY, QuantityError, Range, load_quantities, read_quantities
from expectations.units import UnitError, convert, convert_expr, linear, ucum

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
PAIRS = [(q, unit, other) for q in load_quantities().values() for unit in q.units for other in q.units]
values = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.sampled_from(PAIRS), values)
@settings(max_examples=200, deadline=None)
def test_there_and_back_again(pair: tuple, value: float) -> None:
    quantity, unit, other = pair
    there = convert(value, unit, other, quantity.molar_mass)
    assert math.isclose(convert(there, other, unit, quantity.molar_mass), value, rel_tol=1e-9, abs_tol=1e-6)


@given(st.sampled_from(PAIRS), st.lists(values | st.none(), max_size=5))
@settings(max_examples=50, deadline=None)
def test_columns_convert_as_single_values_do(pair: tuple, column: list[float | None]) -> None:
    quantity, unit, other = pair
    frame = pl.DataFrame({"v": column}, schema={"v": pl.Float64})
    got = frame.select(convert_expr(pl.col("v"), unit, other, quantity.molar_mass))["v"].to_list()
    assert got == [None if v is None else convert(v, unit, other, quantity.molar_mass) for v in column]


@given(st.sampled_from(PAIRS), st.sampled_from([0.25, 0.5, 0.75]))
@settings(max_examples=50, deadline=None)
def test_what_is_possible_in_one_unit_is_possible_in_another(pair: tuple, part: float) -> None:
    quantity, unit, other = pair
    stated = {entry.unit for entry in quantity.ranges}
    if {unit, other} & stated - {quantity.unit}:
        return  # such as stack gas in [ppm]: that unit stands for another kind of place and has a range of its own
    hard = quantity.range_in(unit).hard
    inside = hard.min + part * (hard.max - hard.min)
    assert quantity.range_in(other).hard.contains(convert(inside, unit, other, quantity.molar_mass))


@pytest.mark.parametrize(
    ("value", "unit", "other", "molar_mass", "expected", "tolerance"),
    [
        (1, "[ppb]", "ug/m3", 64.06, 2.62, 0.005),
        (1, "[ppb]", "ug/m3", 46.01, 1.88, 0.005),
        (1, "[ppb]", "ug/m3", 48.00, 1.96, 0.005),
        (1, "[ppm]", "mg/m3", 28.01, 1.145, 0.001),
        (780, "ug/m3", "[ppb]", 64.06, 300, 3),  # the two limits as published agree to rounding
        (968, "mbar", "hPa", None, 968, 0),
        (36, "km/h", "m/s", None, 10, 1e-12),
        (1, "[in_i]", "mm", None, 25.4, 1e-12),
        (1, "[kn_i]", "m/s", None, 0.514444, 1e-6),
        (25, "Cel", "K", None, 298.15, 1e-9),
        (212, "[degF]", "Cel", None, 100, 1e-9),
        (3.6, "kg/h", "g/s", None, 1, 1e-12),
        (1, "m3/s", "m3/h", None, 3600, 1e-9),
        (101.325, "kPa", "Pa", None, 101325, 1e-9),
    ],
)
def test_known_conversions(
    value: float, unit: str, other: str, molar_mass: float | None, expected: float, tolerance: float
) -> None:
    assert abs(convert(value, unit, other, molar_mass) - expected) <= tolerance


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("µg/m³", "ug/m3"),  # micro sign
        ("μg/m3", "ug/m3"),  # Greek mu
        (" ppb ", "[ppb]"),
        ("C-deg.", "Cel"),
        ("Degree", "deg"),
        ("mbar", "mbar"),
        ("MBAR", "mbar"),
        ("%", "%"),
        ("Nm3/h", "m3/h"),
        ("inch", "[in_i]"),
        ("มคก./ลบ.ม.", "ug/m3"),
        ("W/m2", "W/m2"),
        ("\xa0mm\xa0", "mm"),
        ("K", "K"),
    ],
)
def test_units_as_partners_write_them(written: str, code: str) -> None:
    assert ucum(written) == code


def test_units_that_do_not_go_together_say_so() -> None:
    with pytest.raises(UnitError, match="needs the molar mass"):
        linear("[ppb]", "ug/m3")
    with pytest.raises(UnitError, match="cannot become"):
        linear("hPa", "mm")
    with pytest.raises(UnitError, match="not a UCUM code"):
        linear("ppb", "ug/m3", 64.06)
    with pytest.raises(UnitError, match="add its spelling"):
        ucum("furlong")


def test_a_range_knows_which_bounds_belong_to_it() -> None:
    damp = Range(0, 103, min_exclusive=True)
    assert [damp.contains(v) for v in (0, 0.1, 103, 103.1, math.nan)] == [False, True, True, False, False]
    assert damp.sql("rh") == "rh > 0 and rh <= 103"
    assert Range().contains(-1e9) and Range().sql("x") == "true"
    assert load_quantities()["TEMP"].range_in("[degF]").hard == Range(32.0, 118.4, min_exclusive=True)
    assert load_quantities()["SO2"].range_in("[ppm]").hard == Range(0, 2000)  # a stack, not 5000 ug/m3 converted
    with pytest.raises(QuantityError, match=r"PM10 is not accepted in '\[ppb\]', only in ug/m3, mg/m3"):
        load_quantities()["PM10"].range_in("[ppb]")


def test_the_registry_holds_every_quantity_of_the_house() -> None:
    registry = load_quantities()
    assert set(registry) == {
        *("SO2", "NO2", "NO", "NOX", "O3", "CO", "H2S", "PM25", "PM10", "TSP", "PB"),
        *("BP", "TEMP", "RH", "RAIN", "SW", "WS", "WD", "WD_DEV"),
        *("SO2_RATE", "NOX_RATE", "TSP_RATE", "FLOW"),
    }
    assert {q.key for q in registry.values() if q.is_wind_vector} == {"WS", "WD"}
    assert registry["SO2"].zero_runs_are_normal and not registry["PM10"].zero_runs_are_normal
    with pytest.raises(TypeError):
        registry["SO2"] = replace(registry["SO2"], unit="[ppb]")  # type: ignore[index]


def test_the_seeds_say_the_same_as_the_registry() -> None:
    registry = load_quantities()
    with (SEEDS / "seed_quantity.csv").open(encoding="utf-8", newline="") as lines:
        seeds = {row["quantity"]: row for row in csv.DictReader(lines)}
    assert set(seeds) == set(registry)
    for key, row in seeds.items():
        mine = registry[key]
        ours = (mine.name_en, mine.name_th, mine.kind, mine.unit, mine.unit_at_stack or "", mine.molar_mass)
        assert ours == (
            *(row[name] for name in ("name_en", "name_th", "kind", "unit", "unit_at_stack")),
            float(row["molar_mass"]) if row["molar_mass"] else None,
        )
    with (SEEDS / "seed_unit_conversion.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            factor, offset = linear(row["unit_from"], row["unit_to"], registry[row["quantity"]].molar_mass)
            assert math.isclose(factor, float(row["factor"]), rel_tol=1e-9) and offset == 0


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"key": False}, "False is not text; put it in quotes"),  # what YAML makes of a bare NO
        ({"unit": None}, "None"),
        ({"kind": "smell"}, "kind is 'smell'; write one of gas"),
        ({"units": ["mg/m3"]}, "units lacks ug/m3; add it"),
        ({"units": ["ug/m3", "hPa"]}, "cannot become"),
        ({"units": ["ug/m3", "[ppb]"]}, "needs the molar mass"),
        ({"ranges": []}, "none for the canonical unit ug/m3"),
        ({"ranges": [{"unit": "ug/m3", "hard": {"min": 5, "max": 1}, "evidence": "x"}]}, "a min below a max"),
        ({"ranges": [{"unit": "ug/m3", "hard": {"low": 5}, "evidence": "x"}]}, "low"),
        ({"ranges": [{"unit": "ug/m3", "hard": {"min": 0, "max": 1}}]}, "evidence is missing; add it"),
    ],
)
def test_a_registry_that_is_written_wrongly_says_where_and_what(
    tmp_path: Path, change: dict[str, object], text: str
) -> None:
    entries = yaml.safe_load(REGISTRY.read_text(encoding="utf-8"))["quantities"]
    pm10 = next(entry for entry in entries if entry["key"] == "PM10")
    path = tmp_path / "quantities.yml"
    path.write_text(yaml.safe_dump({"quantities": [pm10 | change]}), encoding="utf-8")
    with pytest.raises(QuantityError, match=r"quantities\.yml: quantity") as caught:
        read_quantities(path)
    assert text in str(caught.value)
