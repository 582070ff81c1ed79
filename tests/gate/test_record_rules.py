"""The rules on records: each takes out exactly its row, and what is only unusual stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from assets.readers.route import contracts
from expectations.entity_rules import rules_of
from expectations.gate import QUARANTINED_SHARE
from expectations.record_rules import record_rules
from tests.gate.records import COLUMNS, RECEIVED, flagged, held, judge, put, rules, sessions

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
OPENING = datetime(2014, 12, 31, 17, tzinfo=UTC)  # midnight in Bangkok


def test_sound_records_pass_every_rule() -> None:
    verdict = judge(pl.concat([sessions(), sessions(batch_id="b2")]))
    assert held(verdict) == set() and not verdict.refused
    assert [r.rule.id for r in verdict.results if not r.passed] == []


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("key_present", {"charger": None}),
        ("key_present", {"interval_start_at": None}),
        ("readable", {"problem": "energy_kwh: “much” is not a number", "raw_value": "much", "energy_kwh": None}),
        ("hard_range", {"energy_kwh": -0.001}),
        ("hard_range", {"energy_kwh": 500.001}),
        ("code_known", {"kind": "ac"}),
        ("interval_runs_forward", {"interval_end_at": FIRST}),
        ("before_window", {"interval_start_at": OPENING - timedelta(microseconds=1)}),
        ("in_future", {"interval_end_at": RECEIVED + timedelta(hours=1, microseconds=1)}),
    ],
)
def test_a_rule_takes_out_exactly_its_row(rule: str, broken: dict[str, Any]) -> None:
    frame = put(pl.concat([sessions(), sessions(batch_id="b2")]), 7, "b2", **broken)
    verdict = judge(frame)
    assert held(verdict) == {("b2", 7, rule)} and not verdict.refused


@pytest.mark.parametrize(
    "sound",
    [
        {"energy_kwh": 0.0},
        {"energy_kwh": 150.0},
        {"energy_kwh": None},
        {"kind": "O'Neil"},
        {"kind": None},
        {"interval_end_at": FIRST + timedelta(hours=7)},  # an instant: it ends when it begins
        {"interval_start_at": OPENING},
        {"interval_end_at": RECEIVED + timedelta(hours=1)},
    ],
)
def test_what_lies_on_the_limit_is_sound(sound: dict[str, Any]) -> None:
    verdict = judge(put(sessions(), 7, **sound))
    assert held(verdict) == set() and [r.rule.id for r in verdict.results if not r.passed] == []


@pytest.mark.parametrize("unusual", [{"energy_kwh": 150.1}, {"visitors": 0}])
def test_what_is_unusual_is_flagged_and_stays(unusual: dict[str, Any]) -> None:
    verdict = judge(put(sessions(), 7, **unusual))
    assert held(verdict) == set() and flagged(verdict, "soft_range") == 1


def test_two_records_of_one_key_are_both_taken_out_and_no_other_batch_counts() -> None:
    twice = sessions()
    twice = put(twice, 3, charger=twice["charger"][9], interval_start_at=twice["interval_start_at"][9])
    verdict = judge(pl.concat([twice, sessions(batch_id="b2")]))
    assert held(verdict) == {("b1", 3, "unique_key"), ("b1", 9, "unique_key")}


def test_a_row_that_cannot_be_read_is_not_also_blamed_for_being_empty() -> None:
    frame = put(sessions(), 7, charger=None, problem="charger: “?” is not a name", raw_value="?")
    verdict = judge(frame)
    assert held(verdict) == {("b1", 7, "readable")} and flagged(verdict, "key_present") == 0


def test_a_row_that_breaks_several_rules_is_listed_under_the_gravest() -> None:
    verdict = judge(put(sessions(), 7, charger=None, energy_kwh=9_999.0, kind="x"))
    assert held(verdict) == {("b1", 7, "key_present")}
    assert flagged(verdict, "hard_range") == flagged(verdict, "code_known") == 1


def test_a_batch_with_too_many_bad_rows_is_refused_and_the_other_is_not() -> None:
    frame = pl.concat([sessions(), sessions(batch_id="b2")])
    for row in range(3):
        frame = put(frame, row, "b2", energy_kwh=-1.0)
    assert {batch: rule.id for batch, rule in judge(frame, max_share=0.1).refused.items()} == {"b2": QUARANTINED_SHARE}
    assert judge(frame, max_share=0.15).refused == {}


def test_a_contract_says_how_far_ahead_a_record_may_speak() -> None:
    ahead = put(sessions(), 7, interval_end_at=RECEIVED + timedelta(hours=30))
    assert held(judge(ahead)) == {("b1", 7, "in_future")}
    assert held(judge(ahead, rules(future_hours=48))) == set()


def test_the_first_day_of_a_feed_is_a_local_one() -> None:
    at = datetime(2026, 2, 28, 17, tzinfo=UTC)
    frame = put(sessions(), 7, interval_start_at=at)
    assert held(judge(frame, rules(window=date(2026, 3, 1)))) == set()
    before = {("b1", row, "before_window") for row in range(17)}  # until 17:00 UTC it is the day before
    assert held(judge(sessions(), rules(window=date(2026, 3, 2)))) == before


def test_a_source_without_limits_or_codes_has_no_such_rules() -> None:
    plain = [column for column in COLUMNS if column.name in ("charger", "remark")]
    ids = {rule.id for rule in record_rules(plain, ("charger", "interval_start_at"), date(2020, 1, 1), 1)}
    assert ids == {
        *("key_present", "readable", "unique_key", "interval_runs_forward", "before_window", "in_future"),
    }


def test_every_reason_tells_what_is_wrong_and_what_to_do_in_both_languages() -> None:
    for rule in rules():
        assert rule.reason_en.count(".") >= 2 and rule.reason_th
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in rule.reason_th)
    (codes,) = [rule for rule in rules() if rule.id == "code_known"]
    assert "kind: AC, DC, O'Neil" in codes.reason_en and "kind: AC, DC, O'Neil" in codes.reason_th


RECORDS = [(c, e) for c in contracts().values() for e in c.entities if e.shape == "record"]


@pytest.mark.parametrize(("contract", "entity"), RECORDS, ids=[f"{c.source_id}-{e.name}" for c, e in RECORDS])
def test_every_record_entity_has_its_rules_and_the_scan(contract: Any, entity: Any) -> None:
    ids = [rule.id for rule in rules_of(contract, entity)]
    assert len(ids) == len(set(ids))
    assert {"key_present", "readable", "unique_key", "in_future", "no_personal_data"} <= set(ids)
