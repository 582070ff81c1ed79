"""Building only what changed, in bounded memory, and saying plainly what went wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from assets import warehouse_dbt
from assets.lake import dbt_plugin
from assets.lake.commit import BUILT_FROM, RUN_ID, live_files
from assets.lake.handle import Lake
from assets.warehouse_dbt import NodeResult, WarehouseError
from assets.warehouse_run import build, plan

from .cells import cells, day_of_hours, local_midnight, make_bronze_tables, put_batches
from .conftest import FIRST, LAYERS, SECOND, Warehouse

# Tables kept by period that an ambient hour reaches, silver to gold.
FEW = (
    "silver.observation", "silver.station_month", "gold.fct_air_quality_hourly", "gold.fct_air_quality_daily",
    "gold.fct_aqi_hourly", "gold.fct_aqi_daily", "gold.fct_weather_hourly", "gold.fct_weather_daily",
)  # fmt: skip
JANUARY, FEBRUARY, MARCH = date(2024, 1, 15), date(2024, 2, 15), date(2024, 3, 15)


@pytest.fixture(scope="module")
def own(furnished_lake: Callable[[], Lake], tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Three months of one ambient series, one weather series and one stack."""
    made = Warehouse(furnished_lake(), tmp_path_factory.mktemp("dbt"))
    tables = make_bronze_tables(made.lake.catalog)
    for number, day in enumerate((JANUARY, FEBRUARY, MARCH)):
        put_batches(
            tables["egat_ambient__observation"],
            {f"{number:016x}": day_of_hours("EGAT-09", "PM10", day, [10.0 * (number + 1)] * 24)},
            FIRST,
        )
    wind = [day_of_hours("EGAT-05", q, FEBRUARY, [3.0] * 24, u, "H") for q, u in (("WS", "m/s"), ("WD", "deg"))]
    put_batches(tables["egat_weather__observation"], {"b" * 16: pl.concat(wind)}, FIRST)
    months = [local_midnight(date(2024, month, 1)) for month in (1, 2, 3)]
    sulphur = cells("STACK-45", "SO2", months, months[1] - months[0], [100.0] * 3, "[ppm]", "P1M")
    put_batches(tables["egat_stack__emission"], {"c" * 16: sulphur}, FIRST)
    flow = cells("STACK-45", "FLOW", months[:1], months[1] - months[0], [1e6], "m3/h", "P1Y")
    put_batches(tables["egat_stack__flow"], {"d" * 16: flow}, FIRST)
    made.build()
    return made


def every_row(warehouse: Warehouse) -> dict[str, pl.DataFrame]:
    return {table: warehouse.rows(table) for table in FEW}


