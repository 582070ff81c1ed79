"""The ledger: the `ops` tables. Rows are only ever added; the latest event of a delivery or a batch is its state.

`copy_status` writes the whole of it to `status.duckdb`, where BI and the reports read it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError

from assets.lake.tables import ensure_table

_text, _count, _instant, _day = pa.string(), pa.int64(), pa.timestamp("us", "UTC"), pa.date32()
_figure = pa.float64()


def _fields(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


TABLES: dict[str, pa.Schema] = {
    "delivery": _fields(
        delivery_id=_text, event_seq=_count, partner_id=_text, path=_text, sha256=_text, bytes=_count, media_type=_text,
        received_at=_instant, source_id=_text, outcome=_text, rows_in=_count, accepted=_count, quarantined=_count,
        dropped=_count, findings=_count, reason_en=_text, reason_th=_text, run_id=_text, recorded_at=_instant,
        readers_hash=_text,
    ),
    "batch": _fields(
        batch_id=_text, event_seq=_count, delivery_id=_text, sha256=_text, partner_id=_text, source_id=_text,
        entity=_text, layout=_text, series=_text, period_start=_day, period_end=_day, slot=_text, content_hash=_text,
        contract_version=_text, parser_version=_text, status=_text, rows_in=_count, accepted=_count,
        quarantined=_count, dropped=_count, path=_text, received_at=_instant, last_event_at=_instant, run_id=_text,
        recorded_at=_instant, rules_hash=_text, corrections_hash=_text,
    ),
    "check_result": _fields(
        run_id=_text, gate=_text, partner_id=_text, source_id=_text, entity=_text, batch_id=_text, rule=_text,
        dimension=_text, scope=_text, severity=_text, action=_text, evaluated=_count, failed=_count, outcome=_text,
        reason_en=_text, reason_th=_text, sample_sheet=_text, sample_cell=_text, sample_value=_text, recorded_at=_instant,
    ),
    "finding": _fields(
        run_id=_text, partner_id=_text, source_id=_text, delivery_id=_text, batch_id=_text, rule=_text, reason_en=_text,
        reason_th=_text, path=_text, sheet=_text, cell=_text, n=_count, recorded_at=_instant, subject=_text,
    ),
    "quarantine": _fields(
        run_id=_text, partner_id=_text, source_id=_text, entity=_text, batch_id=_text, delivery_id=_text, rule=_text,
        reason_en=_text, reason_th=_text, path=_text, sheet=_text, cell=_text, raw_value=_text, row_json=_text,
        n_rows=_count, recorded_at=_instant,
    ),
    "publication": _fields(
        publication_id=_text, published_at=_instant, table_name=_text, snapshot_id=_count, rows=_count, run_id=_text,
        state=_text, reason_en=_text, recorded_at=_instant,
    ),
    "fetch": _fields(
        source_id=_text, partner_id=_text, day=_day, label=_text, url=_text, status=_count, attempts=_count, bytes=_count,
        sha256=_text, path=_text, etag=_text, last_modified=_text, outcome=_text, reason_en=_text, reason_th=_text,
        fetched_at=_instant, seconds=_figure, run_id=_text, recorded_at=_instant,
    ),
    "freshness": _fields(
        source_id=_text, partner_id=_text, last_event_at=_instant, last_received_at=_instant, status=_text,
        run_id=_text, recorded_at=_instant,
    ),
    "issue": _fields(
        issue_id=_text, event_seq=_count, partner_id=_text, source_id=_text, gate=_text, entity=_text, rule=_text,
        dimension=_text, severity=_text, action=_text, subject=_text, state=_text, failed=_count, opened_at=_instant,
        closed_at=_instant, closed_by=_text, reason_en=_text, reason_th=_text, run_id=_text, recorded_at=_instant,
    ),
    "score": _fields(
        score_id=_text, event_seq=_count, partner_id=_text, source_id=_text, score_date=_day, policy_version=_text,
        completeness=_figure, validity=_figure, accuracy=_figure, timeliness=_figure, consistency=_figure,
        uniqueness=_figure, points=_figure, grade=_text, is_capped=pa.bool_(), evaluated=_count, failed=_count,
        run_id=_text, recorded_at=_instant,
    ),
    "answer": _fields(
        answer_id=_text, event_seq=_count, partner_id=_text, issue_id=_text, state=_text, words=_text, path=_text,
        answered_at=_instant, run_id=_text, recorded_at=_instant,
    ),
}  # fmt: skip

# Of these only the latest event per id is the state.
STATE_KEYS = {
    "delivery": "delivery_id",
    "batch": "batch_id",
    "freshness": "source_id",
    "issue": "issue_id",
    "score": "score_id",
    "answer": "answer_id",
}

_sequence = itertools.count()


class Ledger:
    """Reads and extends the `ops` tables of one lake."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def append(self, rows: Mapping[str, Sequence[Mapping[str, Any]]], run_id: str, recorded_at: datetime) -> None:
        """Adds rows to several tables. `delivery` goes last: a delivery without its line is pending, and is done again."""
        ready = {name: self._arrow(name, lines, run_id, recorded_at) for name, lines in rows.items() if lines}
        last = {name: ready.pop(name) for name in ("delivery",) if name in ready}
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda item: self._append(*item), ready.items()))
        for name, table in last.items():
            self._append(name, table)

    def make_tables(self) -> None:
        """Every `ops` table, empty where nothing was recorded yet: models read some of them."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda item: ensure_table(self.catalog, "ops", *item), TABLES.items()))

    def events(self, name: str) -> pl.DataFrame:
        """Every event of a table, oldest first; an empty frame when there is none."""
        try:
            table = self.catalog.load_table(("ops", name)).scan().to_arrow()
        except NoSuchTableError:
            table = TABLES[name].empty_table()
        # A table that no writer of this version has touched yet lacks the columns that came later.
        later = [field for field in TABLES[name] if field.name not in table.column_names]
        for field in later:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
        frame = pl.DataFrame(pl.from_arrow(table))
        return (
            frame.sort("event_seq") if "event_seq" in frame.columns else frame.sort("recorded_at", maintain_order=True)
        )

    def state(self, name: str) -> pl.DataFrame:
        """The latest event per id, in the order in which the ids first came."""
        frame = self.events(name)
        key = STATE_KEYS[name]
        order = "event_seq" if "event_seq" in frame.columns else "recorded_at"
        first = frame.group_by(key).agg(pl.col(order).min().alias("_first"))
        return frame.unique(key, keep="last", maintain_order=True).join(first, on=key).sort("_first").drop("_first")

    def snapshot_ids(self) -> dict[str, int]:
        """Current snapshot of every `ops` table: equal ids mean that nothing was recorded since."""
        ids = {}
        for name in TABLES:
            try:
                snapshot = self.catalog.load_table(("ops", name)).current_snapshot()
            except NoSuchTableError:
                continue
            if snapshot:
                ids[name] = snapshot.snapshot_id
        return ids

    def _arrow(self, name: str, lines: Iterable[Mapping[str, Any]], run_id: str, recorded_at: datetime) -> pa.Table:
        schema = TABLES[name]
        stamped = []
        for line in lines:
            full = dict(line) | {"run_id": run_id, "recorded_at": recorded_at, "event_seq": next_event()}
            unknown = set(line) - set(schema.names)
            if unknown:
                raise KeyError(f"ops.{name} has no column {sorted(unknown)}")
            stamped.append({column: full.get(column) for column in schema.names})
        return pa.Table.from_pylist(stamped, schema=schema)

    def _append(self, name: str, table: pa.Table) -> None:
        ensure_table(self.catalog, "ops", name, TABLES[name]).append(table)


def next_event() -> int:
    """A number that grows with every event, also across processes (microseconds, then a counter within them)."""
    return time.time_ns() // 1000 * 1000 + next(_sequence) % 1000


def now() -> datetime:
    return datetime.now(UTC)
