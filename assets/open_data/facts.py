"""What only the rows can say: how many, from when to when, where, how complete, and which keys hold in other tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from assets.catalogue import Column, Table
from assets.open_data.files import TIMES, quoted
from assets.open_data.what import Dataset

KEY_OF = {"partner_id": "org_id"}
"""Column → the key it holds, where the two are called differently."""


@dataclass(frozen=True)
class Reference:
    """A column whose every value is a key of another released table."""

    column: str
    to: str
    """Name of the dataset."""
    to_column: str


@dataclass(frozen=True)
class Facts:
    """One table's rows in figures."""

    rows: int
    first: date | None
    last: date | None
    """Dates (local where the table is by local date) that the rows speak of; None where no key is a time."""
    box: tuple[float, float, float, float] | None
    """West, south, east, north in degrees; None where there is no position."""
    required_cells: int
    filled_cells: int
    distinct_keys: int | None
    """None where the table has no key."""
    references: tuple[Reference, ...] = ()


def facts(connection: duckdb.DuckDBPyConnection, dataset: Dataset, others: Sequence[Dataset]) -> Facts:
    """Asks the published copy. `others`: what is released together, the dataset itself may be among them."""
    table = dataset.table
    first, last = _period(connection, table)
    required = [column.name for column in table.columns if column.is_required]
    filled = " + ".join(f"count({quoted(name)})" for name in required) or "0"
    rows, full = _one(connection, f"select count(*), {filled} from {table.name}")
    keys = ", ".join(map(quoted, table.key))
    distinct = _one(connection, f"select count(*) from (select distinct {keys} from {table.name})")[0] if keys else None
    return Facts(
        rows=rows,
        first=first,
        last=last,
        box=_box(connection, table),
        required_cells=rows * len(required),
        filled_cells=full,
        distinct_keys=distinct,
        references=tuple(_references(connection, dataset, others)),
    )


def _period(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[date | None, date | None]:
    column = next((c for c in table.columns if c.is_key and _is_time(c)), None)
    if column is None:
        return None, None
    value = _local_date(column)
    first, last = _one(connection, f"select min({value}), max({value}) from {table.name}")
    if column.name == "ce_year" and first is not None:
        return date(first, 1, 1), date(last, 12, 31)
    return first, last


def _is_time(column: Column) -> bool:
    return column.data_type in (*TIMES, "date") or column.name == "ce_year"


def _local_date(column: Column) -> str:
    if column.data_type in TIMES:  # Thailand has no daylight saving
        return f"(make_timestamp(epoch_us({quoted(column.name)})) + interval 7 hour)::date"
    return quoted(column.name)


def _box(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[float, float, float, float] | None:
    if not {"latitude", "longitude"} <= {column.name for column in table.columns}:
        return None
    found = _one(
        connection,
        f"select min(longitude), min(latitude), max(longitude), max(latitude) from {table.name} "
        "where latitude is not null and longitude is not null",
    )
    return None if found[0] is None else (found[0], found[1], found[2], found[3])


def _references(connection: duckdb.DuckDBPyConnection, dataset: Dataset, others: Sequence[Dataset]) -> list[Reference]:
    """Columns called like the one key of a dimension released beside, of which every value is found there."""
    dims: Mapping[str, Dataset] = {
        other.table.key[0]: other
        for other in others
        if other.table.short.startswith("dim_") and len(other.table.key) == 1 and other.table.name != dataset.table.name
    }
    found = []
    for column in dataset.table.columns:
        key = KEY_OF.get(column.name, column.name)
        to = dims.get(key)
        if to is None:
            continue
        lost = _one(
            connection,
            f"select count(*) from {dataset.table.name} where {quoted(column.name)} is not null "
            f"and {quoted(column.name)} not in (select {quoted(key)} from {to.table.name})",
        )[0]
        if not lost:
            found.append(Reference(column.name, to.name, key))
    return found


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
