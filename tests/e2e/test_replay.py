"""The way back out of quarantine: what was held is judged again, comes back, and is counted once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from assets import corrections_met, quarantine, rebuild, replay, replay_preview, road
from assets.lake.handle import Lake
from assets.matters import keep_matters
from assets.publication import open_published
from assets.redact import Redactor
from assets.report_data import gather
from assets.settle import settle
from expectations.contract import Contract
from orchestration import cli, settings
from simulator.egat import GridSpec, Traps

SOURCE, TABLE = "egat_ambient", ("bronze", "egat_ambient__observation")
MARKS = "BPu"  # each stands once in the workbook


def contracts(**changed: object) -> dict[str, Contract]:
    """Today's contracts; the ambient air's may be another one."""
    known = dict(settings.contracts())
    return known | {SOURCE: replace(known[SOURCE], **changed)}  # type: ignore[arg-type]


def before_the_marks_were_agreed(**changed: object) -> dict[str, Contract]:
    """As it was while these letters were in no legend: cells that hold them are kept in quarantine."""
    flags = tuple(flag for flag in settings.contracts()[SOURCE].flags if flag.flag not in MARKS)
    return contracts(flags=flags, **changed)


def take_in(lake: Lake, name: str, known: Mapping[str, Contract], note: str = "", rare: str = MARKS) -> None:
    """Delivers one workbook and brings bronze up to it, as the first half of a run does."""
    spec = GridSpec("PM10", "EGAT-09", date(2020, 1, 1), 20, traps=Traps(outages=False, rare=rare), note=note)
    lake.store.put({f"landing/egat/{name}.xlsx": spec.build().data})
    road.take_in(lake, "egat", road.Summary(name), Redactor.of(lake.config.home))
    settle(lake, known, ("egat",), name.replace(" ", "-").replace("/", "-"), 2)


WHATEVER_IS_DUE = replay.Choice()


def again(lake: Lake, known: Mapping[str, Contract], run_id: str, choice: replay.Choice = WHATEVER_IS_DUE) -> None:
    """Judges again what is due, without building what follows."""
    settle(lake, known, ("egat",), run_id, 2, again=[one.delivery_id for one in replay.due(lake, known, choice)])


def bronze(lake: Lake) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(lake.catalog.load_table(TABLE).scan().to_arrow()))
    return frame.sort("path", "row_id")


def state(lake: Lake) -> dict[str, dict]:
    return {line["path"]: line for line in lake.ledger.state("delivery").iter_rows(named=True)}


def outcome(line: Mapping[str, str]) -> str:
    """Remarks of the reader (`accepted_with_findings`) do not matter here."""
    return line["outcome"].removesuffix("_with_findings")


def assert_accounts_balance(lake: Lake) -> None:
    for name in ("delivery", "batch"):
        figures = lake.ledger.state(name)
        assert (figures["rows_in"] == figures["accepted"] + figures["quarantined"] + figures["dropped"]).all()
    accepted = lake.ledger.state("batch").filter(pl.col("status") == "accepted")
    assert bronze(lake).group_by("batch_id").len().sort("batch_id").rows() == sorted(
        accepted.select("batch_id", "accepted").rows()
    )


def held(lake: Lake, **filters: object) -> pl.DataFrame:
    return quarantine.lines(lake, contracts(), quarantine.Filters(**filters))  # type: ignore[arg-type]


def issues(lake: Lake) -> dict[str, str]:
    """File → state of the matter of its marks."""
    found = lake.ledger.state("issue").filter(pl.col("rule") == "flag_known")
    return dict(found.select("subject", "state").iter_rows())


@pytest.fixture(scope="module")
def lake(furnished_lake: Callable[[], Lake]) -> Lake:
    """Three cells of a workbook are held, since their marks are in no legend yet; and a file that is no workbook."""
    lake = furnished_lake()
    lake.store.put({"landing/egat/no workbook.xlsx": b"what was meant?"})
    take_in(lake, "PM10 2020/marks", before_the_marks_were_agreed())
    keep_matters(lake, "first-look")
    return lake


@pytest.fixture
def maemoh(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("MAEMOH_HOME", str(lake.config.home))
    monkeypatch.setattr("orchestration.screens.console.width", 160)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["maemoh", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out + told.err

    return run


def test_what_is_held_is_shown_beside_the_text_in_the_file(lake: Lake, maemoh: Callable[..., tuple[int, str]]) -> None:
    lines = quarantine.with_raw_cells(lake, held(lake))
    marks = lines.filter(pl.col("rule") == "flag_known")
    assert sorted(marks["raw_text"]) == sorted(MARKS) == sorted(marks["raw_value"])
    assert all(" · " in text for text in marks["beside"]), marks["beside"].to_list()  # its day and its hour
    [refused] = lines.filter(pl.col("gate") == "G0").to_dicts()
    assert refused["path"] == "no workbook.xlsx" and refused["n_rows"] == 0

    code, shown = maemoh("quarantine")
    assert code == 0 and "flag_known" in shown and "held now: 3 rows" in shown and "the file" in shown
    code, shown = maemoh("quarantine", "--rule", "flag_known", "--rows", "--format", "csv")
    assert shown.splitlines()[0].startswith("path,sha256,sheet,cell,text_in_file") and len(shown.splitlines()) == 4
    assert maemoh("quarantine", "--since", "2999-01-01")[1].strip() == "nothing is held back"
    assert maemoh("quarantine", "--since", "soon")[0] == 2


def test_of_personal_sources_only_counts_are_shown(lake: Lake) -> None:
    personal = quarantine.lines(lake, contracts(classification="personal"))
    marks = quarantine.with_raw_cells(lake, personal).filter(pl.col("rule") == "flag_known")
    assert marks["is_private"].all() and marks["n_rows"].sum() == 3
    assert marks.select("cell", "raw_value", "raw_text").null_count().row(0) == (3, 3, 3)


def test_a_replay_brings_rows_back_and_publishes_them_once(lake: Lake, maemoh: Callable[..., tuple[int, str]]) -> None:
    before, rows = state(lake), bronze(lake)
    assert before["PM10 2020/marks.xlsx"]["quarantined"] == 3
    assert issues(lake) == {"PM10 2020/marks.xlsx": "open"}
    code, shown = maemoh("replay", "--dry-run")
    assert (
        code == 0 and "rules changed" in shown and "flag_known: 3 held → 0" in shown and "in all: 3 rows back" in shown
    )
    assert "no workbook" not in shown  # no reader changed
    assert state(lake) == before and bronze(lake).equals(rows)

    code, shown = maemoh("replay")
    assert code == 0 and "published:" in shown, shown
    line = state(lake)["PM10 2020/marks.xlsx"]
    assert (line["quarantined"], line["accepted"]) == (0, line["rows_in"]) and "legend" not in line["reason_en"]
    assert held(lake)["path"].to_list() == ["no workbook.xlsx"]
    assert held(lake, is_all=True, rule="flag_known")["state"].to_list() == ["judged again"] * 3
    assert_accounts_balance(lake)
    assert lake.ledger.events("delivery").filter(pl.col("path") == line["path"]).height == 2  # history stays
    assert issues(lake) == {line["path"]: "closed"}
    told = gather(lake.config.status_db, lake.config.marts_db, "egat", ("", ""), [asdict(settings.contracts()[SOURCE])])
    assert "flag_known" not in {group.rule for group in told.quarantine}
    assert told.quarantined_in_force + told.quarantined_closed == sum(d.quarantined for d in told.deliveries)
    with open_published(lake.config) as connection:
        published = connection.execute(
            "select count(*), count(*) filter (flag in ('B', 'P', 'u')) from silver.observation"
        ).fetchone()
        told = connection.execute(
            "select sum(failed), count(distinct run_id) from gold.fct_check_result where gate = 'G1' and rule_id = 'flag_known'"
        ).fetchone()
    assert published == (line["rows_in"], 3) and told == (0, 1)
    assert maemoh("replay")[1].startswith("nothing to judge again")


def test_a_correction_is_applied_in_its_delivery_and_told(lake: Lake, tmp_path: Path) -> None:
    cell = bronze(lake).filter(pl.col("is_valid")).row(100, named=True)

    def correction(name: str, **changed: object) -> dict:
        return {
            "id": name,
            "reason": {"en": "An invented reason.", "th": "เหตุผลสมมติ"},
            "reportedOn": "2026-02-11",
            "by": "Example organisation",
            "where": {"path": "*/marks.xlsx", "sheet": cell["sheet"], "cell": cell["cell"]},
            "expect": cell["raw_value"],
            "set": {"value": 4.5},
        } | changed

    given = [
        correction("right"),
        correction("mended", where={"path": "*/marks.xlsx", "cell": "C20"}, expect="no such text"),
        correction("elsewhere", where={"path": "*/marks.xlsx", "cell": "ZZ99"}),
        correction("nowhere", where={"path": "*/other.xlsx", "cell": "C20"}),
    ]
    (tmp_path / "corrections.yml").write_text(
        yaml.safe_dump({"correctionsVersion": 1, "corrections": given}, allow_unicode=True), "utf-8"
    )
    known = contracts(path=tmp_path / "contract.yml")

    def states() -> dict[str, str]:
        return {one.correction.id: one.state for one in corrections_met.met(lake, known)}

    assert states() == {"right": "waiting", "mended": "waiting", "elsewhere": "waiting", "nowhere": "never met"}
    [due] = replay.due(lake, known)
    assert due.why == ("corrections changed",)
    [change] = replay_preview.preview(lake, known, [due], 2)
    assert [note.split()[0] for note in change.notes] == ["Corrected", "The"] and change.newly_held == 0
    again(lake, known, "corrected")
    [now] = bronze(lake).filter(pl.col("cell") == cell["cell"]).to_dicts()
    assert (now["value"], now["raw_value"]) == (4.5, cell["raw_value"])
    assert states() == {"right": "applied", "mended": "obsolete", "elsewhere": "never met", "nowhere": "never met"}
    assert_accounts_balance(lake)
    # Under a correction the same rows are another batch; the earlier one stays as history, with nothing left in it.
    batches = lake.ledger.state("batch").filter(pl.col("path") == cell["path"])
    assert sorted(batches.select("status", "rows_in").rows()) == [("accepted", 480), ("superseded", 0)]
    assert replay.due(lake, known) == []
    again(lake, contracts(), "taken-out")  # without them: the delivered value counts again
    assert bronze(lake).filter(pl.col("cell") == cell["cell"])["value"].to_list() == [cell["value"]]


def test_a_slot_that_is_lost_goes_to_the_one_before_and_a_rebuild_agrees(lake: Lake) -> None:
    take_in(lake, "PM10 2020/clean", contracts(), rare="")
    take_in(lake, "PM10 2020/marks again", contracts(), note="in other bytes")
    assert state(lake)["PM10 2020/clean.xlsx"]["outcome"] == "replaced"

    strict = before_the_marks_were_agreed(max_quarantined_share=0.0)
    every = replay.Choice(sources=(SOURCE,), sha256=state(lake)["PM10 2020/marks again.xlsx"]["sha256"])
    changes = replay_preview.preview(lake, strict, replay.due(lake, strict, every), 2)
    assert [(c.after["path"], outcome(c.after), c.back, c.newly_held) for c in changes] == [
        ("PM10 2020/marks again.xlsx", "refused", 0, 480),
        ("PM10 2020/clean.xlsx", "accepted", 0, 0),
    ]
    again(lake, strict, "strict", every)
    assert {path: outcome(line) for path, line in state(lake).items()} == {
        "no workbook.xlsx": "refused",
        "PM10 2020/marks.xlsx": "replaced",
        "PM10 2020/clean.xlsx": "accepted",
        "PM10 2020/marks again.xlsx": "refused",
    }
    assert_accounts_balance(lake)
    replayed = bronze(lake)
    assert set(replayed["path"]) == {"PM10 2020/clean.xlsx"}

    rebuild.empty(lake)
    settle(lake, strict, ("egat",), "rebuilt", 2)
    assert bronze(lake).equals(replayed)


def test_a_choice_that_cannot_be_is_refused_plainly(maemoh: Callable[..., tuple[int, str]]) -> None:
    for arguments, said in (
        (("replay", "--source", "nothing"), "there is no source"),
        (("replay", "--all-deliveries"), "name it with --source"),
        (("replay", "--sha256", "12ab"), "too short"),
        (("replay", "--sha256", "0" * 64), "no delivery that counts"),
        (("quarantine", "--partner", "nobody"), "no contract names the partner"),
    ):
        code, shown = maemoh(*arguments)
        assert code == 2 and said in shown and "Traceback" not in shown
