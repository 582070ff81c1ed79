"""Delimited text as records with fields."""

from __future__ import annotations

import csv
import io
import re

Path = tuple[str, ...]
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d+)?")


class CsvPayload:
    """Records are the lines below the header; a first line with a number in it is no header."""

    def __init__(self, text: str, encoding: str) -> None:
        self.encoding = encoding
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.ends = text.endswith("\n")
        lines = text.splitlines(keepends=True)
        cut = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
        self.preamble = "".join(lines[:cut])
        head = lines[cut] if cut < len(lines) else ""
        self.separator = max(",|;\t", key=head.count)
        table = list(csv.reader(io.StringIO("".join(lines[cut:]), newline=""), delimiter=self.separator))
        is_header = bool(table) and not any(cell.strip() and NUMBER.fullmatch(cell.strip()) for cell in table[0])
        self.header = table[0] if is_header else None
        self.rows = table[1:] if is_header else table

    def fields(self) -> dict[Path, list[str]]:
        width = max(map(len, self.rows), default=0)
        names = self.header or [str(i) for i in range(width)]
        return {(name,): [row[i] for row in self.rows if i < len(row)] for i, name in enumerate(names)}

    def add(self, name: str, value: str) -> None:
        if self.header is not None:
            self.header.append(name)
        for row in filter(None, self.rows):
            row.append(value)

    def drop(self, field: Path) -> None:
        at = list(self.fields()).index(field)
        for row in (*([self.header] if self.header else []), *self.rows):
            del row[at : at + 1]

    def change(self, field: Path, value: str) -> None:
        at = list(self.fields()).index(field)
        for row in self.rows:
            row[at : at + 1] = [value] if at < len(row) else []

    def empty(self) -> None:
        self.rows.clear()

    def dump(self) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.separator, lineterminator=self.newline)
        writer.writerows([*([self.header] if self.header else []), *self.rows])
        text = out.getvalue()
        return (self.preamble + (text if self.ends else text.removesuffix(self.newline))).encode(self.encoding)
