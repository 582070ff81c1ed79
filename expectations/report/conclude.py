"""From what happened to what it means for the partner: accounts, verdict, and who has to do what, urgent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from expectations.report.coverage import Quantity, coverage
from expectations.report.days import Calendar, calendars
from expectations.report.fixes import URGENT, Fix, fixes_of
from expectations.report.impact import Effect, effects_of
from expectations.report.matters import Matters, dated, matters_of
from expectations.report.model import Bilingual, Delivery, ReportData, RuleResult
from expectations.report.standing import Overall, Standing, overall, standings
from expectations.report.texts import percent, text
from expectations.scorecard import policy

OUTCOMES = ("accepted", "accepted_with_findings", "no_data", "refused", "repeat", "replaced", "withdrawn")


@dataclass(frozen=True)
class Account:
    """Deliveries and rows of one source (None: not recognised, or the total)."""

    source_id: str | None
    deliveries: int
    rows_in: int
    accepted: int
    quarantined: int
    dropped: int

    @property
    def is_balanced(self) -> bool:
        return self.rows_in == self.accepted + self.quarantined + self.dropped


@dataclass(frozen=True)
class Conclusions:
    """`verdict` is accepted | warnings | action | nothing; `in_force` are rows of batches not replaced or withdrawn."""

    verdict: str
    sentence: Bilingual
    outcomes: tuple[tuple[str, int], ...]
    accounts: tuple[Account, ...]
    total: Account
    in_force: int
    scores: tuple[Standing, ...]
    overall: Overall
    fixes: tuple[Fix, ...]
    matters: Matters
    effects: tuple[Effect, ...]
    coverage: tuple[Quantity, ...]
    calendars: tuple[Calendar, ...]


def conclude(data: ReportData) -> Conclusions:
    """Draw every conclusion of the report from its data; pure, the same data give the same answer."""
    accounts = tuple(_account(s, data.deliveries) for s in _source_ids(data))
    total = _account(None, data.deliveries, is_total=True)
    covered = coverage(data.months, data.spans, policy().coverage_warning)
    in_force = sum(b.accepted for b in data.batches if b.status == "accepted")
    scores = standings(data)
    is_balanced = total.is_balanced and all(
        d.rows_in == d.accepted + d.quarantined + d.dropped for d in data.deliveries
    )
    fixes = dated(fixes_of(data, total.quarantined, is_balanced, in_force, covered), data)
    verdict, sentence = _verdict(data, total, fixes, in_force)
    counted = Counter(d.outcome for d in data.deliveries)
    names = [name for name in OUTCOMES if name != "withdrawn" or counted[name]]
    outcomes = tuple((name, counted[name]) for name in names)
    return Conclusions(
        verdict, sentence, outcomes, accounts, total, in_force, scores, overall(scores), fixes, matters_of(data),
        effects_of(data), covered, calendars(data.days),
    )  # fmt: skip


def _source_ids(data: ReportData) -> list[str | None]:
    known: list[str | None] = [s.source_id for s in data.sources]
    others = {d.source_id for d in data.deliveries} - set(known)
    return known + sorted(others - {None}, key=str) + ([None] if None in others else [])


def _account(source_id: str | None, deliveries: Iterable[Delivery], is_total: bool = False) -> Account:
    mine = [d for d in deliveries if is_total or d.source_id == source_id]
    return Account(
        source_id, len(mine), sum(d.rows_in for d in mine), sum(d.accepted for d in mine),
        sum(d.quarantined for d in mine), sum(d.dropped for d in mine),
    )  # fmt: skip


def _verdict(data: ReportData, total: Account, fixes: tuple[Fix, ...], in_force: int) -> tuple[str, Bilingual]:
    if not data.deliveries:
        return "nothing", text("verdict.sentence_nothing")
    urgent = [f for f in fixes if f.priority == URGENT]
    files = sum(d.outcome == "refused" and not d.is_resolved for d in data.deliveries)
    if urgent and all(f.kind == "refused_files" for f in urgent):
        return "action", text("verdict.sentence_files", n=files, rows=in_force)
    if urgent:
        return "action", text("verdict.sentence_action", n=len(urgent), rows=in_force)
    if fixes:
        share = percent(total.accepted, total.rows_in)
        return "warnings", text("verdict.sentence_warnings", n=len(fixes), share=share)
    return "accepted", text("verdict.sentence_accepted", rows=in_force)


def failing(rules: Iterable[RuleResult]) -> list[RuleResult]:
    """G1 rules with failures, the worst first."""
    order = {"critical": 0, "major": 1, "minor": 2}
    found = [r for r in rules if r.gate == "G1" and r.failed_batches]
    return sorted(found, key=lambda r: (order.get(r.severity, 3), -r.failed, r.rule))
