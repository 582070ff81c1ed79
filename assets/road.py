"""The whole road in one process: landing → raw → stage → G1 → bronze → silver → G2 → gold → G3 → published → status.

Dagster's assets call the same steps; this is what `maemoh run` does.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assets import intake
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.lake.lock import writing
from assets.matters import Kept, keep_matters
from assets.options import Options
from assets.redact import Redactor
from assets.refresh import Refreshed, refresh
from assets.settle import Settled, settle
from assets.state import write_status
from assets.upkeep import Line, upkeep
from assets.warehouse_dbt import NodeResult
from expectations.contract import Contract

Progress = Callable[[str, int, int], None]


@dataclass
class Tally:
    """One line of the final table: what a source's deliveries came to in this run."""

    source: str
    deliveries: int = 0
    rows_in: int = 0
    accepted: int = 0
    quarantined: int = 0
    dropped: int = 0
    findings: int = 0
    seconds: float = 0.0


@dataclass
class Summary:
    """What a run did."""

    run_id: str
    seconds: float = 0.0
    tallies: list[Tally] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    step_seconds: dict[str, float] = field(default_factory=dict)
    built: list[NodeResult] = field(default_factory=list)
    withheld: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    publication_id: str | None = None
    did_work: bool = False
    upkeep: list[Line] = field(default_factory=list)
    matters: Kept = field(default_factory=Kept)


def new_run_id() -> str:
    """Sorts by time; unique."""
    return f"{now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def run(
    lake: Lake, contracts: Mapping[str, Contract], options: Options, progress: Progress = lambda *_: None
) -> Summary:
    """Does everything that is pending. Raises GateBroken, WarehouseError, LakeError; refused deliveries are outcomes."""
    with writing(lake.config.home):
        return _run(lake, contracts, options, progress)


def _run(lake: Lake, contracts: Mapping[str, Contract], options: Options, progress: Progress) -> Summary:
    start = time.monotonic()
    summary = Summary(new_run_id())
    partner_ids = sorted({contract.partner_id for contract in contracts.values()})
    redactor = Redactor.of(lake.config.home)
    for partner_id in _with_landing(lake, partner_ids):
        take_in(lake, partner_id, summary, redactor, progress)
    settled = settle(lake, contracts, partner_ids, summary.run_id, options.threads, progress, options.again)
    _count(summary, settled)
    refreshed = refresh(lake, contracts, options, summary.run_id, progress)
    _add(summary, refreshed)
    if summary.did_work:
        kept = time.monotonic()
        summary.upkeep = upkeep(lake)
        summary.step_seconds["upkeep"] = time.monotonic() - kept
    looked = time.monotonic()
    summary.matters = keep_matters(lake, summary.run_id)
    summary.did_work |= summary.matters.did_work
    summary.step_seconds["matters"] = time.monotonic() - looked
    write_status(lake.config, lake.ledger)
    summary.seconds = time.monotonic() - start
    return summary


def _with_landing(lake: Lake, partner_ids: Sequence[str]) -> list[str]:
    """Partners under whose landing prefix anything lies."""
    there = {info.key.split("/")[1] for info in lake.store.listing("landing/")}
    return [partner_id for partner_id in partner_ids if partner_id in there]


def take_in(
    lake: Lake, partner_id: str, summary: Summary, redactor: Redactor, progress: Progress = lambda *_: None
) -> list[intake.Delivery]:
    """landing → raw for one partner; returns what was new."""
    start = time.monotonic()
    known, _ = intake.read_manifest(lake.store, partner_id)
    taken = intake.take_in(
        lake.store, partner_id, known, lambda done, total: progress("intake", done, total), redactor=redactor
    )
    summary.step_seconds["intake"] = summary.step_seconds.get("intake", 0.0) + time.monotonic() - start
    return taken


def _count(summary: Summary, settled: Settled) -> None:
    summary.did_work |= settled.did_work
    by_source: dict[str, Tally] = {tally.source: tally for tally in summary.tallies}
    for line in settled.lines:
        tally = by_source.setdefault(line["source_id"] or "", Tally(line["source_id"] or ""))
        if line["outcome"] == "replaced" and line.get("event_seq"):
            continue  # a delivery of an earlier run whose place was taken: its rows were counted then
        tally.deliveries += 1
        for name in ("rows_in", "accepted", "quarantined", "dropped", "findings"):
            setattr(tally, name, getattr(tally, name) + line[name])
    for source, seconds in settled.source_seconds.items():
        by_source.setdefault(source, Tally(source)).seconds += seconds
    summary.tallies = sorted(by_source.values(), key=lambda tally: tally.source)
    summary.outcomes = dict(Counter(summary.outcomes) + Counter(line["outcome"] for line in settled.lines))
    for step, seconds in settled.seconds.items():
        summary.step_seconds[step] = summary.step_seconds.get(step, 0.0) + seconds


def _add(summary: Summary, refreshed: Refreshed) -> None:
    summary.built = refreshed.nodes
    summary.withheld = refreshed.withheld
    summary.waiting = refreshed.waiting
    summary.warnings = refreshed.warnings
    summary.publication_id = refreshed.publication_id
    summary.did_work |= refreshed.did_work
    summary.step_seconds |= refreshed.seconds
