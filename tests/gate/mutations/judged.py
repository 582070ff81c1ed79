"""What the gates make of mutants: all of one entity as batches of one pass, each table in a transaction that is undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import polars as pl

from assets.readers.result import Batch, NoData, Parsed, Refusal
from assets.readers.route import contracts, parse_delivery
from expectations.entity_rules import rules_of, share_of
from expectations.gate import gate_batches, gate_table
from expectations.rules import CheckResult, GateBroken, Severity
from tests.gate.suite_tables import CleanTables

from .clean import RECEIVED, delivery
from .mutation import Delivery, Gate, Mutation, Rows
from .tables import comparing, suites

SAMPLE = 5


@dataclass(frozen=True)
class Found:
    """One rule that was broken: what it is, how many rows, and where the first five of them stand."""

    gate: Gate
    severity: Severity
    n: int
    at: tuple[str, ...]


@dataclass
class Outcome:
    """All that the gates say of one delivery or table; empty when they have nothing against it."""

    broken: dict[str, Found] = field(default_factory=dict)
    told: dict[str, Found] = field(default_factory=dict)
    deeds: list[str] = field(default_factory=list)
    """Where what was done does not fit the rule's action (rows not quarantined, a batch not refused), or nothing could be."""


def judge_deliveries(deliveries: Mapping[str, Delivery | Mutation]) -> dict[str, Outcome]:
    """Name → what G0 and G1 say of clean deliveries, and of mutations of them."""
    outcomes = {name: Outcome() for name in deliveries}
    waiting: dict[tuple[str, str], list[tuple[str, pl.DataFrame]]] = defaultdict(list)
    for name, one in deliveries.items():
        parsed = _read(one, outcomes[name])
        for batch in parsed.batches if parsed else ():
            waiting[parsed.source_id, batch.entity].append((name, _changed(one, batch)))  # type: ignore[union-attr]
            for finding in batch.findings:
                before = outcomes[name].told.get(finding.rule)
                at = (*(before.at if before else ()), *([finding.cell] if finding.cell else ()))
                outcomes[name].told[finding.rule] = Found("G0", "minor", finding.n + (before.n if before else 0), at)
    for (source_id, entity), frames in waiting.items():
        _gate(source_id, entity, frames, outcomes)
    return outcomes


def judge_tables(tables: CleanTables, mutations: Iterable[Mutation]) -> dict[str, Outcome]:
    """Kind → what the suites say of tables with one fault each. A fault that shows against the last publication has one to
    be compared with, any other is judged as in a first publication: whatever goes missing would be told twice."""
    outcomes = {}
    for mutation in mutations:
        tables.conn.execute("begin")
        try:
            tables.conn.execute(str(mutation.how).format(t=mutation.of))
            outcomes[mutation.kind] = judge_table(tables, mutation.of, suites(mutation.rule in comparing()))
        except (duckdb.Error, GateBroken) as error:
            outcomes[mutation.kind] = Outcome(deeds=[f"could not be judged: {error}"])
        finally:
            tables.conn.execute("rollback")
    return outcomes


def judge_table(tables: CleanTables, name: str, rules: Mapping[str, Sequence]) -> Outcome:
    """What its suite says of one table."""
    gate: Gate = "G2" if name.startswith("silver.") else "G3"
    results = gate_table(tables.conn, name, rules.get(name.split(".")[1], ()))
    broken = {
        r.rule.id: Found(gate, r.rule.severity, r.failed, tuple(s["raw_value"] for s in r.sample))
        for r in results
        if not r.passed
    }
    return Outcome(broken)


def _read(one: Delivery | Mutation, outcome: Outcome) -> Parsed | None:
    sent = one if isinstance(one, Delivery) else delivery(one.of)
    if isinstance(one, Mutation) and not isinstance(one.how, Rows | str):
        try:
            sent = one.how(sent)
        except Exception as error:  # noqa: BLE001 - one mutation that cannot be made is told in its own test
            outcome.deeds.append(f"could not be made: {error!r}")
            return None
    try:
        return parse_delivery(contracts()[sent.source_id].partner_id, sent.data, sent.path)
    except Refusal as refusal:
        assert refusal.reason_en and any("ก" <= letter <= "๛" for letter in refusal.reason_th)
        where = " ".join(part for part in (refusal.sheet, refusal.cell) if part)
        outcome.broken[refusal.rule] = Found("G0", "critical", 1, (where,) if where else ())
    except NoData:
        outcome.broken["no_data"] = Found("G0", "minor", 1, ())
    return None


def _changed(one: Delivery | Mutation, batch: Batch) -> pl.DataFrame:
    if isinstance(one, Mutation) and isinstance(one.how, Rows):
        changed = one.how.change(batch.rows)
        return changed.select(batch.rows.columns).cast(dict(batch.rows.schema))  # type: ignore[arg-type]
    return batch.rows


def _gate(
    source_id: str, entity_name: str, frames: Sequence[tuple[str, pl.DataFrame]], outcomes: Mapping[str, Outcome]
) -> None:
    """One pass over all mutants of an entity, a batch each, with the rules and the share of its own contract."""
    contract = contracts()[source_id]
    entity = contract.entity(entity_name)
    staged = pl.concat([_staged(rows, str(n)) for n, (_, rows) in enumerate(frames)])
    batch_ids = [str(n) for n in range(len(frames))]
    with duckdb.connect() as conn:
        conn.execute("set TimeZone = 'UTC'")
        conn.register("staged", staged.to_arrow())
        verdict = gate_batches(
            conn,
            "staged",
            rules_of(contract, entity),
            batch_ids,
            max_quarantined_share=contract.max_quarantined_share,
            share_of=share_of(entity),
        )
    cells = {(b, r): c for b, r, c in staged.select("batch_id", "row_id", "cell").iter_rows()}
    held: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for batch_id, row_id, rule in verdict.quarantined.iter_rows():
        held[batch_id][rule].append(cells[batch_id, row_id])
    for result in verdict.results:
        if result.passed:
            continue
        outcome = outcomes[frames[int(result.batch_id or 0)][0]]
        _note(outcome, result)
        outcome.deeds += _wrong_deeds(result, held[str(result.batch_id)], verdict.refused)


def _staged(rows: pl.DataFrame, batch_id: str) -> pl.DataFrame:
    return rows.with_columns(
        batch_id=pl.lit(batch_id),
        row_id=pl.int_range(pl.len(), dtype=pl.Int64),
        received_at=pl.lit(RECEIVED).dt.cast_time_unit("us"),
    )


def _note(outcome: Outcome, result: CheckResult) -> None:
    found = Found("G1", result.rule.severity, result.failed, tuple(str(s["cell"]) for s in result.sample))
    before = outcome.broken.get(result.rule.id)
    if before:  # two batches of one delivery
        found = replace(found, n=before.n + found.n, at=(*before.at, *found.at)[:SAMPLE])
    outcome.broken[result.rule.id] = found


def _wrong_deeds(result: CheckResult, held: Mapping[str, list[str]], refused: Mapping[str, object]) -> list[str]:
    rule = result.rule
    if rule.action == "refuse_batch" and result.batch_id not in refused:
        return [f"{rule.id} failed, and its batch was not refused"]
    if rule.action in ("flag", "warn") and held.get(rule.id):
        return [f"{rule.id} took rows away"]
    cells = [str(s["cell"]) for s in result.sample]
    kept = [cell for of_rule in held.values() for cell in of_rule]
    if rule.action == "quarantine_row" and not set(cells) <= set(kept):
        return [f"{rule.id} left rows that it should have quarantined"]
    return []
