"""The BI server (Apache Superset): its own Python, its own database under the lake's home, on 127.0.0.1 only."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assets.bi_bundle import DASHBOARDS, as_kept, write_bundle
from assets.catalogue import catalogue
from assets.lake.config import LakeConfig
from assets.lake.errors import LakeError
from orchestration import processes
from orchestration.settings import ROOT, contracts

PYTHON = ROOT / ".venv-bi" / "bin" / "python"
MARK = "gunicorn"
START_SECONDS = 180.0
WORKERS = 2
THREADS = 4


class BiError(LakeError):
    """The BI server cannot be made ready."""


@dataclass(frozen=True)
class Login:
    """Who may log in, and with which password."""

    user: str
    password: str


def address(home: Path) -> str | None:
    """Where it answers, None when it does not run."""
    state = _state(home)
    running = state and processes.is_alive(state["pid"], MARK)
    return f"http://127.0.0.1:{state['port']}" if state and running else None


def up(config: LakeConfig, port: int, say: Callable[[str], None]) -> str:
    """Makes it ready (database, users, datasets, dashboards), starts it, and returns its address."""
    if running := address(config.home):
        say("it runs already; dashboards and datasets are imported anew")
        furnish(config, say)
        return running
    port = processes.free_port(port)
    furnish(config, say)
    log = bi_home(config.home) / "server.log"
    command = [
        str(PYTHON), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", str(THREADS),
        "--worker-class", "gthread", "--timeout", "120", "--worker-tmp-dir", "/dev/shm", "superset.app:create_app()",
    ]  # fmt: skip
    pid = processes.start(command, _environment(config), ROOT, log)
    _state_file(config.home).write_text(json.dumps({"port": port, "pid": pid}))
    if not processes.answers(f"http://127.0.0.1:{port}/health", pid, START_SECONDS):
        processes.end(pid, MARK)
        raise processes.ServerFailed(f"the BI server did not answer on port {port}", f"read {log}")
    return f"http://127.0.0.1:{port}"


def furnish(config: LakeConfig, say: Callable[[str], None]) -> None:
    """Database, users, roles; imports datasets and the dashboards of git over what is there."""
    if not config.marts_db.is_file() or not config.state_db.is_file():
        raise BiError("nothing was published yet", "`make demo` or `maemoh run` first")
    _write_secrets(config.home)
    folder = bi_home(config.home) / "import"
    bundle = write_bundle(folder, config, catalogue(), contracts())
    say(f"importing {bundle.datasets} datasets, {bundle.charts} charts, {bundle.dashboards} dashboards")
    for _ in _furnish(config, "up", folder):
        pass


def export(config: LakeConfig, folder: Path = DASHBOARDS) -> list[str]:
    """Brings charts and dashboards of the server into `folder`, which then holds those and no others; a file keeps its name."""
    fresh = bi_home(config.home) / "export"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for _ in _furnish(config, "export", fresh):
        pass
    files = []
    for kind in ("charts", "dashboards"):
        target = folder / kind
        target.mkdir(parents=True, exist_ok=True)
        names = {yaml.safe_load(old.read_text("utf-8"))["uuid"]: old.name for old in target.glob("*.yaml")}
        for old in target.glob("*.yaml"):
            old.unlink()
        for new in sorted((fresh / kind).glob("*.yaml")):
            written = as_kept(kind, yaml.safe_load(new.read_text("utf-8")))
            name = names.get(written["uuid"], new.name)
            text = yaml.safe_dump(written, allow_unicode=True, sort_keys=True, width=120)
            (target / name).write_text(text, "utf-8")
            files.append(f"{kind}/{name}")
    return files


def stop(home: Path) -> bool:
    """Ends the server. True when it was running."""
    state = _state(home)
    if not state:
        return False
    _state_file(home).unlink()
    return processes.end(state["pid"], MARK)


def pid(home: Path) -> int | None:
    """The server's first process, which started the others."""
    state = _state(home)
    return int(state["pid"]) if state else None


def logins(home: Path) -> list[Login]:
    """Who may log in."""
    known = json.loads((bi_home(home) / "secrets.json").read_text("utf-8"))
    return [Login("analyst", known["analyst_password"]), Login("admin", known["admin_password"])]


def bi_home(home: Path) -> Path:
    """Folder of the server's own state."""
    folder = home / "bi"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _furnish(config: LakeConfig, command: str, folder: Path) -> Iterator[dict[str, Any]]:
    """What `bi.furnish` says, line by line. Raises BiError."""
    if not PYTHON.is_file():
        raise BiError("the BI server is not installed", "`make bi` installs and starts it")
    log = bi_home(config.home) / "furnish.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [str(PYTHON), "-m", "bi.furnish", command, str(folder)],
            cwd=ROOT,
            env=_environment(config),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout
        for line in process.stdout:
            if line.startswith("{"):
                yield json.loads(line)
    if process.returncode:
        last = [line for line in log.read_text("utf-8").splitlines() if line.strip()][-1:]
        raise BiError(f"the BI server could not do `{command}`: {''.join(last)}", f"read {log}")


def _environment(config: LakeConfig) -> dict[str, str]:
    own = {
        "MAEMOH_BI_HOME": str(bi_home(config.home)),
        "MAEMOH_BI_PUBLISHED": str(config.published),
        "SUPERSET_HOME": str(bi_home(config.home)),
        "SUPERSET_CONFIG_PATH": str(ROOT / "bi" / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONWARNINGS": "ignore",
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("MAEMOH_")} | own


def _write_secrets(home: Path) -> None:
    """Made once, readable by the owner only."""
    file = bi_home(home) / "secrets.json"
    if file.is_file():
        return
    made = {
        "secret_key": secrets.token_urlsafe(48),
        "admin_password": secrets.token_urlsafe(15),
        "analyst_password": secrets.token_urlsafe(12),
    }
    file.touch(mode=0o600)
    file.write_text(json.dumps(made), "utf-8")


def _state_file(home: Path) -> Path:
    return bi_home(home) / "server.json"


def _state(home: Path) -> dict[str, Any] | None:
    file = _state_file(home)
    return json.loads(file.read_text("utf-8")) if file.is_file() else None
