"""`maemoh` as people and scripts use it: the README's commands in their order, formats, exit codes, errors."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from assets.lake import embedded
from assets.lake.handle import Lake
from orchestration import cli, screens, settings

MAEMOH = str(Path(sys.executable).parent / "maemoh")
STACK = "assets/sources/egat_stack/sample-stack-synthetic.xlsx"
AIR = "assets/sources/egat_ambient/sample-ambient-synthetic.xlsx"


@pytest.fixture(scope="module")
def home(furnished_lake: Callable[[], Lake]) -> Path:
    return furnished_lake().config.home


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def process(home: Path, *arguments: str, **environment: str) -> Ended:
    """A command in a process of its own, as a person starts it: that costs two seconds and more."""
    done = subprocess.run(
        [MAEMOH, *arguments],
        cwd=settings.ROOT,
        env=os.environ | {"MAEMOH_HOME": str(home), "COLUMNS": "160"} | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def maemoh(home: Path, *arguments: str) -> Ended:
    """The same command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("MAEMOH_HOME", str(home))
        patch.chdir(settings.ROOT)
        patch.setattr(sys, "argv", ["maemoh", *arguments])
        patch.setattr(screens.console, "width", 160)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def test_before_there_is_a_lake_files_can_be_tried_and_questions_are_told_what_to_do_first(tmp_path: Path) -> None:
    asked = process(tmp_path, "sql", "select 1")
    assert asked.returncode == 2 and "maemoh run" in asked.stderr
    tried = process(tmp_path, "dry-run", "egat", AIR)
    assert tried.returncode == 0 and "696 rows in = 696 accepted" in tried.stdout, tried.stdout + tried.stderr
    assert not (tmp_path / "store").exists()


