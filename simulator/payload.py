"""A partner's answer seen as records with fields, whatever it is written in: JSON, GeoJSON, delimited text, XML.

The faults of simulator/faults.py act on this, so that they fit every feed without knowing it.
"""

from __future__ import annotations

import json
import re
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from .feed import Answer
from .payload_csv import NUMBER, CsvPayload
from .payload_json import JsonPayload
from .payload_xml import XmlPayload

Path = tuple[str, ...]
# Numbers that name, place or date a record: their loss says less than that of a measured one.
NAMING = {
    *("id", "idn", "code", "no", "number", "key", "lat", "lon", "long", "lng", "latitude", "longitude", "x", "y", "z"),
    *("date", "time", "datetime", "year", "month", "day", "hour", "epoch", "timestamp", "index", "phone", "postcode"),
}


class Payload(Protocol):
    """What a fault can do to an answer."""

    rows: list[Any]
    """The records of the first list, to be changed in place."""

    def fields(self) -> dict[Path, list[str]]:
        """Path of a field inside a record → its texts over all records."""

    def add(self, name: str, value: str) -> None: ...

    def drop(self, field: Path) -> None: ...

    def change(self, field: Path, value: str) -> None: ...

    def empty(self) -> None:
        """No record is left; what is around the records stays."""

    def dump(self) -> bytes: ...


def read(answer: Answer) -> Payload | None:
    """The payload of an answer; None when it is none of the formats that are understood."""
    text, encoding = _decode(answer.body)
    start = text.lstrip()[:15].lower()
    if start.startswith(("{", "[")):
        try:
            return JsonPayload(json.loads(text))
        except ValueError:
            return None
    if start.startswith("<"):
        try:
            return None if start.startswith(("<!doctype html", "<html")) else XmlPayload(text)
        except ExpatError:
            return None
    return CsvPayload(text, encoding) if text.strip() else None


def measured(fields: dict[Path, list[str]], named: str | None = None) -> Path | None:
    """The field called `named` (its last piece, or dotted), else the one that looks most like a measured number.

    LookupError when no record has a field of that name: a fault that silently did nothing would prove nothing.
    """
    if named is None:
        return max(fields, key=lambda path: _looks(path, fields[path]), default=None)
    found = next((path for path in fields if named in (path[-1], ".".join(path))), None)
    if found is None:
        raise LookupError(f"no record has a field {named!r}; there are {', '.join(map('.'.join, fields))}")
    return found


def _looks(path: Path, texts: list[str]) -> tuple[float, bool, float, int]:
    numbers = [text for text in texts if text.strip() and NUMBER.fullmatch(text.strip())]
    words = set(re.sub(r"([a-z])([A-Z])", r"\1 \2", path[-1]).replace("_", " ").lower().split())
    share = len(numbers) / max(len(texts), 1)
    fractions = sum("." in text for text in numbers) / max(len(numbers), 1)
    naming = bool(words & NAMING) or path[-1].lower().endswith("id")
    return (share if share < 0.5 else 1.0), not naming, fractions, len(set(numbers))


def _decode(data: bytes) -> tuple[str, str]:
    """Text and its encoding, as partners write: UTF-8 with or without BOM, else Windows Thai; ("", "") for binary."""
    if b"\0" in data[:4096]:
        return "", ""
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "cp874"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return "", ""
