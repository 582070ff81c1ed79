"""Issues are opened and closed by the data: one line when something changed, none when nothing did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.lake.ledger import TABLES
from assets.matters import READ, issue_lines, register_ledger
from assets.scores import score_lines
from expectations.scorecard import policy
from tests.unit import report_state as state

Row = dict[str, Any]
DAYS = (date(2020, 1, 1), date(2020, 1, 31))
AT = datetime(2026, 11, 3, 2, tzinfo=UTC)


class Ledger:
    """The ledger's frames, looked at again and again; what is found is recorded as a run would."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {name: [] for name in READ}

    def add(self, run: int = 1, /, **rows: Sequence[Row]) -> None:
        """Lines of one run; a delivery, batch or source told again has a new state."""
        for name, lines in rows.items():
            key = {"delivery": "delivery_id", "batch": "batch_id", "freshness": "source_id"}.get(name)
            stamped = [{"run_id": f"run-{run}", "recorded_at": AT + timedelta(hours=run)} | line for line in lines]
            new = {line[key] for line in stamped} if key else set()
            kept = [line for line in self.tables[name] if not key or line[key] not in new]
            self.tables[name] = [*kept, *stamped]

    def connection(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        frames = {
            name: pl.DataFrame(lines, schema=pl.Schema(pl.from_arrow(TABLES[name].empty_table()).schema))  # type: ignore[union-attr]
            for name, lines in self.tables.items()
        }
        register_ledger(connection, frames)
        return connection

    def look(self) -> list[Row]:
        """What changed since the last look, as (issue) lines."""
        lines = issue_lines(self.connection(), AT)
        new = {line["issue_id"] for line in lines}
        self.tables["issue"] = [*(line for line in self.tables["issue"] if line["issue_id"] not in new), *lines]
        return lines

    def score(self, at: datetime) -> list[Row]:
        lines = score_lines(self.connection(), at)
        self.tables["score"] += [line | {"recorded_at": at} for line in lines]
        return lines


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def held(path: str = "RH.xlsx", day: int = 1, failed: int = 3, **more: Any) -> dict[str, list[Row]]:
    """A delivery of which some values are out of range, with its batch and its verdict."""
    file = state.delivery(path, "accepted_with_findings", day, rows_in=744, accepted=744 - failed, quarantined=failed)
    batch = state.batch(file, "EGAT-05/RH", *DAYS, **more)
    return {"delivery": [file], "batch": [batch], "check_result": [state.check(batch, "hard_range", 744, failed)]}


def changed(tables: Mapping[str, list[Row]], name: str, **new: Any) -> list[Row]:
    return [row | new for row in tables[name]]


def said(lines: Sequence[Row]) -> list[tuple[Any, ...]]:
    return [(line["rule"], line["state"], line["failed"], line["closed_by"]) for line in lines]


def test_a_rule_that_fails_opens_one_issue_and_the_next_look_writes_nothing(ledger: Ledger) -> None:
    ledger.add(**held())
    (line,) = ledger.look()
    key = "egat|egat_ambient|G1|observation|hard_range|RH.xlsx"
    assert line["issue_id"] == hashlib.sha256(key.encode()).hexdigest()[:12]
    assert said([line]) == [("hard_range", "open", 3, None)]
    assert line["opened_at"] == datetime(2026, 10, 1, 2, tzinfo=UTC)  # since when the data are so, not since we looked
    assert line["reason_en"] and line["reason_th"]
    assert ledger.look() == []


def test_an_issue_whose_count_changes_stays_open_since_when_it_was(ledger: Ledger) -> None:
    first = held()
    ledger.add(**first)
    (opened,) = ledger.look()
    ledger.add(
        2, batch=changed(first, "batch", status="replaced"), delivery=changed(first, "delivery", outcome="replaced")
    )
    ledger.add(2, **held(day=2, failed=1))
    (line,) = ledger.look()
    assert (line["issue_id"], line["state"], line["failed"]) == (opened["issue_id"], "open", 1)
    assert line["opened_at"] == opened["opened_at"]


def test_a_delivery_that_puts_it_right_closes_it_and_a_worse_one_opens_it_again(ledger: Ledger) -> None:
    first, right, worse = held(), held("RH v2.xlsx", 2, 0), held(day=3, failed=9)
    ledger.add(**first)
    (opened,) = ledger.look()
    ledger.add(2, **right)
    ledger.add(2, batch=changed(first, "batch", status="replaced"))
    (closed,) = ledger.look()
    assert said([closed]) == [("hard_range", "closed", 0, "RH v2.xlsx")]
    assert closed["closed_at"] == datetime(2026, 10, 2, 2, tzinfo=UTC)
    assert ledger.look() == []
    ledger.add(3, **worse)
    ledger.add(3, batch=changed(right, "batch", status="replaced"))
    (again,) = ledger.look()
    assert (again["issue_id"], again["state"], again["failed"]) == (opened["issue_id"], "open", 9)
    assert again["opened_at"] == datetime(2026, 10, 3, 2, tzinfo=UTC)
    assert again["closed_at"] is None


def test_taking_the_delivery_back_closes_its_issue(ledger: Ledger) -> None:
    first = held()
    ledger.add(**first)
    ledger.look()
    ledger.add(
        2,
        batch=changed(first, "batch", status="withdrawn"),
        delivery=changed(first, "delivery", outcome="refused", reason_en="withdrawn: wrong station"),
    )
    assert said(ledger.look()) == [("hard_range", "closed", 0, "withdrawn")]


def refusal(path: str, day: int, rule: str = "truncated") -> dict[str, list[Row]]:
    file = state.delivery(path, "refused", day, None)
    check = {
        "gate": "G0",
        "batch_id": file["delivery_id"],
        "entity": None,
        "severity": "critical",
        "action": "refuse_batch",
    }
    return {
        "delivery": [file],
        "check_result": [state.check(file | {"batch_id": "", "entity": None}, rule, 1, 1, **check)],
    }


def test_a_refused_file_is_open_until_the_same_path_is_taken(ledger: Ledger) -> None:
    ledger.add(**refusal("SO2.xlsx", 1))
    assert said(ledger.look()) == [("truncated", "open", 1, None)]
    ledger.add(2, **refusal("SO2.xlsx", 2))
    assert [line["failed"] for line in ledger.look()] == [2]  # the same matter, twice: one issue
    ledger.add(3, delivery=[state.delivery("SO2.xlsx", "accepted", 3)])
    assert said(ledger.look()) == [("truncated", "closed", 0, "SO2.xlsx")]


def test_a_refused_set_is_put_right_under_whatever_name_its_slot_is_filled(ledger: Ledger) -> None:
    bad = held(status="refused")
    bad["delivery"] = changed(bad, "delivery", outcome="refused")
    ledger.add(**bad)
    ledger.add(2, **held("another name.xlsx", 2, 0))
    # Both came before anybody looked: what was wrong is known all the same, as it is in a lake that was rebuilt.
    (line,) = ledger.look()
    assert said([line]) == [("hard_range", "closed", 0, "another name.xlsx")]
    assert line["opened_at"] < line["closed_at"]


def test_a_table_is_judged_as_a_whole_and_closes_with_its_publication(ledger: Ledger) -> None:
    table, of = "gold.fct_x", {"source_id": "egat_stack", "partner_id": "egat", "action": "warn", "severity": "major"}
    ledger.add(
        check_result=[
            state.table_check("G3", table, "sum_is_total", 100, 4, **of),
            state.table_check("G3", table, "keys", 100),
        ]
    )
    (opened,) = ledger.look()
    assert (opened["subject"], opened["source_id"], opened["state"]) == (table, "egat_stack", "open")
    # The next verdict names no source: all of them pass now.
    ledger.add(2, check_result=[state.table_check("G3", table, "sum_is_total", 100)])
    ledger.add(2, publication=[{"publication_id": "P2", "table_name": table}])
    assert said(ledger.look()) == [("sum_is_total", "closed", 0, "P2")]


def test_what_only_marks_rows_opens_nothing_but_a_small_warning_about_the_whole_does(ledger: Ledger) -> None:
    marked = held()
    marked["check_result"] = [
        *changed(marked, "check_result", rule="flat_line", severity="minor", action="flag"),
        *changed(marked, "check_result", rule="hours_missing", severity="minor", action="warn", scope="batch"),
    ]
    ledger.add(**marked)
    assert [line["rule"] for line in ledger.look()] == ["hours_missing"]


def test_of_a_fetched_request_the_newest_answer_says_how_things_are(ledger: Ledger) -> None:
    path = "pulled/pcd_air4thai/2026-10-0{}/2026100{}T010000Z-002-latest.200.json"
    ledger.add(**held(path.format(1, 1), 1, slot="one"))
    (opened,) = ledger.look()
    assert opened["subject"] == "pulled/pcd_air4thai/002-latest"
    ledger.add(2, **held(path.format(2, 2), 2, failed=0, slot="two"))
    assert said(ledger.look()) == [("hard_range", "closed", 0, path.format(2, 2))]


def test_an_answer_file_that_cannot_be_read_is_no_matter_of_the_data(ledger: Ledger) -> None:
    ledger.add(**refusal("answers/2026-11.csv", 1))
    assert ledger.look() == []


# ── scores ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def fresh(status: str) -> list[Row]:
    return [{"source_id": "egat_ambient", "partner_id": "egat", "status": status}]


def test_a_source_has_one_score_a_day_and_none_when_nothing_was_judged(ledger: Ledger) -> None:
    ledger.add(**held(failed=186), freshness=fresh("on_time"))
    now = AT + timedelta(hours=2)  # run 1 is an hour after AT
    (line,) = ledger.score(now)
    assert (line["score_id"], line["score_date"]) == ("egat_ambient|2026-11-03", date(2026, 11, 3))
    # validity 558 of 744 = .75 weighs 20, fresh 1 weighs 15: (15 + 15) of 35
    assert (line["validity"], line["timeliness"], line["completeness"]) == (0.75, 1.0, None)
    assert (line["points"], line["grade"], line["is_capped"]) == (85.7, "C", False)
    assert (line["evaluated"], line["failed"], line["policy_version"]) == (744, 186, policy().version)
    assert ledger.score(now) == ledger.score(now + timedelta(days=1)) == []


def test_a_day_on_which_a_source_was_judged_alike_has_its_score_too(ledger: Ledger) -> None:
    ledger.add(**held(), freshness=fresh("on_time"))
    ledger.score(AT + timedelta(hours=2))
    ledger.add(26, check_result=changed(held(), "check_result"))
    (line,) = ledger.score(AT + timedelta(hours=27))
    assert line["score_date"] == date(2026, 11, 4)


def test_a_source_that_falls_late_is_scored_anew(ledger: Ledger) -> None:
    ledger.add(**held(failed=0), freshness=fresh("on_time"))
    ledger.score(AT + timedelta(hours=2))
    ledger.add(3, freshness=fresh("stale"))
    (line,) = ledger.score(AT + timedelta(hours=4))
    assert (line["score_date"], line["timeliness"], line["points"]) == (date(2026, 11, 3), 0.0, 57.1)  # 20 of 35
