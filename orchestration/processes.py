"""Servers that this project starts: each its own process on 127.0.0.1, ended by its own pid."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from assets.lake.errors import LakeError, PortTaken

END_SECONDS = 20.0


class ServerFailed(LakeError):
    """A server that did not come up."""


def start(command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> int:
    """Starts a process in a group of its own, its words going into `log`. Returns its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    return process.pid


def is_alive(pid: int, mark: str) -> bool:
    """The pid lives and is one of ours: its command line holds `mark` (pids are used again)."""
    try:
        return mark.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def end(pid: int, mark: str) -> bool:
    """Ends a process and its own group, what it started included. True when it was running."""
    if not is_alive(pid, mark):
        return False
    os.killpg(pid, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while is_alive(pid, mark) and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return True


def free_port(port: int) -> int:
    """`port` when it is free, any free one for 0. Raises PortTaken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"port {port} is taken", "choose another with --port, or --port 0 for a free one"
            ) from error
        return int(probe.getsockname()[1])


def answers(address: str, pid: int, seconds: float) -> bool:
    """Waits until a server that this process started answers; False when it ends first, or after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                answer.read()
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        # not by its command line, which is empty for a moment after the start
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
    return False
