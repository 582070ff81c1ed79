"""The Postgres server of the export tests: found on the machine, else installed by apt where root; never skipped quietly."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser import install_missing

SUPERUSER = "boss"
TRIES = 3


class NoPostgres(Exception):
    """There is no Postgres server, and none can be installed from here."""


@dataclass(frozen=True)
class Server:
    """A running server. `url` names a user and a database; the password is apart."""

    port: int
    password: str

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """Address without a password."""
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"


def find_binaries() -> Path:
    """Folder of initdb and pg_ctl, of the newest version there is. Raises NoPostgres with how to install one."""
    given = os.environ.get("MAEMOH_POSTGRES_BIN")
    beside = shutil.which("pg_ctl")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in (*([Path(given)] if given else []), *debian, *([Path(beside).parent] if beside else [])):
        if (folder / "initdb").is_file() and (folder / "pg_ctl").is_file():
            return folder
    raise NoPostgres(
        "the export tests need a PostgreSQL server and found none. Install one (Debian, Ubuntu: `apt-get install postgresql`), "
        "or set MAEMOH_POSTGRES_BIN to the folder of initdb and pg_ctl"
    )


@contextmanager
def running() -> Iterator[Server]:
    """A server of its own in a temporary folder, on a free port of 127.0.0.1, stopped at the end."""
    binaries = find_binaries()
    # Not below pytest's folder, which only its owner may enter: Postgres refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="maemoh-postgres-"))
    data, password = folder / "data", secrets.token_urlsafe(12)
    (folder / "password").write_text(password)
    as_user = _as_unprivileged(folder)
    try:
        _call(
            *as_user, binaries / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", folder / "password",
            "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", cwd=folder,
        )  # fmt: skip
        port = _start(as_user, binaries, data, folder)
        try:
            yield Server(port, password)
        finally:
            _call(*as_user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(as_user: tuple[str, ...], binaries: Path, data: Path, folder: Path) -> int:
    """Its port. Between choosing a port and taking it another process may be quicker: then another one is tried."""
    for tries_left in reversed(range(TRIES)):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        try:
            _call(
                *as_user, binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start",
                cwd=folder,
            )  # fmt: skip
            return port
        except RuntimeError:
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _as_unprivileged(folder: Path) -> tuple[str, ...]:
    """What to put before a command; the folder is then that user's."""
    if os.geteuid() != 0:
        return ()
    user = pwd.getpwnam("postgres")  # made by the package
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")


def _call(*command: str | Path, cwd: Path) -> None:
    # To a file and not to a pipe: the server inherits it and would hold a pipe open.
    with (cwd / "output").open("w+") as output:
        ended = subprocess.run([str(word) for word in command], cwd=cwd, stdout=output, stderr=output)
        output.seek(0)
        if ended.returncode:
            raise RuntimeError(f"exit code {ended.returncode} of {command}: {output.read()[-2000:]}")


def main() -> int:
    return install_missing(find_binaries, NoPostgres, "a PostgreSQL server for the export tests", "postgresql")


if __name__ == "__main__":
    sys.exit(main())
