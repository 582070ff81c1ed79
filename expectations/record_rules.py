"""The G1 rules for rows of the shape `record`, from what the contract says of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from expectations.rules import Rule
from expectations.series_rules import END_US, START_US, sql_rule
from expectations.shapes import Column
from expectations.time_rules import time_rules


def record_rules(
    columns: Sequence[Column], key: Sequence[str], window_start: date, future_hours: float
) -> tuple[Rule, ...]:
    """The rules on single records and on their keys, gravest first.

    Args:
        columns: the entity's own columns.
        key: what makes a record unique within a batch.
        window_start: first local day (Asia/Bangkok) that a record may speak of.
        future_hours: how far ahead of its receipt a record may speak.
    """
    required = [column.name for column in columns if column.required]
    return (
        sql_rule(
            "key_present",
            ("completeness", "row", "critical", "quarantine_row"),
            f"""select batch_id, row_id from {{table}}
            where problem is null and ({" or ".join(f'"{name}" is null' for name in (*required, "interval_start_at"))})""",
            f"One of the fields that every record needs is empty ({', '.join(required)}, or the time). Complete it and "
            "deliver it again.",
            f"ช่องที่ต้องมีค่าว่างอยู่ ({', '.join(required)} หรือเวลา) โปรดเติมให้ครบแล้วส่งมาใหม่",
        ),
        sql_rule(
            "readable",
            ("validity", "row", "major", "quarantine_row"),
            "select batch_id, row_id from {table} where problem is not null",
            "A cell holds something else than was agreed: words where a number belongs, or a date that is none. Correct "
            "it and deliver it again.",
            "เซลล์มีข้อมูลไม่ตรงชนิดที่ตกลงกันไว้ เช่น ตัวอักษรแทนตัวเลข หรือวันที่ไม่ถูกต้อง โปรดแก้ไขแล้วส่งมาใหม่",
        ),
        sql_rule(
            "unique_key",
            ("uniqueness", "row", "major", "quarantine_row"),
            f"""select batch_id, row_id from {{table}}
            where interval_start_at is not null
            qualify count(*) over (partition by batch_id, {", ".join(f'"{name}"' for name in key)}) > 1""",
            "The same record stands more than once in the delivery with different content. Keep one and deliver it again.",
            "รายการเดียวกันปรากฏมากกว่าหนึ่งครั้งโดยมีเนื้อหาต่างกัน โปรดเหลือไว้เพียงรายการเดียวแล้วส่งมาใหม่",
        ),
        *_range_rules(columns),
        *_code_rules(columns),
        sql_rule(
            "interval_runs_forward",
            ("consistency", "row", "major", "quarantine_row"),
            f"select batch_id, row_id from {{table}} where {END_US} < {START_US}",
            "The record ends before it begins. Correct its times.",
            "เวลาสิ้นสุดอยู่ก่อนเวลาเริ่มต้น โปรดแก้ไขเวลา",
        ),
        *time_rules(window_start, future_hours),
    )


def _range_rules(columns: Sequence[Column]) -> list[Rule]:
    """What is impossible is quarantined, what is unusual is flagged; one pass for all columns."""
    hard = [_outside(c.name, c.minimum, c.maximum) for c in columns if c.minimum is not None or c.maximum is not None]
    soft = [
        _outside(c.name, c.soft_minimum, c.soft_maximum)
        for c in columns
        if c.soft_minimum is not None or c.soft_maximum is not None
    ]
    rules = []
    if hard:
        rules.append(
            sql_rule(
                "hard_range",
                ("validity", "row", "major", "quarantine_row"),
                f"select batch_id, row_id from {{table}} where {' or '.join(hard)}",
                "A figure is impossible for what it stands for. Check the source and deliver the corrected record.",
                "ตัวเลขเป็นไปไม่ได้สำหรับรายการนี้ โปรดตรวจสอบต้นทางแล้วส่งรายการที่แก้ไขแล้วมาใหม่",
            )
        )
    if soft:
        rules.append(
            sql_rule(
                "soft_range",
                ("accuracy", "row", "minor", "flag"),
                f"select batch_id, row_id from {{table}} where {' or '.join(soft)}",
                "A figure is unusual. Check it; nothing was changed.",
                "ตัวเลขผิดปกติ โปรดตรวจสอบ ข้อมูลไม่ได้ถูกแก้ไข",
            )
        )
    return rules


def _code_rules(columns: Sequence[Column]) -> list[Rule]:
    coded = [c for c in columns if c.allowed]
    if not coded:
        return []
    bad = " or ".join(f""""{c.name}" not in ({", ".join(map(_text, c.allowed))})""" for c in coded)
    named = "; ".join(f"{c.name}: {', '.join(c.allowed)}" for c in coded)
    return [
        sql_rule(
            "code_known",
            ("validity", "row", "major", "quarantine_row"),
            f"select batch_id, row_id from {{table}} where {bad}",
            f"A code is not in the agreed list ({named}). Correct it, or tell us what it means.",
            f"รหัสไม่อยู่ในรายการที่ตกลงกันไว้ ({named}) โปรดแก้ไข หรือแจ้งความหมายให้เราทราบ",
        )
    ]


def _outside(name: str, low: float | None, high: float | None) -> str:
    bounds = [f'"{name}" < {low!r}'] if low is not None else []
    bounds += [f'"{name}" > {high!r}'] if high is not None else []
    return f"({' or '.join(bounds)})"


def _text(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'"
