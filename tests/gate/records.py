"""Small frames of the shape `record`, and the gate over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from expectations.gate import gate_batches
from expectations.personal import personal_rule
from expectations.record_rules import record_rules
from expectations.rules import GateVerdict, Rule
from expectations.shapes import Column
from tests.gate.frames import connection

COLUMNS = (
    Column("charger", "VARCHAR", "Charger", "เครื่องชาร์จ", required=True, is_key=True),
    Column("energy_kwh", "DOUBLE", "Energy", "พลังงาน", minimum=0, maximum=500, soft_maximum=150, unit="kW.h"),
    Column("visitors", "BIGINT", "Visitors", "ผู้มาเยือน", soft_minimum=1),
    Column("kind", "VARCHAR", "Kind", "ชนิด", allowed=("AC", "DC", "O'Neil")),
    Column("remark", "VARCHAR", "Remark", "หมายเหตุ"),
)
KEY = ("charger", "interval_start_at")
WINDOW = date(2015, 1, 1)
RECEIVED = datetime(2026, 3, 20, 2, tzinfo=UTC)
SCHEMA: dict[str, Any] = {
    "interval_start_at": pl.Datetime("us", "UTC"),
    "interval_end_at": pl.Datetime("us", "UTC"),
    "charger": pl.Utf8,
    "energy_kwh": pl.Float64,
    "visitors": pl.Int64,
    "kind": pl.Utf8,
    "remark": pl.Utf8,
    "problem": pl.Utf8,
    "raw_value": pl.Utf8,
    "sheet": pl.Utf8,
    "cell": pl.Utf8,
    "batch_id": pl.Utf8,
    "row_id": pl.Int64,
    "received_at": pl.Datetime("us", "UTC"),
}


def sessions(n: int = 20, batch_id: str = "b1") -> pl.DataFrame:
    """Sound records, one an hour."""
    at = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=i) for i in range(n)]
    return pl.DataFrame(
        {
            "interval_start_at": at,
            "interval_end_at": [instant + timedelta(minutes=40) for instant in at],
            "charger": [f"MM-{i % 3}" for i in range(n)],
            "energy_kwh": [10.0 + i for i in range(n)],
            "visitors": [1 + i for i in range(n)],
            "kind": [("AC", "DC", "O'Neil")[i % 3] for i in range(n)],
            "remark": None,
            "problem": None,
            "raw_value": None,
            "sheet": "csv",
            "cell": [str(i + 2) for i in range(n)],
            "batch_id": batch_id,
            "row_id": list(range(n)),
            "received_at": RECEIVED,
        },
        schema=SCHEMA,
    )


def put(frame: pl.DataFrame, row_id: int, batch_id: str = "b1", **columns: Any) -> pl.DataFrame:
    """The frame with other content in one row."""
    here = (pl.col("row_id") == row_id) & (pl.col("batch_id") == batch_id)
    return frame.with_columns(
        pl.when(here).then(pl.lit(content, dtype=SCHEMA[name])).otherwise(pl.col(name)).alias(name)
        for name, content in columns.items()
    )


def rules(window: date = WINDOW, future_hours: float = 1.0) -> tuple[Rule, ...]:
    scan = personal_rule(dict.fromkeys(("charger", "remark", "raw_value"), "true"))
    return (*record_rules(COLUMNS, KEY, window, future_hours), scan)


def judge(frame: pl.DataFrame, wanted: Sequence[Rule] | None = None, max_share: float = 1.0) -> GateVerdict:
    batches = sorted(set(frame["batch_id"]))
    return gate_batches(connection(frame), "staged", wanted or rules(), batches, max_share, "true")


def held(verdict: GateVerdict) -> set[tuple[str, int, str]]:
    """(batch, row, rule) of everything that is quarantined."""
    return set(verdict.quarantined.iter_rows())


def flagged(verdict: GateVerdict, rule_id: str, batch_id: str = "b1") -> int:
    return next(r.failed for r in verdict.results if (r.rule.id, r.batch_id) == (rule_id, batch_id))
