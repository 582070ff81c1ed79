"""The scan for personal data (PDPA): Thai citizen ids, telephone numbers and e-mail addresses in any text of a row.

It runs on every batch, whatever the source promises. A hit refuses the whole batch: nothing personal goes further, and
what was found is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from expectations.rules import Rule
from expectations.series_rules import sql_rule

PERSONAL_RULE = "no_personal_data"
CITIZEN_ID = r"\b[1-8]\d{12}\b"
CITIZEN_ID_DASHED = r"\b[1-8]-\d{4}-\d{5}-\d{2}-\d\b"
MOBILE = r"(?:\b0[689](?:\d[- ]?\d{3}[- ]?\d{4}|-\d{4}-\d{4})|\+66[- ]?[689]\d[- ]?\d{3}[- ]?\d{4})\b"
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"


def is_citizen_id(text: str) -> bool:
    """True for 13 digits whose last is the check digit of the others (weights 13 to 2, modulo 11)."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) != 13:
        return False
    total = sum(weight * digit for weight, digit in zip(range(13, 1, -1), digits[:12], strict=True))
    return (11 - total % 11) % 10 == digits[12]


def personal_rule(columns: Mapping[str, str]) -> Rule:
    """The scan over text columns of a batch; each with the condition on the rows that can hold words (SQL)."""
    # Grouped first: names and codes repeat, and a pattern is dear.
    scans = " union all ".join(
        f"""select batch_id, row_id from (
            select batch_id, "{name}" as words, min(row_id) as row_id from {{table}} where {condition} group by all
        ) where {FOUND}"""
        for name, condition in columns.items()
    )
    return sql_rule(
        PERSONAL_RULE,
        ("validity", "batch", "critical", "refuse_batch"),
        scans,
        "The delivery holds personal data (a citizen id, a telephone number or an e-mail address). Nothing of it was taken. "
        "Remove the column and deliver it again; the platform team erases the copy.",
        "ข้อมูลที่ส่งมามีข้อมูลส่วนบุคคล (เลขประจำตัวประชาชน หมายเลขโทรศัพท์ หรืออีเมล) จึงไม่รับข้อมูลชุดนี้ โปรดลบคอลัมน์ดังกล่าวแล้วส่งมาใหม่ "
        "ทีมแพลตฟอร์มจะลบสำเนาที่ได้รับ",
    )


def _found() -> str:
    """SQL that is true where `words` hold personal data. The check digit spares figures that only look alike, and a
    telephone number does not stand behind a decimal point."""
    weights = " + ".join(f"{13 - i} * try_cast(substr(id, {i + 1}, 1) as integer)" for i in range(12))
    check = f"(11 - ({weights}) % 11) % 10 = try_cast(substr(id, 13, 1) as integer)"
    ids = f"regexp_extract_all(words, '{CITIZEN_ID}|{CITIZEN_ID_DASHED}')"
    plain = f"list_transform({ids}, lambda id: replace(id, '-', ''))"
    mobile = rf"(^|[^0-9.]|[^0-9]\.){MOBILE}"
    return (
        f"coalesce(regexp_matches(words, '{mobile}|{EMAIL}'), false) "
        f"or coalesce(len(list_filter({plain}, lambda id: {check})) > 0, false)"
    )


FOUND = _found()
"""SQL, true where the column `words` holds personal data."""
