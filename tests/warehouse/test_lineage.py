"""What decides which tables are due is read off the project's files: it is what dbt itself knows of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets.warehouse_dbt import PROJECT_DIR, manifest_of_project
from assets.warehouse_lineage import FOLDERS, Lineage, lineage

LAYERS = tuple(FOLDERS)


@pytest.fixture(scope="module")
def known() -> Lineage:
    return lineage(PROJECT_DIR)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Nodes and sources as dbt parses them."""
    folder = tmp_path_factory.mktemp("parse")
    manifest = manifest_of_project(folder)
    return manifest["nodes"] | manifest["sources"]


def test_every_table_has_the_inputs_that_dbt_gives_it(known: Lineage, nodes: dict[str, Any]) -> None:
    def reads(node: Any, layer: str) -> set[str]:
        found = set()
        for key in node["depends_on"]["nodes"]:
            parent = nodes[key]
            is_table = parent["config"].get("materialized") == "lake_table"
            if parent["resource_type"] == "source" or (is_table and parent["schema"] != layer):
                found.add(f"{parent['schema']}.{parent['name']}")
            elif parent["resource_type"] == "model":
                found |= reads(parent, layer)
        return found

    models = [
        n for n in nodes.values() if n["resource_type"] == "model" and n["config"]["materialized"] == "lake_table"
    ]
    assert {f"{n['schema']}.{n['name']}" for n in models} == {t for layer in LAYERS for t in known.tables(layer)}
    for node in models:
        table = f"{node['schema']}.{node['name']}"
        assert set(known.made(table).inputs) == reads(node, node["schema"]), table
        by_period = bool(node["config"].get("month_of") or node["config"].get("year_of"))
        assert known.made(table).is_by_period == by_period, table


def test_a_table_kept_by_month_reads_only_seeds_and_tables_kept_by_month(known: Lineage, nodes: dict[str, Any]) -> None:
    """Else a change there would rebuild only some of its months."""
    for layer in LAYERS:
        for table in known.tables(layer):
            model = known.models[table.split(".")[1]]
            if not model.is_by_period:
                continue
            todo = set(model.refs)
            while todo:
                parent = known.models.get(todo.pop())
                if parent is None:
                    continue
                assert parent.layer is None or parent.is_by_period, f"{table} reads {parent.name}, which has no months"
                if parent.layer is None:
                    todo |= parent.refs


def test_a_fingerprint_changes_with_what_decides_the_rows_and_with_nothing_else(tmp_path: Path) -> None:
    def write(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    def changed(path: str, text: str) -> set[str]:
        before = lineage(tmp_path)
        was = (tmp_path / path).read_text("utf-8") if (tmp_path / path).exists() else None
        write(path, text)
        after = lineage(tmp_path)
        names = {t for layer in LAYERS for t in before.tables(layer)}
        found = {name for name in names if before.made(name).fingerprint != after.made(name).fingerprint}
        if was is None:
            (tmp_path / path).unlink()
        else:
            write(path, was)
        return found

    write("dbt_project.yml", "name: small")
    write("macros/m.sql", "{% macro factor() %}(select f from {{ ref('seed_factor') }}){% endmacro %}")
    write("seeds/seed_factor.csv", "f\n1\n")
    write("models/staging/p/stg_p__x.sql", "select * from {{ source('bronze', 'p__x') }}")
    write("models/silver/x.sql", "select {{ factor() }} from {{ ref('stg_p__x') }}")
    write("models/silver/y.sql", "select 1 as n")
    write("models/marts/a/fct_x.sql", "{{ config(month_of='d') }} select * from {{ ref('x') }}")
    write("models/marts/a/fct_back.sql", "select * from {{ ref('fct_x') }} where {{ in_months('d', 'date', 1) }}")
    write("models/marts/a/_a.yml", "models:\n  - name: fct_x\n    columns: []\n  - name: fct_back\n    columns: []\n")

    assert lineage(tmp_path).made("silver.x").inputs == {"bronze.p__x"}
    assert lineage(tmp_path).made("gold.fct_back").inputs == {"silver.x"}
    assert lineage(tmp_path).made("gold.fct_back").reaches_on and not lineage(tmp_path).made("gold.fct_x").reaches_on
    assert changed("seeds/seed_factor.csv", "f\n2\n") == {"silver.x"}
    assert changed("models/staging/p/stg_p__x.sql", "select 2 from {{ source('bronze', 'p__x') }}") == {"silver.x"}
    assert changed("models/marts/a/fct_x.sql", "select 1 from {{ ref('x') }}") == {"gold.fct_x", "gold.fct_back"}
    assert changed("models/marts/a/_a.yml", "models:\n  - name: fct_x\n  - name: fct_back\n    columns: []\n") == {
        "gold.fct_x",
        "gold.fct_back",
    }
    assert changed("tests/t.sql", "select * from {{ ref('fct_back') }}") == {"gold.fct_back"}
    everything = {"silver.x", "silver.y", "gold.fct_x", "gold.fct_back"}
    assert changed("macros/m.sql", "{% macro factor() %}1{% endmacro %}") == everything
    assert changed("dbt_project.yml", "name: other") == everything
