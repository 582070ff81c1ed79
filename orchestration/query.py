"""`maemoh sql`: the last publication and the current state, as people and scripts read them."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from assets.intake import is_synthetic
from assets.lake.config import LakeConfig
from assets.publication import open_published

MAX_SCREEN_ROWS = 200


def show(config: LakeConfig, query: str, as_format: str) -> bool:
    """Prints the answer; False when the query cannot be answered (the reason goes to stderr)."""
    if not config.status_db.is_file():
        print("maemoh: nothing was published yet: run `maemoh run` first", file=sys.stderr)  # noqa: T201
        return False
    with open_published(config) as connection:
        try:
            answer = connection.execute(query)
        except duckdb.Error as error:
            print(f"maemoh: {error}", file=sys.stderr)  # noqa: T201
            return False
        names = [column[0] for column in answer.description or []]
        if as_format == "table":
            _table(names, answer.fetchmany(MAX_SCREEN_ROWS + 1))
            _warn_of_synthetic(connection)
        else:
            _stream(names, answer, as_format)
    return True


def _warn_of_synthetic(connection: duckdb.DuckDBPyConnection) -> None:
    """Says so when the lake holds invented values, whatever was asked."""
    paths = connection.execute("select path from ops.batch where status = 'accepted'").fetchall()
    n = sum(is_synthetic(path) for (path,) in paths)
    if n:
        Console(stderr=True).print(f"[dim]SYNTHETIC DATA ข้อมูลสังเคราะห์: {n} of {len(paths)} batches are invented[/dim]")


def as_text(value: Any) -> str:
    """NULL is empty, instants are ISO 8601 with their offset, numbers keep all their digits."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _stream(names: Sequence[str], answer: duckdb.DuckDBPyConnection, as_format: str) -> None:
    """CSV, or JSON as one array; rows are fetched a part at a time."""
    if as_format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        while rows := answer.fetchmany(10_000):
            writer.writerows([as_text(value) for value in row] for row in rows)
        return
    separator = "[\n"
    while rows := answer.fetchmany(10_000):
        for row in rows:
            line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=as_text)
            sys.stdout.write(separator + line)
            separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows[:MAX_SCREEN_ROWS]:
        table.add_row(*(as_text(value) for value in row))
    console = Console()
    console.print(table)
    if len(rows) > MAX_SCREEN_ROWS:
        console.print(f"the first {MAX_SCREEN_ROWS} rows; for all of them add --format csv")
