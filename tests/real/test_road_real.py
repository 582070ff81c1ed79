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
from tests.real.recomputed import egat_days, pcd_days


@pytest.fixture(scope="module")
def real_lake(furnished_lake: Callable[[], Lake], real_egat: Path) -> Lake:
    lake = furnished_lake()
    landing.put(lake, "egat", landing.files_of([real_egat]), lambda *_: None)
    landing.put(lake, "pcd", landing.files_of([real_egat.parent / "pcd_history"]), lambda *_: None)
    summary = road.run(lake, settings.contracts(), settings.road_options())
    assert summary.publication_id and not summary.withheld
    return lake


@pytest.fixture(scope="module")
def published(real_lake: Lake) -> duckdb.DuckDBPyConnection:
    return open_published(real_lake.config)


def test_every_workbook_ends_in_exactly_one_stated_outcome(real_lake: Lake) -> None:
    state = real_lake.ledger.state("delivery").filter(pl.col("partner_id") == "egat")
    assert state.height == 51
    outcomes = Counter(state["outcome"])
    # One broken export, and one year of which 33 days repeat others; three "no data" notices and one grid of blanks; of two
    # copies of one daily sheet, one is replaced.
    assert (outcomes["refused"], outcomes["no_data"], outcomes["replaced"]) == (2, 4, 1)
    assert outcomes["accepted"] + outcomes["accepted_with_findings"] == 44
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


def daily(published: duckdb.DuckDBPyConnection, source_id: str) -> pl.DataFrame:
    return published.execute(
        """select station_key, quantity, observed_date, n_valid, mean_value, has_sufficient_data, is_exceedance
           from gold.fct_air_quality_daily where method = 'mean_of_hours' and source_id = ?""",
        [source_id],
    ).pl()


def compared(ours: pl.DataFrame, gold: pl.DataFrame) -> pl.DataFrame:
    """Both side by side, every day of either, with `same`: as many hours, and the same mean but for the 9 decimals
    to which gold adds values (so that sums never depend on their order)."""
    both = ours.join(gold, on=["station_key", "quantity", "observed_date"], how="full", coalesce=True, suffix="_gold")
    mean, mean_gold = pl.col("mean_value"), pl.col("mean_value_gold")
    alike = mean.eq_missing(mean_gold) | ((mean - mean_gold).abs() <= 1e-9)
    return both.with_columns(same=pl.col("n_valid").eq_missing(pl.col("n_valid_gold")) & alike)


def test_every_daily_mean_of_egat_is_what_the_workbook_itself_gives(
    published: duckdb.DuckDBPyConnection, real_egat: Path
) -> None:
    both = compared(egat_days(real_egat), daily(published, "egat_ambient"))
    assert both.height == 32_377
    copied = published.execute(
        """select count(*) from ops.quarantine where source_id = 'egat_ambient' and rule = 'days_copied'"""
    ).fetchone()
    differing = both.filter(~pl.col("same"))  # days that repeat earlier ones hour by hour are kept out, whole
    assert differing["n_valid_gold"].fill_null(0).sum() == 0 and copied == (24 * differing.height,) == (192,)
    both = both.filter(pl.col("same"))
    limits = pl.DataFrame({"quantity": ["PM10", "TSP", "SO2"], "limit": [120.0, 330.0, 300.0]})
    judged = both.join(limits, on="quantity").with_columns(
        above=pl.when(pl.col("n_valid") >= 18).then(pl.col("mean_value") > pl.col("limit"))
    )
    assert judged.filter(pl.col("above").ne_missing(pl.col("is_exceedance"))).is_empty()
    pm10 = judged.filter((pl.col("quantity") == "PM10") & pl.col("above"))
    in_haze = pm10.filter(pl.col("observed_date").dt.month().is_between(2, 4))
    assert (pm10.height, in_haze.height) == (441, 428)


def test_every_daily_mean_of_pcd_is_what_the_workbook_itself_gives(
    published: duckdb.DuckDBPyConnection, real_egat: Path
) -> None:
    file = next((real_egat.parent / "pcd_history").glob("*.xlsx"))
    # ppb (CO: ppm) → µg/m³ at 25 °C and 1 atm: molar mass over 24.45 L/mol
    factors = {"PM10": 1.0, "SO2": 64.06 / 24.45, "NO2": 46.01 / 24.45, "O3": 48.0 / 24.45, "CO": 28.01 / 24.45 * 1000}
    gold = daily(published, "pcd_air4thai_history").filter(pl.col("quantity").is_in(list(factors)))
    assert gold["station_key"].unique().to_list() == ["PCD-37t-1"]
    ours = pcd_days(file).with_columns(
        pl.lit("PCD-37t-1").alias("station_key"),
        pl.col("mean_value") * pl.col("quantity").replace_strict(factors, return_dtype=pl.Float64),
    )
    both = compared(ours, gold)
    assert both.height == 5 * (365 * 4 + 1)
    assert both.filter(~pl.col("same")).is_empty()
    assert both["n_valid"].sum() > 50_000


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
