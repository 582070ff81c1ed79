"""What the tests of the feeds of air and weather share: a source as it stands in its folder, answers that are changed a
little, and its gate's rules run on the rows."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.readers.document import Document
from assets.readers.result import Batch, NoData, Refusal
from expectations.contract import Contract, load_contract
from expectations.entity_rules import rules_of
from tests.conftest import SHARED

SOURCES = Path(__file__).resolve().parents[2] / "assets" / "sources"
RECEIVED = datetime(2030, 1, 1, tzinfo=UTC)
BANGKOK = timedelta(hours=7)


@cache
def contract(source_id: str) -> Contract:
    return load_contract(SOURCES / source_id / "contract.yml")


@cache
def sample(source_id: str) -> bytes:
    [path] = (SOURCES / source_id).glob("sample*")
    return path.read_bytes()


def claims(source_id: str, data: bytes, path: str = "x.json") -> bool:
    parser = importlib.import_module(f"assets.sources.{source_id}.parse")
    return bool(parser.claims(Document(data, path)))


def batches(source_id: str, data: bytes, path: str = "x.json") -> tuple[Batch, ...]:
    parser = importlib.import_module(f"assets.sources.{source_id}.parse")
    found: tuple[Batch, ...] = parser.parse(Document(data, path), contract(source_id)).batches
    return found


def batch(source_id: str, data: bytes, path: str = "x.json") -> Batch:
    """What a delivery holds, stations that stopped (a batch of their own) included."""
    first, *others = batches(source_id, data, path)
    rows = pl.concat([first.rows, *(one.rows for one in others)])
    assert not any(one.findings or one.drops for one in others)  # told once
    return replace(first, rows=rows)


def changed(source_id: str, edit: Callable[[Any], Any]) -> bytes:
    """The sample, changed in place by `edit`, or replaced by what it returns."""
    answer = json.loads(sample(source_id))
    made = edit(answer)
    return as_bytes(answer if made is None else made)


def as_bytes(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def row(of: Batch, station: str, quantity: str, period: str | None = None) -> dict[str, Any]:
    """The only row of a station and quantity (and averaging period)."""
    found = of.rows.filter((pl.col("station_key") == station) & (pl.col("quantity") == quantity))
    if period:
        found = found.filter(pl.col("averaging_period") == period)
    [one] = found.rows(named=True)
    return one


def refused(source_id: str, data: bytes, path: str = "x.json") -> Refusal:
    with pytest.raises(Refusal) as caught:
        batch(source_id, data, path)
    assert caught.value.reason_en and caught.value.reason_th
    return caught.value


def empty(source_id: str, data: bytes, path: str = "x.json") -> NoData:
    with pytest.raises(NoData) as caught:
        batch(source_id, data, path)
    return caught.value


def told(of: Batch) -> dict[str, int]:
    """Findings of a batch: rule → how many places."""
    return {finding.rule: finding.n for finding in of.findings}


def broken(source_id: str, of: Batch, scan: bool = False) -> dict[str, list[str]]:
    """Rule → cells of the rows that break it; rules that hold are left out, and those on whole days, which an answer of one
    hour cannot have. `scan`: with the scan for personal data, which is the dearest."""
    rows = of.rows.with_row_index("row_id").with_columns(
        pl.lit("b1").alias("batch_id"), pl.lit(RECEIVED).dt.cast_time_unit("us").alias("received_at")
    )
    _connection().register("staged", rows.to_arrow())
    found: dict[str, list[str]] = {}
    for rule in rules_of(contract(source_id), contract(source_id).entity(of.entity)):
        if rule.id == "hours_complete" or (rule.id == "no_personal_data" and not scan):
            continue
        failing = (
            _connection().execute(f"with failing as ({_query(rule.kwargs)}) select row_id from failing").fetchall()
        )
        if failing:
            found[rule.id] = [rows["cell"][row_id] for (row_id,) in sorted(failing)]
    return found


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _query(kwargs: Any) -> str:
    if "unexpected_rows_query" in kwargs:
        return str(kwargs["unexpected_rows_query"]).replace("{table}", "staged")
    known = ", ".join(f"'{value}'" for value in kwargs["value_set"]) or "''"
    return f"select batch_id, row_id from staged where {kwargs['column']} not in ({known})"


def local(text: str) -> datetime:
    """`2026-03-19 24:00` of the local clock → UTC."""
    day, clock = text.split(" ")
    hours, minutes = map(int, clock.split(":"))
    return datetime.fromisoformat(day).replace(tzinfo=UTC) - BANGKOK + timedelta(hours=hours, minutes=minutes)


def real(folder: str, pattern: str) -> tuple[bytes, str]:
    """(bytes, name) of the only file of data/real that fits; the test is skipped when it is not at hand."""
    found = sorted((SHARED / "data" / "real" / folder).glob(pattern))
    if not found:
        pytest.skip(f"the real files are not at hand ({SHARED}/data/real/{folder}); set MAEMOH_SHARED")
    return found[0].read_bytes(), found[0].name


# ── what nobody thought of ────────────────────────────────────────────────────────────────────────────────────────────

ODD: tuple[Any, ...] = (
    None,
    0,
    -1,
    1e308,
    "",
    [],
    {},
    "x",
    True,
    "กขค",
    [1, 2],
    {"a": 1},
    "1,000",
    "\x00",
    "nan",
    "inf",
    "-999",
)


def mangled(data: bytes, random: Random) -> bytes:
    """The answer with one to four places taken out, moved or replaced by something else."""
    answer = json.loads(data)
    for _ in range(random.randint(1, 4)):
        places = [place for place in _places(answer) if place]
        if not places:
            break
        *way, last = random.choice(places)
        at = answer
        for step in way:
            at = at[step]
        what = random.random()
        if what < 0.3:
            del at[last]
        elif what < 0.9:
            at[last] = random.choice(ODD)
        elif isinstance(at, list):
            at.append(at[last])
        else:
            at[random.choice(["new", "id", "value", "station"])] = at[last]
    return as_bytes(answer)


def accounted(source_id: str, data: bytes) -> None:
    """What came is rows, no data, or refused with its reasons: no other end, and nothing personal or unaccounted for."""
    claims(source_id, data)
    try:
        one = batch(source_id, data)
    except (Refusal, NoData) as end:
        assert end.reason_en and end.reason_th
        return
    assert one.rows.height and one.rows_in == one.rows.height + sum(drop.n for drop in one.drops)
    assert (one.rows["is_valid"] == (one.rows["value"].is_not_null() & one.rows["flag"].is_null())).all()


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value[:5]) if isinstance(value, list) else ()
    for step, one in inner:
        yield from _places(one, (*way, step))
