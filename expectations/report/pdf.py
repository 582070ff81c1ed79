"""The printed summary: two to six pages, set by Typst, tagged for screen readers (PDF/UA-1), Thai and English.

Typst is handed plain data (JSON) and a template of ours: what stands in a partner's file is text there, never markup.
"""

from __future__ import annotations

import json
from calendar import timegm
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from expectations.report import texts
from expectations.report.agreed import agreed
from expectations.report.conclude import Conclusions, conclude, failing
from expectations.report.matters import Group
from expectations.report.model import Bilingual, ReportData, Sample
from expectations.report.standing import Standing

MOST = {"fixes": 6, "failures": 5, "groups": 6, "effects": 5, "tables": 6}  # the page has all of them
SAMPLES = 5
Passage = dict[str, str]
LABELS = (
    "page.project", "print.title", "print.page", "page.synthetic", "verdict.heading", "fix.heading", "fix.none",
    "fix.by_partner", "fix.by_us", "agreed.due", "agreed.overdue", "score.heading", "score.none", "score.points",
    "header.source", "header.as_of", "header.period", "header.run", "header.publication", "header.version",
    "trend.heading", "print.failures", "print.failures_none", "place.file", "place.sheet", "place.cell", "place.value",
    "matters.heading", "matters.none", "matters.no_answer", "matters.answer", "score.severity", "quarantined.rule",
    "impact.heading", "impact.none", "impact.tables", "impact.kpis", "impact.other", "trace.heading", "print.more_online",
    "score.not_measured", "footer.time",
)  # fmt: skip


def to_pdf(data: ReportData, done: Conclusions | None = None) -> bytes:
    """The summary as PDF; the same state gives the same bytes."""
    import typst  # a compiler of 30 MB: only where a page is set

    folder = texts.FOLDER
    done = done or conclude(data)
    return typst.compile(
        str(folder / "templates" / "summary.typ"),
        root=str(folder),
        font_paths=[str(folder / "fonts")],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"report": json.dumps(told(data, done), ensure_ascii=False)},
        timestamp=timegm(data.as_of.utctimetuple()) if data.as_of else 0,
    )


def told(data: ReportData, done: Conclusions) -> dict[str, Any]:
    """What the summary says: passages as {th, en}, figures as they are written."""
    publication = data.publication.publication_id if data.publication else None
    period = [(b.period_start, b.period_end) for b in data.batches if b.status == "accepted"]
    starts, ends = [a for a, _ in period if a], [b for _, b in period if b]
    return {
        "label": {key: _both(texts.text(key)) for key in LABELS},
        "partner": _both(data.partner),
        "is_synthetic": data.is_synthetic,
        "as_of": _both(texts.instant(data.as_of)) if data.as_of else None,
        "period": _both(texts.day_span(min(starts), max(ends))) if starts and ends else None,
        "run_id": data.run_id or "–",
        "publication": publication or texts.text("header.never").en,
        "verdict": {"state": done.verdict, "name": _both(texts.text(f"verdict.{done.verdict}"))},
        "sentence": _both(done.sentence),
        "tiles": _tiles(done),
        "target": f"{agreed().target_points:g}",
        "target_note": _both(texts.text("trend.target", target=f"{agreed().target_points:g}")),
        "fixes": [_fix(fix) for fix in done.fixes[: MOST["fixes"]]],
        "more_fixes": _more(done.fixes, "fixes"),
        "standings": [_standing(s, data) for s in done.scores if s.points is not None],
        "dimensions": [_both(texts.word("dimension", d.dimension)) for d in done.scores[0].dimensions]
        if done.scores
        else [],
        "failures": _failures(data),
        "groups": [_group(group) for group in done.matters.groups[: MOST["groups"]]],
        "more_groups": _more(done.matters.groups, "groups"),
        "effects": _effects(done),
        "sources": [{"id": s.source_id, "title": _both(s.title), "version": s.version} for s in data.sources],
    }


def _both(passage: Bilingual) -> Passage:
    return {"th": passage.th, "en": passage.en}


def _tiles(done: Conclusions) -> list[dict[str, Any]]:
    total = done.total
    share = texts.percent(total.accepted, total.rows_in)
    figures = {
        "deliveries": texts.number(total.deliveries),
        "rows": texts.number(total.rows_in),
        "accepted": f"{texts.number(total.accepted)} ({share})",
        "to_fix": texts.number(len(done.fixes)),
    }
    return [{"name": _both(texts.text(f"tiles.{name}")), "figure": figure} for name, figure in figures.items()]


