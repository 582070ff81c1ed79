"""What to fix: one matter per kind and rule, with who has to act; urgent ones first, the partner's before ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from expectations.report.coverage import Quantity
from expectations.report.model import Bilingual, ReportData, Sample
from expectations.report.texts import catalogue, percent, symbol, text
from expectations.scorecard import policy

URGENT, IMPORTANT, WORTH_CHECKING = 1, 2, 3
PLACES = 3  # examples beside a matter; the section it points to has more


@dataclass(frozen=True)
class Fix:
    """One matter. `by` is partner | us, `n` what its title counts, `section` the anchor of its details; severity, date
    and matters are filled in by `matters.dated`."""

    priority: int
    by: str
    kind: str
    rule: str
    title: Bilingual
    reason: Bilingual
    n: int = 1
    rows: int = 0
    samples: tuple[Sample, ...] = ()
    more: int = 0
    section: str = ""
    severity: str = "minor"
    due: date | None = None  # None: with the next delivery
    is_overdue: bool = False
    issue_ids: tuple[str, ...] = ()

    @property
    def ours(self) -> Bilingual:
        """What the platform team does about it."""
        return self.title if self.by == "us" else text(f"fix_ours.{self.kind}")


def fixes_of(
    data: ReportData, counted_quarantined: int, is_balanced: bool, in_force: int, covered: Sequence[Quantity]
) -> tuple[Fix, ...]:
    """Every open matter. `counted_quarantined` is what the accounts of the deliveries say, `in_force` rows in use."""
    found = [
        *_accounts(data, counted_quarantined, is_balanced),
        *_publication(data, in_force),
        *_merged(_refused(data)),
        *_merged(_held_back(data)),
        *_merged(_failed_rules(data)),
        *_merged(_findings(data)),
        *_unknown_flags(data),
        *_missing(covered),
    ]
    return tuple(sorted(found, key=lambda fix: (fix.priority, fix.by == "us")))


def _accounts(data: ReportData, counted: int, is_balanced: bool) -> list[Fix]:
    fixes = []
    if not is_balanced:
        fixes.append(_ours(URGENT, "accounts", "rows", text("fix.accounts_reason"), "counts"))
    listed = data.quarantined_in_force + data.quarantined_closed
    if listed != counted:
        reason = text("fix.quarantine_accounts_reason", listed=listed, counted=counted)
        fixes.append(_ours(URGENT, "accounts", "quarantine", reason, "quarantined"))
    return fixes


def _publication(data: ReportData, in_force: int) -> list[Fix]:
    fixes = [
        _ours(URGENT, "withheld", f"{rule.entity} {rule.rule}", rule.reason, "impact")
        for rule in data.rules
        if rule.gate != "G1" and rule.failed_batches and rule.action == "withhold_publish"
    ]
    if in_force and data.published_rows is None:
        fixes.append(_ours(IMPORTANT, "unpublished", "", text("fix.unpublished_reason"), "trace"))
    return fixes


def _ours(priority: int, kind: str, rule: str, reason: Bilingual, section: str) -> Fix:
    return Fix(priority, "us", kind, rule, text(f"fix.{kind}"), reason, section=section)


def _refused(data: ReportData) -> Iterable[Fix]:
    for d in data.deliveries:
        if d.outcome == "refused" and not d.is_resolved:
            place = Sample(d.path, d.sheet, d.cell)
            yield _matter(URGENT, "refused_files", d.reason.en, d.reason, 1, [place], "refused")
    for b in data.refused_batches:
        if not b.is_resolved:
            place = Sample(b.path, b.sheet, b.cell)
            yield _matter(URGENT, "refused_batches", b.rule, b.reason, 1, [place], "refused", b.rows)


def _held_back(data: ReportData) -> Iterable[Fix]:
    for q in data.quarantine:
        if q.rows and not q.is_refusal:
            yield _matter(IMPORTANT, "quarantined", q.rule, q.reason, q.rows, q.samples, "quarantined")


def _failed_rules(data: ReportData) -> Iterable[Fix]:
    """Failures that held nothing back: rules that only mark or warn, and critical ones of whatever action."""
    told = {(q.source_id, q.rule) for q in data.quarantine} | {(b.source_id, b.rule) for b in data.refused_batches}
    for r in data.rules:
        if not r.failed_batches or r.action in ("refuse_batch", "withhold_publish"):
            continue
        priority = {"critical": URGENT, "major": IMPORTANT}.get(r.severity, WORTH_CHECKING)
        if r.gate != "G1":
            # what no one source caused is told among the checks before publication, and asked of nobody
            if r.source_id is not None:
                yield _matter(priority, "compared", f"{r.entity} {r.rule}", r.reason, r.failed, (), "score")
        elif (r.source_id, r.rule) not in told:
            kind = "critical" if r.severity == "critical" else "warned"
            yield _matter(priority, kind, r.rule, r.reason, r.failed, r.samples, "score")


def _findings(data: ReportData) -> Iterable[Fix]:
    for group in data.findings:
        if catalogue()["finding"].get(group.rule, {}).get("for_information"):
            continue
        reasons = [s.reason for s in group.samples if s.reason]
        reason = reasons[0] if reasons else Bilingual(group.rule, group.rule)
        if len(set(reasons)) > 1:
            reason = _for_example(reason)
        yield _matter(WORTH_CHECKING, "finding", group.rule, reason, group.places, group.samples, "findings")


def _unknown_flags(data: ReportData) -> list[Fix]:
    known = {f.flag for s in data.sources for f in s.flags if f.is_verified} or set(catalogue()["flags"])
    unknown = sorted({f.flag for f in data.flags} - known)
    if not unknown:
        return []
    title = text("fix.legend", flags=" , ".join(unknown))
    return [
        Fix(
            WORTH_CHECKING, "partner", "legend", "", title, text("fix.legend_reason"), len(unknown), section="received"
        )
    ]  # fmt: skip


def _missing(covered: Sequence[Quantity]) -> list[Fix]:
    threshold = policy().coverage_warning
    poor = [(q, s) for q in covered for s in q.series if s.total.share < threshold]
    if not poor:
        return []
    poor.sort(key=lambda pair: pair[1].total.share)
    names = ", ".join(
        " ".join(
            filter(None, (symbol(q.quantity).replace("_", ""), s.station_key, s.level))
        ) + f" ({percent(s.total.valid, s.total.expected)})"
        for q, s in poor[:5]
    )  # fmt: skip
    rest = text("page.more", n=len(poor) - 5) if len(poor) > 5 else Bilingual("", "")
    limit = f"{round(threshold * 100)}\u00a0%"
    reason = Bilingual(
        text("fix.coverage_reason", threshold=limit, names=f"{names} {rest.th}".strip()).th,
        text("fix.coverage_reason", threshold=limit, names=f"{names} {rest.en}".strip()).en,
    )
    title = text("fix.coverage", n=len(poor))
    return [Fix(WORTH_CHECKING, "partner", "coverage", "", title, reason, len(poor), section="received")]


def _matter(
    priority: int,
    kind: str,
    rule: str,
    reason: Bilingual,
    n: int,
    samples: Sequence[Sample],
    section: str,
    rows: int = 0,
) -> Fix:
    nothing = Bilingual("", "")  # the title counts, so it is written once everything is counted
    return Fix(priority, "partner", kind, rule, nothing, reason, n, rows, tuple(samples), 0, section)


def _merged(matters: Iterable[Fix]) -> list[Fix]:
    """One matter per kind and rule, whatever the source; examples from as many files as there are."""
    together: dict[tuple[str, str], Fix] = {}
    for matter in matters:
        key = (matter.kind, matter.rule)
        first = together.get(key)
        if first is None:
            together[key] = matter
            continue
        reason = first.reason
        if reason != matter.reason:
            reason = _for_example(reason)
        together[key] = replace(
            first,
            priority=min(first.priority, matter.priority),
            n=first.n + matter.n,
            rows=first.rows + matter.rows,
            samples=first.samples + matter.samples,
            reason=reason,
        )
    return [_titled(fix) for fix in together.values()]


def _titled(fix: Fix) -> Fix:
    by_file = {s.path: s for s in reversed(fix.samples)}  # the first place of each file
    shown = tuple(by_file[path] for path in dict.fromkeys(s.path for s in fix.samples))[:PLACES]
    if len(shown) < PLACES:
        shown += tuple(s for s in fix.samples if s not in shown)[: PLACES - len(shown)]
    more = max(fix.n - len(shown), 0) if shown else 0
    return replace(fix, title=_title(fix), samples=shown, more=more)


def _title(fix: Fix) -> Bilingual:
    if fix.kind != "finding":
        return text(f"fix.{fix.kind}", n=fix.n, rows=fix.rows)
    known = catalogue()["finding"].get(fix.rule)
    if not known:
        return text("fix.finding_untitled", n=fix.n)
    return Bilingual(
        text("fix.finding", n=fix.n, title=known["th"]).th, text("fix.finding", n=fix.n, title=known["en"]).en
    )


def _for_example(reason: Bilingual) -> Bilingual:
    start = text("page.for_example")
    if reason.th.startswith(start.th):
        return reason
    return Bilingual(f"{start.th} {reason.th}", f"{start.en} {reason.en}")
