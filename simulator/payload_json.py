"""JSON and GeoJSON answers as records with fields."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .feed import as_json

Path = tuple[str, ...]
COUNTER = re.compile(r"(number_?(matched|returned)|total\w*|\w*count|\w*total|matched|returned)", re.IGNORECASE)


class JsonPayload:
    """Records are the items of the longest list of objects (and of its twins under other parents); failing that a list
    of lists, the values of the largest object of objects, or the document itself."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.lists: list[Any] = []
        by_path: dict[Path, list[list[Any]]] = defaultdict(list)
        for path, items in _lists(document):
            by_path[path].append(items)
        ranked = {path: _rank(group, path) for path, group in by_path.items()}
        best = max(ranked, key=lambda path: ranked[path], default=None)
        if best is not None and ranked[best][0]:
            self.lists = by_path[best]
        self.map = None if self.lists else max(_maps(document), key=len, default=None)
        self.rows = self.lists[0] if self.lists else []
        self.values = [items for group in by_path.values() for items in group]
        # All lists are empty: nothing is told, and the envelope is no record.
        self.bare = bool(self.values) and not any(self.values)

    @property
    def records(self) -> list[tuple[str, Any]]:
        """Each with its name: the key in an object of objects, which its fields' names may repeat (`oil_ptt_ds`)."""
        if self.lists:
            return [("", record) for items in self.lists for record in items]
        if self.map is not None:
            return list(self.map.items())
        return [("", self.document)] if isinstance(self.document, dict) and not self.bare else []

    def fields(self) -> dict[Path, list[str]]:
        found: dict[Path, list[str]] = defaultdict(list)
        for name, record in self.records:
            for path, value in _leaves(record):
                alike = tuple(piece.replace(name, "*") if name else piece for piece in path)
                found[alike].append("" if value is None else str(value))
        return dict(found)

    def add(self, name: str, value: str) -> None:
        for _, record in self.records:
            if isinstance(record, list):
                record.append(value)
            else:  # a GeoJSON feature keeps its fields one level down
                target = record.get("properties") if record.get("type") == "Feature" else record
                (target if isinstance(target, dict) else record)[name] = value

    def drop(self, field: Path) -> None:
        for holder, last in self._holders(field):
            del holder[last]

    def change(self, field: Path, value: str) -> None:
        for holder, last in self._holders(field):
            holder[last] = value

    def _holders(self, field: Path) -> Iterator[tuple[Any, Any]]:
        """The objects (or lists) inside the records that have the field, each with the key (or place) of it."""
        for name, holder in self.records:
            *way, last = (piece.replace("*", name) if name else piece for piece in field)
            for piece in way:
                holder = holder.get(piece) if isinstance(holder, dict) else None
            if isinstance(holder, dict) and last in holder:
                yield holder, last
            elif isinstance(holder, list) and int(last) < len(holder):
                yield holder, int(last)

    def empty(self) -> None:
        for items in self.lists:
            items.clear()
        if self.map is not None:
            self.map.clear()
        elif not self.lists and self.values:
            max(self.values, key=len).clear()
        elif not self.lists and isinstance(self.document, dict):
            self.document.clear()
        _zero(self.document)

    def dump(self) -> bytes:
        return as_json(self.document)


def _lists(value: Any, path: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """Every list with its path; `[]` stands for any item and `*` for any key of an object of like objects."""
    if isinstance(value, list):
        yield path, value
        for item in value:
            yield from _lists(item, (*path, "[]"))
    elif isinstance(value, dict):
        alike = len(value) > 1 and all(isinstance(v, dict) and v.keys() == _first(value).keys() for v in value.values())
        for key, item in value.items():
            yield from _lists(item, (*path, "*" if alike else key))


def _first(value: dict[str, Any]) -> Any:
    return next(iter(value.values()))


def _rank(group: list[list[Any]], path: Path) -> tuple[int, int, int]:
    """Lists of objects before lists of lists before others (0: not records); then the longest; then the outermost."""
    items = [item for one in group for item in one]
    of_objects = bool(items) and all(isinstance(item, dict) for item in items)
    of_lists = bool(items) and all(isinstance(item, list) for item in items) and "coordinates" not in path
    return 2 * of_objects + of_lists, max(map(len, group)), -len(path)


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """Objects whose values are all objects."""
    if isinstance(value, dict):
        if len(value) > 1 and all(isinstance(item, dict) for item in value.values()):
            yield value
        for item in value.values():
            yield from _maps(item)


def _leaves(record: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(record, list) and not path:
        yield from (((str(i),), item) for i, item in enumerate(record))
    elif isinstance(record, dict):
        for key, item in record.items():
            if isinstance(item, dict):
                yield from _leaves(item, (*path, key))
            elif not isinstance(item, list):
                yield (*path, key), item


def _zero(value: Any) -> None:
    """Counters of the envelope say that there is nothing."""
    if isinstance(value, list):
        for item in value:
            _zero(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if COUNTER.fullmatch(key) and isinstance(item, int) and not isinstance(item, bool):
                value[key] = 0
            elif COUNTER.fullmatch(key) and isinstance(item, str) and item.isdigit():
                value[key] = "0"
            else:
                _zero(item)
