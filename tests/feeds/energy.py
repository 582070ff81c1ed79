"""What the tests of the energy feeds share: a source as it stands in its folder, and its gate's rules run on its rows."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from assets.readers.declared import Declared
from assets.readers.document import Document
from assets.readers.result import Batch
from expectations.contract import Contract, load_contract
from expectations.entity_rules import rules_of
from simulator.world import BANGKOK, World

SOURCES = Path(__file__).resolve().parents[2] / "assets" / "sources"
RECEIVED = datetime(2030, 1, 1, tzinfo=UTC)
WORLD = World(datetime(2026, 3, 22, 9, tzinfo=BANGKOK), days=3)


@cache
def contract(source_id: str) -> Contract:
    return load_contract(SOURCES / source_id / "contract.yml")


def parser(source_id: str) -> Any:
    """The source's own parse.py, or the reader of what its contract declares."""
    if (SOURCES / source_id / "parse.py").is_file():
        return importlib.import_module(f"assets.sources.{source_id}.parse")
    return Declared(contract(source_id))


def claims(source_id: str, data: bytes, path: str = "x.csv") -> bool:
    return bool(parser(source_id).claims(Document(data, path)))


def batch(source_id: str, data: bytes, path: str = "SYNTHETIC/x.csv") -> Batch:
    """The only batch of a delivery."""
    [one] = parser(source_id).parse(Document(data, path), contract(source_id)).batches
    assert isinstance(one, Batch)
    return one


def sample(source_id: str) -> bytes:
    [path] = (SOURCES / source_id).glob("sample*")
    return path.read_bytes()


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")  # as the gate does
    return connection


def broken(source_id: str, of: Batch, scan: bool = False) -> dict[str, list[str]]:
    """Rule → cells of the rows that break it; rules that hold are left out. `scan`: with the scan for personal data."""
    rows = of.rows.with_row_index("row_id").with_columns(
        pl.lit("b1").alias("batch_id"), pl.lit(RECEIVED).dt.cast_time_unit("us").alias("received_at")
    )
    _connection().register("staged", rows)
    found: dict[str, list[str]] = {}
    for rule in rules_of(contract(source_id), contract(source_id).entity(of.entity)):
        if rule.id == "no_personal_data" and not scan:
            continue  # the dearest of all
        sql = str(rule.kwargs["unexpected_rows_query"]).replace("{table}", "staged")
        failing = _connection().execute(f"with failing as ({sql}) select row_id from failing").fetchall()
        if failing:
            found[rule.id] = [rows["cell"][row_id] for (row_id,) in sorted(failing)]
    return found


def local(text: str) -> datetime:
    """`2026-03-19 24:00` of the local clock → UTC."""
    day, clock = text.split(" ")
    hours, minutes = map(int, clock.split(":"))
    midnight = datetime.fromisoformat(day).replace(tzinfo=BANGKOK)
    return midnight.astimezone(UTC) + timedelta(hours=hours, minutes=minutes)
