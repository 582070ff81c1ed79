"""The Dagster web UI: webserver and daemon, both on 127.0.0.1, each its own process that is ended by its own pid."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from assets.lake.errors import LakeError, PortTaken
from orchestration.settings import ROOT
from orchestration.settings import home as settings_home

DAGSTER_YAML = """\
# Written by `maemoh ui`; changes are kept.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
"""
START_SECONDS = 120.0


class UiFailed(LakeError):
    """The web UI did not come up."""


def dagster_home(home: Path) -> Path:
    """Folder of Dagster's own state (runs, schedules), with its settings."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    if not config.exists():
        config.write_text(DAGSTER_YAML)
    return folder


def address(home: Path) -> str | None:
    """Where the web UI answers, None when it does not run."""
    state = _state(home)
    return f"http://127.0.0.1:{state['port']}" if state and _alive(state["webserver"]) else None


def serve(home: Path, port: int, background: bool) -> None:
    """Starts webserver and daemon. In the foreground, Ctrl-C ends both."""
    from orchestration import screens

    if running := address(home):
        screens.say(f"web UI already runs: {running}")
        return
    port = _free_port(port)
    environment = os.environ | {"DAGSTER_HOME": str(dagster_home(home)), "MAEMOH_HOME": str(settings_home())}
    log = home / "dagster" / "ui.log"
    binaries = Path(sys.executable).parent
    commands = {
        "webserver": [
            sys.executable,
            "-m",
            "orchestration.dagster_web",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-w",
            str(ROOT / "workspace.yaml"),
        ],
        "daemon": [str(binaries / "dagster-daemon"), "run", "-w", str(ROOT / "workspace.yaml")],
    }
    state: dict[str, Any] = {"port": port}
    with log.open("ab") as out:
        for name, command in commands.items():
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
            state[name] = process.pid
            _state_file(home).write_text(json.dumps(state))
    _wait(port, state, log)
    screens.say(f"web UI: http://127.0.0.1:{port}")
    if background:
        screens.say("it keeps running; `maemoh ui --stop` ends it")
        return
    screens.say("Ctrl-C ends it")
    try:
        signal.pause()
    except KeyboardInterrupt:
        stop(home)


def stop(home: Path) -> bool:
    """Ends webserver and daemon with what they started. True when one was running."""
    state = _state(home)
    if not state:
        return False
    ended = [_end(state[name]) for name in ("webserver", "daemon") if name in state]
    _state_file(home).unlink()
    return any(ended)


def _state_file(home: Path) -> Path:
    return home / "dagster" / "ui.json"


def _state(home: Path) -> dict[str, Any] | None:
    file = _state_file(home)
    return json.loads(file.read_text()) if file.is_file() else None


def _alive(pid: int) -> bool:
    """The pid lives and is one of ours (pids are used again)."""
    try:
        return b"dagster" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _end(pid: int) -> bool:
    """Ends a process and its own group: the code servers that Dagster starts are in it."""
    if not _alive(pid):
        return False
    os.killpg(pid, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while _alive(pid) and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return True


def _free_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"port {port} is taken", "choose another with --port, or --port 0 for a free one"
            ) from error
        return int(probe.getsockname()[1])


def _wait(port: int, state: dict[str, Any], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not _alive(state["webserver"]):
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    for name in ("webserver", "daemon"):
        _end(state[name])
    raise UiFailed(f"the web UI did not answer on port {port}", f"read {log}")
