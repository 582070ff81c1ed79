"""How a delivery is corrupted: small edits of its bytes, made by functions that are written where a mutation is listed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from simulator.egat import GridSpec, Traps
from simulator.egat.book import address
from simulator.egat.distributions import hourly
from simulator.egat.rewrite import edit_part

from .mutation import Delivery, Edit

ENCODINGS = ("utf-8-sig", "utf-8", "cp874")


def all_of(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(delivery: Delivery) -> Delivery:
        for one in edits:
            delivery = one(delivery)
        return delivery

    return edit


def raw(change: Callable[[bytes], bytes]) -> Edit:
    """The bytes, changed."""
    return lambda delivery: delivery._replace(data=change(delivery.data))


def path(text: str) -> Edit:
    """The same bytes under another path."""
    return lambda delivery: delivery._replace(path=text)


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def replaced(old: str, new: str, times: int = 1) -> Edit:
    """Other words in a text, in the encoding that it has. The words must be there."""

    def edit(delivery: Delivery) -> Delivery:
        text, encoding = _decoded(delivery.data)
        assert old in text, f"{delivery.path} does not hold {old!r}"
        return delivery._replace(data=text.replace(old, new, times).encode(encoding))

    return edit


def line(number: int, **columns: str) -> Edit:
    """Other content in a line of a CSV, by the names of its columns; `number` as an editor counts."""

    def change(lines: list[list[str]]) -> None:
        header = next(row for row in lines if set(columns) <= set(row))
        for name, text in columns.items():
            lines[number - 1][header.index(name)] = text

    return _lines(change)


def without_line(number: int) -> Edit:
    return _lines(lambda lines: lines.__delitem__(number - 1))


def line_twice(number: int) -> Edit:
    return _lines(lambda lines: lines.insert(number, list(lines[number - 1])))


def renamed(old: str, new: str) -> Edit:
    """A column of a CSV under another name."""

    def change(lines: list[list[str]]) -> None:
        header = next(row for row in lines if old in row)
        header[header.index(old)] = new

    return _lines(change)


def without_column(name: str) -> Edit:
    """A CSV without a column."""

    def change(lines: list[list[str]]) -> None:
        place = next(row for row in lines if name in row).index(name)
        for row in lines:
            del row[place : place + 1]

    return _lines(change)


def column(name: str, text: str) -> Edit:
    """A CSV with the same text in a column of every record."""

    def change(lines: list[list[str]]) -> None:
        top = next(number for number, row in enumerate(lines) if name in row)
        for row in lines[top + 1 :]:
            row[lines[top].index(name)] = text

    return _lines(change)


def column_twice(name: str, called: str | None = None) -> Edit:
    """A CSV in which a column stands a second time, at the end, or under another name."""

    def change(lines: list[list[str]]) -> None:
        place = next(row for row in lines if name in row).index(name)
        for row in lines:
            if len(row) > place:
                row.append(called if called and row[place] == name else row[place])

    return _lines(change)


def _lines(change: Callable[[list[list[str]]], Any]) -> Edit:
    def edit(delivery: Delivery) -> Delivery:
        text, encoding = _decoded(delivery.data)
        separator = "|" if text.count("|") > text.count(",") else ","
        end = "\r\n" if "\r\n" in text else "\n"
        lines = list(csv.reader(io.StringIO(text), delimiter=separator))
        change(lines)
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator=end).writerows(lines)
        return delivery._replace(data=out.getvalue().encode(encoding))

    return edit


def _decoded(data: bytes) -> tuple[str, str]:
    for encoding in ENCODINGS:
        if encoding == "utf-8-sig" and not data.startswith(b"\xef\xbb\xbf"):
            continue
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise AssertionError("neither UTF-8 nor cp874")


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

Step = str | int


def put(*way: Step, value: Any) -> Edit:
    """Another value in a JSON document, at the end of a way of keys and positions."""
    return changed(lambda document: _at(document, way[:-1]).__setitem__(way[-1], value))


def removed(*way: Step) -> Edit:
    """A JSON document without a field or an entry."""
    return changed(lambda document: _at(document, way[:-1]).__delitem__(way[-1]))


def entry_twice(*way: Step) -> Edit:
    """A JSON list in which the entry at the end of the way stands a second time, at the end."""
    return changed(lambda document: _at(document, way[:-1]).append(_at(document, way)))


def changed(change: Callable[[Any], Any]) -> Edit:
    """A JSON document, changed in place."""

    def edit(delivery: Delivery) -> Delivery:
        document = json.loads(delivery.data)
        change(document)
        return delivery._replace(data=json.dumps(document, ensure_ascii=False).encode())

    return edit


def _at(document: Any, way: tuple[Step, ...]) -> Any:
    for step in way:
        document = (
            list(document.values())[step] if isinstance(document, dict) and isinstance(step, int) else document[step]
        )
    return document


# ── workbooks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


Content = str | float | None


def cell(at: str, content: Content, sheet: int = 1) -> Edit:
    """Another content in one cell of a workbook (None: empty); what was calculated from it stays as it was."""
    return cells({at: content}, sheet)


def cells(contents: Mapping[str, Content], sheet: int = 1) -> Edit:
    """Another content in some cells of a workbook."""

    def change(xml: bytes) -> bytes:
        for at, content in contents.items():
            xml = _with_cell(xml, at, content)
        return xml

    return lambda delivery: delivery._replace(data=edit_part(delivery.data, f"xl/worksheets/sheet{sheet}.xml", change))


def _with_cell(xml: bytes, at: str, content: Content) -> bytes:
    found = re.search(rb'<c r="%s"(?: s="\d+")?[^>]*?(?:/>|>.*?</c>)' % at.encode(), xml, re.S)
    assert found, f"the sheet has no cell {at}"
    style = re.search(rb' s="\d+"', found[0])
    start = f'<c r="{at}"{style[0].decode() if style else ""}'
    if content is None:
        made = f"{start}/>"
    elif isinstance(content, str):
        made = f'{start} t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'
    else:
        made = f"{start}><v>{content!r}</v></c>"
    return xml.replace(found[0], made.encode(), 1)


def hours(changes: Mapping[tuple[int, int], float] | Callable[[np.ndarray], object], **spec: Any) -> Edit:
    """An hourly workbook of EGAT with other numbers, its own sums and counts agreeing: (day, hour 1 to 24) → number, or a
    function that changes the table of days × 24. `spec` are other fields of its description."""

    def edit(delivery: Delivery) -> Delivery:
        from .clean import GRIDS

        known = GRIDS[next(name for name in GRIDS if GRIDS[name][0] == delivery.path)][1]
        values = _hours(known).copy()
        if callable(changes):
            changes(values)
        else:
            for (day, hour), number in changes.items():
                values[day, hour - 1] = number
        made = GridSpec(**{**_fields(known), "values": values, **spec})
        return delivery._replace(data=made.build().data)

    return edit


def trapped(**spec: Any) -> Edit:
    """An hourly workbook of EGAT that is described otherwise: other traps, another title, another header."""

    def edit(delivery: Delivery) -> Delivery:
        from .clean import GRIDS

        known = GRIDS[next(name for name in GRIDS if GRIDS[name][0] == delivery.path)][1]
        return delivery._replace(data=GridSpec(**{**_fields(known), **spec}).build().data)

    return edit


def hour_cell(day: int, hour: int) -> str:
    """The cell of a day (0 the first) and an hour (1 to 24) of an hourly workbook of EGAT."""
    return address(2 + day, hour)


def _fields(spec: GridSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in ("quantity", "station", "start", "days", "level", "traps", "values")}


@cache
def _hours(spec: GridSpec) -> np.ndarray:
    if spec.values is not None:
        return spec.values
    assert isinstance(spec.station, str) and spec.traps == Traps(outages=False)
    return hourly(spec.quantity, spec.station, spec.start, spec.days, level=spec.level, seed=spec.seed)
