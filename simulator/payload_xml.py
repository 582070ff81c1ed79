"""XML answers as records with fields, SOAP included."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from xml.dom import minidom

Path = tuple[str, ...]


class XmlPayload:
    """Records are the elements that repeat most under one parent; with none repeating, the first whose children are all
    leaves. A document escaped inside a text (SOAP) is the one that is meant."""

    def __init__(self, text: str) -> None:
        self.document = minidom.parseString(text.encode())
        self.declared = text.lstrip().startswith("<?xml")
        self.inner: XmlPayload | None = None
        elements = [e for e in self.document.getElementsByTagName("*") if isinstance(e, minidom.Element)]
        for leaf in (e for e in elements if not _children(e)):
            if _text(leaf).lstrip().startswith("<"):
                self.leaf, self.inner = leaf, XmlPayload(_text(leaf).strip())
        self.rows: list[Any] = self.inner.rows if self.inner else _records(elements)

    def fields(self) -> dict[Path, list[str]]:
        found: dict[Path, list[str]] = defaultdict(list)
        for record in self.rows:
            for path, leaf in _xml_leaves(record):
                found[path].append(_text(leaf))
        return dict(found)

    def add(self, name: str, value: str) -> None:
        for record in self.rows:
            element = record.ownerDocument.createElement(name)
            element.appendChild(record.ownerDocument.createTextNode(value))
            record.appendChild(element)

    def drop(self, field: Path) -> None:
        for leaf in self._named(field):
            leaf.parentNode.removeChild(leaf)

    def change(self, field: Path, value: str) -> None:
        for leaf in self._named(field):
            _write(leaf, value)

    def _named(self, field: Path) -> list[Any]:
        return [leaf for record in self.rows for path, leaf in _xml_leaves(record) if path == field]

    def empty(self) -> None:
        for record in self.rows:
            record.parentNode.removeChild(record)
        self.rows.clear()

    def dump(self) -> bytes:
        if self.inner:
            _write(self.leaf, self.inner.dump().decode())
        node = self.document if self.declared else self.document.documentElement
        assert node is not None
        return bytes(node.toxml(encoding="utf-8"))


def _children(element: minidom.Element) -> list[minidom.Element]:
    return [child for child in element.childNodes if isinstance(child, minidom.Element)]


def _text(element: minidom.Element) -> str:
    return "".join(child.data for child in element.childNodes if isinstance(child, minidom.Text))


def _write(element: minidom.Element, value: str) -> None:
    for child in list(element.childNodes):
        element.removeChild(child)
    element.appendChild(element.ownerDocument.createTextNode(value))  # type: ignore[union-attr]


def _records(elements: list[minidom.Element]) -> list[minidom.Element]:
    groups = [(e, tag, n) for e in elements for tag, n in Counter(c.tagName for c in _children(e)).items() if n > 1]
    if groups:
        parent, tag, _ = max(groups, key=lambda group: group[2])
        return [child for child in _children(parent) if child.tagName == tag]
    flat = (e for e in elements if _children(e) and not any(map(_children, _children(e))))
    return [first] if (first := next(flat, None)) is not None else []


def _xml_leaves(element: minidom.Element, path: Path = ()) -> Iterator[tuple[Path, minidom.Element]]:
    for child in _children(element):
        if _children(child):
            yield from _xml_leaves(child, (*path, child.tagName))
        else:
            yield (*path, child.tagName), child
