"""Helpers of the tests on satellite feeds: contracts, small answers with a change put in by hand, and the rules alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from assets.readers.document import Document
from assets.readers.result import Batch, Refusal
from expectations.contract import Contract, load_contract
from expectations.entity_rules import rules_of
from simulator.feed import Answer, Request, Route
from simulator.world import World

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "assets" / "sources"
WORLD = World(datetime.fromisoformat("2026-03-20T09:30+07:00"), days=2)
Change = Callable[[dict[str, Any]], None]


@cache
def contract_of(source_id: str) -> Contract:
    return load_contract(SOURCES / source_id / "contract.yml")


def sample(source_id: str) -> Path:
    (found,) = (SOURCES / source_id).glob("sample*")
    return found


def changed(source_id: str, *changes: Change, n: int = 4) -> Document:
    """The first `n` features of the sample, the whole collection changed by each of `changes`."""
    collection = json.loads(sample(source_id).read_bytes())
    collection["features"] = copy.deepcopy(collection["features"][:n])
    for change in changes:
        change(collection)
    return Document(json.dumps(collection, ensure_ascii=False).encode(), "SYNTHETIC/changed.json")


def with_property(name: str, *values: Any) -> Change:
    """Sets a property of the features, one value each; a single value goes to all."""

    def change(collection: dict[str, Any]) -> None:
        features = collection["features"]
        for feature, value in zip(features, values if len(values) > 1 else values * len(features), strict=False):
            feature["properties"][name] = value

    return change


def without_property(name: str) -> Change:
    def change(collection: dict[str, Any]) -> None:
        for feature in collection["features"]:
            del feature["properties"][name]

    return change


def rules(batch: Batch) -> dict[str, int]:
    """Findings of a batch, by rule."""
    return {finding.rule: finding.n for finding in batch.findings}


def failing(contract: Contract, batch: Batch, received: str = "2026-11-23T00:00:00+00:00") -> dict[str, list[int]]:
    """rule → numbers of the rows that break it; rules that nothing breaks are left out."""
    entity = contract.entity(batch.entity)
    frame = batch.rows.with_columns(
        batch_id=pl.lit("b1"),
        row_id=pl.int_range(pl.len()),
        path=pl.lit("SYNTHETIC"),
        received_at=pl.lit(datetime.fromisoformat(received)).cast(pl.Datetime("us", "UTC")),
    )
    with duckdb.connect(config={"threads": 1}) as database:
        database.register("staged", frame.to_arrow())
        found = {}
        for rule in rules_of(contract, entity):
            query = str(rule.kwargs["unexpected_rows_query"]).replace("{table}", "staged")
            found[rule.id] = sorted(row[1] for row in database.execute(query).fetchall())
    return {rule_id: rows for rule_id, rows in found.items() if rows}


def refused(parse: Callable[[Document, Contract], Any], document: Document, source_id: str) -> Refusal:
    """The refusal that `parse` raises; it speaks both languages."""
    with pytest.raises(Refusal) as caught:
        parse(document, contract_of(source_id))
    assert caught.value.reason_en and any("ก" <= letter <= "๛" for letter in caught.value.reason_th)
    return caught.value


def ask(routes: Iterable[Route], host: str, path: str, query: dict[str, str] | None = None, key: str = "") -> Answer:
    """What the simulator answers."""
    for route in routes:
        params = route.match("GET", host, path)
        if params is not None:
            return route.respond(Request("GET", path, params, query or {}, {"api-key": key}))
    raise LookupError(f"no route answers {host}{path}")


def inside(lat: float, lon: float, geometry: dict[str, Any]) -> bool:
    """Does the polygon enclose the point? (even-odd rule on outlines)"""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return any(_in_ring(lat, lon, np.array(polygon[0])) for polygon in polygons)


def _in_ring(lat: float, lon: float, ring: np.ndarray) -> bool:
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    crosses = (y0 > lat) != (y1 > lat)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (x1 - x0) * (lat - y0) / (y1 - y0) + x0
    return bool((crosses & (lon < at)).sum() % 2)
