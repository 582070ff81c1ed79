"""The Thai air quality index once more, in exact fractions: the SQL of the mart, on the seeds, must give the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import floor
from random import Random

import duckdb
import polars as pl
import pytest

from assets.warehouse_dbt import run_dbt

from .conftest import Warehouse
from .seeds import SEEDS, seed

QUANTITIES = ("PM25", "PM10", "O3", "CO", "NO2", "SO2")
MOLAR_MASS = {"O3": "48.00", "CO": "28.01", "NO2": "46.01", "SO2": "64.06"}
DAYS = (date(2017, 12, 31), date(2018, 1, 1), date(2023, 5, 31), date(2023, 6, 1), date(2026, 3, 1))


@cache
def classes(quantity: str, day: date) -> tuple[dict[str, str], ...]:
    """Rows of the table in force on that day."""
    return tuple(
        row
        for row in seed("seed_aqi_breakpoint")
        if row["quantity"] == quantity and row["valid_from"] <= day.isoformat() <= (row["valid_to"] or "9999")
    )


def half_up(number: Fraction, decimals: int = 0) -> Fraction:
    return Fraction(floor(number * 10**decimals + Fraction(1, 2)), 10**decimals)


def canonical_per_unit(quantity: str, unit: str) -> Fraction:
    """µg/m³ that are one unit, at 25 °C and 1 atm."""
    if quantity not in MOLAR_MASS:
        return Fraction(1)
    return Fraction(MOLAR_MASS[quantity]) / Fraction("24.45") * (1000 if unit == "[ppm]" else 1)


def sub_index(quantity: str, micrograms: float, day: date) -> int | None:
    """Index of a mean; None where no table is in force. A mean is what it is to 6 decimals, the rest is the computer's."""
    for row in classes(quantity, day):
        mean = half_up(Fraction(micrograms) / canonical_per_unit(quantity, row["unit"]), 6)
        concentration = half_up(mean, int(row["decimals"]))
        low, index_low = Fraction(row["concentration_low"]), int(row["index_low"])
        if not row["concentration_high"] and concentration >= low:
            return index_low
        if row["concentration_high"] and low <= concentration <= Fraction(row["concentration_high"]):
            slope = (int(row["index_high"]) - index_low) / (Fraction(row["concentration_high"]) - low)
            return int(half_up(slope * (concentration - low) + index_low))
    return None


def some_mean(random: Random, quantity: str, day: date) -> float:
    """Anywhere, or a hair beside an edge of a class, where the rounding decides."""
    row = random.choice(classes(quantity, day) or classes(quantity, DAYS[-1]))
    edge = Fraction(random.choice([row["concentration_low"], row["concentration_high"] or "1000"]))
    step = Fraction(1, 10 ** int(row["decimals"]))
    beside = random.choice([Fraction(0), step / 2, -step / 2, step * 49 / 100, -step * 51 / 100])
    anywhere = Fraction(random.randrange(0, 60_000), 100)
    amount = max(random.choice([edge + beside, anywhere]), Fraction(0))
    return float(amount * canonical_per_unit(quantity, row["unit"]))


@pytest.fixture(scope="module")
def index_of(make_warehouse: Callable[[], Warehouse]) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """The SQL of fct_aqi_daily as dbt compiles it, in a DuckDB of its own that holds the seeds and the days given."""
    warehouse = make_warehouse()
    run_dbt(warehouse.lake.env, ["compile", "--select", "fct_aqi_daily"], warehouse.folder)
    compiled = next((warehouse.folder / "target" / "compiled").rglob("marts/environment/fct_aqi_daily.sql"))
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as lake; create schema lake.gold; create schema memory.seed")
    types = {
        "seed_aqi_breakpoint": {"index_high": "INTEGER", "concentration_low": "DOUBLE", "concentration_high": "DOUBLE"},
        "seed_quantity": {},
        "seed_unit_conversion": {"factor": "DOUBLE"},
    }
    for name, known in types.items():
        connection.read_csv(str(SEEDS / f"{name}.csv"), dtype=known).create(f"memory.seed.{name}")

    def judged(days: pl.DataFrame) -> pl.DataFrame:
        connection.register("days", days)
        connection.execute("create or replace table lake.gold.fct_air_quality_daily as from days")
        return connection.execute(compiled.read_text("utf-8")).pl()

    yield judged
    connection.close()


def test_the_mart_gives_the_index_that_exact_fractions_give(
    index_of: Callable[[pl.DataFrame], pl.DataFrame],
) -> None:
    random = Random(2566)
    means: dict[str, tuple[date, dict[str, float]]] = {}
    for number in range(2_000):
        day = random.choice(DAYS)
        some = random.sample(QUANTITIES, random.randint(1, len(QUANTITIES)))
        means[f"S{number}"] = (day, {quantity: some_mean(random, quantity, day) for quantity in some})
    days = pl.DataFrame(
        [
            {
                "station_key": station,
                "observed_date": day,
                "quantity": quantity,
                "method": "mean_of_hours",
                "mean_value": value,
                "mean_corrected": None,
                "max_8h": value,
                "max_1h": value,
                "has_sufficient_data": True,
                "instrument_class": "reference",
                "source_id": "x",
            }
            for station, (day, measured) in means.items()
            for quantity, value in measured.items()
        ],
        schema_overrides={"mean_corrected": pl.Float64},
    )

    rows = index_of(days)

    assert rows.height == len(means)
    for row in rows.iter_rows(named=True):
        day, measured = means[row["station_key"]]
        subs = {quantity: sub_index(quantity, value, day) for quantity, value in measured.items()}
        known = {quantity: index for quantity, index in subs.items() if index is not None}
        highest = max(known.values(), default=None)
        first = next(
            (quantity for quantity in QUANTITIES if highest is not None and known.get(quantity) == highest), None
        )
        got = {quantity: row[f"sub_{quantity.lower()}"] for quantity in measured}
        assert (got, row["aqi"], row["main_quantity"]) == (subs, highest, first), (day, measured)
    assert {row["breakpoint_version"] for row in rows.iter_rows(named=True)} == {None, "TH-2018", "TH-2023"}


def test_classes_follow_each_other_without_a_gap_or_an_overlap() -> None:
    for day in DAYS[1:]:
        for quantity in QUANTITIES:
            rows = classes(quantity, day)
            assert [row["index_low"] for row in rows] == ["0", "26", "51", "101", "201"], (quantity, day)
            step = Fraction(1, 10 ** int(rows[0]["decimals"]))
            for row, following in pairwise(rows):
                assert Fraction(row["concentration_high"]) + step == Fraction(following["concentration_low"])
                assert int(row["index_high"]) + 1 == int(following["index_low"])
