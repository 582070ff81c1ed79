"""An issue's life: a bad file opens it, the partner answers, a right file closes it; a lake rebuilt from raw knows it all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pytest

from assets import matters, road
from assets.answers import AnswerRefused
from assets.lake.handle import Lake
from assets.redact import Redactor
from assets.settle import settle
from assets.withdrawal import NoSuchDelivery, find
from orchestration import settings
from simulator.egat import GridSpec, Traps

PATH = "PM10 2020/Bansoppad.xlsx"
RIGHT = GridSpec("PM10", "EGAT-09", date(2020, 1, 1), 20, traps=Traps(outages=False)).build().data


@pytest.fixture(scope="module")
def lake(furnished_lake: Callable[[], Lake]) -> Lake:
    """A lake to which one workbook came cut in the middle."""
    lake = furnished_lake()
    deliver(lake, PATH, RIGHT[: len(RIGHT) // 2])
    summary = road.run(lake, settings.contracts(), settings.road_options())
    assert summary.matters.opened == 1
    return lake


def deliver(lake: Lake, path: str, data: bytes) -> None:
    lake.store.put({f"landing/egat/{path}": data})


def settled(lake: Lake, run_id: str) -> matters.Kept:
    """A run up to bronze and its matters: nothing here needs silver."""
    road.take_in(lake, "egat", road.Summary(run_id), Redactor.of(lake.config.home))
    settle(lake, settings.contracts(), ["egat"], run_id, 2)
    return matters.keep_matters(lake, run_id)


def issue(lake: Lake) -> dict:
    """The only one there is."""
    (found,) = lake.ledger.state("issue").iter_rows(named=True)
    return found


def answers(lake: Lake) -> list[tuple]:
    return lake.ledger.state("answer").select("issue_id", "state", "words", "path").rows()


def test_a_refused_file_opens_an_issue_that_everybody_can_read_at_once(lake: Lake) -> None:
    found = issue(lake)
    assert (found["gate"], found["subject"], found["state"], found["severity"]) == ("G0", PATH, "open", "critical")
    with duckdb.connect(str(lake.config.status_db), read_only=True) as status:
        shown = status.execute("select issue_id, state from ops.issue").fetchall()
    assert shown == [(found["issue_id"], "open")]


def test_the_partner_answers_with_a_file_in_its_own_prefix(lake: Lake) -> None:
    issue_id = issue(lake)["issue_id"]
    text = f"issue_id,state,words\n{issue_id},acknowledged,จะส่งใหม่\n000000000000,fixed,\n"
    deliver(lake, "answers/2026-11.csv", text.encode("cp874"))
    assert settled(lake, "answered").answers
    assert answers(lake) == [(issue_id, "acknowledged", "จะส่งใหม่", "answers/2026-11.csv")]
    line = lake.ledger.state("delivery").row(-1, named=True)
    assert (line["outcome"], line["source_id"]) == ("accepted_with_findings", None)
    assert (line["rows_in"], line["findings"]) == (0, 1)  # an answer is no row of data
    assert "no issue “000000000000”" in line["reason_en"] and "ไม่มีประเด็นหมายเลข" in line["reason_th"]
    found = lake.ledger.events("finding").row(-1, named=True)
    assert (found["rule"], found["cell"], found["path"]) == ("unknown_issue", "3", "answers/2026-11.csv")
    assert issue(lake)["state"] == "open"  # words close nothing
    with pytest.raises(NoSuchDelivery, match="answer again"):
        find(lake, line["sha256"])


def test_staff_answer_in_the_same_way_and_are_told_at_once_what_cannot_be_taken(lake: Lake) -> None:
    issue_id = issue(lake)["issue_id"]
    before = lake.ledger.snapshot_ids()
    with pytest.raises(AnswerRefused, match="no issue"):
        matters.answer_for(lake, "r", "cmu", issue_id, "fixed", "")
    with pytest.raises(AnswerRefused, match="personal data"):
        matters.answer_for(lake, "r", "egat", issue_id, "fixed", "call 081-234-5678")
    assert lake.ledger.snapshot_ids() == before
    path = matters.answer_for(lake, "r", "egat", issue_id, "fixed", "sent again, in one piece")
    assert answers(lake)[-1] == (issue_id, "fixed", "sent again, in one piece", path)


def test_the_right_file_closes_the_issue_and_its_answers_stay(lake: Lake) -> None:
    deliver(lake, PATH, RIGHT)
    kept = settled(lake, "right")
    found = issue(lake)
    assert (kept.opened, kept.closed) == (0, 1)
    assert (found["state"], found["closed_by"], found["failed"]) == ("closed", PATH, 0)
    assert [state for _, state, *_ in answers(lake)] == ["acknowledged", "fixed"]
    (score,) = lake.ledger.state("score").iter_rows(named=True)
    assert (score["source_id"], score["points"], score["grade"]) == ("egat_ambient", 100.0, "A")


def test_a_ledger_rebuilt_from_raw_comes_to_the_same_issues_and_answers(lake: Lake) -> None:
    named = ["issue_id", "state", "opened_at", "closed_at", "closed_by"]
    before = lake.ledger.state("issue").select(named).rows(), answers(lake)
    for name in lake.catalog.list_tables("ops"):
        lake.catalog.drop_table(name)
    settled(lake, "rebuilt")
    assert (lake.ledger.state("issue").select(named).rows(), answers(lake)) == before