def _fix(fix: Any) -> dict[str, Any]:
    return {
        "priority": fix.priority,
        "name": _both(texts.text(f"fix.priority_{fix.priority}")),
        "title": _both(fix.title),
        "reason": _both(fix.reason),
        "ours": _both(fix.ours),
        "by": fix.by,
        "due": _due(fix.due),
        "is_overdue": fix.is_overdue,
        "samples": [_sample(sample) for sample in fix.samples[:2]],
    }


def _standing(standing: Standing, data: ReportData) -> dict[str, Any]:
    title = next((s.title for s in data.sources if s.source_id == standing.source_id), Bilingual("", ""))
    periods = standing.periods
    alt = ""
    if periods:
        names = {"source": standing.source_id, "n": len(periods)}
        first, last = (f"{p.points:g}" for p in (periods[0], periods[-1]))
        alt = texts.text("print.trend_alt", first=first, last=last, **names).th
    change = standing.change
    return {
        "source_id": standing.source_id,
        "title": _both(title),
        "points": f"{standing.points:g}",
        "grade": standing.grade,
        "change": None if change is None else f"{'+' if change > 0 else ''}{change:g}".replace("-", "–"),
        "is_on_target": standing.is_on_target,
        "shares": [_share(d.share) for d in standing.dimensions],
        "trend": [p.points for p in periods],
        "alt": alt,
    }


def _share(share: float | None) -> str:
    return "–" if share is None else texts.percent(int(share * 10_000_000), 10_000_000)


def _failures(data: ReportData) -> list[dict[str, Any]]:
    """The worst rules with places: of the row where the rule held rows back, else of what the gate saw first."""
    held = {(q.source_id, q.rule): q.samples for q in data.quarantine}
    found = []
    for rule in failing(data.rules)[: MOST["failures"]]:
        samples = held.get((rule.source_id or "", rule.rule)) or rule.samples
        count = {"failed": rule.failed, "evaluated": rule.evaluated}
        found.append(
            {
                "reason": _both(rule.reason),
                "count": _both(texts.text("print.found", share=texts.percent(rule.failed, rule.evaluated, 2), **count)),
                "severity": _both(texts.word("severity", rule.severity)),
                "rule": rule.rule,
                "source_id": rule.source_id or "",
                "samples": [_sample(sample) for sample in samples[:SAMPLES]],
            }
        )
    return found


def _sample(sample: Sample) -> dict[str, str]:
    path = PurePosixPath(sample.path)
    return {
        "file": path.name,
        "folder": "" if str(path.parent) == "." else str(path.parent),
        "sheet": sample.sheet or "–",
        "cell": sample.cell or "–",
        "value": sample.value or "–",
    }


def _group(group: Group) -> dict[str, Any]:
    answers = [(issue.answer.answered_at, issue.answer) for issue in group.issues if issue.answer]
    last = max(answers, key=lambda pair: pair[0])[1] if answers else None
    return {
        "reason": _both(group.reason),
        "severity": _both(texts.word("severity", group.severity)),
        "rule": group.rule,
        "source_id": group.source_id or "",
        "count": _both(texts.text("matters.count", n=len(group.issues))),
        "since": _both(texts.day(texts.local(group.issues[0].opened_at).date())),
        "ids": [issue.issue_id for issue in group.issues[:3]],
        "due": _due(group.due),
        "is_overdue": group.is_overdue,
        "answered": _both(texts.text("matters.answered", answered=group.answered, all=len(group.issues))),
        "answer": {"state": _both(texts.word("answer_state", last.state)), "words": last.words} if last else None,
    }


def _effects(done: Conclusions) -> list[dict[str, Any]]:
    found = []
    for effect in done.effects[: MOST["effects"]]:
        reasons = [_both(reason) for reason in effect.reasons]
        if effect.how == "lacking":
            reasons = [_both(texts.text("impact.lacking_reason", refused=effect.refused, held=effect.held))]
        elif not effect.is_own:
            reasons = [_both(texts.text("impact.other"))]
        found.append(
            {
                "how": effect.how,
                "name": _both(texts.text(f"impact.{effect.how}")),
                "source_id": effect.source_id or "",
                "tables": list(effect.tables or (effect.judged,))[: MOST["tables"]],
                "more_tables": _more(effect.tables, "tables"),
                "kpis": [kpi.kpi_id for kpi in effect.kpis],
                "reasons": reasons,
            }
        )
    return found


def _due(day: date | None) -> Passage:
    if day is None:
        return _both(texts.text("agreed.next"))
    shown = texts.day(day)
    return {"th": texts.text("agreed.due_on", day=shown.th).th, "en": texts.text("agreed.due_on", day=shown.en).en}


def _more(found: Sequence[Any], name: str) -> Passage | None:
    rest = len(found) - MOST[name]
    return _both(texts.text("page.more", n=rest)) if rest > 0 else None
