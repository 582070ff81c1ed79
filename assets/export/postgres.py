"""A Postgres database as DuckDB attaches it: its address, what it answers, and what its errors mean.

The password goes to the driver through the environment and never into a statement: DuckDB prints the address that it
connects to in its errors and in the list of its databases.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import duckdb

from assets.lake.config import LakeConfig
from assets.lake.duck import connect_published
from assets.lake.errors import LakeError

CONNECT_SECONDS = 10
FORM = "postgres://user@host:5432/database (the password in PGPASSWORD)"


class PublishError(LakeError):
    """The other database cannot take the publication; it keeps what it has."""


@dataclass(frozen=True)
class Target:
    """Where to: the address without its password, which is kept out of every text."""

    address: str
    password: str | None = field(repr=False)

    @property
    def shown(self) -> str:
        """`host:port/database`, for people."""
        parts = urlsplit(self.address)
        return f"{parts.netloc.rsplit('@', 1)[-1] or 'local socket'}{parts.path}"


def target(url: str) -> Target:
    """Takes an address apart. Raises PublishError when it is none of Postgres."""
    wrong = PublishError("the address given with --to is not one of a Postgres database", f"write {FORM}")
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        raise wrong from None  # the cause would show the address, and with it the password
    if parts.scheme not in ("postgres", "postgresql") or len(parts.path) < 2:
        raise wrong
    given = dict(parse_qsl(parts.query))
    password = given.pop("password", None) or (unquote(parts.password) if parts.password else None)
    user, at, place = parts.netloc.rpartition("@")
    bare = SplitResult("postgresql", user.split(":", 1)[0] + at + place, parts.path, urlencode(given), "")
    return Target(urlunsplit(bare), password)


@contextmanager
def opened(config: LakeConfig, to: Target) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the publication as `marts` (read-only) and the other database as `pg`. Raises PublishError."""
    with _environment(to), connect_published(config, "postgres_scanner") as connection:
        try:
            connection.execute(f"attach {literal(to.address)} as pg (type postgres)")
        except duckdb.Error as error:
            raise PublishError(
                f"cannot connect to {to.shown}: {_without_address(error)}",
                "check host, port, database and user in --to; the password comes from PGPASSWORD or ~/.pgpass",
            ) from None
        yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection, to: Target) -> Iterator[None]:
    """All or nothing: what goes wrong inside leaves the other database as it was. Raises PublishError."""
    connection.execute("begin")
    try:
        yield
        connection.execute("commit")
    except duckdb.Error as error:
        _roll_back(connection)
        raise PublishError(
            f"{to.shown} refused: {reason(error)}", "nothing was changed there; " + _advice(error)
        ) from None
    except BaseException:
        _roll_back(connection)
        raise


def run(connection: duckdb.DuckDBPyConnection, statements: str) -> None:
    """Runs Postgres statements within the transaction."""
    connection.execute("call postgres_execute('pg', ?)", [statements])


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """Rows of a Postgres query within the transaction."""
    return connection.execute("from postgres_query('pg', ?)", [query]).fetchall()


def quoted(name: str) -> str:
    """An identifier: `gold.fct_x` → `"gold"."fct_x"`."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"


def reason(error: Exception) -> str:
    """What Postgres said, without the statement and the place in it."""
    text = str(error)
    said = re.search(r"(?:ERROR|FATAL):\s+(.+)", text)
    detail = re.search(r"DETAIL:\s+(.+)", text)
    return " ".join(found.group(1).strip() for found in (said, detail) if found) or text.splitlines()[0]


def _without_address(error: Exception) -> str:
    text = str(error)
    found = re.search(r'Unable to connect to Postgres at ".*?": (.+)', text, re.DOTALL)
    return " ".join((found.group(1) if found else text).split())


def _advice(error: Exception) -> str:
    text = str(error)
    if "depend on it" in text:
        return "drop the views that are named, publish again, and create them anew"
    if "could not serialize" in text:
        return "somebody else published at the same time: publish again"
    if "must be owner" in text or "permission denied" in text:
        return "publish as the user that published before, or give that table to this user (ALTER TABLE … OWNER TO …)"
    if "server closed the connection" in text or "terminating connection" in text:
        return "the connection broke: publish again"
    return "put that right and publish again"


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.execute("rollback")
    except duckdb.Error:
        return  # the connection is gone, and the transaction with it


@contextmanager
def _environment(to: Target) -> Iterator[None]:
    """What the driver reads from the environment, for as long as it may open connections."""
    wanted = {"PGAPPNAME": "maemoh publish"}
    if to.password is not None:
        wanted["PGPASSWORD"] = to.password
    if "PGCONNECT_TIMEOUT" not in os.environ:
        wanted["PGCONNECT_TIMEOUT"] = str(CONNECT_SECONDS)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
