"""G2 and G3: the suites of expectations/suites/*.yml over silver and gold, before anything is built on or published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from assets.accounts import result_fields
from assets.lake.duck import connect
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.publication import current_publication
from assets.readers.route import contracts
from expectations.rules import CheckResult
from expectations.suites import load_suites

Progress = Callable[[str, int, int], None]


def judge(
    lake: Lake, gate: str, snapshots: Mapping[str, int], run_id: str, warnings: dict[str, str], progress: Progress
) -> dict[str, str]:
    """Judges the newest snapshot of each named table; returns table → reason for those that must be withheld.

    Outcomes go into ops.check_result, passes included. A snapshot that was judged before keeps its verdict.
    """
    known = _verdicts(lake, gate)
    current = current_publication(lake.store)
    suites = load_suites(
        {
            name.split(".")[1]: f"lake.{name} at (version => {snapshot})"
            for name, snapshot in (current.tables if current else {}).items()
        }
    )
    withheld = {name: known[name, snapshot] for name, snapshot in snapshots.items() if known.get((name, snapshot))}
    todo = [
        name
        for name, snapshot in snapshots.items()
        if (name, snapshot) not in known and name.split(".")[1] in suites and _gate_of(name) == gate
    ]
    if not todo:
        return withheld
    from expectations.gate import gate_table  # pulls in Great Expectations

    lines: list[dict[str, Any]] = []
    with connect(lake.config) as connection:
        connection.execute("use lake.gold")
        for position, name in enumerate(todo):
            progress(gate.lower(), position, len(todo))
            results = gate_table(connection, f"lake.{name}", suites[name.split(".")[1]])
            lines.extend(line for result in results for line in _lines(gate, name, snapshots[name], result))
            for result in results:
                if not result.passed:
                    text = _said(result.rule.reason_en, result.failed, result.evaluated)
                    if result.rule.action == "withhold_publish":
                        withheld.setdefault(name, text)
                    else:
                        warnings[f"{name} {result.rule.id}"] = text
        progress(gate.lower(), len(todo), len(todo))
    lake.ledger.append({"check_result": lines}, run_id, now())
    return withheld


def _gate_of(name: str) -> str:
    return "G2" if name.startswith("silver.") else "G3"


def _said(reason: str, failed: int, evaluated: int) -> str:
    return f"{reason} ({failed:,} of {evaluated:,})"


def _verdicts(lake: Lake, gate: str) -> dict[tuple[str, int], str]:
    """(table, snapshot) → reason to withhold, empty when it passed."""
    lines = lake.ledger.events("check_result").filter(pl.col("gate") == gate)
    judged = lines.select("entity", "batch_id").unique()
    verdicts = {(table, int(snapshot)): "" for table, snapshot in judged.iter_rows()}
    stops = lines.filter((pl.col("outcome") == "fail") & (pl.col("action") == "withhold_publish"))
    for row in stops.unique(("entity", "batch_id"), keep="first", maintain_order=True).iter_rows(named=True):
        text = _said(row["reason_en"], row["failed"], row["evaluated"])
        verdicts[row["entity"], int(row["batch_id"])] = text
    return verdicts


def failed_rules(lake: Lake, snapshots: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Table → rule → what it says, of the rules that these snapshots failed when they were judged."""
    lines = lake.ledger.events("check_result").filter(
        pl.col("gate").is_in(["G2", "G3"]) & (pl.col("outcome") == "fail")
    )
    found: dict[str, dict[str, str]] = {}
    for row in lines.iter_rows(named=True):
        if str(snapshots.get(row["entity"])) == row["batch_id"]:
            found.setdefault(row["entity"], {})[row["rule"]] = _said(row["reason_en"], row["failed"], row["evaluated"])
    return found


def _lines(gate: str, name: str, snapshot: int, result: CheckResult) -> list[dict[str, Any]]:
    """A line for the rule; one for every source that failed it instead, where the rule tells them apart: a partner reads
    of its own rows only."""
    line = result_fields(result) | {"gate": gate, "entity": name, "batch_id": str(snapshot)}
    known = contracts()
    own = {source: n for source, n in result.failed_by_source.items() if source in known}
    if not own or result.passed:
        return [line]
    return [
        line | {"source_id": source, "partner_id": known[source].partner_id, "failed": n} for source, n in own.items()
    ]
