"""Rules share one scan, batches share a pass: neither changes what is found."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from assets import bronze
from assets.intake import Delivery
from assets.readers.pulled import pulled_path
from assets.readers.route import contracts
from assets.stage import StagedBatch, stage_one
from expectations import gate
from expectations.gate import gate_batches
from expectations.gate_counts import _conditions
from expectations.rules import SQL_EXPECTATION, GateBroken, GateVerdict, Rule
from simulator.feeds._dustboy_bulk import histories
from tests.gate.frames import connection, hours

FRAME = pl.concat([hours(), hours(batch_id="b2", station="EGAT-06")]).with_columns(
    value=pl.when(pl.col("row_id") == 5).then(None).otherwise(pl.col("value"))
)
AT = datetime(2026, 1, 2, tzinfo=UTC)


def rule(rule_id: str, sql: str) -> Rule:
    kwargs = {"unexpected_rows_query": sql}
    return Rule(rule_id, "validity", "row", "major", "quarantine_row", SQL_EXPECTATION, kwargs, "Do.", "ทำ")


def judge(*rules: Rule) -> GateVerdict:
    return gate_batches(connection(FRAME), "staged", rules, ["b1", "b2"], 1.0, "true")


@pytest.mark.parametrize(
    "condition",
    ["value > 1000", "value > 38", "value is null", "row_id = 7 or batch_id = 'b2'", "null", "1", "'false'"],
)
def test_a_condition_finds_the_same_rows_alone_and_in_the_shared_scan(condition: str) -> None:
    shared = rule("asked", f"select batch_id, row_id from {{table}} where {condition}")
    alone = rule("asked", f"select batch_id, row_id from {{table}} where {condition} order by row_id")
    assert list(_conditions([shared])) == [0] and not _conditions([alone])
    one, other = judge(shared), judge(alone)
    assert one.quarantined.equals(other.quarantined)
    assert [(r.batch_id, r.evaluated, r.failed, r.sample) for r in one.results] == [
        (r.batch_id, r.evaluated, r.failed, r.sample) for r in other.results
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select batch_id, min(row_id) as row_id from {table} where value > 1 group by batch_id",
        "select batch_id, row_id from {table} where value > 1 group by all",
        "select batch_id, row_id from {table} where value > 1 qualify count(*) over () > 1",
        "select batch_id, row_id from {table} where value > 1 limit 1",
        "select batch_id, row_id from {table} where value > (select avg(value) from {table})",
        "select batch_id, row_id from {table} where value > 1 union all select batch_id, row_id from {table}",
        "select batch_id, row_id from {table} where value > 1 -- but see below",
        "select batch_id, row_id from {table} join other using (row_id) where value > 1",
    ],
)
def test_a_query_that_is_more_than_a_condition_runs_by_itself(sql: str) -> None:
    assert not _conditions([rule("asked", sql)])


def test_only_rules_that_a_row_breaks_run_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    keep = gate._keep
    monkeypatch.setattr(gate, "_keep", lambda conn, own, *rest: (ran.append(own.id), keep(conn, own, *rest))[1])
    kept_to, broken = (
        rule(name, f"select batch_id, row_id from {{table}} where value > {n}") for name, n in (("a", 1000), ("b", 38))
    )
    verdict = judge(kept_to, broken)
    assert ran == ["b"]
    assert {r.rule.id: r.failed > 0 for r in verdict.results if r.batch_id == "b1"} == {
        "a": False,
        "b": True,
        "quarantined_share": False,
    }


@pytest.mark.parametrize("condition", ["no_such_column > 3", "quantity::integer > 3"])
def test_a_condition_that_cannot_be_computed_is_named(condition: str) -> None:
    sound = rule("sound", "select batch_id, row_id from {table} where value > 1000")
    broken = rule("broken", f"select batch_id, row_id from {{table}} where {condition}")
    with pytest.raises(GateBroken, match="'broken'"):
        judge(sound, broken)


@pytest.mark.parametrize(
    ("only_if", "runs"),
    [("count(*) > 1000", False), ("max(value) > 1000", False), ("null", False), ("count(value) > 40", True)],
)
def test_a_dear_query_is_not_run_where_its_rule_says_that_nothing_can_fail(only_if: str, runs: bool) -> None:
    dear = "select batch_id, row_id from {table} where row_id = 7 order by row_id"
    asked = replace(rule("asked", dear), kwargs={"unexpected_rows_query": dear, "only_if": only_if})
    assert judge(asked).quarantined.height == (2 if runs else 0)


def test_a_condition_for_running_that_breaks_lets_the_rule_run() -> None:
    dear = "select batch_id, row_id from {table} where row_id = 7 order by row_id"
    asked = replace(rule("asked", dear), kwargs={"unexpected_rows_query": dear, "only_if": "no_such_column > 1"})
    assert judge(asked).quarantined.height == 2


def test_it_does_not_matter_which_batches_share_a_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = contracts()["cmu_dustboy"]
    entity = contract.entity("observation")
    batches = [batch for n in range(3) for batch in staged(n, tmp_path)]
    together = outcome(bronze.gate_entity(contract, entity, batches))
    monkeypatch.setattr(bronze, "PASS_ROWS", 1)
    assert outcome(bronze.gate_entity(contract, entity, batches)) == together
    assert [(accepted, quarantined) for _, accepted, quarantined, *_ in together] == [(192, 0), (191, 1), (192, 0)]


def staged(n: int, scratch: Path) -> tuple[StagedBatch, ...]:
    """A sensor's history of two days; the second sensor has an impossible value."""
    data = list(histories(3, 48))[n][1]
    if n == 1:
        data = data.replace(b'"pm25": ', b'"pm25": 99999', 1)
    path = pulled_path("cmu_dustboy", date(2026, 1, 1), AT, n, "history", 200, "json", is_synthetic=True)
    sha256 = hashlib.sha256(data).hexdigest()
    delivery = Delivery(f"delivery{n}", "cmu", path, sha256, len(data), "application/json", AT, "etag")
    return tuple(b for b in stage_one(delivery, data, contracts(), scratch).batches if b.entity == "observation")


def outcome(gated: list[bronze.GatedBatch]) -> list[tuple[object, ...]]:
    return [
        (
            g.batch.batch_id,
            g.accepted,
            g.quarantined,
            g.refused_by,
            [(replace(r, sample=()), r.sample) for r in g.results],
            g.held.rows(),
        )
        for g in gated
    ]
