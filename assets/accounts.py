"""Ledger lines from what happened to deliveries: nothing is lost, nothing is counted twice.

Pure: staged and gated batches in, rows for the `ops` tables out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assets.bronze import GatedBatch
from assets.intake import Delivery
from assets.readers.result import Finding
from assets.stage import Staged, StagedBatch
from expectations.personal import PERSONAL_RULE
from expectations.rules import CheckResult, Rule

Row = dict[str, Any]
Rows = dict[str, list[Row]]
MAX_ROW_JSON = 4_000
WITHDRAWN = "withdrawn:"
"""How the reason of a delivery begins that was taken back."""
SUPERSEDED = "superseded"
"""State of a batch whose delivery was judged again and yields it no more: under a new contract, parser or correction the
same rows are another batch. Its figures are in its earlier events; here they are 0, so that nothing is counted twice."""
NO_MEASUREMENT = Finding(
    "no_measurement",
    "a complete grid without a single measurement or flag; it takes the place of nothing",
    "มีตารางครบแต่ไม่มีค่าที่วัดหรือสัญลักษณ์สถานะแม้แต่ค่าเดียว จึงไม่แทนที่ข้อมูลใด",
)


def lines_of(
    staged: Sequence[Staged],
    gated: Mapping[str, GatedBatch],
    winners: Mapping[str, str],
    notes: Mapping[str, Sequence[Finding]],
) -> Rows:
    """Rows of ops.delivery, batch, check_result, finding and quarantine for newly staged deliveries.

    `winners` maps a batch that lost its slot to the path of the winner; `notes` adds findings to a batch (by id).
    """
    rows: Rows = defaultdict(list)
    for item in staged:
        if item.refusal or item.no_data:
            _without_rows(item, rows)
        else:
            _with_rows(item, gated, winners, notes, rows)
    return rows


def repeat_line(delivery: Delivery, first: Row) -> Row:
    """A delivery whose bytes were there already."""
    return delivery_line(
        delivery,
        first.get("source_id"),
        "repeat",
        reason_en=f"same bytes as {first['path']}, received {first['received_at']:%Y-%m-%d %H:%M} UTC",
        reason_th=f"ไฟล์เดียวกับ {first['path']} ที่ได้รับเมื่อ {first['received_at']:%Y-%m-%d %H:%M} UTC",
    )


def replaced_line(line: Row, by: str) -> Row:
    """The older delivery of a slot, once a newer one is in: the same figures, another outcome."""
    return line | {
        "outcome": "replaced",
        "reason_en": f"replaced by {by}",
        "reason_th": f"ถูกแทนที่ด้วย {by}",
    }


def withdrawn_line(line: Row, reason: str) -> Row:
    """A delivery that was taken back: none of its rows count any more."""
    return line | {
        "outcome": "refused",
        "accepted": 0,
        "quarantined": 0,
        "dropped": line["rows_in"],
        "reason_en": f"{WITHDRAWN} {reason}",
        "reason_th": f"ถอนออก: {reason}",
    }


def superseded_batch(row: Row) -> Row:
    """The last event of a batch in whose place its delivery now has others."""
    return row | {"status": SUPERSEDED} | dict.fromkeys(("rows_in", "accepted", "quarantined", "dropped"), 0)


def delivery_line(delivery: Delivery, source_id: str | None, outcome: str, **figures: Any) -> Row:
    """One ops.delivery row; figures not given are 0 or empty."""
    counts = dict.fromkeys(("rows_in", "accepted", "quarantined", "dropped", "findings"), 0)
    texts = {"reason_en": "", "reason_th": ""}
    return {
        "delivery_id": delivery.delivery_id,
        "partner_id": delivery.partner_id,
        "path": delivery.path,
        "sha256": delivery.sha256,
        "bytes": delivery.bytes,
        "media_type": delivery.media_type,
        "received_at": delivery.received_at,
        "source_id": source_id,
        "outcome": outcome,
        **counts,
        **texts,
        **figures,
    }


def _without_rows(item: Staged, rows: Rows) -> None:
    delivery = item.delivery
    if item.refusal:
        refusal = item.refusal
        rows["delivery"].append(
            delivery_line(delivery, item.source_id, "refused", reason_en=refusal.reason_en, reason_th=refusal.reason_th)
        )
        rows["check_result"].append(_g0_line(item, refusal.rule, "fail", refusal.reason_en, refusal.reason_th))
        where = {"sheet": refusal.sheet, "cell": refusal.cell}
        rows["quarantine"].append(
            _lineage(delivery, item.source_id)
            | where
            | {"rule": refusal.rule, "reason_en": refusal.reason_en, "reason_th": refusal.reason_th, "n_rows": 0}
        )
    elif item.no_data:
        note = item.no_data
        rows["delivery"].append(
            delivery_line(delivery, item.source_id, "no_data", reason_en=note.reason_en, reason_th=note.reason_th)
        )
        rows["check_result"].append(_g0_line(item, "readable", "pass", "", ""))


def _with_rows(
    item: Staged,
    gated: Mapping[str, GatedBatch],
    winners: Mapping[str, str],
    notes: Mapping[str, Sequence[Finding]],
    rows: Rows,
) -> None:
    outcomes = [gated[batch.batch_id] for batch in item.batches]
    findings: list[tuple[StagedBatch, Finding]] = []
    rows["check_result"].append(_g0_line(item, "readable", "pass", "", ""))
    for outcome in outcomes:
        batch = outcome.batch
        findings.extend((batch, finding) for finding in (*batch.findings, *notes.get(batch.batch_id, ())))
        told = {finding.rule for finding in batch.findings}
        findings.extend(
            (batch, Finding(drop.rule, drop.reason_en, drop.reason_th, n=drop.n))
            for drop in batch.drops
            if drop.rule not in told
        )
        rows["batch"].append(_batch_line(outcome, winners))
        is_personal = holds_personal_data(outcome)
        rows["check_result"].extend(
            _g1_line(batch, result) | ({"sample_value": None} if is_personal else {}) for result in outcome.results
        )
        rows["quarantine"].extend(_quarantine_lines(outcome))
    for batch, finding in findings:
        rows["finding"].append(
            {key: value for key, value in _lineage(item.delivery, item.source_id).items() if key != "entity"}
            | {
                "batch_id": batch.batch_id,
                "rule": finding.rule,
                "reason_en": finding.reason_en,
                "reason_th": finding.reason_th,
                "sheet": finding.sheet,
                "cell": finding.cell,
                "n": finding.n,
                "subject": finding.subject,
            }
        )
    rows["delivery"].append(_judged_line(item, outcomes, [finding for _, finding in findings], winners))


def _judged_line(
    item: Staged, outcomes: Sequence[GatedBatch], findings: Sequence[Finding], winners: Mapping[str, str]
) -> Row:
    refusals = [outcome.refused_by for outcome in outcomes if outcome.refused_by]
    quarantined = sum(outcome.quarantined for outcome in outcomes)
    failed = [result.rule for outcome in outcomes for result in outcome.results if not result.passed]
    held = [rule for rule in failed if rule.action == "quarantine_row"]
    # Minor marks (a flat line, an unusual value) are for the report; a line of the ledger says what a person must know.
    warnings = [rule for rule in failed if rule.action in ("flag", "warn") and rule.severity != "minor"]
    notes: list[Rule | Finding] = [*refusals, *held, *findings, *warnings]
    if len(refusals) == len(outcomes):
        outcome = "refused"
    elif all(batch.is_blank for batch in item.batches):
        outcome = "no_data"
        notes = [NO_MEASUREMENT, *notes]
    elif outcomes and all(o.batch.batch_id in winners for o in outcomes):
        outcome = "replaced"
        by = winners[outcomes[0].batch.batch_id]
        notes = [Finding("replaced", f"replaced by {by}", f"ถูกแทนที่ด้วย {by}"), *notes]
    elif refusals or quarantined or findings or warnings:
        outcome = "accepted_with_findings"
    else:
        outcome = "accepted"
    return delivery_line(
        item.delivery,
        item.source_id,
        outcome,
        rows_in=sum(o.batch.rows_in for o in outcomes),
        accepted=sum(o.accepted for o in outcomes),
        quarantined=quarantined,
        dropped=sum(o.batch.n_dropped for o in outcomes),
        findings=len(findings),
        reason_en="; ".join(dict.fromkeys(note.reason_en for note in notes)),
        reason_th="; ".join(dict.fromkeys(note.reason_th for note in notes)),
    )


def _batch_line(gated: GatedBatch, winners: Mapping[str, str]) -> Row:
    batch = gated.batch
    status = "refused" if gated.refused_by else "replaced" if batch.batch_id in winners else "accepted"
    return {
        "batch_id": batch.batch_id,
        "delivery_id": batch.delivery.delivery_id,
        "sha256": batch.delivery.sha256,
        "partner_id": batch.delivery.partner_id,
        "source_id": batch.source_id,
        "entity": batch.entity,
        "layout": batch.layout,
        "series": batch.series,
        "period_start": batch.period_start,
        "period_end": batch.period_end,
        "last_event_at": batch.last_event_at,
        "slot": batch.slot,
        "content_hash": batch.content_hash,
        "contract_version": batch.contract_version,
        "parser_version": batch.parser_version,
        "rules_hash": gated.rules_hash,
        "corrections_hash": batch.corrections_hash,
        "status": status,
        "rows_in": batch.rows_in,
        "accepted": gated.accepted,
        "quarantined": gated.quarantined,
        "dropped": batch.n_dropped,
        "path": batch.delivery.path,
        "received_at": batch.delivery.received_at,
    }


def _g0_line(item: Staged, rule: str, outcome: str, reason_en: str, reason_th: str) -> Row:
    return {
        "gate": "G0",
        "partner_id": item.delivery.partner_id,
        "source_id": item.source_id,
        "batch_id": item.delivery.delivery_id,
        "rule": rule,
        "dimension": "validity",
        "scope": "batch",
        "severity": "critical",
        "action": "refuse_batch",
        "evaluated": 1,
        "failed": int(outcome == "fail"),
        "outcome": outcome,
        "reason_en": reason_en,
        "reason_th": reason_th,
    }


def _g1_line(batch: StagedBatch, result: CheckResult) -> Row:
    sample = result.sample[0] if result.sample else {}
    return result_fields(result) | {
        "gate": "G1",
        "partner_id": batch.delivery.partner_id,
        "source_id": batch.source_id,
        "entity": batch.entity,
        "batch_id": batch.batch_id,
        "sample_sheet": sample.get("sheet"),
        "sample_cell": sample.get("cell"),
        "sample_value": sample.get("raw_value"),
    }


def result_fields(result: CheckResult) -> Row:
    """What every line of ops.check_result says of its rule and its outcome, whatever the gate."""
    rule = result.rule
    return {
        "rule": rule.id,
        "dimension": rule.dimension,
        "scope": rule.scope,
        "severity": rule.severity,
        "action": rule.action,
        "evaluated": result.evaluated,
        "failed": result.failed,
        "outcome": result.outcome,
        "reason_en": rule.reason_en,
        "reason_th": rule.reason_th,
    }


def _quarantine_lines(gated: GatedBatch) -> list[Row]:
    """One line a row held by its own rule; a refused batch adds one line for all its other rows (they stay in raw)."""
    batch = gated.batch
    base = _lineage(batch.delivery, batch.source_id) | {"entity": batch.entity, "batch_id": batch.batch_id}
    is_personal = holds_personal_data(gated)
    reasons = {result.rule.id: result.rule for result in gated.results}
    lines = []
    for row in gated.held.iter_rows(named=True):
        rule = reasons[row["rule"]]
        lines.append(
            base
            | {"rule": rule.id, "reason_en": rule.reason_en, "reason_th": rule.reason_th, "n_rows": 1}
            | {"sheet": row["sheet"], "cell": row["cell"]}
            | ({} if is_personal else _content(row))
        )
    rest = gated.quarantined - gated.held.height
    if gated.refused_by and rest:
        rule = gated.refused_by
        lines.append(base | {"rule": rule.id, "reason_en": rule.reason_en, "reason_th": rule.reason_th, "n_rows": rest})
    return lines


def _content(row: Row) -> Row:
    return {"raw_value": row["raw_value"], "row_json": json.dumps(row, ensure_ascii=False, default=str)[:MAX_ROW_JSON]}


def holds_personal_data(gated: GatedBatch) -> bool:
    """True when the scan found something: nothing of such a batch is written down, by whatever rule a row of it fails."""
    return any(result.rule.id == PERSONAL_RULE and not result.passed for result in gated.results)


def _lineage(delivery: Delivery, source_id: str | None) -> Row:
    return {
        "partner_id": delivery.partner_id,
        "source_id": source_id,
        "entity": None,
        "delivery_id": delivery.delivery_id,
        "path": delivery.path,
    }
