"""Small frames of the shape `observation`, with known faults put in by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import polars as pl

SCHEMA: dict[str, Any] = {
    "station_key": pl.Utf8,
    "quantity": pl.Utf8,
    "level": pl.Utf8,
    "averaging_period": pl.Utf8,
    "interval_start_at": pl.Datetime("us", "UTC"),
    "interval_end_at": pl.Datetime("us", "UTC"),
    "raw_value": pl.Utf8,
    "raw_unit": pl.Utf8,
    "value": pl.Float64,
    "flag": pl.Utf8,
    "is_valid": pl.Boolean,
    "sheet": pl.Utf8,
    "cell": pl.Utf8,
    "batch_id": pl.Utf8,
    "row_id": pl.Int64,
    "received_at": pl.Datetime("us", "UTC"),
}
LOCAL = timedelta(hours=7)
RECEIVED = datetime(2026, 11, 23, tzinfo=UTC)


def midnight(day: date) -> datetime:
    """The instant at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - LOCAL


def hours(
    n_days: int = 2,
    quantity: str = "PM10",
    unit: str = "ug/m3",
    batch_id: str = "b1",
    start: date = date(2015, 3, 1),
    station: str = "EGAT-05",
    values: list[float] | None = None,
) -> pl.DataFrame:
    """Clean hours of one series: whole local days, values that differ from hour to hour."""
    n = 24 * n_days
    given = values or [30.0 + i % 11 for i in range(n)]
    begin = midnight(start)
    return pl.DataFrame(
        {
            "station_key": station,
            "quantity": quantity,
            "level": None,
            "averaging_period": "PT1H",
            "interval_start_at": [begin + timedelta(hours=i) for i in range(n)],
            "interval_end_at": [begin + timedelta(hours=i + 1) for i in range(n)],
            "raw_value": [str(value) for value in given],
            "raw_unit": unit,
            "value": given,
            "flag": None,
            "is_valid": True,
            "sheet": "Sheet1",
            "cell": [f"{chr(66 + i % 24)}{3 + i // 24}" for i in range(n)],
            "batch_id": batch_id,
            "row_id": list(range(n)),
            "received_at": RECEIVED,
        },
        schema=SCHEMA,
    )


def put(frame: pl.DataFrame, row_ids: int | list[int], **columns: Any) -> pl.DataFrame:
    """The frame with other content in some rows. A value takes its raw text along, a flag takes the value away."""
    ids = [row_ids] if isinstance(row_ids, int) else row_ids
    if columns.get("value") is not None and "raw_value" not in columns:
        columns["raw_value"] = str(columns["value"])
    if columns.get("flag") is not None:
        columns = {"raw_value": columns["flag"], "value": None, "is_valid": False} | columns
    here = pl.col("row_id").is_in(ids)
    return frame.with_columns(
        pl.when(here).then(pl.lit(content, dtype=SCHEMA[name])).otherwise(pl.col(name)).alias(name)
        for name, content in columns.items()
    )


def blank(frame: pl.DataFrame, row_ids: list[int]) -> pl.DataFrame:
    """The frame with empty cells in some rows."""
    return put(frame, row_ids, raw_value=None, value=None, is_valid=False)


def connection(frame: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """A connection with the frame as view `staged`."""
    conn = duckdb.connect()
    conn.execute("set TimeZone = 'UTC'")
    conn.register("staged", frame.to_arrow())
    return conn
