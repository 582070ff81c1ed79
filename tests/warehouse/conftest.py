"""A small warehouse, built once: a few days of every source, with their traps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.lake import embedded
from assets.lake.duck import connect, install_extensions
from assets.lake.handle import Lake
from assets.warehouse_dbt import NodeResult
from assets.warehouse_lineage import Layer
from assets.warehouse_run import build, plan
from tests import furnished

from .cells import cells, day_of_hours, local_midnight, make_bronze_tables, put_batches

LAYERS: tuple[Layer, ...] = ("silver", "gold")
FIRST, SECOND = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Warehouse:
    """A lake with bronze tables, and the means to build and to ask."""

    lake: Lake
    folder: Path

    def build(self, *tables: str) -> list[NodeResult]:
        """Brings silver and gold up to bronze, as the road does; or these tables alone."""
        results: list[NodeResult] = []
        for layer in LAYERS:
            due = plan(self.lake.catalog, layer)
            if tables:
                due = replace(due, due={table: due.due[table] for table in tables if table in due.due})
            if due.is_needed:
                results += build(self.lake.env, due, folder=self.folder, run_id="test")
        return results

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.lake.config) as connection:
            connection.execute("use lake.gold")
            return connection.execute(sql).fetchall()

    def rows(self, table: str) -> pl.DataFrame:
        """All rows of a table in an order of their own, to compare two states."""
        with connect(self.lake.config) as connection:
            return connection.execute(f"select * from lake.{table} order by all").pl()


@pytest.fixture(scope="session")
def make_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Warehouse]]:
    """Empty warehouses, each with a lake of its own; dbt's parsed project is shared."""
    homes: list[Path] = []
    folder = tmp_path_factory.mktemp("dbt")

    def make() -> Warehouse:
        homes.append(tmp_path_factory.mktemp("warehouse"))
        lake = Lake.open(embedded.up(homes[-1], ("egat",)))
        install_extensions(lake.config.extensions)
        make_bronze_tables(lake.catalog)
        lake.ledger.make_tables()
        return Warehouse(lake, folder)

    yield make
    for home in homes:
        furnished.throw_away(home)


@pytest.fixture(scope="session")
def warehouse(furnished_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Built once for the tests that only read."""
    home = tmp_path_factory.mktemp("built") / "home"
    made = Warehouse(furnished.copy(furnished_home, home), tmp_path_factory.mktemp("dbt"))
    tables = make_bronze_tables(made.lake.catalog)
    new_year, leap_day = date(2020, 1, 1), date(2020, 2, 29)
    full_day = [float(hour) for hour in range(1, 25)]
    ambient = {
        "a" * 16: pl.concat(
            [
                day_of_hours("EGAT-09", "SO2", new_year, full_day),
                day_of_hours("EGAT-09", "SO2", date(2020, 1, 31), [*[0.0] * 22, 781.0, 780.0]),
                day_of_hours("EGAT-09", "SO2", leap_day, ["D"] * 3 + ["C"] * 4 + [10.0] * 17),
            ]
        ),
        "b" * 16: day_of_hours("EGAT-09", "PM10", leap_day, [120.5] * 18 + [None] * 6),
        "c" * 16: day_of_hours("EGAT-99", "NO2", leap_day, [321.0] * 24),
        "d" * 16: cells(
            "EGAT-02", "TSP", [local_midnight(leap_day)], local_midnight(leap_day) - local_midnight(date(2020, 2, 28)),
            [331.0], "ug/m3", "P1D",
        ),
    }  # fmt: skip
    put_batches(tables["egat_ambient__observation"], ambient, FIRST)
    corrected = {"e" * 16: day_of_hours("EGAT-09", "PM10", leap_day, [None] * 12 + [60.0] * 12)}
    put_batches(tables["egat_ambient__observation"], corrected, SECOND)
    weather = {
        "f" * 16: pl.concat(
            [
                day_of_hours("EGAT-05", "WS", leap_day, [2.0] * 12 + [0.3] * 12, "m/s", level="H"),
                day_of_hours("EGAT-05", "WD", leap_day, [350.0, 10.0] * 6 + [360.0] * 12, "deg", level="H"),
                day_of_hours("EGAT-05", "BP", leap_day, [968.0] * 24, "mbar"),
                cells(
                    "EGAT-01", "TEMP", [local_midnight(leap_day)],
                    local_midnight(leap_day) - local_midnight(date(2020, 2, 28)), [25.5], "Cel", "P1D",
                ),
            ]
        )
    }  # fmt: skip
    put_batches(tables["egat_weather__observation"], weather, FIRST)
    month = local_midnight(date(2020, 2, 1)) - local_midnight(new_year)
    year = local_midnight(date(2021, 1, 1)) - local_midnight(new_year)
    emission = {
        "1" * 16: pl.concat(
            [
                cells("STACK-45", "SO2", [local_midnight(new_year)], month, [100.0], "[ppm]", "P1M"),
                cells("STACK-45", "SO2_RATE", [local_midnight(new_year)], month, [97.0], "g/s", "P1M"),
                cells("STACK-45", "TSP", [local_midnight(new_year)], year, [10.0], "mg/m3", "P1Y"),
            ]
        )
    }
    put_batches(tables["egat_stack__emission"], emission, FIRST)
    flow = {"2" * 16: cells("STACK-45", "FLOW", [local_midnight(new_year)], year, [1.2e6], "m3/h", "P1Y")}
    put_batches(tables["egat_stack__flow"], flow, FIRST)
    made.build()
    yield made
    furnished.throw_away(home)
