"""The one way of writing: rows go once, as Parquet, into a table's own data folder, and one metadata commit shows them.

A commit takes whole files away and adds new ones, in one snapshot, so a table never collects row-level deletes or second
copies. A replacement that would need half of a file is refused, but for batches: files that compaction merged hold several,
and those that stay are written anew in the same commit.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from pyiceberg.exceptions import CommitFailedException, ValidationException
from pyiceberg.expressions import BooleanExpression
from pyiceberg.expressions.parser import parse
from pyiceberg.expressions.visitors import (
    ROWS_MIGHT_NOT_MATCH,
    ROWS_MUST_MATCH,
    _InclusiveMetricsEvaluator,
    _StrictMetricsEvaluator,
)
from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table, TableProperties, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import update_table_metadata
from pyiceberg.table.update.snapshot import _ManifestMergeManager, _OverwriteFiles

from assets.lake.errors import CommitConflict, LakeError
from assets.lake.files import FOOTER_THREADS, SnapshotGone, bounds_of, describe_files, live_files
from assets.lake.rewrite import batches_in, discard, without_batches
from assets.lake.tables import SchemaConflict, ensure_table

__all__ = [
    "BUILT_FROM",
    "PROJECT",
    "RUN_ID",
    "LightTransaction",
    "PartialFile",
    "SchemaConflict",
    "SnapshotGone",
    "describe_files",
    "ensure_table",
    "live_files",
    "mark_tested",
    "replace_all",
    "replace_batches",
    "replace_where",
    "swap_files",
    "tested_snapshot",
]

# Snapshot properties: what a snapshot was built from ({table: snapshot id} as JSON), by which run, by which models.
BUILT_FROM = "maemoh.built-from"
RUN_ID = "maemoh.run-id"
PROJECT = "maemoh.project-hash"

TESTED = "tested"
ATTEMPTS = 6
MANIFESTS_BEFORE_MERGE = 20


class PartialFile(LakeError):
    """A replacement matches some rows of a data file but not all of them."""


# ── replacements ──────────────────────────────────────────────────────────────────────────────────────────────────────


def replace_all(table: Table, files: Sequence[str], properties: Mapping[str, str] | None = None) -> int:
    """Replaces every row of the table by `files` (addresses under its data folder). Returns the snapshot id."""
    return _replace(table, lambda file: True, files, properties)


def replace_where(
    table: Table, where: str | BooleanExpression, files: Sequence[str], properties: Mapping[str, str] | None = None
) -> int:
    """Replaces the rows that match `where` (`observed_date >= '2024-02-01' and …`) by `files`, in one snapshot.

    Returns the snapshot's id. Files must match whole, judged by their column bounds: raises PartialFile otherwise.
    Raises CommitConflict when other writers keep getting in between.
    """
    schema = table.schema()
    expression = parse(where) if isinstance(where, str) else where
    strict, inclusive = _StrictMetricsEvaluator(schema, expression), _InclusiveMetricsEvaluator(schema, expression)

    def matches(file: DataFile) -> bool:
        if strict.eval(file) == ROWS_MUST_MATCH:
            return True
        if inclusive.eval(file) == ROWS_MIGHT_NOT_MATCH:
            return False
        raise PartialFile(
            f"{file.file_path} holds rows that match {where} and rows that do not",
            "replace along the table's partitions, or replace the whole table",
        )

    return _replace(table, matches, files, properties)


def replace_batches(
    table: Table, batch_ids: Collection[str], files: Sequence[str], properties: Mapping[str, str] | None = None
) -> int:
    """Takes the rows of `batch_ids` away and adds `files`, in one snapshot. Returns its id.

    A file of one batch, which its bounds tell (ids have 16 characters, so the bounds that Iceberg cuts at 16 are exact),
    goes unopened. A merged file that may hold one of them is asked which it holds; what stays is written into a new file.
    (A predicate `In` would not do: pyiceberg gives up on lists of more than 200.) Raises CommitConflict.
    """
    wanted = set(batch_ids)
    field = table.schema().find_field("batch_id")
    held: dict[str, frozenset[str]] = {}

    def matches(file: DataFile) -> bool:
        low, high = bounds_of(file, field)
        if low == high:
            return low in wanted
        if not any(low <= batch_id <= high for batch_id in wanted):
            return False
        if file.file_path not in held:
            held[file.file_path] = batches_in(table, file)
        return not wanted.isdisjoint(held[file.file_path])

    def rest(file: DataFile) -> DataFile | None:
        others = held.get(file.file_path, frozenset()) - wanted
        return without_batches(table, file, wanted) if others else None

    return _replace(table, matches, files, properties, rest)


def swap_files(
    table: Table, gone: Sequence[DataFile], new: Sequence[DataFile], properties: Mapping[str, str]
) -> int | None:
    """Puts `new` into the place of `gone`, which hold the same rows, in one snapshot. Returns its id, or None when
    another writer took one of `gone` away. Raises CommitConflict."""

    def attempt() -> int | None:
        live = live_files(table)
        if any(file.file_path not in live for file in gone):
            return None
        return _commit(table, gone, new, dict(properties))

    return _insist(table, attempt)


def _replace(
    table: Table,
    matches: Callable[[DataFile], bool],
    files: Sequence[str],
    properties: Mapping[str, str] | None,
    rest: Callable[[DataFile], DataFile | None] = lambda _: None,
) -> int:
    """One snapshot: files that match go, `files` come, and so does the `rest` of each file that goes only in part.

    Idempotent: files that are already there stay, and when nothing would change and the properties are the same, no
    snapshot is made. A replacement that changes no file still makes one when its properties differ, so that a table
    always says what it was built from.
    """
    properties, wanted = dict(properties or {}), set(files)
    described: dict[str, DataFile] = {}
    rests: dict[str, DataFile | None] = {}
    used: set[str] = set()

    def attempt() -> int:
        snapshot = table.current_snapshot()
        live = live_files(table)
        old = [file for path, file in live.items() if path not in wanted]
        with ThreadPoolExecutor(FOOTER_THREADS) as pool:  # a merged file costs some round trips
            gone = [file for file, hit in zip(old, pool.map(matches, old), strict=True) if hit]
        new = [path for path in wanted if path not in live]
        if snapshot and not gone and not new and _says(snapshot.summary, properties):
            return snapshot.snapshot_id
        described.update(describe_files(table, [path for path in new if path not in described]))
        rests.update({file.file_path: rest(file) for file in gone if file.file_path not in rests})
        kept = [left for file in gone if (left := rests[file.file_path])]
        snapshot_id = _commit(table, gone, [*(described[path] for path in sorted(new)), *kept], properties)
        used.update(file.file_path for file in kept)
        return snapshot_id

    # Not on any other error: whether such a commit came about is not known, and its files may be needed.
    try:
        snapshot_id = _insist(table, attempt)
    except CommitConflict:
        discard(table, filter(None, rests.values()))
        raise
    discard(table, [left for left in rests.values() if left and left.file_path not in used])
    return snapshot_id


Outcome = TypeVar("Outcome")


def _insist(table: Table, attempt: Callable[[], Outcome]) -> Outcome:
    """Tries again with fresh metadata when another writer was quicker. Raises CommitConflict."""
    for number in range(ATTEMPTS):
        if number:
            # Random, so that two writers that collided do not collide again.
            time.sleep(random.uniform(0.05, 0.2) * 2**number)
            table.refresh()
        try:
            return attempt()
        except (CommitFailedException, ValidationException):
            continue
    raise CommitConflict(
        f"{'.'.join(table.name())} was changed by another writer {ATTEMPTS} times in a row",
        "let one process at a time write to this lake, then run again: nothing was lost",
    )


def _says(summary: Any, properties: Mapping[str, str]) -> bool:
    return summary is not None and all(summary.get(key) == value for key, value in properties.items())


def _commit(table: Table, gone: Sequence[DataFile], new: Sequence[DataFile], properties: dict[str, str]) -> int:
    with LightTransaction(table) as transaction:
        operation = Operation.OVERWRITE if gone else Operation.APPEND
        producer = _Replace(operation, transaction, table.io, snapshot_properties=properties)
        for file in gone:
            producer.delete_data_file(file)
        for file in new:
            producer.append_data_file(file)
        producer.commit()
    return producer.snapshot_id


class LightTransaction(Transaction):
    """pyiceberg's transaction copies the whole table metadata whenever it is asked for it, 15 times a commit; with 40
    snapshots that is most of a commit's time. Here it is copied when something changed."""

    _known: tuple[TableMetadata, int, TableMetadata] | None = None

    @property
    def table_metadata(self) -> TableMetadata:
        base, n_updates = self._table.metadata, len(self._updates)
        if self._known is None or self._known[0] is not base or self._known[1] != n_updates:
            self._known = (base, n_updates, update_table_metadata(base, self._updates))
        return self._known[2]


class _Replace(_OverwriteFiles):
    """pyiceberg's overwrite, which leaves a manifest of deleted files behind at every call: those are dropped here, and
    small manifests are merged once there are many."""

    def _existing_manifests(self) -> list[ManifestFile]:
        return [m for m in super()._existing_manifests() if m.has_added_files() or m.has_existing_files()]

    def _process_manifests(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        merger = _ManifestMergeManager(
            target_size_bytes=TableProperties.MANIFEST_TARGET_SIZE_BYTES_DEFAULT,
            min_count_to_merge=MANIFESTS_BEFORE_MERGE,
            merge_enabled=True,
            snapshot_producer=self,
        )
        return merger.merge_manifests(manifests)


def mark_tested(table: Table) -> None:
    """Tags the newest snapshot `tested`: what was built on top of it later and not tagged is not to be relied on."""
    snapshot = table.current_snapshot()
    if snapshot and tested_snapshot(table) != snapshot.snapshot_id:
        with table.manage_snapshots() as manage:
            manage.create_tag(snapshot.snapshot_id, TESTED)


def tested_snapshot(table: Table) -> int | None:
    """Id of the last snapshot that passed its tests."""
    reference = table.metadata.refs.get(TESTED)
    return reference.snapshot_id if reference else None