def assert_same_rows(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> None:
    assert left.keys() == right.keys()
    for name in left:
        assert left[name].height == right[name].height, name
        assert left[name].equals(right[name]), name


def files_of(warehouse: Warehouse, name: str) -> set[str]:
    return set(live_files(warehouse.lake.catalog.load_table(name)))


def build_whole(warehouse: Warehouse) -> None:
    """All months of the few, as if each were new."""
    for layer in LAYERS:
        whole = plan(warehouse.lake.catalog, layer, full=True)
        chosen = replace(whole, due={table: whole.due[table] for table in FEW if table in whole.due})
        build(warehouse.lake.env, chosen, folder=warehouse.folder)


def test_nothing_is_due_when_nothing_changed(own: Warehouse) -> None:
    for layer in LAYERS:
        due = plan(own.lake.catalog, layer)
        assert not due.is_needed
        assert due.reason == "nothing changed"


def test_every_snapshot_says_what_it_was_built_from_and_by_which_run(own: Warehouse) -> None:
    silver = own.lake.catalog.load_table("silver.observation").current_snapshot()
    mart = own.lake.catalog.load_table("gold.fct_air_quality_daily").current_snapshot()
    assert silver and silver.summary and mart and mart.summary
    assert json.loads(mart.summary[BUILT_FROM] or "") == {"silver.observation": silver.snapshot_id}
    assert len(json.loads(silver.summary[BUILT_FROM] or "")) == 4
    assert silver.summary[RUN_ID] == "test"


def test_means_that_reach_over_the_edge_of_a_month_are_built_with_the_month_before(own: Warehouse) -> None:
    bronze = make_bronze_tables(own.lake.catalog)["egat_ambient__observation"]
    last, first = date(2024, 1, 31), date(2024, 2, 1)
    put_batches(bronze, {"7" * 16: day_of_hours("EGAT-07", "PM10", last, [10.0] * 24)}, FIRST)
    put_batches(bronze, {"8" * 16: day_of_hours("EGAT-07", "PM10", first, [10.0] * 24)}, FIRST)
    own.build(*FEW)
    first_hour = f"""select sub_pm10 from fct_aqi_hourly
        where station_key = 'EGAT-07' and observed_date = '{first}' order by interval_start_at limit 1"""
    assert own.ask(first_hour) == [(5,)]  # 10 of 50 µg/m³, index 25
    put_batches(bronze, {"7" * 16: day_of_hours("EGAT-07", "PM10", last, [120.0] * 24)}, SECOND, remove=["7" * 16])

    own.build("silver.observation")
    due = plan(own.lake.catalog, "gold").due
    assert due["gold.fct_air_quality_hourly"].months == ("2024-01",)
    assert due["gold.fct_aqi_hourly"].months == ("2024-01", "2024-02")
    own.build(*FEW)

    assert own.ask(first_hour) == [(94,)]  # (23 × 120 + 10) / 24 = 115.4, 115 to the table: 51 + 49 / 39 × 34


def test_a_correction_rebuilds_its_month_and_gives_what_a_full_build_gives(
    own: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    bronze = make_bronze_tables(own.lake.catalog)["egat_ambient__observation"]
    corrected = day_of_hours("EGAT-09", "PM10", FEBRUARY, [200.0] * 20 + ["D"] * 4)
    monthly = ("silver.observation", "gold.fct_air_quality_hourly")
    before = {name: files_of(own, name) for name in monthly}
    put_batches(bronze, {"1" * 16: corrected}, SECOND, remove=[f"{1:016x}"])
    due = plan(own.lake.catalog, "silver").due
    assert due["silver.observation"].months == ("2024-02",)

    own.build(*FEW)

    for name in monthly:
        assert len(files_of(own, name) & before[name]) == 2, name  # January and March were not touched
    days = """select observed_date, mean_value, n_valid, is_exceedance from fct_air_quality_daily
        where station_key = 'EGAT-09' order by 1"""
    assert own.ask(days) == [(JANUARY, 10.0, 24, False), (FEBRUARY, 200.0, 20, True), (MARCH, 30.0, 24, False)]
    by_months = every_row(own)
    monkeypatch.setattr(dbt_plugin, "ROWS_AT_A_TIME", 30)  # a full build that writes a month or two at a time
    build_whole(own)
    assert_same_rows(by_months, every_row(own))


def test_a_withdrawn_batch_empties_its_month(own: Warehouse) -> None:
    bronze = make_bronze_tables(own.lake.catalog)["egat_ambient__observation"]
    put_batches(bronze, {}, SECOND, remove=[f"{2:016x}"])
    own.build(*FEW)
    days = "select distinct observed_date from fct_air_quality_hourly where station_key = 'EGAT-09' order by 1"
    assert own.ask(days) == [(JANUARY,), (FEBRUARY,)]
    assert not plan(own.lake.catalog, "gold").due.keys() & set(FEW)


def test_a_changed_model_makes_what_is_made_of_it_due_and_nothing_else(
    own: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / "project"
    shutil.copytree(warehouse_dbt.PROJECT_DIR, changed, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(warehouse_dbt, "PROJECT_DIR", changed)
    assert not plan(own.lake.catalog, "silver").is_needed
    hourly = changed / "models" / "marts" / "environment" / "fct_weather_hourly.sql"
    hourly.write_text(hourly.read_text("utf-8") + "-- changed\n", "utf-8")
    due = {name: one for name, one in plan(own.lake.catalog, "gold").due.items() if one.reason == "its model changed"}
    assert due.keys() >= {"gold.fct_weather_hourly", "gold.fct_weather_daily"}
    assert "gold.fct_air_quality_hourly" not in due
    assert {one.months for one in due.values()} == {None}


def test_descriptions_are_in_the_tables_themselves(own: Warehouse) -> None:
    table = own.lake.catalog.load_table("gold.fct_air_quality_daily")
    assert "คุณภาพอากาศรายวัน" in table.properties["comment"]
    assert "unrounded" in (table.schema().find_field("mean_value").doc or "")


def test_times_come_from_the_rows_and_not_from_the_clock(own: Warehouse) -> None:
    received = own.ask("select max(received_at) from silver.observation")[0][0]
    assert received.astimezone(UTC) == SECOND
    assert datetime.now(UTC) > SECOND


def test_a_broken_structure_stops_the_build_and_names_the_test(own: Warehouse) -> None:
    bronze = make_bronze_tables(own.lake.catalog)["egat_ambient__observation"]
    put_batches(bronze, {"9" * 16: day_of_hours("EGAT-09", "SO2", MARCH, [1.0] * 24, "stone/acre")}, SECOND)
    seen: list[NodeResult] = []
    with pytest.raises(WarehouseError, match="no_unit_is_left_unconverted") as caught:
        build(own.lake.env, plan(own.lake.catalog, "silver"), seen.append, folder=own.folder)
    assert [node.name for node in seen if node.is_failed] == ["no_unit_is_left_unconverted"]
    assert caught.value.results == seen
    due = plan(own.lake.catalog, "silver").due[
        "silver.observation"
    ]  # else the next run would take untested rows for good
    assert due.months is None
    assert "did not pass its tests" in due.reason


def test_periods_become_few_ranges() -> None:
    assert dbt_plugin.in_periods("d", ["2023-12", "2024-01", "2024-03"]) == (
        "(d >= '2023-12-01' and d < '2024-02-01') or (d >= '2024-03-01' and d < '2024-04-01')"
    )
    assert dbt_plugin.in_periods("d", ["2023", "2024"]) == "(d >= '2023-01-01' and d < '2025-01-01')"
    assert dbt_plugin.in_periods("d", []) == "false"
