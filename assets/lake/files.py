"""What lies in a table, from its metadata: data files of a snapshot, their bounds, and the entry of a new file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from pyiceberg.conversions import from_bytes
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile, ManifestContent, ManifestFile
from pyiceberg.table import Table
from pyiceberg.types import NestedField, PrimitiveType

from assets.lake.errors import LakeError
from assets.lake.tables import SchemaConflict

FOOTER_THREADS = 8

# Snapshot property of a compaction, which changes files and no rows.
COMPACTION = "maemoh.compaction"


class SnapshotGone(LakeError):
    """A snapshot that a comparison starts from was expired."""


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
