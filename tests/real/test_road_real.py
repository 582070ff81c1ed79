"""The real EGAT workbooks through the whole road. Only aggregates stand here; no row of these files is in the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets import landing, road
from assets.lake.handle import Lake
from assets.publication import open_published
from orchestration import settings


@pytest.fixture(scope="module")
def real_lake(new_lake: Callable[[], Lake], real_egat: Path) -> Lake:
    lake = new_lake()
    landing.put(lake, "egat", landing.files_of([real_egat]), lambda *_: None)
    summary = road.run(lake, settings.contracts(), settings.road_options())
    assert summary.publication_id and not summary.withheld
    return lake


@pytest.fixture(scope="module")
def published(real_lake: Lake) -> duckdb.DuckDBPyConnection:
    return open_published(real_lake.config)


def test_every_workbook_ends_in_exactly_one_stated_outcome(real_lake: Lake) -> None:
    state = real_lake.ledger.state("delivery")
    assert state.height == 51
    outcomes = Counter(state["outcome"])
    # One broken export; three "no data" notices and one grid of blanks; of two copies of one daily sheet, one is replaced.
    assert (outcomes["refused"], outcomes["no_data"], outcomes["replaced"]) == (1, 4, 1)
    assert outcomes["accepted"] + outcomes["accepted_with_findings"] == 45
    assert (state["rows_in"] == state["accepted"] + state["quarantined"] + state["dropped"]).all()


def test_no_hour_day_or_month_is_lost(published: duckdb.DuckDBPyConnection) -> None:
    broken = published.execute(
        """select station_key, quantity, level, observed_date, count(*) from silver.observation
           where averaging_period = 'PT1H' group by all having count(*) not in (24)"""
    ).fetchall()
    # The days with a quarantined hour are a row or more short; nothing else is.
    held = published.execute("select sum(n_rows) from ops.quarantine where source_id <> 'egat_stack'").fetchone()
    assert held and sum(24 - row[-1] for row in broken) <= held[0]
    months = published.execute(
        """select count(distinct strftime(observed_date, '%Y-%m')) from silver.observation
           where quantity = 'WS' and station_key = 'EGAT-09'"""
    ).fetchone()
    assert months == (12 * 12,)  # 2009 from one workbook, 2010-2020 from another, July misspelt in both


def test_all_stations_of_the_workbooks_are_there(published: duckdb.DuckDBPyConnection) -> None:
    stations = published.execute(
        "select distinct station_key from silver.observation where station_key like 'EGAT%' order by 1"
    ).fetchall()
    assert [key for (key,) in stations] == [f"EGAT-{number:02d}" for number in range(1, 13)]


def test_pm10_exceedances_agree_with_the_count_made_from_the_workbooks(published: duckdb.DuckDBPyConnection) -> None:
    days = published.execute(
        """select count(*), count(*) filter (month(observed_date) between 2 and 4) from gold.fct_air_quality_daily
           where quantity = 'PM10' and is_exceedance"""
    ).fetchone()
    assert days == (441, 428)


def test_a_glued_or_flagged_cell_never_becomes_a_number(published: duckdb.DuckDBPyConnection) -> None:
    wrong = published.execute(
        "select count(*) from silver.observation where (flag is not null or not is_valid) and value is not null"
    ).fetchone()
    glued = published.execute(
        r"select count(*) from silver.observation where regexp_matches(raw_value, '^[0-9.]+[A-Z]$') and flag is not null"
    ).fetchone()
    assert wrong == (0,) and glued and glued[0] > 200


def test_the_known_breaks_in_the_stack_figures_are_found(real_lake: Lake) -> None:
    failed = real_lake.ledger.events("check_result").filter(
        (pl.col("entity") == "gold.fct_stack_emission_monthly") & (pl.col("outcome") == "fail")
    )
    assert {"rate_agrees_with_flow", "rate_formula_steady", "flow_not_copied"} <= set(failed["rule"])


def test_running_again_changes_nothing(real_lake: Lake) -> None:
    assert not road.run(real_lake, settings.contracts(), settings.road_options()).did_work
