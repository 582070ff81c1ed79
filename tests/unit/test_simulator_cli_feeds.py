"""`python -m simulator partners` and `generate`, as somebody at a terminal runs them; with feeds of this test's own."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

import simulator.feeds
from simulator.cli import app
from simulator.generate import checked, write_feed
from simulator.world import BANGKOK, World

ROOT = Path(__file__).parents[2]
UNTIL = "2026-03-20T09:00+07:00"
GOOD = """
from simulator.feed import Answer, Key, Route, as_json

def deliveries(world):
    for day in world.dates:
        for n in range(world.scale):
            yield f"SYNTHETIC good/{day}/{n}.json", as_json({"day": str(day), "pm25": list(world.pm25("x", world.hours[:2]))})

def routes(world):
    def respond(request):
        return Answer(as_json({"until": world.until.isoformat(), "days": world.days}))
    return [Route("good.example.th", r"/now\\.php", respond), Route("good.example.th", "/key", respond, key=Key(query="k"))]
"""
ONLY_SERVED = "def routes(world):\n    return []\n"
UNMARKED = 'def deliveries(world):\n    yield "2026/a.csv", b"1"\n'


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The simulator with the feeds `good` and `only_served`, and none of its own."""
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "good.py").write_text(GOOD, encoding="utf-8")
    (folder / "only_served.py").write_text(ONLY_SERVED, encoding="utf-8")
    monkeypatch.setattr(simulator.feeds, "__path__", [str(folder)])
    yield folder
    for name in ("good", "only_served", "unmarked"):
        sys.modules.pop(f"simulator.feeds.{name}", None)


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
    return result.exit_code, result.output


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ── generate ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_generate_writes_every_feed_under_its_source_id(feeds: Path, tmp_path: Path) -> None:
    code, output = run("generate", str(tmp_path / "out"), "--days", "2", "--scale", "3", "--until", UNTIL)
    assert code == 0, output
    written = files(tmp_path / "out")
    assert set(written) == {f"good/SYNTHETIC good/2026-03-{day}/{n}.json" for day in (18, 19) for n in range(3)}
    assert "only_served: skipped" in output and "SYNTHETIC" in output
    row = next(line for line in output.splitlines() if "good" in line and "│" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][:2] == ["good", "6"]


def test_generate_gives_the_same_bytes_for_the_same_seed_only(feeds: Path, tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        code, output = run("generate", str(tmp_path / name), "--days", "1", "--seed", seed, "--until", UNTIL)
        assert code == 0, output
    assert files(tmp_path / "a") == files(tmp_path / "b") != files(tmp_path / "c")


def test_generate_takes_only_the_named_feeds(feeds: Path, tmp_path: Path) -> None:
    code, output = run("generate", str(tmp_path / "out"), "--source", "only_served")
    assert code == 0 and not (tmp_path / "out").exists() and "only_served: skipped" in output
    code, output = run("generate", str(tmp_path / "out"), "--source", "nobody")
    assert code == 2 and "no feed is called nobody; there are good, only_served" in output


def test_generate_refuses_a_path_that_does_not_say_synthetic(feeds: Path, tmp_path: Path) -> None:
    (feeds / "unmarked.py").write_text(UNMARKED, encoding="utf-8")
    code, output = run("generate", str(tmp_path / "out"), "--source", "unmarked")
    assert code == 2 and "does not say that it is synthetic" in output and not (tmp_path / "out").exists()


def test_generate_leaves_real_open_data_out(feeds: Path, tmp_path: Path) -> None:
    (feeds / "unmarked.py").write_text(f"IS_REAL = True\n{UNMARKED}", encoding="utf-8")
    code, output = run("generate", str(tmp_path / "out"), "--days", "1")
    assert code == 0 and "unmarked: skipped, it holds real open data" in output
    assert {path.split("/")[0] for path in files(tmp_path / "out")} == {"good"}


class Feed:
    """One delivery at a path of the test's choice."""

    def __init__(self, path: str) -> None:
        self.path = path

    def deliveries(self, world: World) -> Iterator[tuple[str, bytes]]:
        yield self.path, b"1"

    def routes(self, world: World) -> list:
        return []


@pytest.mark.parametrize("path", ["a.csv", "2026/a.csv", "../SYNTHETIC/a.csv", "/SYNTHETIC/a.csv", ""])
def test_paths_without_a_mark_or_out_of_the_folder_are_refused(path: str, tmp_path: Path) -> None:
    world = World(datetime(2026, 3, 20, 9, tzinfo=BANGKOK))
    with pytest.raises(ValueError, match="x: "):
        list(write_feed("x", Feed(path), world, tmp_path / "out"))
    assert not (tmp_path / "out").exists() and not (tmp_path / "SYNTHETIC").exists()


@pytest.mark.parametrize("path", ["SYNTHETIC a/b.csv", "x/synthetic.json", "ข้อมูลสังเคราะห์/b.xls"])
def test_marked_paths_are_taken(path: str) -> None:
    assert checked("x", path).as_posix() == path


@pytest.mark.parametrize("command", ["generate", "partners"])
def test_a_time_without_zone_or_sense_is_refused(command: str, feeds: Path, tmp_path: Path) -> None:
    words = [command, str(tmp_path / "out")] if command == "generate" else [command]
    code, output = run(*words, "--until", "2026-03-20T09:00")
    assert code == 2 and "needs a time zone" in output
    assert run(*words, "--until", "yesterday")[0] == 2


@pytest.mark.parametrize(("command", "example"), [("generate", "--scale 20"), ("partners", "--state partners.json")])
def test_help_shows_examples(command: str, example: str) -> None:
    code, output = run(command, "--help")
    assert code == 0 and example in output


# ── partners ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_partners_answers_until_it_is_told_to_stop(number: signal.Signals, feeds: Path, tmp_path: Path) -> None:
    """A real process. It prints its addresses once it answers, so waiting for the last line is waiting for the server."""
    state = tmp_path / "partners.json"
    script = f"import simulator.feeds as f; f.__path__[:] = [{str(feeds)!r}]; import simulator.cli as c; c.main()"
    command = [sys.executable, "-c", script, "partners", "--days", "5", "--until", UNTIL, "--state", str(state)]
    env = os.environ | {"COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if "_control/requests" in line:
                break
        printed = "".join(lines)
        told = json.loads(state.read_text())
        assert stat.S_IMODE(state.stat().st_mode) == 0o600 and told["pid"] == process.pid
        url, key = told["url"], told["keys"]["good.example.th"]
        assert f"curl -H 'Host: good.example.th' {url}/now.php" in printed and "/key" in printed
        assert key not in printed and "SYNTHETIC" in printed
        with httpx.Client(base_url=url, headers={"Host": "good.example.th"}, trust_env=False) as client:
            assert client.get("/now.php").json() == {"until": "2026-03-20T09:00:00+07:00", "days": 5}
            assert client.get("/key").status_code == 401 and client.get("/key", params={"k": key}).status_code == 200
            assert client.put("/_control/faults", json={"source_id": "good", "kind": "timeout"}).status_code == 200
            with pytest.raises(httpx.ReadTimeout):
                client.get("/now.php", timeout=0.05)
        process.send_signal(number)
        assert process.wait(10) == 0
        rest = process.stdout.read()
    assert key not in rest and "Traceback" not in rest and not state.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_partners_says_that_a_port_is_taken(feeds: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, output = run("partners", "--port", str(port))
    assert code == 2 and f"port {port} is taken" in output
