"""What the data of a partner did to tables and KPIs: withheld, published with a warning, or waiting for what was refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from expectations.report.model import Bilingual, ReportData, RuleResult
from expectations.report.model_history import Kpi

HOW = ("withheld", "lacking", "warned")  # in the order of the page


@dataclass(frozen=True)
class Effect:
    """One consequence.

    withheld: the last publication of `tables` stays. warned: published, with a warning. lacking: published without the
    `refused` files or sets and the `held` rows of the source. `is_own` False: withheld for a reason outside these data.
    """

    how: str
    source_id: str | None
    tables: tuple[str, ...]
    kpis: tuple[Kpi, ...]
    judged: str = ""  # the table that the rules looked at
    rules: tuple[str, ...] = ()
    reasons: tuple[Bilingual, ...] = ()
    refused: int = 0
    held: int = 0
    is_own: bool = True


def effects_of(data: ReportData) -> tuple[Effect, ...]:
    """Every consequence that the ledger and the lineage can tell of, the gravest first."""
    judged = _judged(data)
    withheld = {table for effect in judged if effect.how == "withheld" for table in effect.tables}
    others = _others(data, withheld)
    found = [*judged, *([others] if others else []), *_lacking(data)]
    return tuple(sorted(found, key=lambda e: (HOW.index(e.how), not e.is_own, e.source_id or "", e.judged)))


def _judged(data: ReportData) -> list[Effect]:
    own = {s.source_id for s in data.sources}
    failed: dict[tuple[str, str, str], list[RuleResult]] = defaultdict(list)
    for rule in data.rules:
        if rule.gate in ("G2", "G3") and rule.failed_batches and rule.source_id in own and rule.entity:
            how = "withheld" if rule.action == "withhold_publish" else "warned"
            failed[(how, rule.source_id or "", rule.entity)].append(rule)
    return [_effect(data, *key, rules) for key, rules in failed.items()]


def _effect(data: ReportData, how: str, source_id: str, entity: str, rules: Iterable[RuleResult]) -> Effect:
    tables = data.feeds.by_table.get(entity, ()) if entity.startswith("silver.") else (entity,)
    mine = set(data.feeds.by_source.get(source_id, tables))
    tables = tuple(t for t in tables if t in mine or t == entity)
    return Effect(
        how, source_id, tables, _kpis(data, tables, {source_id}), entity, tuple(r.rule for r in rules),
        tuple(r.reason for r in rules),
    )  # fmt: skip


def _others(data: ReportData, told: Collection[str]) -> Effect | None:
    """Tables that these data feed and that stay as they were for a reason which is not theirs, and so not told here."""
    fed = {table for tables in data.feeds.by_source.values() for table in tables} | set(data.feeds.by_table)
    tables = data.publication.tables if data.publication else ()
    found = tuple(
        t.table_name for t in tables if t.state == "withheld" and t.table_name in fed and t.table_name not in told
    )
    own = {s.source_id for s in data.sources}
    return Effect("withheld", None, found, _kpis(data, found, own), is_own=False) if found else None


def _lacking(data: ReportData) -> Iterable[Effect]:
    for source in data.sources:
        name = source.source_id
        refused = sum(d.source_id == name and d.outcome == "refused" and not d.is_resolved for d in data.deliveries)
        refused += sum(b.source_id == name and not b.is_resolved for b in data.refused_batches)
        held = sum(q.rows for q in data.quarantine if q.source_id == name)
        tables = data.feeds.by_source.get(name, ())
        if (refused or held) and tables:
            yield Effect("lacking", name, tables, _kpis(data, tables, {name}), refused=refused, held=held)


def _kpis(data: ReportData, tables: Collection[str], sources: Collection[str]) -> tuple[Kpi, ...]:
    """KPIs computed from one of the tables that name one of the sources among their inputs."""
    chosen = set(tables)
    return tuple(k for k in data.feeds.kpis if chosen & set(k.tables) and set(sources) & set(k.sources))
