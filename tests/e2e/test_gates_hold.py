"""A mart that fails its gate keeps its last publication while the others go on; a broken gate stops the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import yaml

from assets import marts_gate, road
from assets.lake import keys
from assets.lake.handle import Lake
from assets.publication import TAG, Publication, current_publication, open_published
from expectations.rules import GateBroken, Rule, rule_from_mapping
from expectations.suites import load_suites
from orchestration import settings
from orchestration.dry_run import delivered_path
from simulator.egat import GridSpec, Traps

LEDGER = ("delivery", "batch", "check_result", "finding", "quarantine")


def deliver(lake: Lake, name: str, start: date, quantity: str = "PM10") -> None:
    spec = GridSpec(quantity, "EGAT-09", start, 20, traps=Traps(outages=False))
    lake.store.put({f"landing/egat/{name}.xlsx": spec.build().data})


def run(lake: Lake) -> road.Summary:
    return road.run(lake, settings.contracts(), settings.road_options())


@pytest.fixture(scope="module")
def lake(furnished_lake: Callable[[], Lake]) -> Lake:
    lake = furnished_lake()
    deliver(lake, "first", date(2020, 1, 1))
    assert run(lake).publication_id
    return lake


def suite(folder: Path, table: str, sql: str) -> Callable[..., dict]:
    """`load_suites` over one rule on one table."""
    rule = {
        "id": "never_good",
        "dimension": "validity",
        "scope": "table",
        "severity": "critical",
        "action": "withhold_publish",
        "sql": sql,
        "reason": {"en": "A rule of this test.", "th": "กฎของการทดสอบนี้"},
    }
    (folder / "one.yml").write_text(yaml.safe_dump({"table": table, "rules": [rule]}, allow_unicode=True))
    return lambda previous=None: load_suites(previous, folder)


def tagged(lake: Lake, table: str) -> int:
    return lake.catalog.load_table(table).refs()[TAG].snapshot_id


def count(lake: Lake, table: str) -> int:
    with open_published(lake.config) as connection:
        found = connection.execute(f"select count(*) from {table}").fetchone()
    assert found
    return found[0]


def sound_rule() -> Rule:
    """A rule of a contract that never finds anything."""
    mapping = {
        "id": "of_this_test",
        "dimension": "validity",
        "scope": "row",
        "severity": "major",
        "action": "quarantine_row",
    }
    sql = "select batch_id, row_id from {table} where false"
    return rule_from_mapping(mapping | {"sql": sql, "reason": {"en": "A rule of this test.", "th": "กฎของการทดสอบนี้"}})


def days(lake: Lake, table: str) -> int:
    with open_published(lake.config) as connection:
        found = connection.execute(f"select count(distinct observed_date) from {table}").fetchone()
    assert found
    return found[0]


def issues(lake: Lake) -> dict[str, tuple[str, str | None]]:
    """Table → (state, what closed it) of the rule of this test."""
    found = lake.ledger.state("issue").filter(pl.col("rule") == "never_good")
    return {row["subject"]: (row["state"], row["closed_by"]) for row in found.iter_rows(named=True)}


def test_a_mart_that_fails_keeps_its_publication_and_the_others_go_on(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_publication(lake.store)
    assert before
    deliver(lake, "second", date(2020, 2, 1))
    bad = suite(tmp_path, "gold.fct_air_quality_daily", "select 1 as n from {table} limit 1")
    with monkeypatch.context() as patch:
        patch.setattr(marts_gate, "load_suites", bad)
        summary = run(lake)
    assert list(summary.withheld) == ["gold.fct_air_quality_daily"]
    after = current_publication(lake.store)
    assert after and after.publication_id != before.publication_id
    assert after.tables["gold.fct_air_quality_daily"] == before.tables["gold.fct_air_quality_daily"]
    assert after.tables["gold.fct_air_quality_hourly"] != before.tables["gold.fct_air_quality_hourly"]
    assert (days(lake, "gold.fct_air_quality_daily"), days(lake, "gold.fct_air_quality_hourly")) == (20, 40)
    # what is made of it passed its own rules, but would show what consumers may not read yet
    made_of_it = {"gold.fct_kpi", "gold.mart_exposure_daily", "gold.mart_haze_attribution_daily"}
    assert made_of_it <= summary.waiting.keys() and set(summary.waiting.values()) == {"gold.fct_air_quality_daily"}
    assert {after.tables[name] for name in made_of_it} == {before.tables[name] for name in made_of_it}

    assert issues(lake) == {"gold.fct_air_quality_daily": ("open", None)}

    # The verdict stands until the mart is built anew (below): running again does not publish what was withheld.
    assert list(run(lake).withheld) == ["gold.fct_air_quality_daily"]


def test_a_silver_table_that_fails_holds_what_is_made_of_it_and_the_rest_goes_on(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_publication(lake.store)
    assert before
    deliver(lake, "third", date(2020, 3, 1))
    sample = settings.SOURCES / "ptt_oil_price" / "sample-prices-synthetic.xml"
    path = delivered_path(settings.contracts()["ptt_oil_price"], sample.name, datetime(2026, 3, 20, 2, tzinfo=UTC))
    lake.store.put({keys.landing_key("ptt", path): sample.read_bytes()})
    during: dict[str, Publication | None] = {}

    def look(step: str, done: int, total: int) -> None:
        if step == "gold" and done == total:
            during["gold is built"] = current_publication(lake.store)

    with monkeypatch.context() as patch:
        patch.setattr(
            marts_gate, "load_suites", suite(tmp_path, "silver.observation", "select 1 as n from {table} limit 1")
        )
        summary = road.run(lake, settings.contracts(), settings.road_options(), look)
    assert set(summary.withheld) == {"silver.observation", "gold.fct_air_quality_daily"}  # this one from before
    assert during == {"gold is built": before}  # consumers saw nothing of it before it was judged
    after = current_publication(lake.store)
    assert after
    moved = {name for name, snapshot in after.tables.items() if before.tables[name] != snapshot}
    stayed = {"silver.observation", "gold.fct_air_quality_daily", "gold.fct_aqi_daily", "gold.fct_kpi"}
    assert {"silver.fuel_price", "gold.fct_fuel_price"} <= moved
    assert not moved & stayed and {"gold.fct_air_quality_daily", "gold.fct_kpi"} <= summary.waiting.keys()
    assert summary.waiting["gold.fct_kpi"] == "silver.observation"
    # what consumers read says the same: the manifest, the tags and marts.duckdb
    assert {name: tagged(lake, name) for name in moved | stayed} == {
        name: after.tables[name] for name in moved | stayed
    }
    assert (days(lake, "gold.fct_air_quality_daily"), count(lake, "gold.fct_fuel_price") > 0) == (20, True)
    states = lake.ledger.events("publication").unique("table_name", keep="last").select("table_name", "state")
    told = dict(states.iter_rows())
    assert (told["silver.observation"], told["gold.fct_air_quality_daily"], told["gold.fct_fuel_price"]) == (
        "withheld",
        "waiting",
        "published",
    )
    lines = lake.ledger.events("publication").height
    run(lake)
    assert lake.ledger.events("publication").height == lines  # said once, however often it is run


def test_a_contract_s_rule_that_breaks_stops_the_run_and_nothing_is_said_of_the_delivery(lake: Lake) -> None:
    deliver(lake, "fourth", date(2020, 4, 1))
    before = current_publication(lake.store), *(lake.ledger.events(name).height for name in LEDGER)
    contracts = settings.contracts()
    sound = contracts["egat_ambient"]
    rule = replace(sound_rule(), kwargs={"unexpected_rows_query": "select batch_id, row_id, no_such from {table}"})
    broken = replace(sound, rules=(*sound.rules, ("observation", rule)))
    with pytest.raises(GateBroken, match="no_such"):
        road.run(lake, contracts | {"egat_ambient": broken}, settings.road_options())
    after = current_publication(lake.store), *(lake.ledger.events(name).height for name in LEDGER)
    assert after == before  # no refusal, no finding, nothing quarantined, no check result: it is pending as before


def test_a_gate_that_breaks_stops_the_run_and_is_not_called_bad_data(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_publication(lake.store)  # "fourth" is pending
    with monkeypatch.context() as patch:
        patch.setattr(
            marts_gate, "load_suites", suite(tmp_path, "silver.observation", "select no_such_column from {table}")
        )
        with pytest.raises(GateBroken):
            run(lake)
    assert current_publication(lake.store) == before
    assert issues(lake)["silver.observation"] == ("open", None)  # of the run before; what broke is no issue of the data
    assert (summary := run(lake)).withheld == {}
    assert days(lake, "gold.fct_air_quality_daily") == 80  # what was withheld too: the mart was built anew
    silver, daily = issues(lake)["silver.observation"], issues(lake)["gold.fct_air_quality_daily"]
    assert silver[0] == "closed" and daily == ("closed", summary.publication_id)
