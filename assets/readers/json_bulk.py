"""Long flat lists of JSON records → columns of text, in one pass: what json_records.py does, for payloads of megabytes.

Polars reads the bytes straight into the named columns; no record ever becomes a Python object, and the whole never becomes
a Python text, which would cost more than reading it. Whatever it cannot read (other encodings too) goes to the general
reader, which says what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.readers.document import Document
from assets.readers.json_records import SAMPLED_RECORDS, read_records

HEAD_BYTES = 200_000
_BOM = b"\xef\xbb\xbf"
_TO_NEXT = re.compile(r"[\s,]*")


def read_bulk(
    document: Document, place: str, fields: Sequence[str], parent: Mapping[str, str]
) -> tuple[pl.DataFrame, list[str], str]:
    """(the fields and the parent's values as text with `cell`, the names that were there, where they stood).

    Args:
        place: name of the list in the document; "" when the document is the list.
        fields: names of the fields to take, not dotted.
        parent: name → path in the document, at most one dot deep.

    Raises Refusal as `read_records` does.
    """
    records = pl.List(pl.Struct(dict.fromkeys(fields, pl.String)))
    try:
        data = document.data.removeprefix(_BOM)
        present = _present(data, place)
        if not place:
            frame = pl.read_json(data, schema=dict.fromkeys(fields, pl.String))
            return _numbered(frame, fields), present, "json"
        whole = pl.read_json(data, schema=_shape(place, records, parent).to_schema())
        if not whole[place].list.len()[0]:
            raise ValueError("nothing in the list")
        frame = whole[place].explode().struct.unnest()
    except (pl.exceptions.PolarsError, ValueError):
        return read_records(document, place, fields, parent)
    around = [pl.lit(_value(whole, path), pl.String).alias(name) for name, path in parent.items()]
    return _numbered(frame, fields).with_columns(around), [*present, *parent], place


def _shape(place: str, records: pl.DataType, parent: Mapping[str, str]) -> pl.Struct:
    made: dict[str, Any] = {place: records}
    for path in parent.values():
        outer, _, inner = path.partition(".")
        made[outer] = {**made.get(outer, {}), inner: pl.String} if inner else pl.String
    return pl.Struct({name: pl.Struct(kind) if isinstance(kind, dict) else kind for name, kind in made.items()})


def _value(whole: pl.DataFrame, path: str) -> str | None:
    outer, _, inner = path.partition(".")
    value = whole[outer][0]
    return value.get(inner) if inner and value is not None else value


def _numbered(frame: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    return frame.select(*fields, pl.int_range(pl.len()).cast(pl.String).alias("cell"))


def _present(data: bytes, place: str) -> list[str]:
    """Names of the fields in the first records. Raises ValueError when the document is not of the form."""
    named = re.search(rf'"{re.escape(place)}"\s*:\s*\['.encode(), data) if place else re.match(rb"\s*\[", data)
    if named is None or (place and not re.match(rb"\s*\{", data)):
        raise ValueError(place)
    text = data[named.end() : named.end() + HEAD_BYTES].decode(errors="replace")
    decoder, at = json.JSONDecoder(), 0
    names: dict[str, None] = {}
    for _ in range(SAMPLED_RECORDS):
        at = _matched_end(text, at)
        if text[at : at + 1] != "{":
            break
        record, at = decoder.raw_decode(text, at)
        names |= dict.fromkeys(record)
    return list(names)


def _matched_end(text: str, at: int) -> int:
    found = _TO_NEXT.match(text, at)
    return found.end() if found else at
