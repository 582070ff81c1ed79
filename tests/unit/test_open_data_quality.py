"""The quality that a release states is that of its publication, from the ledger, and nothing where nothing was judged."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from assets.open_data.facts import Facts
from assets.open_data.quality import Measurement, measured, metrics
from assets.open_data.what import Dataset
from tests.unit.open_data_made import origin, table

FACTS = Facts(rows=4, first=None, last=None, box=None, required_cells=8, filled_cells=6, distinct_keys=3)
RAIN = Dataset(table(), (origin(), origin(id="seed_station", is_feed=False)))


@pytest.fixture
def status() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema ops")
        connection.execute(
            """create table ops.score as select source_id, run_id, event_seq,
                columns(* exclude (source_id, run_id, event_seq))::double from (values
                ('rain', 'run-1', 1, 0.5, 0.5, null::double, 0.5, 0.5, 0.5),
                ('rain', 'run-2', 2, 1.0, 0.9, null, 0.8, 0.7, 0.6),
                ('rain', 'run-3', 3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
                ('snow', 'run-2', 4, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2)
               ) as t (source_id, run_id, event_seq, completeness, validity, accuracy, timeliness, consistency, uniqueness)"""
        )
        connection.execute(
            """create table ops.check_result as select * from (values
                ('G3', 'gold.fct_rain', 'a', 'validity', 10, 5, 'run-1', 1),
                ('G3', 'gold.fct_rain', 'a', 'validity', 10, 1, 'run-2', 2),
                ('G3', 'gold.fct_rain', 'b', 'validity', 30, 1, 'run-1', 1),
                ('G3', 'gold.fct_rain', 'a', 'validity', 10, 10, 'run-3', 3),
                ('G1', 'gold.fct_rain', 'c', 'accuracy', 10, 10, 'run-2', 2),
                ('G3', 'gold.fct_snow', 'a', 'validity', 10, 10, 'run-2', 2)
               ) as t (gate, entity, rule, dimension, evaluated, failed, run_id, recorded_at)"""
        )
        yield connection


def figures(found: list[Measurement], kind: str) -> dict[str, float]:
    return {one.dimension: one.value for one in found if one.metric.startswith(kind)}


def test_a_later_run_changes_nothing_in_the_release_of_an_earlier_publication(
    status: duckdb.DuckDBPyConnection,
) -> None:
    found = measured(status, RAIN, FACTS, "run-2")
    assert figures(found, "feed") == {
        "completeness": 1.0, "validity": 0.9, "timeliness": 0.8, "consistency": 0.7, "uniqueness": 0.6,
    }  # fmt: skip
    assert figures(found, "table") == {"validity": pytest.approx(38 / 40)}  # each rule as it was judged last


def test_the_rows_speak_for_themselves_where_no_ledger_is(status: duckdb.DuckDBPyConnection) -> None:
    assert figures(measured(None, RAIN, FACTS, ""), "rows") == {"completeness": 0.75, "uniqueness": 0.75}
    assert not figures(measured(status, RAIN, FACTS, ""), "feed")
    empty = Facts(rows=0, first=None, last=None, box=None, required_cells=0, filled_cells=0, distinct_keys=0)
    assert measured(None, RAIN, empty, "") == []


def test_every_figure_is_of_a_metric_that_is_described(status: duckdb.DuckDBPyConnection) -> None:
    assert {one.metric for one in measured(status, RAIN, FACTS, "run-2")} <= {metric.id for metric in metrics()}
