"""A published table as Postgres statements: types, key, and the catalogue's words as comments. Text only, no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assets.catalogue import Column
from assets.export.offer import SYNTHETIC_EN, SYNTHETIC_TH, Item
from assets.export.postgres import PublishError, literal, quoted

TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}
"""DuckDB's name → Postgres' own name, as `format_type` gives it."""
NULLS_NOT_DISTINCT = 150_000
"""First server version that can call two empty values alike in a key."""


def columns(item: Item) -> dict[str, str]:
    """Column → Postgres type. Raises PublishError for a type that has no counterpart."""
    for name, duck in item.columns:
        if duck not in TYPES:
            raise PublishError(
                f"{item.name}.{name} is of type {duck}, which has no counterpart in Postgres",
                "add it to TYPES in assets/export/postgres_tables.py",
            )
    return {name: TYPES[duck] for name, duck in item.columns}


def create(item: Item) -> str:
    """CREATE TABLE, without a key: an index is built faster after the rows."""
    body = ", ".join(f"{quoted(name)} {pg_type}" for name, pg_type in columns(item).items())
    return f"create table {quoted(item.name)} ({body});"


def reshape(item: Item, there: Mapping[str, str]) -> str:
    """Makes a table that is there (column → type) hold the columns it must; views on the others' columns stay whole."""
    wanted = columns(item)
    changes = [f"drop column {quoted(name)}" for name, pg_type in there.items() if wanted.get(name) != pg_type]
    changes += [
        f"add column {quoted(name)} {pg_type}" for name, pg_type in wanted.items() if there.get(name) != pg_type
    ]
    return f"alter table {quoted(item.name)} {', '.join(changes)};" if changes else ""


def key(item: Item, has_empty: bool, server: int) -> str | None:
    """The key as Postgres writes it: a primary key, or a unique one where a part of it may be empty."""
    names = [name for name in item.table.key if name in dict(item.columns)]
    if not names or len(names) < len(item.table.key):
        return None
    listed = f"({', '.join(names)})"
    if not has_empty:
        return f"PRIMARY KEY {listed}"
    return f"UNIQUE NULLS NOT DISTINCT {listed}" if server >= NULLS_NOT_DISTINCT else f"UNIQUE {listed}"


def key_name(item: Item) -> str:
    """Name of the key's constraint."""
    return f"{item.table.short}_key"


def add_key(item: Item, written: str) -> str:
    """ALTER TABLE … ADD CONSTRAINT for a key as `key` writes it."""
    head, _, listed = written.partition("(")
    names = ", ".join(quoted(name) for name in listed.rstrip(")").split(", "))
    return f"alter table {quoted(item.name)} add constraint {quoted(key_name(item))} {head}({names});"


def comments(item: Item) -> Iterator[str]:
    """COMMENT ON the table and each of its columns, Thai first."""
    table = item.table
    text = f"{table.label.both}\n{table.description.th}\n{table.description.en}\n{table.grain.both}"
    if item.is_synthetic:
        text = f"{SYNTHETIC_TH} / {SYNTHETIC_EN}\n{text}"
    yield f"comment on table {quoted(item.name)} is {literal(text)};"
    published = dict(item.columns)
    for column in table.columns:
        if column.name in published:
            yield f"comment on column {quoted(f'{item.name}.{column.name}')} is {literal(_words(column))};"


def _words(column: Column) -> str:
    """Meaning, unit and averaging period; `see x` names the column that holds them."""
    facts = [fact for fact in (column.unit, column.averaging) if fact]
    beside = "; ".join(dict.fromkeys(fact.replace("see ", "ดู/see ") for fact in facts))
    return column.meaning.both + (f" [{beside}]" if beside else "")


def grants(schema: str, names: Sequence[str], role: str) -> str:
    """Lets a role read some tables of a schema, and nothing else."""
    listed = ", ".join(quoted(name) for name in names)
    return f"grant usage on schema {quoted(schema)} to {quoted(role)};" + (
        f"grant select on {listed} to {quoted(role)};" if names else ""
    )
