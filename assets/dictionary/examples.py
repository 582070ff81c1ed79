"""A query for each table that an analyst can paste and run: a question that it answers, or else its first rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assets.catalogue import Column, Table, Words

QUESTIONS = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
_QUESTION = re.compile(r"^### (?P<title>.+?)\n.*?```sql\n(?P<sql>.*?)```", re.MULTILINE | re.DOTALL)
_SHOWN = 6
_ROWS = 10


@dataclass(frozen=True)
class Example:
    """One query over published tables. `is_question`: it answers a question of docs/questions.md."""

    title: Words
    sql: str
    is_question: bool


def example_for(table: Table) -> Example:
    """The question that asks this table first, else one that joins it, else its newest (or first) rows."""
    asked = questions()
    for word in ("from", "join"):
        for example in asked:
            if re.search(rf"\b{word} {re.escape(table.name)}\b", example.sql):
                return example
    return _first_rows(table)


@cache
def questions() -> Sequence[Example]:
    """The questions of docs/questions.md; none where the project lies without its docs."""
    if not QUESTIONS.is_file():
        return ()
    found = _QUESTION.finditer(QUESTIONS.read_text("utf-8"))
    return tuple(Example(_words(match["title"]), match["sql"].strip(), True) for match in found)


def _words(title: str) -> Words:
    english, _, thai = title.partition(" / ")
    return Words(thai, english)


def _first_rows(table: Table) -> Example:
    time = next((c for c in (*_keys(table), *table.columns) if c.data_type in ("date", "timestamptz")), None)
    is_newest = time is not None and time.is_key
    measures = [c for c in table.columns if c.is_measure and not c.is_key]
    others = [c for c in table.columns if c.is_required and not c.is_key and c not in measures]
    shown = list(dict.fromkeys(c.name for c in (*_keys(table), *measures, *others)))[: max(_SHOWN, len(table.key) + 2)]
    told = next((c.name for c in measures if c.name in shown and not c.is_required), None)
    lines = [f"select {', '.join(shown)}", f"from {table.name}"]
    if told:
        lines.append(f"where {told} is not null")
    lines.append(f"order by {time.name} desc" if time is not None and is_newest else f"order by {table.key[0]}")
    title = (
        Words(f"{_ROWS} แถวล่าสุด", f"The {_ROWS} newest rows")
        if is_newest
        else Words(f"{_ROWS} แถวแรก", f"The first {_ROWS} rows")
    )
    return Example(title, "\n".join([*lines, f"limit {_ROWS};"]), False)


def _keys(table: Table) -> list[Column]:
    return [table.column(name) for name in table.key]
