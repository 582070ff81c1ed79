"""What is made of a partner's data: source → silver → gold by the project's lineage, and the KPIs of those tables."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from assets.warehouse_dbt import PROJECT_DIR
from assets.warehouse_lineage import Lineage
from assets.warehouse_run import known_lineage
from expectations.report.model import Bilingual
from expectations.report.model_history import Feeds, Kpi

# Made of the ledger and of every source alike: no one partner's data decide them.
OF_ALL = ("gold.fct_check_result", "gold.fct_kpi", "gold.mart_city_scorecard")


def feeds_of(source_ids: Collection[str]) -> Feeds:
    """Tables and KPIs that some sources feed, as far as the project's files say it."""
    return _feeds(frozenset(source_ids))


TABLES_WITH_SOURCE = """
select table_name from duckdb_columns()
where database_name = 'marts' and schema_name = 'gold' and column_name = 'source_id' and data_type = 'VARCHAR'
"""


def narrowed(feeds: Feeds, ask: Callable[..., list[dict[str, Any]]]) -> Feeds:
    """The same, without the tables that a source reaches by lineage only.

    Many sources share one table of observations, so the lineage alone says that weather feeds the stacks. A published table
    that names its rows' source must name this one; one that does not is kept when the source alone feeds it or when a KPI
    says so. A source of which nothing is published yet keeps what the lineage says.
    """
    names = [row["table_name"] for row in ask(TABLES_WITH_SOURCE)]
    if not names:
        return feeds
    rows = ask(" union all ".join(f"select distinct 'gold.{n}' as name, source_id from marts.gold.{n}" for n in names))
    named: dict[str, set[str]] = {f"gold.{name}": set() for name in names}
    for row in rows:
        named[row["name"]].add(row["source_id"] or "")
    published = set().union(*named.values())
    shared = {t for tables in _tables_of_shared_silver() for t in tables}

    def is_fed(source_id: str, table: str) -> bool:
        if table in named:
            return source_id in named[table]
        by_kpi = any(table in kpi.tables and source_id in kpi.sources for kpi in feeds.kpis)
        return by_kpi or table not in shared

    return replace(
        feeds,
        by_source={
            source_id: tuple(t for t in tables if source_id not in published or is_fed(source_id, t))
            for source_id, tables in feeds.by_source.items()
        },
    )


def tables_of(feeds: Feeds) -> set[str]:
    """Silver and gold tables that the sources feed."""
    return set(feeds.by_table).union(*feeds.by_source.values())


def _tables_of_shared_silver() -> Iterator[list[str]]:
    """Of every silver table that several sources fill: the gold tables made of it."""
    known = known_lineage()
    for name in known.tables("silver"):
        sources = {t.split("__")[0] for t in known.made(name).inputs if t.startswith("bronze.")}
        if len(sources) > 1:
            yield [gold for gold in known.tables("gold") if name in known.made(gold).inputs]


@cache
def _feeds(source_ids: frozenset[str]) -> Feeds:
    known = known_lineage()
    gold = {name: known.made(name).inputs for name in known.tables("gold") if name not in OF_ALL}
    by_source: dict[str, tuple[str, ...]] = {}
    by_table: dict[str, tuple[str, ...]] = {}
    for source_id in sorted(source_ids):
        silver = _silver_of(known, source_id)
        by_table |= {name: tuple(g for g, inputs in gold.items() if name in inputs) for name in silver}
        by_source[source_id] = tuple(g for g, inputs in gold.items() if silver & inputs)
    kpis = tuple(kpi for kpi in _kpis() if source_ids & set(kpi.sources))
    return Feeds(by_source, by_table, kpis)


def _silver_of(known: Lineage, source_id: str) -> set[str]:
    """Silver tables that read a bronze table of the source; they are named `bronze.<source>__<entity>`."""
    return {
        name
        for name in known.tables("silver")
        if any(table.startswith(f"bronze.{source_id}__") for table in known.made(name).inputs)
    }


def _kpis() -> list[Kpi]:
    seeds = PROJECT_DIR / "seeds"
    sources: dict[str, list[str]] = {}
    for row in _rows(seeds / "seed_kpi_input.csv"):
        sources.setdefault(row["kpi_id"], []).append(row["source_id"])
    return [
        Kpi(
            row["kpi_id"],
            Bilingual(row["name_th"], row["name_en"]),
            tuple(f"gold.{name.strip()}" for name in row["inputs"].split(",") if name.strip()),
            tuple(sources.get(row["kpi_id"], ())),
        )
        for row in _rows(seeds / "seed_kpi.csv")
        if row["is_computable"] == "true"
    ]


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
