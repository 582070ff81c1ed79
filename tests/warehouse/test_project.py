"""The dbt project itself: every formula, every description, and models that break its rules."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assets import warehouse_dbt
from assets.lake import dbt_plugin
from assets.lake.errors import LakeError
from assets.warehouse_dbt import WarehouseError, manifest_of_project, run_dbt
from assets.warehouse_run import outputs

from .conftest import Warehouse


@pytest.fixture(scope="module")
def empty(make_warehouse: Callable[[], Warehouse]) -> Warehouse:
    """A lake in which nothing was built."""
    return make_warehouse()


# Wrong models: name → (SQL, contract enforced, what the error must say).
WRONG = {
    "wrong_type": ("select cast(1 as hugeint) as n", "false", r"column n of gold\.wrong_type has the type HUGEINT"),
    "wrong_column": ("select 1 as n", "true", "contract"),
    "wrong_macro": ("select {{ nothing_of_that_name() }} as n", "true", "nothing_of_that_name"),
    "wrong_key": (
        "select 'x' as n union all select 'y' union all select 'x'",
        "true",
        r"gold\.wrong_key has one row per n, and here are more: x \(2 rows\)",
    ),
    "wrong_empty": (
        "select cast(null as varchar) as n union all select 'x'",
        "true",
        r"gold\.wrong_empty may have no empty value in these columns, and has: n in 1 rows",
    ),
}


@pytest.fixture(scope="module")
def wrong_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the wrong models in it."""
    project = tmp_path_factory.mktemp("wrong") / "project"
    shutil.copytree(warehouse_dbt.PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    folder = project / "models" / "marts" / "common"
    rules = "columns: [{name: n, data_type: varchar}], "
    rules += "constraints: [{type: not_null, columns: [n]}, {type: primary_key, columns: [n]}]"
    models = ", ".join(f"{{name: {name}, {rules}}}" for name in WRONG)
    (folder / "_wrong.yml").write_text(f"version: 2\nmodels: [{models}]", "utf-8")
    for name, (sql, contract, _) in WRONG.items():
        (folder / f"{name}.sql").write_text(f"{{{{ config(contract={{'enforced': {contract}}}) }}}}\n{sql}", "utf-8")
    return project


@pytest.mark.parametrize("name", WRONG)
def test_a_model_that_breaks_the_rules_is_named_with_its_column(
    empty: Warehouse, wrong_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(warehouse_dbt, "PROJECT_DIR", wrong_project)
    with pytest.raises(WarehouseError, match=WRONG[name][2]) as caught:
        run_dbt(empty.lake.env, ["run", "--select", name], tmp_path)
    assert name in caught.value.what
    assert "  At:" not in caught.value.what  # the words, not a trace through DuckDB
    assert (tmp_path / "logs" / "dbt.log").is_file()
    if empty.lake.catalog.table_exists(("gold", name)):
        assert empty.lake.catalog.load_table(("gold", name)).current_snapshot() is None  # nothing of it is shown


def test_every_formula_passes_its_dbt_unit_test(empty: Warehouse) -> None:
    results = run_dbt(empty.lake.env, ["test", "--select", "test_type:unit"], empty.folder)
    assert {result.status for result in results} == {"pass"}
    assert len(results) >= 8


def test_every_model_and_column_is_described_in_thai_and_english(empty: Warehouse) -> None:
    manifest = manifest_of_project(empty.folder)
    models = [
        n for n in manifest["nodes"].values() if n["resource_type"] == "model" and n["schema"] in ("silver", "gold")
    ]
    models = [model for model in models if model["config"]["materialized"] == "lake_table"]
    assert len(models) == len(outputs("silver")) + len(outputs("gold"))
    for model in models:
        meta = model["config"]["meta"]
        assert all(meta.get(key) for key in ("label_en", "label_th", "grain", "grain_th", "owner")), model["name"]
        assert model["config"]["contract"]["enforced"], model["name"]
        for column in model["columns"].values():
            where = f"{model['name']}.{column['name']}"
            english, _, thai = column["description"].partition(" / ")
            assert english and any("\u0e00" <= letter <= "\u0e7f" for letter in thai), where
            assert not any("\u0e00" <= letter <= "\u0e7f" for letter in english), where
            assert column["data_type"] != "double" or column["meta"].get("unit"), where


def test_dbt_types_that_engines_do_not_share_are_refused() -> None:
    columns = [{"name": "at", "type": "timestamptz"}, {"name": "x", "type": "DECIMAL(10,2)"}]
    with pytest.raises(LakeError, match=r"column x of gold\.m has the type DECIMAL"):
        dbt_plugin.arrow_schema(columns, "gold.m")
    assert dbt_plugin.arrow_schema(columns[:1], "gold.m").field("at").type.tz == "UTC"
