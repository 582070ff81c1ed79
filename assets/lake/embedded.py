"""The embedded store: SeaweedFS as S3 and Iceberg REST catalog, one process on 127.0.0.1, with generated keys.

Its state lies in `<home>/store`: `state.json` (ports, pid, keys) and `iam.json` are readable by the owner only. Ports are
free ones, kept from start to start while they stay free; each also needs port + 10000 (gRPC).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.lake.config import BUCKET, WAREHOUSE, LakeConfig
from assets.lake.errors import DiskFull, StoreDown, UnsupportedPlatform
from assets.lake.ports import choose_ports

PORT_NAMES = ("s3", "iceberg", "master", "volume", "filer", "admin")
MIN_FREE_BYTES = 512 * 1024**2
START_SECONDS = 60.0
START_TRIES = 5
LOST_PORT = ("address already in use", "is not available on")


def up(home: Path, partners: tuple[str, ...] = (), pinned_ports: dict[str, int] | None = None) -> LakeConfig:
    """Starts the store unless it already runs, waits until it takes a put, and returns how to reach it."""
    store = home / "store"
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(store):
        state = _read_state(store)
        if state and _is_ours(state, store):
            return _config(home, state)
        _check_disk(home)
        state = _started(store, state, pinned_ports or {}, partners)
        return _config(home, state)


def down(home: Path) -> bool:
    """Stops the store. True when one was running."""
    store = home / "store"
    if not store.is_dir():
        return False
    with _only_one(store):
        state = _read_state(store)
        if not state or not _is_ours(state, store):
            return False
        _stop_pid(int(state["pid"]))
        state["pid"] = None
        _write_private(store / "state.json", state)
        return True


def status(home: Path) -> dict[str, Any]:
    """What runs and where: running, pid, s3 and catalog addresses, bytes on disk, resident bytes."""
    store = home / "store"
    state = _read_state(store)
    if not state:
        return {"running": False, "home": str(home)}
    running = _is_ours(state, store)
    data = sum(f.stat().st_size for f in (store / "data").rglob("*") if f.is_file())
    return {
        "running": running,
        "home": str(home),
        "pid": state["pid"] if running else None,
        "s3": _url(state, "s3"),
        "catalog": _url(state, "iceberg"),
        "data_bytes": data,
        "resident_bytes": _resident_bytes(int(state["pid"])) if running else 0,
    }


def partner_keys(home: Path, partner_id: str) -> tuple[str, str]:
    """Access key and secret of a partner's own identity (its landing and report prefixes only)."""
    identities = json.loads((home / "store" / "iam.json").read_text())["identities"]
    for identity in identities:
        if identity["name"] == partner_id:
            key = identity["credentials"][0]
            return key["accessKey"], key["secretKey"]
    raise KeyError(partner_id)


# -- state


def _read_state(store: Path) -> dict[str, Any] | None:
    path = store / "state.json"
    return json.loads(path.read_text()) if path.is_file() else None


def _new_state(
    store: Path, old: dict[str, Any] | None, pinned: dict[str, int], partners: tuple[str, ...]
) -> dict[str, Any]:
    """Ports and keys for the next start: kept where they can be kept."""
    ports = choose_ports(PORT_NAMES, dict((old or {}).get("ports", {})), pinned)
    keys = (old or {}).get("keys") or {"access": f"staff{secrets.token_hex(6)}", "secret": secrets.token_urlsafe(30)}
    state = {"ports": ports, "keys": keys, "pid": None}
    _write_private(store / "iam.json", _identities(store, keys, partners))
    _write_private(store / "state.json", state)
    return state


