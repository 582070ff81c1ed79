"""Every published table and column says what it is, in both languages, with its unit, its period and where it comes from."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import pytest

from assets.catalogue import NO_MEASURES, NUMBERS, TIMELESS, Column, Table, Words, catalogue
from assets.readers.route import contracts
from assets.warehouse_dbt import PROJECT_DIR
from assets.warehouse_run import outputs

THAI = re.compile(r"[\u0e00-\u0e7f]")
CODE = re.compile(r"[a-z]+_\w+")
# The ISO 8601 durations that anything here is averaged over.
PERIOD = re.compile(r"PT[1-9]\d*H|P[1-9]\d*[DMY]")
TABLES = list(catalogue().tables.values())
COLUMNS = [(table, column) for table in TABLES for column in table.columns]


def units() -> set[str]:
    with (PROJECT_DIR / "seeds" / "seed_unit_of_measure.csv").open(encoding="utf-8", newline="") as lines:
        return {row["unit"] for row in csv.DictReader(lines)}


def words() -> Iterator[tuple[str, Words]]:
    for table in TABLES:
        yield f"{table.name}: label", table.label
        yield f"{table.name}: description", table.description
        yield f"{table.name}: grain", table.grain
        yield from ((f"{table.name}.{column.name}", column.meaning) for column in table.columns)
        yield from ((f"{table.name}, metric {metric.name}", metric.label) for metric in table.metrics)


def named(pairs: list[tuple[Table, Column]]) -> list[str]:
    return [f"{table.name}.{column.name}" for table, column in pairs]


def points_to(told: str | None, table: Table) -> Column | None:
    """The column that `see <column>` names. Raises KeyError when the table has none of that name."""
    return table.column(told.removeprefix("see ")) if told and told.startswith("see ") else None


def test_the_catalogue_has_every_table_that_is_published() -> None:
    assert set(catalogue().tables) == {*outputs("silver"), *outputs("gold")}


def test_everything_is_said_in_thai_and_in_english() -> None:
    said = list(words())
    assert len(said) > 1_500
    assert [where for where, text in said if not THAI.search(text.th)] == [], "no Thai letter on the Thai side"
    assert [where for where, text in said if THAI.search(text.en)] == [], "Thai letters on the English side"
    # `near_plant (within 3 km) or …`: a reader is told what a column is before its codes
    assert [where for where, text in said if CODE.match(text.en)] == []


def test_a_number_stands_for_a_period_or_says_of_what_other_kind_it_is() -> None:
    numbers = [(table, column) for table, column in COLUMNS if column.data_type in NUMBERS]
    assert named([(t, c) for t, c in numbers if (c.averaging is None) == (c.kind is None)]) == []
    assert named([(t, c) for t, c in numbers if c.kind not in (None, *NO_MEASURES, *TIMELESS)]) == []
    others = [(t, c) for t, c in COLUMNS if c.data_type not in NUMBERS and (c.kind or c.averaging or c.unit)]
    assert named(others) == [], "only numbers have a unit, a period and a kind"


def test_a_measure_has_a_unit_that_the_house_knows_and_nothing_else_has_one() -> None:
    known = units()
    for table, column in COLUMNS:
        where = f"{table.name}.{column.name}: unit {column.unit!r}"
        if not column.is_measure:
            assert column.unit is None, where
        elif (holder := points_to(column.unit, table)) is not None:
            assert holder.data_type == "varchar" and "unit" in holder.name, where
        else:
            assert column.unit in known, where
    assert [m.name for table in TABLES for m in table.metrics if m.unit and m.unit not in known] == []


def test_a_period_is_one_of_iso_8601_or_stands_in_a_column_beside() -> None:
    for table, column in COLUMNS:
        if column.averaging is not None and points_to(column.averaging, table) is None:
            assert PERIOD.fullmatch(column.averaging), f"{table.name}.{column.name}: {column.averaging!r}"


@pytest.mark.parametrize(
    ("table", "column", "unit", "averaging"),
    [
        ("gold.fct_air_quality_daily", "max_8h", "see unit", "PT8H"),
        ("gold.fct_air_quality_daily", "limit_1h", "see limit_unit", "PT1H"),
        ("gold.fct_weather_daily", "rain_sum", "mm", "P1D"),
        ("gold.fct_weather_daily", "temp_max", "Cel", "PT1H"),
        ("gold.mart_plume_events", "stack_so2_g_s", "g/s", "P1M"),
        ("gold.fct_socio_econ", "value", "see unit", "see averaging_period"),
    ],
)
def test_a_value_stands_for_the_hours_that_its_model_takes(table: str, column: str, unit: str, averaging: str) -> None:
    found = catalogue().tables[table].column(column)
    assert (found.unit, found.averaging) == (unit, averaging)


def test_the_same_name_has_the_same_unit_in_every_table() -> None:
    """Names with a unit in them, such as `net_mwh`, and counts and shares: one meaning everywhere."""
    found: dict[str, set[str | None]] = {}
    for _, column in COLUMNS:
        if column.is_measure and not (column.unit or "").startswith("see "):
            found.setdefault(column.name, set()).add(column.unit)
    assert {name: spelled for name, spelled in found.items() if len(spelled) > 1} == {}


def test_every_table_has_a_key_of_its_own_columns() -> None:
    for table in TABLES:
        names = {column.name for column in table.columns}
        assert table.key and set(table.key) <= names, table.name
        assert len(names) == len(table.columns), f"{table.name} names a column twice"


def test_nothing_comes_from_nowhere() -> None:
    known = {*contracts()}
    for table in TABLES:
        assert table.source_ids or table.reads, table.name
        assert set(table.source_ids) <= known
        for name in table.reads:
            assert name in catalogue().tables or name.startswith(("reference.seed_", "ops.")), f"{table.name}: {name}"
