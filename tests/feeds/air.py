"""What the tests of the feeds of air and weather share beside tests/feeds/source.py: answers with stations that stopped,
and answers with places that nobody thought of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import polars as pl

from assets.readers.result import Batch, NoData, Refusal
from tests.feeds import source
from tests.feeds.source import as_bytes


def batch(source_id: str, data: bytes, path: str = source.NAME) -> Batch:
    """What a delivery holds of readings, stations that stopped (a batch of their own) included."""
    first, *others = (one for one in source.batches(source_id, data, path) if one.entity == "observation")
    assert not any(one.findings or one.drops for one in others)  # told once
    return replace(first, rows=pl.concat([first.rows, *(one.rows for one in others)]))


def stations(source_id: str, data: bytes, path: str = source.NAME) -> Batch:
    """The list of stations that stands beside the readings."""
    [one] = (one for one in source.batches(source_id, data, path) if one.entity == "station")
    return one


def station(of: Batch, key: str) -> dict[str, Any]:
    """The only row of a station in a list of stations."""
    [one] = of.rows.filter(pl.col("station_key") == key).rows(named=True)
    return one


def broken(source_id: str, of: Batch, scan: bool = False) -> dict[str, list[str]]:
    """Broken rules, without the one on whole days, which an answer of one hour cannot keep."""
    return source.broken(source_id, of, scan, ["hours_complete"])


def row(of: Batch, station: str, quantity: str, period: str | None = None) -> dict[str, Any]:
    """The only row of a station and quantity (and averaging period)."""
    found = of.rows.filter((pl.col("station_key") == station) & (pl.col("quantity") == quantity))
    if period:
        found = found.filter(pl.col("averaging_period") == period)
    [one] = found.rows(named=True)
    return one


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
    source.claims(source_id, data)
    try:
        one = batch(source_id, data)
    except (Refusal, NoData) as end:
        assert end.reason_en and end.reason_th
        return
    assert one.rows.height
    assert (one.rows["is_valid"] == (one.rows["value"].is_not_null() & one.rows["flag"].is_null())).all()


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value[:5]) if isinstance(value, list) else ()
    for step, one in inner:
        yield from _places(one, (*way, step))
