"""What the dictionary says holds for the published file, and its queries run there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import sync_playwright

from assets.catalogue import catalogue
from assets.dictionary.dbt_docs import dbt_page
from assets.dictionary.examples import example_for, questions
from assets.dictionary.pages import Content, files_of
from assets.dictionary.state import state_of
from assets.readers.route import contracts
from assets.warehouse_dbt import PROJECT_DIR
from tests.browser import ARGUMENTS, find_browser

TYPES = {"timestamptz": "TIMESTAMP WITH TIME ZONE"}


@pytest.fixture(scope="module")
def published(furnished_home: Path) -> Path:
    return furnished_home / "published"


@pytest.fixture(scope="module")
def marts(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published / "marts.duckdb"), read_only=True) as connection:
        yield connection


def test_the_catalogue_says_what_the_published_file_has(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where schema_name in ('silver', 'gold') order by table_oid, column_index"
    ).fetchall()
    there: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in rows:
        there.setdefault(table, []).append((column, data_type))
    said = {
        name: [(column.name, TYPES.get(column.data_type, column.data_type.upper())) for column in table.columns]
        for name, table in catalogue().tables.items()
    }
    assert {name: sorted(columns) for name, columns in there.items()} == {n: sorted(c) for n, c in said.items()}


@pytest.mark.parametrize("name", sorted(catalogue().tables))
def test_the_example_of_every_table_runs(name: str, marts: duckdb.DuckDBPyConnection) -> None:
    example = example_for(catalogue().tables[name])
    assert name in example.sql
    assert marts.execute(example.sql).description


def test_questions_are_taken_where_one_names_the_table() -> None:
    assert len(questions()) > 20
    asked = [name for name, table in catalogue().tables.items() if example_for(table).is_question]
    assert len(asked) > 25 and "gold.fct_kpi" in asked


def test_the_publication_is_the_one_in_the_file(published: Path) -> None:
    state = state_of(published / "marts.duckdb", published / "status.duckdb")
    assert state.publication_id and set(state.tables) == set(catalogue().tables)
    assert state.tables["gold.dim_unit_of_measure"].rows > 50
    page = files_of(Content(catalogue(), contracts(), [], state))["index.html"].decode()
    assert state.publication_id in page


def test_dbts_own_page_asks_nobody_for_anything(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_bytes(dbt_page(tmp_path / "dbt"))
    text = page.read_text("utf-8")
    assert str(PROJECT_DIR.parent) not in text and "fuzzed" not in text
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        tab = browser.new_page()
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(page.as_uri() + "#!/model/model.maemoh.fct_kpi")
        tab.get_by_role("heading", name="fct_kpi").first.wait_for()
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
