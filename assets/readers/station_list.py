"""The list of stations that an answer holds beside its readings: their names, positions and places, as delivered.

An answer repeats its list every time. It becomes a row a station, never a row a reading, and speaks of the local day of the
newest reading: the lists of a day that say the same have the same content.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

import polars as pl

from assets.readers.calendar import LOCAL
from assets.readers.records import period_of, record_batch
from assets.readers.result import Batch
from assets.readers.typed import MISSING, clean, number
from expectations.contract import Contract

ENTITY, LAYOUT = "station", "stations"
POSITION = ("latitude", "longitude")


def with_stations(
    contract: Contract, readings: tuple[Batch, ...], frame: pl.DataFrame, missing: Sequence[str] = MISSING
) -> tuple[Batch, ...]:
    """The batches of readings and, behind them, that of the stations.

    Args:
        readings: as they are without the list; it changes nothing of them. The list has the series of the first, so that
            it is replaced and withdrawn with them.
        frame: own columns of the entity as text, `sheet` and `cell`; a row a record, however often a station is in it.
        missing: texts that say that there is nothing.

    Without a reading that says something, or without a time, there is no day of which the list could speak: then it is
    left out. A position that cannot be read, or cannot be, holds back the row of its station and no reading.
    """
    told = [batch for batch in readings if not batch.is_blank and batch.rows["interval_end_at"].max() is not None]
    if not told:
        return readings
    day = max(period_of(batch.rows)[1] for batch in told)
    at = pl.lit(datetime.combine(day, time(), LOCAL)).dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    rows = _positioned(frame.unique(pl.all().exclude("cell"), keep="first", maintain_order=True), missing)
    rows = rows.with_columns(at.alias("interval_start_at"), at.alias("interval_end_at"))
    batch = record_batch(contract, ENTITY, rows, layout=LAYOUT, series=readings[0].series, missing=missing)
    return (*readings, batch)


def _positioned(frame: pl.DataFrame, missing: Sequence[str]) -> pl.DataFrame:
    """Latitude and longitude as numbers; `problem` and `raw_value` where one is none. They are not typed with the other
    columns because there a column full of words refuses the whole answer, and a position must not cost a reading."""
    numbers = {name: number(pl.col(name)) for name in POSITION}
    words = {name: pl.when(value.is_null()).then(pl.col(name)) for name, value in numbers.items()}
    problems = [pl.format(f"{name}: “{{}}” is not a number", text) for name, text in words.items()]
    return frame.with_columns(clean(name, missing) for name in POSITION).with_columns(
        *(value.alias(name) for name, value in numbers.items()),
        pl.coalesce(problems).alias("problem"),
        pl.coalesce(words.values()).alias("raw_value"),
    )
