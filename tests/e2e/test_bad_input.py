"""Bad input gets a clear reason in two languages, loses nothing, and never stops the others."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from assets import road
from assets.lake.handle import Lake
from assets.publication import open_published
from orchestration import settings
from simulator.egat.bad import bad

# folder of the bad delivery → (outcome, what the reason must say)
EXPECTED = {
    "zero bytes/Bansoppad.xlsx": ("refused", "0 bytes"),
    "not an xlsx/Bansoppad.xlsx": ("refused", "plain text"),
    "HTML error page/Bansoppad.xlsx": ("refused", "web page"),
    "truncated zip/Bansoppad.xlsx": ("refused", "cut"),
    "a zip without a workbook/Bansoppad.xlsx": ("refused", "without a workbook"),
    "password-protected/Bansoppad.xlsx": ("refused", "password"),
    "zip bomb/Bansoppad.xlsx": ("refused", "unpack"),
    "no known layout/รายงานการประชุม.xlsx": ("refused", "No sheet holds a table that is known"),
    "unknown station name/Bansommut.xlsx": ("refused", "station"),
    "100 k empty rows/Banhuafai.xlsx": ("accepted", ""),
    "formula cells with cached value/Bansoppad.xlsx": ("accepted", ""),
    "formula cells without cached value/Bansadej.xlsx": ("accepted_with_findings", "formula"),
    "year 1899/Bansoppad.xlsx": ("accepted_with_findings", "before"),
    "Buddhist year 2752/Pratupha.xlsx": (
        "refused",
        "after the file was received",
    ),  # two days of thirty: over the share
    "a future date/Bansopmoe.xlsx": ("accepted_with_findings", "after the file was received"),
    "unknown station number/Bansommut.xlsx": ("accepted_with_findings", "station"),
    "the same content in other bytes/again/Government center.xlsx": ("replaced", "replaced by"),
    "the same content in other bytes/first/Government center.xlsx": ("accepted_with_findings", "same measurements"),
    "two that overlap/first/Bansoppad.xlsx": ("accepted", ""),
    "two that overlap/second/Bansoppad.xlsx": ("accepted_with_findings", "differs from"),
}


@pytest.fixture(scope="module")
def bad_lake(furnished_lake: Callable[[], Lake]) -> Lake:
    """A lake that took in one of every bad input, in one run."""
    lake = furnished_lake()
    lake.store.put({f"landing/egat/{path}": spec.build().data for path, spec in bad(1)})
    summary = road.run(lake, settings.contracts(), settings.road_options())
    assert summary.publication_id and not summary.withheld
    return lake


@pytest.fixture(scope="module")
def lines(bad_lake: Lake) -> dict[str, dict]:
    state = bad_lake.ledger.state("delivery")
    return {row["path"].split("/", 1)[1]: row for row in state.iter_rows(named=True)}


@pytest.mark.parametrize("path", EXPECTED)
def test_bad_input_has_its_outcome_and_says_why_in_both_languages(lines: dict[str, dict], path: str) -> None:
    outcome, said = EXPECTED[path]
    line = lines[path]
    assert line["outcome"] == outcome, line["reason_en"]
    assert said.lower() in line["reason_en"].lower()
    assert bool(line["reason_th"]) == bool(line["reason_en"])


def test_the_same_delivery_twice_is_one_acceptance_and_one_repeat(lines: dict[str, dict]) -> None:
    twice = [line for path, line in lines.items() if path.startswith("the same delivery twice")]
    assert sorted(line["outcome"].split("_")[0] for line in twice) == ["accepted", "repeat"]
    assert len({line["sha256"] for line in twice}) == 1


def test_every_byte_of_every_bad_delivery_is_kept(bad_lake: Lake, lines: dict[str, dict]) -> None:
    kept = {info.key.rsplit("/", 1)[1]: info.size for info in bad_lake.store.listing("raw/egat/")}
    assert len(lines) == len(bad(1))
    for line in lines.values():
        assert kept[line["sha256"]] == line["bytes"]


def test_days_outside_the_window_are_held_and_the_others_accepted(bad_lake: Lake, lines: dict[str, dict]) -> None:
    held = bad_lake.ledger.events("quarantine").filter(pl.col("rule").is_in(["before_window", "in_future"]))
    assert set(held["rule"]) == {"before_window", "in_future"}
    for path in ("year 1899/Bansoppad.xlsx", "a future date/Bansopmoe.xlsx"):
        assert (lines[path]["rows_in"], lines[path]["quarantined"]) == (720, 24)
    with open_published(bad_lake.config) as connection:
        years = connection.execute("select distinct year(observed_date) from silver.observation").fetchall()
    assert years == [(2019,)]


def test_a_mistyped_year_does_not_change_what_a_workbook_claims_to_be(bad_lake: Lake) -> None:
    batches = bad_lake.ledger.state("batch").filter(
        pl.col("path").str.contains("year|future") & (pl.col("status") == "accepted")
    )
    assert batches.height == 2
    assert set(batches["period_end"].dt.year()) == {2019} and set(batches["period_start"].dt.year()) == {2019}
