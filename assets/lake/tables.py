"""Iceberg tables of the lake: made, and grown by new columns, from an Arrow schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError, TableAlreadyExistsError
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table, TableProperties
from pyiceberg.transforms import MonthTransform, Transform, YearTransform
from pyiceberg.types import (
    BooleanType,
    DateType,
    DoubleType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
)

from assets.lake.errors import LakeError

Grain = Literal["month", "year"]

_TYPES: dict[pa.DataType, IcebergType] = {
    pa.string(): StringType(),
    pa.large_string(): StringType(),
    pa.string_view(): StringType(),
    pa.int64(): LongType(),
    pa.int32(): IntegerType(),
    pa.float64(): DoubleType(),
    pa.bool_(): BooleanType(),
    pa.date32(): DateType(),
    pa.timestamp("us", "UTC"): TimestamptzType(),
    pa.timestamp("us"): TimestampType(),
}
_TRANSFORMS: dict[str, Transform[Any, Any]] = {"month": MonthTransform(), "year": YearTransform()}


class SchemaConflict(LakeError):
    """A table and the rows meant for it disagree in a way that needs a person."""


def ensure_table(
    catalog: Catalog,
    namespace: str,
    name: str,
    schema: pa.Schema,
    partition: tuple[str, Grain] | None = None,
    *,
    is_rebuild: bool = False,
) -> Table:
    """The table, created or with new columns added. Columns are all optional; `schema` decides their order once.

    `is_rebuild` says that all rows are replaced next: columns that `schema` no longer has are dropped and the
    partitioning may change. Raises SchemaConflict when a column changed its type (or, without `is_rebuild`, the
    partitioning differs), LakeError on a type that a table here may not hold.
    """
    wanted = [(field.name, _iceberg_type(field, f"{namespace}.{name}")) for field in schema]
    try:
        table = catalog.load_table((namespace, name))
    except NoSuchTableError:
        catalog.create_namespace_if_not_exists(namespace)
        try:
            return _create(catalog, namespace, name, wanted, partition)
        except TableAlreadyExistsError:  # another process was quicker
            table = catalog.load_table((namespace, name))
    _evolve(table, f"{namespace}.{name}", wanted, is_rebuild)
    _repartition(table, f"{namespace}.{name}", partition, is_rebuild)
    return table


def _iceberg_type(field: pa.Field, table: str) -> IcebergType:
    try:
        return _TYPES[field.type]
    except KeyError:
        allowed = ", ".join(sorted({str(t) for t in _TYPES}))
        raise LakeError(
            f"column {field.name} of {table} has the type {field.type}, which the lake's tables do not hold",
            f"cast it to one of: {allowed}",
        ) from None


def _create(
    catalog: Catalog,
    namespace: str,
    name: str,
    columns: Sequence[tuple[str, IcebergType]],
    partition: tuple[str, Grain] | None,
) -> Table:
    fields = [NestedField(i, column, kind, required=False) for i, (column, kind) in enumerate(columns, start=1)]
    schema = Schema(*fields)
    spec = PartitionSpec()
    if partition:
        column, grain = partition
        source = schema.find_field(column).field_id
        spec = PartitionSpec(PartitionField(source, 1000, _TRANSFORMS[grain], f"{column}_{grain}"))
    # Files written by DuckDB and Polars carry no field ids: readers find the columns by this mapping.
    properties = {
        TableProperties.DEFAULT_NAME_MAPPING: schema.name_mapping.model_dump_json(),
        TableProperties.FORMAT_VERSION: "2",
    }
    return catalog.create_table((namespace, name), schema=schema, partition_spec=spec, properties=properties)


def _evolve(table: Table, name: str, wanted: Sequence[tuple[str, IcebergType]], is_rebuild: bool) -> None:
    present = {field.name: field.field_type for field in table.schema().fields}
    for column, kind in wanted:
        if column in present and present[column] != kind:
            raise SchemaConflict(
                f"column {column} of {name} is {present[column]} in the table and {kind} in the rows meant for it",
                f"give the new meaning a new column name, or drop {name} and build it again from the step before it",
            )
    added = [(column, kind) for column, kind in wanted if column not in present]
    dropped = [column for column in present if column not in dict(wanted)] if is_rebuild else []
    if added or dropped:
        with table.update_schema(allow_incompatible_changes=True) as update:
            for column, kind in added:
                update.add_column(column, kind)
            for column in dropped:
                update.delete_column(column)


def _repartition(table: Table, name: str, partition: tuple[str, Grain] | None, is_rebuild: bool) -> None:
    fields = [(table.schema().find_column_name(f.source_id), str(f.transform)) for f in table.spec().fields]
    if fields == ([partition] if partition else []):
        return
    if not is_rebuild:
        raise SchemaConflict(
            f"{name} is partitioned by {fields or 'nothing'}, not by {partition or 'nothing'}",
            f"build all of {name} once instead of some of its months",
        )
    with table.update_spec() as update:
        for spec_field in table.spec().fields:
            update.remove_field(spec_field.name)
        if partition:
            update.add_field(partition[0], _TRANSFORMS[partition[1]], f"{partition[0]}_{partition[1]}")


def describe(table: Table, comment: str, columns: Mapping[str, str]) -> None:
    """Puts descriptions into the table, where every engine finds them; no commit when they are there already."""
    known = {field.name: field.doc or "" for field in table.schema().fields}
    changed = {name: text for name, text in columns.items() if known.get(name, text) != text}
    if table.properties.get("comment", "") == comment and not changed:
        return
    with table.transaction() as transaction:
        transaction.set_properties(comment=comment)
        if changed:
            with transaction.update_schema() as update:
                for name, text in changed.items():
                    update.update_column(name, doc=text)
