"""Bronze rows for the warehouse tests, a few at a time, and their way into a lake."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.table import Table

from assets.bronze import arrow_schema
from assets.lake.commit import ensure_table, replace_batches
from assets.readers.route import contracts

SCHEMA = pl.Schema(
    {
        "station_key": pl.Utf8(),
        "station_name": pl.Utf8(),
        "quantity": pl.Utf8(),
        "level": pl.Utf8(),
        "averaging_period": pl.Utf8(),
        "interval_start_at": pl.Datetime("us", "UTC"),
        "interval_end_at": pl.Datetime("us", "UTC"),
        "raw_value": pl.Utf8(),
        "raw_unit": pl.Utf8(),
        "value": pl.Float64(),
        "flag": pl.Utf8(),
        "is_valid": pl.Boolean(),
        "from_path": pl.Utf8(),
        "sheet": pl.Utf8(),
        "cell": pl.Utf8(),
        "batch_id": pl.Utf8(),
        "row_id": pl.Int64(),
        "path": pl.Utf8(),
        "received_at": pl.Datetime("us", "UTC"),
    }
)
ARROW = pa.schema(
    [
        pa.field(field.name, pa.string() if pa.types.is_large_string(field.type) else field.type)
        for field in SCHEMA.to_frame().to_arrow().schema
    ]
)
BANGKOK = timedelta(hours=7)


def local_midnight(day: date) -> datetime:
    """The instant at which a day begins in Mae Moh."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - BANGKOK


def day_of_hours(
    station: str,
    quantity: str,
    day: date,
    values: Sequence[float | str | None],
    unit: str = "ug/m3",
    level: str | None = None,
) -> pl.DataFrame:
    """A day's hours 01..: a number, a flag letter, or None for a blank cell."""
    starts = [local_midnight(day) + timedelta(hours=hour) for hour in range(len(values))]
    return cells(station, quantity, starts, timedelta(hours=1), values, unit, "PT1H", level)


def cells(
    station: str,
    quantity: str,
    starts: Sequence[datetime],
    length: timedelta,
    values: Sequence[float | str | None],
    unit: str,
    averaging_period: str,
    level: str | None = None,
) -> pl.DataFrame:
    """Rows of one series, without lineage."""
    rows = [
        {
            "station_key": station,
            "station_name": f"ชื่อ {station}",
            "quantity": quantity,
            "level": level,
            "averaging_period": averaging_period,
            "interval_start_at": start,
            "interval_end_at": start + length,
            "raw_value": None if value is None else str(value),
            "raw_unit": unit,
            "value": float(value) if isinstance(value, int | float) else None,
            "flag": value if isinstance(value, str) else None,
            "is_valid": isinstance(value, int | float),
            "sheet": "Sheet1",
            "cell": f"C{number + 3}",
        }
        for number, (start, value) in enumerate(zip(starts, values, strict=True))
    ]
    return pl.DataFrame(rows, schema={name: SCHEMA[name] for name in rows[0]})


def make_bronze_tables(catalog: Catalog) -> dict[str, Table]:
    """The bronze tables of every source, empty unless they hold something already."""
    wanted = {
        contract.table(entity.name): ARROW if entity.shape == "observation" else arrow_schema(entity)
        for contract in contracts().values()
        for entity in contract.entities
    }
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda item: ensure_table(catalog, "bronze", *item), wanted.items())
        return dict(zip(wanted, made, strict=True))


def put_batches(
    table: Table, batches: Mapping[str, pl.DataFrame], received_at: datetime, remove: Sequence[str] = ()
) -> int:
    """Writes a file per batch and commits them, as the road does; returns the snapshot id."""
    addresses = []
    for batch_id, rows in batches.items():
        complete = rows.with_columns(
            pl.lit(None, dtype=pl.Utf8).alias("from_path"),
            pl.lit(batch_id).alias("batch_id"),
            pl.int_range(pl.len(), dtype=pl.Int64).alias("row_id"),
            pl.lit(f"landing/egat/{batch_id}.xlsx").alias("path"),
            pl.lit(received_at).cast(pl.Datetime("us", "UTC")).alias("received_at"),
        ).select(SCHEMA.names())
        addresses.append(put_file(table, f"{batch_id}-{received_at:%Y%m%d%H%M%S}", complete))
    return replace_batches(table, [*remove, *batches], addresses)


def put_file(table: Table, name: str, rows: pl.DataFrame) -> str:
    """Writes one Parquet file into the table's data folder; nothing shows it yet."""
    address = f"{table.location()}/data/{name}.parquet"
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    with table.io.new_output(address).create(overwrite=True) as file:
        file.write(buffer.getvalue())
    return address
