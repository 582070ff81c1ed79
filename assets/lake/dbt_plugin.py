"""dbt-duckdb plugin behind the `lake_table` materialization: DuckDB writes the rows, this commits them to Iceberg.

SQL functions, each taking and giving one JSON text: `lake_prepare` makes sure of the table and says where to write,
`lake_commit` makes the written files visible and gives the snapshot id, `lake_confirm` marks what passed its tests.
What is due of each table and what its snapshot is built from comes from the environment (MAEMOH_DUE, MAEMOH_RUN_ID), which
assets/warehouse_run.py sets.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pyarrow as pa
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection
from pyiceberg.catalog import Catalog, load_catalog

from assets.lake.commit import BUILT_FROM, PROJECT, RUN_ID, ensure_table, mark_tested, replace_all, replace_where
from assets.lake.errors import LakeError
from assets.lake.months import rows_by_month
from assets.lake.tables import describe

_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
}

# A window and a sort over this many rows of 20 columns fit into DuckDB's memory_limit of profiles.yml.
ROWS_AT_A_TIME = 1_000_000


class Plugin(BasePlugin):
    """Named by `plugins:` in dbt_project/profiles.yml; dbt makes one per DuckDB environment."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        self._properties = {str(key): str(value) for key, value in plugin_config["catalog"].items()}
        self._catalog: Catalog | None = None
        self._lock = threading.Lock()

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        for function in (self.lake_prepare, self.lake_commit, self.lake_confirm):
            conn.create_function(function.__name__, _answer(function), ["VARCHAR"], "VARCHAR", side_effects=True)

    @property
    def catalog(self) -> Catalog:
        with self._lock:
            if self._catalog is None:
                self._catalog = load_catalog("lake", **self._properties)
            return self._catalog

    def lake_prepare(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """{schema, name, columns: [{name, type, doc}], comment, partition: [column, grain] | null,
        periods: [YYYY-MM | YYYY] | null (all)} → {location: where to write, chunks: periods to write at a time}."""
        partition = wanted["partition"]
        table = ensure_table(
            self.catalog,
            wanted["schema"],
            wanted["name"],
            arrow_schema(wanted["columns"], f"{wanted['schema']}.{wanted['name']}"),
            (partition[0], partition[1]) if partition else None,
            is_rebuild=wanted["periods"] is None,
        )
        describe(table, wanted["comment"], {column["name"]: column["doc"] for column in wanted["columns"]})
        return {
            "location": f"{table.location()}/data/{uuid.uuid4().hex}",
            "chunks": self._chunks(_due(wanted), partition[1], wanted["periods"]) if partition else [None],
        }

    def _chunks(self, due: dict[str, Any], grain: str, periods: list[str] | None) -> list[list[str] | None]:
        """Periods in groups of about ROWS_AT_A_TIME rows of what the table is built from; [None] is all in one go."""
        rows: dict[str, int] = defaultdict(int)
        for name in due.get("inputs", []):
            for month, n in rows_by_month(self.catalog.load_table(name)).items():
                rows[month[:4] if grain == "year" else month] += n
        if periods is None and sum(rows.values()) <= ROWS_AT_A_TIME:
            return [None]
        groups: list[list[str] | None] = []
        filled = ROWS_AT_A_TIME
        for period in sorted(rows if periods is None else rows.keys() & set(periods)):
            if filled + rows[period] > ROWS_AT_A_TIME:
                groups.append(group := [])
                filled = 0
            group.append(period)
            filled += rows[period]
        return groups

    def lake_commit(self, wanted: dict[str, Any]) -> str:
        """{schema, name, files: [{path, rows, nulls: {column: rows}}], column, periods: [YYYY-MM | YYYY] | null} → snapshot id.

        `nulls` are the columns that may not be empty. Raises LakeError when one is: nothing is committed then."""
        nulls: Counter[str] = Counter()
        for file in wanted["files"]:
            nulls.update(file["nulls"])
        if broken := {column: rows for column, rows in nulls.items() if rows}:
            found = ", ".join(f"{column} in {rows:,} rows" for column, rows in broken.items())
            raise LakeError(
                f"{wanted['schema']}.{wanted['name']} may have no empty value in these columns, and has: {found}",
                "look at what the model reads, or take the column off its constraint not_null; the table is as it was",
            )
        table = self.catalog.load_table((wanted["schema"], wanted["name"]))
        # An empty result is one file without rows, or none: either way the table (or the months) become empty.
        files = [file["path"] for file in wanted["files"] if file["rows"]]
        due = _due(wanted)
        properties = {RUN_ID: os.environ.get("MAEMOH_RUN_ID", "")}
        if due:
            properties |= {BUILT_FROM: json.dumps(due["built_from"], sort_keys=True), PROJECT: due["fingerprint"]}
        if wanted["periods"] is None:
            return str(replace_all(table, files, properties))
        return str(replace_where(table, in_periods(wanted["column"], wanted["periods"]), files, properties))

    def lake_confirm(self, wanted: dict[str, Any]) -> int:
        """{tables: [schema.name]} → how many were marked as tested."""
        with ThreadPoolExecutor(4) as pool:
            return len(list(pool.map(lambda name: mark_tested(self.catalog.load_table(name)), wanted["tables"])))


def _due(wanted: dict[str, Any]) -> dict[str, Any]:
    """What assets/warehouse_run.py planned for a table; empty when dbt runs without a plan."""
    planned: dict[str, dict[str, Any]] = json.loads(os.environ.get("MAEMOH_DUE") or "{}")
    return planned.get(f"{wanted['schema']}.{wanted['name']}", {})


def _answer(function: Callable[[dict[str, Any]], Any]) -> Callable[[str], str]:
    """JSON in, JSON out. A LakeError becomes an answer, so that dbt shows its words and not a trace through DuckDB."""

    def answer(request: str) -> str:
        try:
            return json.dumps({"ok": function(json.loads(request))})
        except LakeError as error:
            return json.dumps({"error": str(error)})

    return answer


def arrow_schema(columns: list[dict[str, str]], table: str) -> pa.Schema:
    """Arrow schema of a model's columns. Raises LakeError on a type that is not portable between engines."""
    fields = []
    for column in columns:
        kind = _TYPES.get(column["type"].upper())
        if kind is None:
            raise LakeError(
                f"column {column['name']} of {table} has the type {column['type']}, which no table here may hold",
                f"cast it in the model to one of: {', '.join(sorted(_TYPES))}",
            )
        fields.append(pa.field(column["name"], kind))
    return pa.schema(fields)


def in_periods(column: str, periods: list[str]) -> str:
    """Condition on a date column for months (`2024-02`) or years (`2024`). Neighbours become one range."""
    ranges: list[list[int]] = []
    for period in sorted(periods):
        start = int(period[:4]) * 12 + (int(period[5:7]) - 1 if len(period) > 4 else 0)
        end = start + (1 if len(period) > 4 else 12)
        if ranges and ranges[-1][1] == start:
            ranges[-1][1] = end
        else:
            ranges.append([start, end])
    days = [[date(month // 12, month % 12 + 1, 1) for month in bounds] for bounds in ranges]
    conditions = [f"({column} >= '{first}' and {column} < '{after}')" for first, after in days]
    return " or ".join(conditions) or "false"
