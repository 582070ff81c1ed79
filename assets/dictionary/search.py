"""The index of the search, as a script: a page that was opened from disk may load scripts and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from assets.catalogue import Catalogue, Words
from assets.dictionary.kpis import Kpi
from expectations.contract import Contract

Entry = tuple[str, str, str, str, str, str, str]


def search_script(catalogue: Catalogue, kpis: Sequence[Kpi], contracts: Sequence[Contract]) -> str:
    """`window.DICTIONARY`: a line per table, key figure, metric, source and column.

    Each is (kind, page, name, Thai, English, place, what else finds it).
    """
    entries = [*_entries(catalogue, kpis, contracts)]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries)
    return f"window.DICTIONARY = [\n{lines}\n];\n"


def _entries(catalogue: Catalogue, kpis: Sequence[Kpi], contracts: Sequence[Contract]) -> Iterator[Entry]:
    tables = list(catalogue.tables.values())
    for table in tables:
        yield _entry("table", f"tables/{table.name}.html", table.name, table.label, "", table.description)
    for kpi in kpis:
        yield _entry("kpi", f"kpis/{kpi.kpi_id}.html", kpi.kpi_id, kpi.name, "", kpi.formula)
    for table in tables:
        for metric in table.metrics:
            yield _entry("metric", f"tables/{table.name}.html#m-{metric.name}", metric.name, metric.label, table.name)
    for contract in contracts:
        title = Words(contract.title_th, contract.title_en)
        yield _entry("source", f"sources/{contract.source_id}.html", contract.source_id, title, "")
    for table in tables:
        for column in table.columns:
            yield _entry("column", f"tables/{table.name}.html#c-{column.name}", column.name, column.meaning, table.name)


def _entry(kind: str, page: str, name: str, words: Words, place: str, beyond: Words | None = None) -> Entry:
    return kind, page, name, words.th, words.en, place, f"{beyond.th} {beyond.en}" if beyond else ""
