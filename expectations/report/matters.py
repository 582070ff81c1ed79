"""Matters: what is open with its answer and its date, what the data closed, and which matters a thing to fix speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from expectations.report.agreed import SEVERITIES, agreed, due_on, gravest
from expectations.report.fixes import Fix
from expectations.report.model import Bilingual, ReportData
from expectations.report.model_history import Issue
from expectations.report.texts import local

# Of things to fix that no rule with a severity of its own stands behind.
SEVERITY_OF = {
    "refused_files": "critical", "refused_batches": "critical", "critical": "critical", "accounts": "critical",
    "withheld": "critical", "quarantined": "major", "unpublished": "major",
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Open matters of one rule of one source. `due` None: with the next delivery."""

    source_id: str | None
    gate: str
    rule: str
    severity: str
    reason: Bilingual
    issues: tuple[Issue, ...]
    due: date | None
    is_overdue: bool

    @property
    def answered(self) -> int:
        return sum(issue.answer is not None for issue in self.issues)


@dataclass(frozen=True)
class Matters:
    """`open_` counts all of `groups`; `closed` are those that the data closed lately, the newest first."""

    groups: tuple[Group, ...]
    closed: tuple[Issue, ...]

    @property
    def open_(self) -> tuple[Issue, ...]:
        return tuple(issue for group in self.groups for issue in group.issues)

    @property
    def overdue(self) -> int:
        return sum(len(group.issues) for group in self.groups if group.is_overdue)


def matters_of(data: ReportData) -> Matters:
    """Open matters by source and rule, the gravest and oldest first, and those closed lately."""
    together: dict[tuple[str | None, str, str], list[Issue]] = {}
    for issue in data.issues:
        if issue.state == "open":
            together.setdefault((issue.source_id, issue.gate, issue.rule), []).append(issue)
    groups = [_group(issues, data.as_of) for issues in together.values()]
    groups.sort(key=lambda g: (_rank(g.severity), g.issues[0].opened_at, g.source_id or "", g.rule))
    since = data.as_of - timedelta(days=agreed().closed_shown_days) if data.as_of else None
    closed = [(i.closed_at, i) for i in data.issues if i.state == "closed" and i.closed_at]
    shown = [(at, i) for at, i in closed if since is None or at >= since]
    shown.sort(key=lambda pair: (pair[0], pair[1].issue_id), reverse=True)
    return Matters(tuple(groups), tuple(issue for _, issue in shown))


def dated(fixes: Sequence[Fix], data: ReportData) -> tuple[Fix, ...]:
    """Things to fix with severity, date and the ids of their open matters.

    The date counts from the day on which the oldest of these matters was opened; from the state's own day when no matter
    was opened yet.
    """
    open_issues = [issue for issue in data.issues if issue.state == "open"]
    return tuple(_dated(fix, _matters_of_fix(fix, data, open_issues), data) for fix in fixes)


def _dated(fix: Fix, issues: Sequence[Issue], data: ReportData) -> Fix:
    known = [issue.severity for issue in issues] or [
        rule.severity for rule in data.rules if rule.failed_batches and _is_of_rule(fix, rule.entity, rule.rule)
    ]
    severity = SEVERITY_OF.get(fix.kind) or gravest(known)
    opened = min((issue.opened_at for issue in issues), default=data.as_of)
    due = due_on(severity, opened) if opened else None
    return replace(
        fix,
        severity=severity,
        due=due,
        is_overdue=_is_over(due, data.as_of),
        issue_ids=tuple(issue.issue_id for issue in issues),
    )


def _matters_of_fix(fix: Fix, data: ReportData, issues: Sequence[Issue]) -> list[Issue]:
    if fix.kind == "refused_files":
        # told by reason, not by rule: the paths lead to the matters
        paths = {d.path for d in data.deliveries if d.outcome == "refused" and d.reason.en == fix.rule}
        return [i for i in issues if i.subject in paths and i.gate in ("G0", "G1")]
    return [issue for issue in issues if _is_of_rule(fix, issue.entity, issue.rule)]


def _is_of_rule(fix: Fix, entity: str | None, rule: str) -> bool:
    return fix.rule == (f"{entity} {rule}" if fix.kind in ("compared", "withheld") else rule)


def _group(issues: list[Issue], as_of: datetime | None) -> Group:
    issues.sort(key=lambda i: (i.opened_at, i.subject, i.issue_id))
    first = issues[0]
    severity = gravest([issue.severity for issue in issues])
    due = due_on(severity, first.opened_at)
    return Group(
        first.source_id, first.gate, first.rule, severity, first.reason, tuple(issues), due, _is_over(due, as_of)
    )  # fmt: skip


def _is_over(due: date | None, as_of: datetime | None) -> bool:
    return bool(due and as_of and due < local(as_of).date())


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
