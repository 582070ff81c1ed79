"""The dbt project itself: every formula, every description, and models that break its rules."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assets import warehouse_run
from assets.lake import dbt_plugin
from assets.lake.errors import LakeError
from assets.warehouse_run import WarehouseError, outputs, run_dbt

from .conftest import Warehouse


@pytest.fixture(scope="module")
def empty(make_warehouse: Callable[[], Warehouse]) -> Warehouse:
    """A lake in which nothing was built."""
    return make_warehouse()


@pytest.mark.parametrize(
    ("sql", "contract", "words"),
    [
        ("select cast(1 as hugeint) as big", "false", r"column big of gold\.wrong has the type HUGEINT"),
        ("select 1 as n", "true", "contract"),
        ("select {{ nothing_of_that_name() }} as n", "true", "nothing_of_that_name"),
    ],
)
def test_a_model_that_breaks_the_rules_is_named_with_its_column(
    empty: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str, contract: str, words: str
) -> None:
    project = tmp_path / "project"
    shutil.copytree(warehouse_run.PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    folder = project / "models" / "marts" / "common"
    config = f"{{{{ config(contract={{'enforced': {contract}}}) }}}}"
    (folder / "wrong.sql").write_text(f"{config}\n{sql}", "utf-8")
    columns = "[{name: n, data_type: varchar}]"
    (folder / "_wrong.yml").write_text(f"version: 2\nmodels: [{{name: wrong, columns: {columns}}}]", "utf-8")
    monkeypatch.setattr(warehouse_run, "PROJECT_DIR", project)
    with pytest.raises(WarehouseError, match=words) as caught:
        run_dbt(empty.lake.env, ["run", "--select", "wrong"], tmp_path)
    assert "wrong" in caught.value.what
    assert "  At:" not in caught.value.what  # the words, not a trace through DuckDB
    assert (tmp_path / "logs" / "dbt.log").is_file()


def test_every_formula_passes_its_dbt_unit_test(empty: Warehouse) -> None:
    results = run_dbt(empty.lake.env, ["test", "--select", "test_type:unit"], empty.folder)
    assert {result.status for result in results} == {"pass"}
    assert len(results) >= 8


def test_every_model_and_column_is_described_in_thai_and_english(empty: Warehouse) -> None:
    run_dbt(empty.lake.env, ["parse"], empty.folder)
    manifest = json.loads((empty.folder / "target" / "manifest.json").read_text("utf-8"))
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
