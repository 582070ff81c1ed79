"""Wide records → rows of the shape `observation`: one for every quantity that the contract names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.readers.timing import LENGTHS, times_of
from assets.readers.typed import clean, number


def observed_rows(frame: pl.DataFrame, read: Mapping[str, Any], section: str, missing: Sequence[str]) -> pl.DataFrame:
    """Rows with the columns of ROW_SCHEMA (level, from_path absent). `read` is the contract's.

    A cell that is empty or says that there is nothing is a row without a value; one that is no number keeps its text and
    is marked by it (the gate asks what it means).
    """
    observed = read["observations"]
    at = times_of(frame, {**read["time"], "period": "PT0S"}, missing)[0]
    is_end = read["time"].get("label") == "ending" or "hour" in read["time"]
    station = clean(observed["station"], missing)
    shared = frame.select(
        (pl.lit(observed.get("prefix", "")) + station).alias("station_key"),
        clean(observed.get("name", observed["station"]), missing).fill_null("?").alias("station_name"),
        pl.col("cell"),
        pl.Series("at", at),
    )
    parts = []
    for quantity in observed["quantities"]:
        if quantity["from"] not in frame.columns:
            continue
        step = _length(quantity["period"])
        start, end = (pl.col("at") - step, pl.col("at")) if is_end else (pl.col("at"), pl.col("at") + step)
        raw = frame.select(clean(quantity["from"], missing).alias("raw_value"))["raw_value"]
        value = raw.to_frame().select(number(pl.col("raw_value")).alias("value"))["value"]
        parts.append(
            shared.with_columns(raw, value).select(
                "station_key",
                "station_name",
                pl.lit(quantity["quantity"]).alias("quantity"),
                pl.lit(quantity["period"]).alias("averaging_period"),
                start.alias("interval_start_at"),
                end.alias("interval_end_at"),
                "raw_value",
                pl.lit(quantity["unit"]).alias("raw_unit"),
                "value",
                pl.when(pl.col("raw_value").is_not_null() & pl.col("value").is_null())
                .then(pl.col("raw_value"))
                .alias("flag"),
                pl.col("value").is_not_null().alias("is_valid"),
                pl.lit(section).alias("sheet"),
                "cell",
            )
        )
    return pl.concat(parts).sort("station_key", "quantity", "interval_start_at", maintain_order=True)


def _length(period: str) -> pl.Expr:
    if period not in LENGTHS:
        raise ValueError(f"{period} has no fixed length; observations are of hours or days")
    return pl.duration(seconds=LENGTHS[period])
