"""What an analyst may not do: write, leave the published tables, touch files, connect elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bi.reading import Analyst

WRITES = (
    "create table gold.mine as select 1 as n",
    "insert into gold.dim_source select * from gold.dim_source",
    "update gold.fct_kpi set value = 0",
    "delete from gold.fct_kpi",
    "drop table gold.fct_kpi",
)
FILES = (
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_parquet('{folder}/x.parquet')",
    "select * from glob('/*')",
    "select * from '/etc/passwd'",
    "copy (select 1) to '{folder}/maemoh-leak.csv'",
    "copy gold.fct_kpi to '{folder}/maemoh-leak.parquet'",
    "attach '{folder}/maemoh-other.duckdb' as other",
    "export database '{folder}/maemoh-leak'",
    "install httpfs",
    "load '{folder}/evil.duckdb_extension'",
    "set enable_external_access = true",
    "select getenv('HOME')",
)
ELSEWHERE = (
    "select * from silver.observation",
    "select * from marts.silver.observation",
    "select * from query('select * from silver.observation')",
    "select * from query_table('silver.observation')",
    "select * from (select * from silver.observation) as o",
    "with o as (select * from silver.observation) select * from o",
    "from silver.observation",
    "select * from ops.quarantine",
    "select * from status.ops.quarantine",
    "select * from bronze.egat_ambient__observation",
)


def test_an_analyst_reads_the_marts(analyst: Analyst) -> None:
    status, answer = analyst.asks("select count(*) as n from gold.fct_kpi")
    assert status == 200 and answer["data"][0]["n"] > 0


@pytest.mark.parametrize("sql", [*WRITES, *FILES, *ELSEWHERE])
def test_an_analyst_cannot(sql: str, analyst: Analyst, tmp_path: Path) -> None:
    status, answer = analyst.asks(sql.replace("{folder}", str(tmp_path)))
    assert status >= 400 and not answer.get("data"), answer
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("table", ["banner", "freshness", "held", "publication"])
def test_what_an_analyst_sees_of_the_state_is_no_row_of_a_partner(table: str, analyst: Analyst) -> None:
    status, answer = analyst.asks(f"select * from board.{table}", "board", database=2)
    assert status == 200
    assert not {"raw_value", "raw_row", "cell", "path", "sheet"} & {c["column_name"] for c in answer["columns"]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/api/v1/database/", {"database_name": "other", "sqlalchemy_uri": "duckdb:////etc/passwd"}),
        ("post", "/api/v1/dataset/", {"database": 1, "schema": "silver", "table_name": "observation"}),
        ("put", "/api/v1/dataset/1", {"sql": "select * from silver.observation"}),
        ("get", "/api/v1/security/users/", None),
    ],
)
def test_an_analyst_does_not_furnish_the_server(method: str, path: str, body: dict | None, analyst: Analyst) -> None:
    token = analyst.context.request.get(f"{analyst.server.address}/api/v1/security/csrf_token/").json()["result"]
    answer = getattr(analyst.context.request, method)(
        f"{analyst.server.address}{path}",
        headers={"X-CSRFToken": token, "Referer": analyst.server.address},
        **({"data": body} if body else {}),
    )
    assert answer.status in (401, 403, 404), answer.text()


_AT_ONCE = """async ([path, n]) => {
  const answers = await Promise.all([...Array(n)].map(() => fetch(path, {cache: 'no-store'})));
  return answers.map(answer => answer.status);
}"""


def test_what_is_asked_all_at_once_is_all_answered(analyst: Analyst) -> None:
    """A city behind one address may open its pages in the same second."""
    page = analyst.context.new_page()
    page.goto(f"{analyst.server.address}/login/")
    assert set(page.evaluate(_AT_ONCE, ["/brand/page.css", 600])) == {200}
    page.close()


def test_without_a_log_in_nothing_is_shown(analyst: Analyst) -> None:
    import urllib.error
    import urllib.request

    for path in ("/api/v1/dashboard/", "/api/v1/chart/data?form_data=%7B%22slice_id%22%3A1%7D"):
        try:
            with urllib.request.urlopen(analyst.server.address + path) as answer:
                assert b'"count":0' in answer.read().replace(b" ", b"")
        except urllib.error.HTTPError as error:
            assert error.code in (401, 403, 405)
