"""The one way of writing: rows go once, as Parquet, into a table's own data folder, and one metadata commit shows them.

A commit takes whole files away and adds new ones, in one snapshot. Nothing here reads or rewrites a row: a replacement
that would need half of a file is refused, so a table never collects row-level deletes or second copies.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from pyiceberg.conversions import from_bytes
from pyiceberg.exceptions import CommitFailedException, ValidationException
from pyiceberg.expressions import BooleanExpression
from pyiceberg.expressions.parser import parse
from pyiceberg.expressions.visitors import (
    ROWS_MIGHT_NOT_MATCH,
    ROWS_MUST_MATCH,
    _InclusiveMetricsEvaluator,
    _StrictMetricsEvaluator,
)
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile, ManifestContent, ManifestFile
from pyiceberg.table import Table, TableProperties, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import update_table_metadata
from pyiceberg.table.update.snapshot import _ManifestMergeManager, _OverwriteFiles
from pyiceberg.types import NestedField, PrimitiveType

from assets.lake.errors import CommitConflict, LakeError
from assets.lake.tables import SchemaConflict, ensure_table

__all__ = [
    "BUILT_FROM",
    "PROJECT",
    "RUN_ID",
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
    "tested_snapshot",
]

# Snapshot properties: what a snapshot was built from ({table: snapshot id} as JSON), by which run, by which models.
BUILT_FROM = "maemoh.built-from"
RUN_ID = "maemoh.run-id"
PROJECT = "maemoh.project-hash"

TESTED = "tested"
ATTEMPTS = 6
FOOTER_THREADS = 8
MANIFESTS_BEFORE_MERGE = 20


class PartialFile(LakeError):
    """A replacement matches some rows of a data file but not all of them."""


class SnapshotGone(LakeError):
    """A snapshot that a comparison starts from was expired."""


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
    """Takes the files of `batch_ids` away and adds `files`, in one snapshot. Returns its id.

    A file holds one batch. Ids have 16 characters, so the bounds that Iceberg cuts at 16 are exact and a file's batch
    is known without opening it. (A predicate `In` would not do: pyiceberg gives up on lists of more than 200.)
    """
    wanted = set(batch_ids)
    field = table.schema().find_field("batch_id")

    def matches(file: DataFile) -> bool:
        low, high = bounds_of(file, field)
        if low == high:
            return low in wanted
        if any(low <= batch_id <= high for batch_id in wanted):
            raise PartialFile(
                f"{file.file_path} holds the batches {low} to {high}, of which some are replaced",
                "write one file per batch",
            )
        return False

    return _replace(table, matches, files, properties)


def _replace(
    table: Table,
    matches: Callable[[DataFile], bool],
    files: Sequence[str],
    properties: Mapping[str, str] | None,
) -> int:
    """One snapshot: files that match go, `files` come. Again with fresh metadata when another writer was quicker.

    Idempotent: files that are already there stay, and when nothing would change and the properties are the same, no
    snapshot is made. A replacement that changes no file still makes one when its properties differ, so that a table
    always says what it was built from.
    """
    properties, wanted = dict(properties or {}), set(files)
    described: dict[str, DataFile] = {}
    for attempt in range(ATTEMPTS):
        if attempt:
            # Random, so that two writers that collided do not collide again.
            time.sleep(random.uniform(0.05, 0.2) * 2**attempt)
            table.refresh()
        snapshot = table.current_snapshot()
        live = live_files(table)
        gone = [file for path, file in live.items() if path not in wanted and matches(file)]
        new = [path for path in wanted if path not in live]
        if snapshot and not gone and not new and _says(snapshot.summary, properties):
            return snapshot.snapshot_id
        described |= describe_files(table, [path for path in new if path not in described])
        try:
            return _commit(table, gone, [described[path] for path in sorted(new)], properties)
        except (CommitFailedException, ValidationException):
            continue
    raise CommitConflict(
        f"{'.'.join(table.name())} was changed by another writer {ATTEMPTS} times in a row",
        "let one process at a time write to this lake, then run again: nothing was lost",
    )


def _says(summary: Any, properties: Mapping[str, str]) -> bool:
    return summary is not None and all(summary.get(key) == value for key, value in properties.items())


def _commit(table: Table, gone: Sequence[DataFile], new: Sequence[DataFile], properties: dict[str, str]) -> int:
    with _Transaction(table) as transaction:
        operation = Operation.OVERWRITE if gone else Operation.APPEND
        producer = _Replace(operation, transaction, table.io, snapshot_properties=properties)
        for file in gone:
            producer.delete_data_file(file)
        for file in new:
            producer.append_data_file(file)
        producer.commit()
    return producer.snapshot_id


class _Transaction(Transaction):
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


def describe_files(table: Table, files: Sequence[str]) -> dict[str, DataFile]:
    """Iceberg's entry for each Parquet file, from its footer; several at a time, since each costs a few round trips."""

    def describe(path: str) -> DataFile:
        try:
            return parquet_file_to_data_file(table.io, table.metadata, path)
        except ValueError as error:
            raise SchemaConflict(
                f"{path} does not fit into {'.'.join(table.name())}: {error}",
                "write the columns and types of the table, one partition per file",
            ) from error

    with ThreadPoolExecutor(FOOTER_THREADS) as pool:
        return dict(zip(files, pool.map(describe, files), strict=True))


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


# ── what is there ─────────────────────────────────────────────────────────────────────────────────────────────────────


def live_files(table: Table, snapshot_id: int | None = None) -> dict[str, DataFile]:
    """Data files of a snapshot (the current one by default) by address, from its manifests alone."""
    return files_of(table, data_manifests(table, snapshot_id))


def data_manifests(table: Table, snapshot_id: int | None) -> list[ManifestFile]:
    """Manifests of a snapshot (None: the current one). Raises SnapshotGone."""
    snapshot = table.current_snapshot() if snapshot_id is None else table.snapshot_by_id(snapshot_id)
    if snapshot is None and snapshot_id is not None:
        raise SnapshotGone(
            f"snapshot {snapshot_id} of {'.'.join(table.name())} is not in the table's history any more",
            "rebuild everything that was built from it",
        )
    manifests = snapshot.manifests(table.io) if snapshot else []
    return [manifest for manifest in manifests if manifest.content == ManifestContent.DATA]


def files_of(table: Table, manifests: Sequence[ManifestFile], skip: Collection[str] = ()) -> dict[str, DataFile]:
    """Data files that the manifests list, by address; `skip` names manifests that need not be opened."""

    def read(manifest: ManifestFile) -> list[DataFile]:
        return [entry.data_file for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)]

    with ThreadPoolExecutor(FOOTER_THREADS) as pool:
        groups = pool.map(read, [m for m in manifests if m.manifest_path not in skip])
        return {file.file_path: file for group in groups for file in group}


def bounds_of(file: DataFile, field: NestedField) -> tuple[Any, Any]:
    """Lowest and highest value of a column in a file. Raises LakeError when the file does not say."""
    low = (file.lower_bounds or {}).get(field.field_id)
    high = (file.upper_bounds or {}).get(field.field_id)
    if low is None or high is None:
        raise LakeError(
            f"{file.file_path} gives no bounds for {field.name}",
            f"write it with column statistics and without empty values in {field.name}",
        )
    kind = cast(PrimitiveType, field.field_type)
    return from_bytes(kind, low), from_bytes(kind, high)
