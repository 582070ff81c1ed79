"""Invented lines of the ledger on time and consequences: scores, issues, answers, fetches, freshness."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
NOW = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)  # the state's own day: 2 November 2026, 10:30 in Thailand
AIR, WEATHER = "egat_ambient", "egat_weather"


def score(source_id: str, day: date, points: float | None, grade: str = "A", **more: Any) -> Row:
    return {
        "score_id": f"{source_id}|{day}", "event_seq": day.toordinal(), "partner_id": "egat", "source_id": source_id,
        "score_date": day, "policy_version": "1.1.0", "validity": 0.99, "uniqueness": 1.0, "points": points,
        "grade": grade, "is_capped": False, "evaluated": 100, "failed": 1,
    } | more  # fmt: skip


def issue(rule: str, subject: str, days_ago: int, source_id: str = AIR, **more: Any) -> Row:
    """An open issue of gate G1, major unless told otherwise."""
    line: Row = {
        "event_seq": 1, "partner_id": "egat", "source_id": source_id, "gate": "G1", "entity": "observation",
        "rule": rule, "dimension": "validity", "severity": "major", "action": "quarantine_row", "subject": subject,
        "state": "open", "failed": 7, "opened_at": NOW - timedelta(days=days_ago),
        "reason_en": f"{rule}: outside what the contract allows", "reason_th": f"{rule}: อยู่นอกช่วงที่สัญญาข้อมูลกำหนด",
    } | more  # fmt: skip
    names = ("partner_id", "source_id", "gate", "entity", "rule", "subject")
    known = "|".join(str(line[name]) for name in names)
    return line | {"issue_id": hashlib.sha256(known.encode()).hexdigest()[:12]}


def answer(of: Row, state: str, words: str, hour: int = 1) -> Row:
    return {
        "answer_id": f"{of['issue_id']}{hour}", "event_seq": hour, "partner_id": of["partner_id"],
        "issue_id": of["issue_id"], "state": state, "words": words, "path": "answers/answers.csv",
        "answered_at": NOW - timedelta(hours=10 - hour),
    }  # fmt: skip


def fetch(source_id: str, outcome: str, status: int, minute: int = 0, **more: Any) -> Row:
    return {
        "source_id": source_id, "partner_id": "egat", "day": NOW.date(), "label": "latest", "url": "https://example.org/",
        "status": status, "attempts": 1, "bytes": 1_200 if outcome == "ok" else 0, "outcome": outcome, "reason_en": "",
        "reason_th": "", "fetched_at": NOW - timedelta(minutes=60 - minute), "seconds": 0.1,
    } | more  # fmt: skip


def fresh(source_id: str, status: str) -> Row:
    return {
        "source_id": source_id,
        "partner_id": "egat",
        "status": status,
        "last_event_at": NOW - timedelta(hours=2) if status != "never" else None,
    }


def history(pm10_path: str, refused_path: str) -> dict[str, list[Row]]:
    """Two months of scores, five issues (one closed), two answers on one of them, a server that failed once."""
    pm10 = issue("pm10_range", pm10_path, 40)  # 30 days are over
    flat = issue("flat_line", pm10_path, 3, severity="minor", action="flag", failed=12)
    php = issue(
        "export_error", refused_path, 5, gate="G0", severity="critical", action="refuse_batch", failed=1, entity=None
    )
    copied = issue(
        "flow_not_copied",
        "gold.fct_air_quality_daily",
        2,
        gate="G3",
        entity="gold.fct_air_quality_daily",
        severity="major",
    )
    closed = issue("so2_range", "SO2 2009/Bansoppad.xlsx", 20, state="closed", closed_at=NOW - timedelta(days=1))
    days = [date(2026, 10, 28) + timedelta(days=i) for i in range(6)]
    return {
        "issue": [pm10, flat, php, copied, closed],
        "answer": [answer(pm10, "acknowledged", "จะตรวจสอบ"), answer(pm10, "disputed", "เครื่องวัดสอบเทียบแล้ว =1+1", 2)],
        "score": [
            *(score(AIR, day, points, "B") for day, points in zip(days, (96, 97.5, 90, 91, 92.5, 94), strict=True)),
            *(score(WEATHER, day, points) for day, points in zip(days[2:], (99, 99, 98, 97.4), strict=True)),
        ],
        "fetch": [
            fetch(WEATHER, "ok", 200),
            fetch(WEATHER, "not_modified", 304, 5),
            fetch(WEATHER, "failed", 503, 9, reason_en="HTTP 503 after 4 tries.", reason_th="HTTP 503 หลังลอง 4 ครั้ง"),
        ],
        "freshness": [fresh(AIR, "on_time"), fresh(WEATHER, "late")],
    }
