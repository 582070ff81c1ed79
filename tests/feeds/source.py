"""What the tests of all feeds share: a source as it stands in its folder, what it makes of a delivery, the sample changed
a little, and the rules of its gate run on the rows."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.readers.declared import Declared
from assets.readers.document import Document
from assets.readers.result import Batch, NoData, Refusal
from expectations.contract import Contract, load_contract
from expectations.entity_rules import rules_of
from simulator.world import BANGKOK, World

SOURCES = Path(__file__).resolve().parents[2] / "assets" / "sources"
WORLD = World(datetime(2026, 3, 22, 9, tzinfo=BANGKOK), days=3)
RECEIVED = datetime(2026, 11, 23, tzinfo=UTC)
NAME = "SYNTHETIC/x"
Delivery = bytes | Document


@cache
def contract(source_id: str) -> Contract:
    return load_contract(SOURCES / source_id / "contract.yml")


@cache
def parser(source_id: str) -> Any:
    """The source's own parse.py, or the reader of what its contract declares."""
    if (SOURCES / source_id / "parse.py").is_file():
        return importlib.import_module(f"assets.sources.{source_id}.parse")
    return Declared(contract(source_id))


# ── the sample ────────────────────────────────────────────────────────────────────────────────────────────────────────


def sample_path(source_id: str) -> Path:
    [path] = (SOURCES / source_id).glob("sample*")
    return path


@cache
def sample(source_id: str) -> bytes:
    return sample_path(source_id).read_bytes()


def changed(source_id: str, edit: Callable[[Any], Any]) -> bytes:
    """The sample, changed in place by `edit`, or replaced by what it returns."""
    answer = json.loads(sample(source_id))
    made = edit(answer)
    return as_bytes(answer if made is None else made)


def as_bytes(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


# ── what is made of a delivery ────────────────────────────────────────────────────────────────────────────────────────


def claims(source_id: str, delivery: Delivery, path: str = NAME) -> bool:
    return bool(parser(source_id).claims(_document(delivery, path)))


def batches(source_id: str, delivery: Delivery, path: str = NAME) -> list[Batch]:
    made = list(parser(source_id).parse(_document(delivery, path), contract(source_id)).batches)
    assert made
    return made


def batch(source_id: str, delivery: Delivery, path: str = NAME) -> Batch:
    """The only batch of a delivery."""
    [one] = batches(source_id, delivery, path)
    return one


def refused(source_id: str, delivery: Delivery, path: str = NAME) -> Refusal:
    """Why a delivery is refused, said in both languages."""
    with pytest.raises(Refusal) as caught:
        parser(source_id).parse(_document(delivery, path), contract(source_id))
    assert caught.value.reason_en and any("ก" <= letter <= "๛" for letter in caught.value.reason_th)
    return caught.value


def no_data(source_id: str, delivery: Delivery, path: str = NAME) -> NoData:
    """Why a delivery that is sound holds nothing, said in both languages."""
    with pytest.raises(NoData) as caught:
        parser(source_id).parse(_document(delivery, path), contract(source_id))
    assert caught.value.reason_en and caught.value.reason_th
    return caught.value


def findings(of: Batch) -> list[tuple[str, int]]:
    """Findings of a batch in their order: (rule, how many places)."""
    return [(finding.rule, finding.n) for finding in of.findings]


def told(of: Batch) -> dict[str, int]:
    """Findings of a batch: rule → how many places."""
    return dict(findings(of))


def local(text: str) -> datetime:
    """`2026-03-19 24:00` of the local clock → UTC."""
    day, clock = text.split(" ")
    hours, minutes = map(int, clock.split(":"))
    midnight = datetime.fromisoformat(day).replace(tzinfo=BANGKOK)
    return midnight.astimezone(UTC) + timedelta(hours=hours, minutes=minutes)


def _document(delivery: Delivery, path: str) -> Document:
    return delivery if isinstance(delivery, Document) else Document(delivery, path)


# ── the rules of the gate ─────────────────────────────────────────────────────────────────────────────────────────────


def broken(
    source_id: str, of: Batch, scan: bool = False, without: Sequence[str] = (), received: datetime = RECEIVED
) -> dict[str, list[str]]:
    """Rule → cells of the rows that break it; rules that hold, and those in `without`, are left out. `scan`: with the scan
    for personal data, which is the dearest of all."""
    rows_of = failing(source_id, of, without if scan else (*without, "no_personal_data"), received)
    return {rule: [of.rows["cell"][row_id] for row_id in row_ids] for rule, row_ids in rows_of.items()}


def failing(
    source_id: str, of: Batch, without: Sequence[str] = (), received: datetime = RECEIVED
) -> dict[str, list[int]]:
    """Rule → numbers of the rows that break it; rules that hold, and those in `without`, are left out."""
    rows = of.rows.with_columns(
        row_id=pl.int_range(pl.len()),
        batch_id=pl.lit("b1"),
        received_at=pl.lit(received).dt.cast_time_unit("us"),
    )
    _connection().register("staged", rows.to_arrow())
    found: dict[str, list[int]] = {}
    for rule in rules_of(contract(source_id), contract(source_id).entity(of.entity)):
        if rule.id in without:
            continue
        query = f"with failing as ({_query(rule.kwargs)}) select row_id from failing order by row_id"
        if broken_rows := _connection().execute(query).fetchall():
            found[rule.id] = [row_id for (row_id,) in broken_rows]
    return found


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set TimeZone = 'UTC'")  # as the gate does
    return connection


def _query(kwargs: Any) -> str:
    if "unexpected_rows_query" in kwargs:
        return str(kwargs["unexpected_rows_query"]).replace("{table}", "staged")
    known = ", ".join(f"'{value}'" for value in kwargs["value_set"]) or "''"
    return f"select batch_id, row_id from staged where {kwargs['column']} not in ({known})"
