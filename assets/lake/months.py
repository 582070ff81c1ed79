"""Which months a table's rows lie in, and which of them changed: read from Iceberg's metadata, never from the rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.types import DateType, NestedField

from assets.lake.files import COMPACTION, SnapshotGone, bounds_of, data_manifests, files_of, live_files

LOCAL_OFFSET = timedelta(hours=7)  # Asia/Bangkok, no daylight saving since 1920


def changed_months(table: Table, since: int | None) -> frozenset[str]:
    """Months (`YYYY-MM`, Asia/Bangkok) of the data files that came or went between snapshot `since` and now.

    `since=None` gives every month there is. A file counts for all months between its bounds. What compaction did does not
    count: it changes files and no rows. Raises SnapshotGone when `since`, or a snapshot after it, was expired.
    """
    current = table.current_snapshot()
    if current is None or current.snapshot_id == since:
        return frozenset()
    field = time_field(table)
    if field is None:
        raise ValueError(f"{'.'.join(table.name())} has no time: what changed in it is all of it")
    if since is None:
        changed = list(live_files(table).values())
    else:
        changed = [file for first, last in _stretches(table, since) for file in _changed_files(table, first, last)]
    return frozenset(month for file in changed for month in months_of(file, field))


def _stretches(table: Table, since: int) -> list[tuple[int, int]]:
    """The way from `since` to now as pairs of snapshots between which no compaction lies. Raises SnapshotGone."""
    snapshots = {snapshot.snapshot_id: snapshot for snapshot in table.snapshots()}
    stretches: list[tuple[int, int]] = []
    last = step = table.metadata.current_snapshot_id
    while step != since:
        snapshot = snapshots.get(step) if step is not None else None
        if snapshot is None or step is None:
            raise SnapshotGone(
                f"the history of {'.'.join(table.name())} does not reach back to its snapshot {since} any more",
                "rebuild everything that was built from it",
            )
        before = snapshot.parent_snapshot_id
        if snapshot.summary is not None and snapshot.summary.get(COMPACTION):
            if last is not None and last != step:
                stretches.append((step, last))
            last = before
        step = before
    if last is not None and last != since:
        stretches.append((since, last))
    return stretches


def _changed_files(table: Table, first: int, last: int) -> list[DataFile]:
    """Data files that only one of two snapshots has."""
    old, new = data_manifests(table, first), data_manifests(table, last)
    # A manifest that both snapshots share says nothing: only the others are opened.
    shared = {m.manifest_path for m in new} & {m.manifest_path for m in old}
    then, now = files_of(table, old, shared), files_of(table, new, shared)
    return [now.get(path) or then[path] for path in now.keys() ^ then.keys()]


def rows_by_month(table: Table) -> dict[str, int]:
    """Rows of each month (`YYYY-MM`, Asia/Bangkok), roughly: a file's rows are spread evenly between its bounds. Empty for
    a table without a time."""
    rows: dict[str, int] = defaultdict(int)
    if field := time_field(table):
        for file in live_files(table).values():
            months = months_of(file, field)
            for month in months:
                rows[month] += -(-file.record_count // len(months))
    return dict(rows)


def time_field(table: Table) -> NestedField | None:
    """What a table is kept by; else its local date or the instant at which its interval starts, where it has one."""
    schema = table.schema()
    kept_by = [schema.find_column_name(field.source_id) for field in table.spec().fields]
    for name in (*kept_by, "observed_date", "interval_start_at"):
        if name in schema.column_names:
            return schema.find_field(name)
    return None


def months_of(file: DataFile, field: NestedField) -> list[str]:
    if not file.record_count:
        return []
    low, high = (_local_date(value, field) for value in bounds_of(file, field))
    first, last = low.year * 12 + low.month - 1, high.year * 12 + high.month - 1
    return [_month(number) for number in range(first, last + 1)]


def month_after(month: str) -> str:
    """`2024-12` → `2025-01`."""
    return _month(int(month[:4]) * 12 + int(month[5:7]))


def _month(number: int) -> str:
    """A month counted from year 0, as `YYYY-MM`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _local_date(value: int, field: NestedField) -> date:
    """From Iceberg's own form: days since 1970 for a date, microseconds since 1970 UTC for an instant."""
    if isinstance(field.field_type, DateType):
        return date(1970, 1, 1) + timedelta(days=value)
    return (datetime(1970, 1, 1) + timedelta(microseconds=value) + LOCAL_OFFSET).date()
