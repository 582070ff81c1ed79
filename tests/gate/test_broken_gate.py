"""A gate that breaks says so, decides nothing and calls no data bad: an expectation that raises, a column that is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from assets.bronze import gate_entity
from assets.readers.route import contracts
from expectations.gate import gate_table
from expectations.rules import GateBroken, rule_from_mapping
from expectations.suites import read_suite
from tests.gate.mutations import clean
from tests.gate.test_mutations import staged

REASON = {"en": "A rule of this test.", "th": "กฎของการทดสอบนี้"}
KIND = {
    "dimension": "validity",
    "scope": "table",
    "severity": "critical",
    "action": "withhold_publish",
    "reason": REASON,
}


@pytest.fixture(scope="module")
def mart() -> duckdb.DuckDBPyConnection:
    conn = duckdb.connect()
    conn.execute("create schema gold; create table gold.fact as select 1 as n, 'a' as place")
    return conn


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"sql": "select no_such from {table}"}, "no_such"),
        ({"sql": "select n from {table} where error('on purpose')"}, "on purpose"),
        ({"sql": "select n from {table} join gold.no_such_mart using (n)"}, "no_such_mart"),
        ({"sql": "select n from {table} where false", "evaluated": "count(no_such)"}, "counting what it looks at"),
        ({"expectation": "ExpectColumnValuesToNotBeNull", "kwargs": {"column": "no_such"}}, "no_such"),
        ({"expectation": "ExpectColumnValuesToBeBetween", "kwargs": {"column": "place", "max_value": 3}}, "."),
    ],
)
def test_a_suite_that_breaks_names_its_rule_and_holds_nothing_against_the_mart(
    mart: duckdb.DuckDBPyConnection, tmp_path: Path, broken: dict[str, object], says: str
) -> None:
    sound = rule_from_mapping({"id": "sound", "sql": "select * from {table} where n > 0"} | KIND)
    with pytest.raises(GateBroken, match=says) as caught:
        gate_table(mart, "gold.fact", [sound, rule_from_mapping({"id": "broken"} | broken | KIND)])
    assert caught.value.rule_id == "broken" and "The data was not judged" in str(caught.value)
    assert gate_table(mart, "gold.fact", [sound])[0].failed == 1  # the connection is as good as before


def test_a_column_that_a_model_lost_breaks_the_suite_of_its_table(mart: duckdb.DuckDBPyConnection) -> None:
    [path] = Path("expectations/suites").resolve().glob("fct_fuel_price.yml")
    with pytest.raises(GateBroken, match="Binder Error"):
        gate_table(mart, "gold.fact", read_suite(path).rules)


def test_a_contract_s_rule_that_breaks_leaves_every_delivery_unjudged(tmp_path: Path) -> None:
    """One entity's pending batches are judged in one pass: none of them may be told good or bad by half a gate."""
    contract = contracts()["egat_ambient"]
    rule = rule_from_mapping({"id": "broken", "sql": "select batch_id, row_id, no_such from {table}"} | KIND | {
        "scope": "row", "severity": "major", "action": "quarantine_row",
    })  # fmt: skip
    batches = [b for name in ("pm10", "so2") for b in staged(clean.delivery(name), tmp_path).batches]
    entity = contract.entity("observation")
    with pytest.raises(GateBroken, match="no_such"):
        gate_entity(replace(contract, rules=(*contract.rules, ("observation", rule))), entity, batches)
    assert {one.accepted for one in gate_entity(contract, entity, batches)} == {480}
