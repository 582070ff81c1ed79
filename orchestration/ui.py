"""The Dagster web UI: webserver and daemon, both on 127.0.0.1, each its own process that is ended by its own pid."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from orchestration import processes
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
MARK = "dagster"


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
    return f"http://127.0.0.1:{state['port']}" if state and processes.is_alive(state["webserver"], MARK) else None


def serve(home: Path, port: int, background: bool) -> None:
    """Starts webserver and daemon. In the foreground, Ctrl-C ends both."""
    from orchestration import screens

    if running := address(home):
        screens.say(f"web UI already runs: {running}")
        return
    port = processes.free_port(port)
    environment = os.environ | {"DAGSTER_HOME": str(dagster_home(home)), "MAEMOH_HOME": str(settings_home())}
    log = home / "dagster" / "ui.log"
    workspace = ["-w", str(ROOT / "workspace.yaml")]
    server = [sys.executable, "-m", "orchestration.dagster_web", "-h", "127.0.0.1", "-p", str(port)]
    commands = {
        "webserver": [*server, *workspace],
        "daemon": [str(Path(sys.executable).parent / "dagster-daemon"), "run", *workspace],
    }
    state: dict[str, Any] = {"port": port}
    for name, command in commands.items():
        state[name] = processes.start(command, environment, ROOT, log)
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
    ended = [processes.end(state[name], MARK) for name in ("webserver", "daemon") if name in state]
    _state_file(home).unlink()
    return any(ended)


def _state_file(home: Path) -> Path:
    return home / "dagster" / "ui.json"


def _state(home: Path) -> dict[str, Any] | None:
    file = _state_file(home)
    return json.loads(file.read_text()) if file.is_file() else None


def _wait(port: int, state: dict[str, Any], log: Path) -> None:
    if processes.answers(f"http://127.0.0.1:{port}/server_info", state["webserver"], START_SECONDS):
        return
    for name in ("webserver", "daemon"):
        processes.end(state[name], MARK)
    raise processes.ServerFailed(f"the web UI did not answer on port {port}", f"read {log}")
