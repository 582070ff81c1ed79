"""A lake in which every table is built and published and nothing was delivered yet, made once and then copied."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import tempfile
from pathlib import Path

from assets.lake import embedded
from assets.lake.duck import install_extensions
from assets.lake.handle import Lake
from assets.refresh import Refreshed, dbt_folder, gate_and_publish, make_bronze_tables
from assets.warehouse_lineage import FOLDERS
from assets.warehouse_run import build, plan
from orchestration import settings

PARTNERS = ("egat",)


def made_once(folder: Path) -> Path:
    """The home of the first one, stopped. One process makes it, the others wait."""
    home = folder / "furnished"
    with (folder / "furnished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            try:
                furnish(Lake.open(embedded.up(home, PARTNERS)))
            finally:
                embedded.down(home)
            (home / "ready").touch()
    return home


def furnish(lake: Lake) -> None:
    """Builds, tests and publishes every table of an empty lake."""
    make_bronze_tables(lake, settings.contracts())
    lake.ledger.make_tables()
    install_extensions(lake.config.extensions)
    for layer in FOLDERS:
        build(lake.env, plan(lake.catalog, layer, full=True), folder=dbt_folder(lake.config), run_id="furnish")
    done = Refreshed()
    gate_and_publish(lake, "furnish", done)
    assert not done.withheld


def copy(home: Path, to: Path) -> Lake:
    """A running lake of its own with the same tables."""
    shutil.copytree(home, to)
    return Lake.open(embedded.up(to, PARTNERS))


def throw_away(home: Path) -> None:
    """Ends a store whose data nobody needs any more: an orderly end may take 12 s (the store waits for its own parts)."""
    pid = embedded.status(home).get("pid")
    if pid:
        ports = json.loads((home / "store" / "state.json").read_text())["ports"]
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):  # a command started it, and not this process
            os.waitpid(pid, 0)
        for socket in (f"maemoh-filer-{ports['filer']}.sock", f"seaweedfs-filer-grpc-{ports['filer'] + 10_000}.sock"):
            (Path(tempfile.gettempdir()) / socket).unlink(missing_ok=True)
