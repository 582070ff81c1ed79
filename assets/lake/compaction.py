"""Merging small files: a table that is fed by answers gets a file for each of them, and every reader and writer pays for
each of those.

Only bronze and `ops` tables: dbt writes silver and gold in whole months, and their snapshots say what they were built from.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.compute as pc
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.types import NestedField

from assets.lake.commit import BUILT_FROM, swap_files
from assets.lake.errors import CommitConflict, LakeError
from assets.lake.files import COMPACTION, bounds_of, live_files
from assets.lake.months import months_of
from assets.lake.rewrite import discard, read_rows, write_rows

MIB = 1024 * 1024
# So many files are worth a merge; a file of this size needs none.
MANY, SMALL = 32, MIB
# What one merged file is made of at most: memory is bounded by this. Rows in memory take many times what they take in a file.
TARGET, ROWS_AT_A_TIME = 16 * MIB, 200_000
# A file over more months is merged only with files over just the same months. Otherwise replacing one batch of a merged
# file would make all those months due.
FEW_MONTHS = 2

# The column that tells a table's time, the first that it has.
TIMES = ("interval_start_at", "observed_date", "recorded_at")

Pack = list[DataFile]


class RowsLost(LakeError):
    """A merged file does not hold as many rows as the files it was made of."""


@dataclass(frozen=True)
class Compacted:
    """What a compaction did. `files_before` and `files_after` count those of the whole table."""

    snapshot_id: int
    files_before: int
    files_after: int
    rows: int


def compact(table: Table) -> Compacted | None:
    """Merges files smaller than SMALL once MANY of them can be merged, in one snapshot. No row changes.

    None when nothing is due, or when another writer took one of the files away meanwhile. Raises CommitConflict, RowsLost.
    """
    packs = due(table)
    if not packs:
        return None
    merged: list[DataFile] = []
    with contextlib.ExitStack() as undo:
        undo.callback(discard, table, merged)
        for pack in packs:
            merged.append(_merge(table, pack))
        undo.pop_all()
    gone = [file for pack in packs for file in pack]
    try:
        snapshot_id = swap_files(table, gone, merged, {COMPACTION: "true"})
    except CommitConflict:
        discard(table, merged)
        raise
    if snapshot_id is None:
        discard(table, merged)
        return None
    files_after = len(live_files(table))
    files_before = files_after - len(merged) + len(gone)
    return Compacted(snapshot_id, files_before, files_after, sum(file.record_count for file in merged))


def due(table: Table) -> list[Pack]:
    """Which files are to become one, from metadata alone; nothing when they are too few to be worth it.

    A file that finds no other to go with is not counted, so a table of many months is not merged over and over.
    """
    snapshot = table.current_snapshot()
    if snapshot is None or snapshot.summary is None or table.spec().fields or snapshot.summary.get(BUILT_FROM):
        return []
    n_files = snapshot.summary.get("total-data-files")
    if n_files is not None and int(n_files) < MANY:
        return []
    names = table.schema().column_names
    field = next((table.schema().find_field(name) for name in TIMES if name in names), None)
    if field is None:
        return []
    small_ones = [
        file
        for file in live_files(table).values()
        if file.file_size_in_bytes < SMALL and field.field_id in (file.lower_bounds or {})
    ]
    packs = [pack for group in _by_months(small_ones, field) for pack in _packed(group) if len(pack) > 1]
    return packs if sum(map(len, packs)) >= MANY else []


def _by_months(files: Sequence[DataFile], field: NestedField) -> list[Pack]:
    """Files that may go together, each group in the order of time."""
    groups: dict[tuple[str, ...], Pack] = defaultdict(list)
    for file in sorted(files, key=lambda file: (bounds_of(file, field), file.file_path)):
        months = months_of(file, field)
        groups[(months[0],) if len(months) <= FEW_MONTHS else (months[0], months[-1])].append(file)
    return [groups[key] for key in sorted(groups)]


def _packed(files: Sequence[DataFile]) -> list[Pack]:
    """Neighbours together, as many as one merged file may hold."""
    packs: list[Pack] = []
    n_bytes, n_rows = TARGET, ROWS_AT_A_TIME
    for file in files:
        if n_bytes + file.file_size_in_bytes > TARGET or n_rows + file.record_count > ROWS_AT_A_TIME:
            packs.append([])
            n_bytes = n_rows = 0
        packs[-1].append(file)
        n_bytes, n_rows = n_bytes + file.file_size_in_bytes, n_rows + file.record_count
    return packs


def _merge(table: Table, pack: Pack) -> DataFile:
    """Writes the rows of a pack into one new file, in the order of time; rows of one time keep theirs."""
    rows = read_rows(table, pack).combine_chunks()
    name = next(name for name in TIMES if name in rows.column_names)
    merged = write_rows(table, rows.take(pc.sort_indices(rows, sort_keys=[(name, "ascending")])), "merged")
    expected = sum(file.record_count for file in pack)
    if merged.record_count != expected:
        raise RowsLost(
            f"merging {len(pack)} files of {'.'.join(table.name())} gave {merged.record_count:,} rows of {expected:,}",
            "nothing was changed and the table reads as before; report it with the name of the table",
        )
    return merged