def test_the_way_of_the_readme_from_delivery_to_report(home: Path) -> None:
    delivered = maemoh(home, "deliver", "egat", STACK, AIR)
    assert delivered.returncode == 0 and "delivered 2 file(s)" in delivered.stdout

    done = process(home, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("egat_ambient", "egat_stack", "published:", "accepted"):
        assert word in done.stdout
    assert done.stderr == ""

    again = maemoh(home, "run")
    assert again.returncode == 0 and "nothing to do" in again.stdout

    status = maemoh(home, "status")
    assert "running" in status.stdout and "marts.duckdb" in status.stdout

    report = maemoh(home, "report", "egat")
    page = Path(report.stdout.splitlines()[0].removeprefix("report: "))
    assert report.returncode == 0 and page.is_file() and "ข้อมูลสังเคราะห์" in page.read_text(encoding="utf-8")
    beside = {"index.html", "report.pdf", "report.csv", "report.json", "answers.csv"}
    (month,) = [folder for folder in page.parent.iterdir() if folder.is_dir()]
    assert {f.name for f in page.parent.iterdir() if f.is_file()} == {f.name for f in month.iterdir()} == beside
    kept = Lake.open(embedded.up(home, ("egat",)))
    keys = {info.key for info in kept.store.listing("reports/")}
    assert keys == {f"reports/egat/{at}{name}" for at in ("", f"{month.name}/") for name in beside} | {
        "reports/_platform/index.html"
    }
    assert "egat/index.html" in (page.parent.parent / "index.html").read_text(encoding="utf-8")

    assert maemoh(home, "reset", "--keep-raw", "--dry-run").returncode == 0
    assert "2" in maemoh(home, "sql", "select count(*) from ops.delivery", "--format", "csv").stdout


def test_sources_are_listed_with_their_state(home: Path) -> None:
    rows = {
        row["source"]: row for row in csv.DictReader(io.StringIO(maemoh(home, "sources", "--format", "csv").stdout))
    }
    assert set(rows) == set(settings.contracts())
    assert rows["egat_stack"]["last_event"] and rows["gistda_hotspot"]["status"] == "never"
    assert json.loads(maemoh(home, "sources", "--format", "json").stdout)[0]["partner"]


def test_a_source_shows_what_its_sample_would_give_without_the_lake(home: Path) -> None:
    shown = maemoh(home, "dry-run", "gistda_hotspot")
    assert shown.returncode == 0 and "would be accepted" in shown.stdout and "latitude" in shown.stdout


def test_deliveries_as_csv_have_exactly_the_agreed_columns(home: Path) -> None:
    shown = maemoh(home, "deliveries", "--format", "csv")
    rows = list(csv.reader(io.StringIO(shown.stdout)))
    assert rows[0] == ["path", "sha256", "source", "outcome", "rows_in", "accepted", "quarantined", "dropped", "reason"]
    assert len(rows) == 3 and all(len(row) == 9 for row in rows)
    assert json.loads(maemoh(home, "deliveries", "--format", "json").stdout)[0]["path"] == rows[1][0]


def test_sql_prints_instants_with_their_offset_and_null_as_empty(home: Path) -> None:
    query = "select interval_start_at, flag from silver.observation where flag is null order by 1 limit 1"
    shown = list(csv.reader(io.StringIO(maemoh(home, "sql", query, "--format", "csv").stdout)))
    assert shown[0] == ["interval_start_at", "flag"] and shown[1][1] == ""
    assert datetime.fromisoformat(shown[1][0]).utcoffset() is not None
    assert json.loads(maemoh(home, "sql", query, "--format", "json").stdout)[0]["flag"] is None
    empty = maemoh(home, "sql", "select 1 as x where false", "--format", "json")
    assert json.loads(empty.stdout) == []


def test_sql_changes_nothing_and_says_what_is_wrong(home: Path) -> None:
    for query in ("drop table gold.dim_date", "delete from ops.delivery", "select * from nothing", "selec 1"):
        refused = maemoh(home, "sql", query)
        assert refused.returncode == 2 and "maemoh:" in refused.stderr and "Traceback" not in refused.stderr


def test_a_wrong_delivery_can_be_withdrawn_and_is_only_shown_at_first(home: Path) -> None:
    rows = json.loads(maemoh(home, "deliveries", "--format", "json").stdout)
    sha256 = next(row["sha256"] for row in rows if row["source"] == "egat_stack")
    seen = maemoh(home, "withdraw", sha256, "--dry-run")
    assert seen.returncode == 0 and "would withdraw" in seen.stdout and "goes: batch" in seen.stdout
    count = "select count(*) from gold.fct_stack_emission_monthly"
    assert maemoh(home, "sql", count, "--format", "csv").stdout.split()[1] != "0"
    done = maemoh(home, "withdraw", sha256[:10], "--reason", "a test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert maemoh(home, "sql", count, "--format", "csv").stdout.split()[1] == "0"
    again = maemoh(home, "withdraw", sha256)
    assert again.returncode == 2 and "withdrawn already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deliver", "nobody", AIR), "no contract names the partner"),
        (("withdraw", "abc"), "too short"),
        (("withdraw", "0" * 64), "no delivery starts with"),
        (("deliver", "egat", "no such file"), "does not exist"),
        (("pull", "nothing_of_this_name"), "there is no source"),
        (("pull", "egat_stack"), "dropped by its partner"),
        (("pull", "--synthetic"), "maemoh partners"),
        (("dry-run", "egat"), "a partner with several sources"),
    ],
)
def test_mistakes_get_a_plain_answer_and_exit_code_2(home: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = maemoh(home, *arguments)
    assert answer.returncode == 2 and said in answer.stderr and "Traceback" not in answer.stderr


def test_half_a_store_of_your_own_is_told_what_is_missing(home: Path) -> None:
    answer = process(home, "run", MAEMOH_S3_ENDPOINT="http://127.0.0.1:9")
    assert answer.returncode == 2 and "MAEMOH_S3_ACCESS_KEY" in answer.stderr


def test_every_command_explains_itself() -> None:
    shown = subprocess.run([MAEMOH, "--help"], capture_output=True, text=True, env=os.environ | {"COLUMNS": "120"})
    for command in (
        "up",
        "down",
        "status",
        "deliver",
        "withdraw",
        "deliveries",
        "dry-run",
        "run",
        "sql",
        "report",
        "ui",
        "demo",
        "pull",
        "partners",
        "generate",
        "sources",
        "new-source",
        "quarantine",
        "replay",
        "corrections",
        "issues",
        "answer",
        "data-docs",
        "link",
        "dictionary",
    ):
        assert command in shown.stdout
