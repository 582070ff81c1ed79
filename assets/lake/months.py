"""Which months a table's rows lie in, and which of them changed: read from Iceberg's metadata, never from the rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.types import DateType, NestedField

from assets.lake.commit import bounds_of, data_manifests, files_of, live_files

LOCAL_OFFSET = timedelta(hours=7)  # Asia/Bangkok, no daylight saving since 1920


def changed_months(table: Table, since: int | None) -> frozenset[str]:
    """Months (`YYYY-MM`, Asia/Bangkok) of the data files that came or went between snapshot `since` and now.

    `since=None` gives every month there is. A file counts for all months between its bounds. Raises SnapshotGone when
    `since` was expired.
    """
    current = table.current_snapshot()
    if current is None or current.snapshot_id == since:
        return frozenset()
    new, old = data_manifests(table, None), data_manifests(table, since) if since is not None else []
    # A manifest that both snapshots share says nothing: only the others are opened.
    shared = {m.manifest_path for m in new} & {m.manifest_path for m in old}
    now, then = files_of(table, new, shared), files_of(table, old, shared)
    field = _time_field(table)
    months: set[str] = set()
    for path in now.keys() ^ then.keys():
        months.update(_months(now.get(path) or then[path], field))
    return frozenset(months)


def rows_by_month(table: Table) -> dict[str, int]:
    """Rows of each month (`YYYY-MM`, Asia/Bangkok), roughly: a file's rows are spread evenly between its bounds."""
    field = _time_field(table)
    rows: dict[str, int] = defaultdict(int)
    for file in live_files(table).values():
        months = _months(file, field)
        for month in months:
            rows[month] += -(-file.record_count // len(months))
    return dict(rows)


def _time_field(table: Table) -> NestedField:
    """Silver and gold have a local date; bronze has the instant at which the interval starts."""
    names = table.schema().column_names
    return table.schema().find_field("observed_date" if "observed_date" in names else "interval_start_at")


def _months(file: DataFile, field: NestedField) -> list[str]:
    if not file.record_count:
        return []
    low, high = (_local_date(value, field) for value in bounds_of(file, field))
    first, last = low.year * 12 + low.month - 1, high.year * 12 + high.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, last + 1)]


def _local_date(value: int, field: NestedField) -> date:
    """From Iceberg's own form: days since 1970 for a date, microseconds since 1970 UTC for an instant."""
    if isinstance(field.field_type, DateType):
        return date(1970, 1, 1) + timedelta(days=value)
    return (datetime(1970, 1, 1) + timedelta(microseconds=value) + LOCAL_OFFSET).date()
