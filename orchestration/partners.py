"""The server that plays the partners, as a process of its own: the pipeline never imports it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from assets.lake.errors import LakeError
from assets.pull.step import PullOptions
from orchestration import settings

START_SECONDS = 60.0


class PartnersDown(LakeError):
    """The server that plays the partners does not run."""


def command(state: Path, *options: str) -> list[str]:
    """How the server is started."""
    return [sys.executable, "-m", "simulator", "partners", "--state", str(state), *options]


def options_for(state: Path) -> PullOptions:
    """Pull options that ask the server in `state` instead of the partners, with the keys that it gave out."""
    if not state.is_file():
        raise PartnersDown("no server plays the partners", "start one with `maemoh partners` in another terminal")
    found = json.loads(state.read_text())
    if not Path(f"/proc/{found['pid']}").is_dir():
        raise PartnersDown(
            f"the server that played the partners (process {found['pid']}) has ended", "start it with `maemoh partners`"
        )
    keys = {}
    for contract in settings.contracts().values():
        key = (contract.pull or {}).get("key")
        if contract.pull and key:
            host = urlsplit(contract.pull["baseUrl"]).netloc
            keys[key["env"]] = found["keys"].get(host, "")
    return replace(settings.pull_options(), stand_in=found["url"], keys={k: v for k, v in keys.items() if v})


@contextlib.contextmanager
def playing(state: Path, *options: str) -> Iterator[PullOptions]:
    """Runs the server for as long as the block lasts."""
    state.unlink(missing_ok=True)
    state.parent.mkdir(parents=True, exist_ok=True)
    log = state.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            command(state, *options), cwd=settings.ROOT, stdout=out, stderr=out, env=os.environ | {"COLUMNS": "200"}
        )
    try:
        _wait(process, state, log)
        yield options_for(state)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        state.unlink(missing_ok=True)


def _wait(process: subprocess.Popen[bytes], state: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not state.is_file():
        if process.poll() is not None or time.monotonic() > deadline:
            raise PartnersDown(
                f"the server that plays the partners did not start: {log.read_text()[-500:]}", f"read {log}"
            )
        time.sleep(0.05)
