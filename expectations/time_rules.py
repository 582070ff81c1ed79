"""The G1 rules on the time that a row speaks of, whatever its shape."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from expectations.rules import Rule
from expectations.series_rules import END_US, HOUR, LOCAL, START_US, sql_rule


def time_rules(window_start: date, future_hours: float = 1.0) -> tuple[Rule, Rule]:
    """Not before the window, not after the receipt.

    Args:
        window_start: first local day (Asia/Bangkok) that a row may speak of.
        future_hours: how far after its receipt a row may end.
    """
    opening = datetime.combine(window_start, time(), UTC) - timedelta(microseconds=LOCAL)
    opening_us = (opening - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    ahead_us = int(future_hours * HOUR)
    return (
        sql_rule(
            "before_window",
            ("validity", "row", "major", "quarantine_row"),
            f"select batch_id, row_id from {{table}} where {START_US} < {opening_us}",
            f"The date lies before {window_start:%Y-%m-%d}, the first day agreed for this feed. Check the year "
            "(B.E. or C.E.).",
            f"วันที่อยู่ก่อน {window_start:%Y-%m-%d} ซึ่งเป็นวันแรกที่ตกลงกันไว้ โปรดตรวจสอบปี (พ.ศ. หรือ ค.ศ.)",
        ),
        sql_rule(
            "in_future",
            ("timeliness", "row", "major", "quarantine_row"),
            f"select batch_id, row_id from {{table}} where {END_US} > epoch_us(received_at) + {ahead_us}",
            "The time of the value lies after the file was received. Check the date and the year (B.E. or C.E.).",
            "เวลาของค่าอยู่หลังเวลาที่ได้รับไฟล์ โปรดตรวจสอบวันที่และปี (พ.ศ. หรือ ค.ศ.)",
        ),
    )