def _identities(store: Path, keys: dict[str, str], partners: tuple[str, ...]) -> dict[str, Any]:
    """Staff may do everything; a partner what `_rights` says. Keys stay what they were, rights follow the code."""
    path = store / "iam.json"
    known = {i["name"]: i for i in json.loads(path.read_text())["identities"]} if path.is_file() else {}
    staff = {
        "name": "staff",
        "credentials": [{"accessKey": keys["access"], "secretKey": keys["secret"]}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    names = sorted({*known, *partners} - {"staff"})
    return {"identities": [staff, *(_identity(name, known.get(name)) for name in names)]}


def _identity(partner: str, known: dict[str, Any] | None) -> dict[str, Any]:
    """A partner's identity, with the key it has or a new one."""
    fresh = {"accessKey": f"{partner}{secrets.token_hex(6)}", "secretKey": secrets.token_urlsafe(30)}
    return {"name": partner, "credentials": known["credentials"] if known else [fresh], "actions": _rights(partner)}


def _rights(partner: str) -> list[str]:
    """A partner writes, lists and reads back its own landing prefix, and lists and reads its own reports.

    The slash before the star is what keeps `tat` out of `tat2`. Listing is granted because the usual clients look into
    a folder before they write there; the store asks it of the prefix that a listing names, so no wider one is answered.
    """
    landing, own_reports = f"{BUCKET}/landing/{partner}/*", f"{BUCKET}/reports/{partner}/*"
    return [f"Write:{landing}", f"Read:{landing}", f"List:{landing}", f"Read:{own_reports}", f"List:{own_reports}"]


def _write_private(path: Path, value: dict[str, Any]) -> None:
    """Writes JSON that only the owner can read, whole or not at all."""
    fresh = path.with_suffix(".tmp")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(value, file, indent=1)
    fresh.replace(path)


@contextlib.contextmanager
def _only_one(store: Path) -> Iterator[None]:
    """One process at a time decides about starting and stopping."""
    with (store / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# -- process


def _started(
    store: Path, state: dict[str, Any] | None, pinned: dict[str, int], partners: tuple[str, ...]
) -> dict[str, Any]:
    """The state of a store that runs. Between choosing a port and taking it another process may be quicker: then other
    ports are tried."""
    for tries_left in reversed(range(START_TRIES)):
        state = _new_state(store, state, pinned, partners)
        try:
            _start(store, state)
            return state
        except StoreDown as error:
            if not tries_left or not any(words in error.what for words in LOST_PORT):
                raise
            state["ports"] = {}
    raise AssertionError("the last try returns or raises")


def _binary() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.is_file() else shutil.which("weed")
    if not found:
        raise UnsupportedPlatform(
            "the embedded store (SeaweedFS) has no package for this platform; it exists for Linux on x86-64",
            "set MAEMOH_S3_ENDPOINT, MAEMOH_S3_ACCESS_KEY, MAEMOH_S3_SECRET_KEY, MAEMOH_CATALOG_URI (see README, "
            "'Your own store') to an S3 store and an Iceberg REST catalog of your own",
        )
    return found


def _check_disk(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < MIN_FREE_BYTES:
        raise DiskFull(
            f"only {free / 1024**2:.0f} MiB are free under {home}; the store needs {MIN_FREE_BYTES // 1024**2} MiB to be safe",
            "free some space, or set MAEMOH_HOME to a folder on a larger disk",
        )


def _start(store: Path, state: dict[str, Any]) -> None:
    ports = state["ports"]
    data = store / "data"
    data.mkdir(exist_ok=True)
    # -disableHttp: the filer's HTTP port would serve every object without asking for a key.
    command = [
        _binary(), "-logtostderr=true", "mini", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-master.port={ports['master']}", f"-volume.port={ports['volume']}", f"-filer.port={ports['filer']}",
        f"-s3.port={ports['s3']}", f"-s3.port.iceberg={ports['iceberg']}", "-s3.port.lance=0",
        f"-admin.port={ports['admin']}", "-webdav=false", "-admin.ui=false", "-master.telemetry=false",
        "-disableHttp", f"-s3.config={store / 'iam.json'}", f"-bucket={BUCKET}", f"-tableBucket={WAREHOUSE}",
        f"-filer.localSocket={tempfile.gettempdir()}/maemoh-filer-{ports['filer']}.sock",
    ]  # fmt: skip
    log = store / "store.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd=store
        )
    state["pid"] = process.pid
    _write_private(store / "state.json", state)
    _wait_until_ready(process, _config(store.parent, state), log)


def _wait_until_ready(process: subprocess.Popen[bytes], config: LakeConfig, log: Path) -> None:
    """Ready means: a put is taken and the catalog lists its namespaces. An open port says too little."""
    from assets.lake.catalog import open_catalog
    from assets.lake.objects import ObjectStore

    deadline = time.monotonic() + START_SECONDS
    last: Exception | None = None
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StoreDown(
                f"the store ended at once with exit code {process.returncode}: {_last_line(log)}", f"read {log}"
            )
        try:
            ObjectStore(config).put({".ready": b"ready"})
            open_catalog(config)  # the table bucket comes some moments after the port
            return
        except Exception as error:  # noqa: BLE001 - whatever the client raises while the store wakes up; kept for the report
            last = error
            time.sleep(0.1)
    _stop_pid(process.pid)
    raise StoreDown(
        f"the store took no put within {START_SECONDS:.0f} s ({last})", f"read {log}, then `maemoh up` again"
    )


def _last_line(log: Path) -> str:
    """Why the store ended: its last fatal line (F) or error (E), else the last line of all."""
    lines = [line for line in log.read_text(errors="replace").splitlines()[-50:] if line.strip()]
    grave = [line for line in lines if line.startswith(("F", "E"))]
    return (grave or lines or ["no output"])[-1]


def _is_ours(state: dict[str, Any], store: Path) -> bool:
    """The pid lives and is the store of this folder (pids are used again)."""
    pid = state.get("pid")
    if not pid:
        return False
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"-dir={store / 'data'}".encode() in command


def _stop_pid(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if _is_gone(pid):
            return
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _is_gone(pid: int) -> bool:
    """True once the process ended; a child of ours is reaped on the way."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rsplit(")", 1)[1].split()[0] == "Z"


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _url(state: dict[str, Any], name: str) -> str:
    return f"http://127.0.0.1:{state['ports'][name]}"


def _config(home: Path, state: dict[str, Any]) -> LakeConfig:
    keys = state["keys"]
    return LakeConfig(
        home=home,
        endpoint=_url(state, "s3"),
        access_key=keys["access"],
        secret_key=keys["secret"],
        catalog_uri=_url(state, "iceberg"),
        credential=f"{keys['access']}:{keys['secret']}",
    )
