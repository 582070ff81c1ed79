"""JSON → columns of text, in columns: DuckDB parses every payload once and takes the named fields out of all records.

A path descends objects by dots and lists by `[]`: `stations[].data` are the records of all stations. Numbers come as text
(31.50 as 31.5), so a field may be a number today and a string tomorrow.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import polars as pl

from assets.readers.document import Document
from assets.readers.result import Refusal

SAMPLED_OUTER, SAMPLED_RECORDS = 3, 10
_local = threading.local()


def read_records(
    document: Document, rows: str, fields: Sequence[str], parent: Mapping[str, str]
) -> tuple[pl.DataFrame, list[str], str]:
    """(the fields and the parent's values as text with `cell`, the names that were there, where they stood).

    Args:
        rows: path to the list of records; "" when the document is the list.
        fields: names of the fields to take; a dotted name descends into the record.
        parent: name → dotted path in the object around the innermost list.

    Raises Refusal: invalid_json, unexpected_json. A list that is there and empty gives no rows.
    """
    text = document.text
    outer, inner = _split(rows)
    names = [name for name in fields if name not in parent]
    try:
        present = _present(text, outer, inner)
        frame = _frame(text, outer, inner, names, parent)
    except (duckdb.Error, UnicodeDecodeError) as error:  # DuckDB may cut its message in the middle of a Thai letter
        _ = document.json  # refuses, and says where the text breaks, when it is no JSON at all
        raise _unexpected(rows, str(error)) from error
    if outer and not frame.height and not _is_there([document.json], outer, inner):
        raise _unexpected(rows, "found nothing")
    return frame, [*present, *parent], rows.removesuffix("[]") or "json"


def _split(rows: str) -> tuple[list[str], str]:
    """`a.b[].c[].d` → the lists to descend (`a.b`, `c`) and the path of the innermost list (`d`)."""
    parts = rows.removesuffix("[]").split("[]")
    return [part.strip(".") for part in parts[:-1]], parts[-1].strip(".")


def _frame(
    text: str, outer: Sequence[str], inner: str, fields: Sequence[str], parent: Mapping[str, str]
) -> pl.DataFrame:
    records = [_structure(fields)]
    shape: Any = _nested({inner: records} | dict.fromkeys(parent.values(), "VARCHAR")) if inner else records
    for path in reversed(outer):
        shape = _nested({path: [shape]})
    steps = ["w0 as (select json_transform(?, ?) as o, 0 as i)"]
    for depth, path in enumerate(outer):
        steps.append(f"w{depth + 1} as (select unnest({_column('o', path)}) as o, 0 as i from w{depth})")
    last = f"w{len(outer)}"
    records_of = _column("o", inner)
    steps.append(f"r as (select o, unnest({records_of}) as r, generate_subscripts({records_of}, 1) as i from {last})")
    columns = [f"{_column('r', name)} as {_quoted(name)}" for name in fields]
    columns += [f"{_column('o', path)} as {_quoted(name)}" for name, path in parent.items()]
    sql = f"with {', '.join(steps)} select {', '.join(columns)}, (i - 1)::varchar as cell from r"
    found = _connection().execute(sql, [text, json.dumps(shape)])
    frame = found.pl()
    return frame.with_columns(pl.all().cast(pl.String))


def _present(text: str, outer: Sequence[str], inner: str) -> list[str]:
    """Names of the fields in the first records, dotted where a record holds objects. Raises Refusal: unexpected_json."""
    bases = ["$"]
    for path in outer:
        bases = [f"{_path(base, path)}[{i}]" for base in bases for i in range(SAMPLED_OUTER)]
    lists = [_path(base, inner) for base in bases]
    paths = [f"{one}[{i}]" for one in lists for i in range(SAMPLED_RECORDS)]
    kinds, records = (
        _connection().execute("select json_type(?1, ?2), json_extract(?1, ?3)", [text, lists, paths]).fetchall()[0]
    )
    if not any(kind == "ARRAY" for kind in kinds) and not (outer and not any(kinds)):
        raise _unexpected(".".join([*outer, inner]) or "(the document)", f"found {kinds[0] or 'nothing'}")
    names: dict[str, None] = {}
    for record in records:
        if record is not None:
            names |= dict.fromkeys(_dotted(json.loads(record), ""))
    return list(names)


def _is_there(values: Sequence[Any], outer: Sequence[str], inner: str) -> bool:
    """Is there a list of records in one of the objects, if only an empty one, or an empty list on the way to it?"""
    for path in outer:
        lists = [found for value in values for found in _at(value, path) if isinstance(found, list)]
        if not lists:
            return False
        values = [item for items in lists for item in items]
        if not values:
            return True
    return any(found is None or isinstance(found, list) for value in values for found in _at(value, inner))


def _at(value: Any, path: str) -> list[Any]:
    """What stands at a dotted path: one thing, or nothing."""
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return []
        value = value[part]
    return [value]


def _dotted(value: Any, prefix: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _dotted(inner, f"{prefix}.{key}" if prefix else key)
    elif prefix:
        yield prefix


def _structure(fields: Sequence[str]) -> dict[str, Any]:
    return _nested(dict.fromkeys(fields, "VARCHAR"))


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """`{"a.b": x}` → `{"a": {"b": x}}`."""
    made: dict[str, Any] = {}
    for path, value in flat.items():
        at = made
        *folders, leaf = path.split(".")
        for folder in folders:
            at = at.setdefault(folder, {})
        at[leaf] = value
    return made


def _column(of: str, path: str) -> str:
    return of + "".join(f".{_quoted(part)}" for part in path.split(".") if part)


def _path(base: str, path: str) -> str:
    return base + "".join(f'."{part}"' for part in path.split(".") if part)


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _unexpected(rows: str, what: str) -> Refusal:
    return Refusal(
        "unexpected_json",
        f"The answer is JSON, but there is no list of records at “{rows}” ({what.splitlines()[0][:150]}). If the partner "
        "changed its interface, tell the platform team.",
        f"คำตอบเป็น JSON แต่ไม่มีรายการข้อมูลที่ “{rows}” ({what.splitlines()[0][:150]}) หากหน่วยงานเปลี่ยนรูปแบบ โปรดแจ้งทีมแพลตฟอร์ม",
    )


def _connection() -> duckdb.DuckDBPyConnection:
    """One in-memory DuckDB a thread: opening one costs more than most payloads."""
    if not hasattr(_local, "connection"):
        _local.connection = duckdb.connect(config={"threads": 1})
    found: duckdb.DuckDBPyConnection = _local.connection
    return found
