"""Rows of some data files, written anew into one: for merging small files and for taking batches out of a merged one.

Files written here carry Iceberg's field ids (files of DuckDB and Polars do not, and are found by the table's name mapping),
so they fit into every table, whichever writer made it.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import (
    ArrowScan,
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
    schema_to_pyarrow,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import FileScanTask, Table
from pyiceberg.typedef import Record

ROW_GROUP = 50_000


def read_rows(table: Table, files: Sequence[DataFile]) -> pa.Table:
    """Rows of the files, in their order, in the table's columns and types of now (columns added later are empty)."""
    scan = ArrowScan(table.metadata, table.io, table.schema(), AlwaysTrue())
    rows = scan.to_table([FileScanTask(file) for file in files])
    return rows.cast(schema_to_pyarrow(table.schema(), include_field_ids=True))


def write_rows(table: Table, rows: pa.Table, label: str) -> DataFile:
    """One Parquet file in the data folder of a table without partitions; nothing shows it yet. `label` is for people who
    look into the folder."""
    address = f"{table.location()}/data/{label}-{uuid.uuid4().hex}.parquet"
    output = table.io.new_output(address)
    with output.create() as stream:
        writer = pq.ParquetWriter(stream, rows.schema, compression="zstd", compression_level=3)
        with writer:
            writer.write_table(rows, row_group_size=ROW_GROUP)
    schema = table.schema()
    statistics = data_file_statistics_from_parquet_metadata(
        parquet_metadata=writer.writer.metadata,
        stats_columns=compute_statistics_plan(schema, table.properties),
        parquet_column_mapping=parquet_path_to_id_mapping(schema),
    )
    return DataFile.from_args(
        content=DataFileContent.DATA,
        file_path=address,
        file_format=FileFormat.PARQUET,
        partition=Record(),
        file_size_in_bytes=len(output),
        sort_order_id=None,
        spec_id=table.spec().spec_id,
        equality_ids=None,
        key_metadata=None,
        **statistics.to_serialized_dict(),
    )


def batches_in(table: Table, file: DataFile) -> frozenset[str]:
    """Batches that a file holds, from its batch_id column alone."""
    with table.io.new_input(file.file_path).open() as stream:
        column = pq.ParquetFile(stream, read_dictionary=["batch_id"]).read(["batch_id"])["batch_id"]
    return frozenset(str(value) for value in column.unique().to_pylist())


def without_batches(table: Table, file: DataFile, batch_ids: Collection[str]) -> DataFile | None:
    """A new file with the rows of the other batches, in their order; None when there are none."""
    rows = read_rows(table, [file])
    taken = pc.is_in(rows["batch_id"], pa.array(sorted(batch_ids), pa.string()))
    kept = rows.filter(pc.invert(taken))
    return write_rows(table, kept, "kept") if kept.num_rows else None


def discard(table: Table, files: Iterable[DataFile]) -> None:
    """Removes files that were written for a commit that did not come about."""
    for file in files:
        # What cannot be removed lies there unseen: no reason to fail.
        with contextlib.suppress(OSError):
            table.io.delete(file.file_path)
