"""Every staging model is SQL that runs on its bronze table, also those that no silver model reads yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assets.lake.duck import connect
from assets.readers.route import contracts
from assets.refresh import make_bronze_tables
from assets.warehouse_dbt import PROJECT_DIR, run_dbt
from assets.warehouse_sources import staged

from .conftest import Warehouse

MODELS = staged(PROJECT_DIR)


@pytest.fixture(scope="module")
def compiled(make_warehouse: Callable[[], Warehouse]) -> tuple[Warehouse, dict[str, str]]:
    """A lake with every bronze table, empty, and model → the SQL that dbt makes of it."""
    made = make_warehouse()
    make_bronze_tables(made.lake, contracts())
    run_dbt(made.lake.env, ["compile", "--select", "path:models/staging"], made.folder)
    files = (made.folder / "target" / "compiled").rglob("models/staging/*/*.sql")
    return made, {file.stem: file.read_text("utf-8") for file in files}


@pytest.mark.parametrize("model", sorted(MODELS))
def test_a_staging_model_gives_the_rows_of_its_table_with_source_and_partner(
    model: str, compiled: tuple[Warehouse, dict[str, str]]
) -> None:
    warehouse, sql = compiled
    source_id, entity = MODELS[model][1].removeprefix("bronze.").split("__")
    contract = contracts()[source_id]
    with connect(warehouse.lake.config) as connection:
        columns = [name for name, *_ in connection.execute(f"describe {sql[model]}").fetchall()]
        assert connection.execute(sql[model]).fetchall() == []
    assert {"source_id", "partner_id", "interval_start_at", "batch_id", "row_id"} <= set(columns)
    assert {column.name for column in contract.entity(entity).own_columns} <= set(columns)
    assert f"'{source_id}'" in sql[model] and f"'{contract.partner_id}'" in sql[model]
