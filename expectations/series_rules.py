"""The G1 rules on neighbouring rows of one series, and what all rules on observations share.

The queries count in whole hours and days since 1970 of `epoch_us`, so they depend neither on the time zone of the
connection nor on an extension.
"""

from __future__ import annotations

from typing import Any

from expectations.rules import SQL_EXPECTATION, Action, Dimension, Rule, Scope, Severity

HOUR = 3_600_000_000
DAY = 24 * HOUR
LOCAL = 7 * HOUR
"""Asia/Bangkok is UTC+7 all year round."""

START_US = "epoch_us(interval_start_at)"
END_US = "epoch_us(interval_end_at)"
HOUR_NO = f"({START_US} // {HOUR})"
DAY_NO = f"(({START_US} + {LOCAL}) // {DAY})"
SERIES = "batch_id, station_key, quantity, level"
KEY = f"{SERIES}, averaging_period, interval_start_at"
HOURLY = "averaging_period = 'PT1H'"
DAYS = f"count(distinct hash(station_key, quantity, level, {DAY_NO})) filter (where {HOURLY})"


def series_rules(max_flagged_share: float) -> tuple[Rule, ...]:
    """Completeness, stuck instruments and spikes: none of them takes a row away.

    Args:
        max_flagged_share: 0..1, above this share of flagged cells a batch is worth a warning.
    """
    measured = f"value is not null and is_valid and {HOURLY}"
    pm10 = f"{measured} and quantity = 'PM10'"
    return (
        sql_rule(
            "hours_complete",
            ("completeness", "series", "minor", "warn"),
            f"""select batch_id, min(row_id) as row_id from {{table}} where {HOURLY}
            group by {SERIES}, {DAY_NO} having count(*) <> 24""",
            "A day does not have its 24 hours. Export the day again, with hours 1 to 24 and blanks where nothing was "
            "measured.",
            "วันนี้มีข้อมูลไม่ครบ 24 ชั่วโมง โปรดส่งออกข้อมูลของวันนั้นใหม่ให้มีชั่วโมงที่ 1 ถึง 24 และเว้นว่างในชั่วโมงที่ไม่มีการวัด",
            evaluated=DAYS,
        ),
        sql_rule(
            "days_continuous",
            ("completeness", "series", "major", "warn"),
            f"""with days as (
                select {SERIES}, {DAY_NO} as day_no, min(row_id) as row_id from {{table}} where {HOURLY} group by all
            )
            select batch_id, row_id from days
            qualify day_no - lag(day_no) over (partition by {SERIES} order by day_no) > 4""",
            "More than 3 days in a row are missing before this day. Export the period again without the gap.",
            "ข้อมูลขาดหายติดต่อกันเกิน 3 วันก่อนวันนี้ โปรดส่งออกข้อมูลช่วงดังกล่าวใหม่ให้ต่อเนื่อง",
            evaluated=DAYS,
        ),
        sql_rule(
            "flat_line",
            ("accuracy", "series", "minor", "flag"),
            # A run of 6 hours holds a whole 3-hour block with one value, so only blocks that do, and their neighbours,
            # have to be put into order: a fraction of the time of ordering every row.
            f"""with measured as not materialized (
                select {SERIES}, row_id, value, {HOUR_NO} as hour_no from {{table}} where {measured} and value <> 0
            ),
            still as (
                select hash({SERIES}) as series_hash, hour_no // 3 as block from measured
                group by all having max(hour_no) - min(hour_no) = 2 and count(*) >= 3 and min(value) = max(value)
            ),
            near as (select distinct series_hash, block + step as block from still, (values (-1), (0), (1)) as s(step)),
            candidates as (
                select measured.* from measured
                semi join near on hash({SERIES}) = near.series_hash and hour_no // 3 = near.block
            ),
            runs as (
                select *, hour_no - dense_rank() over (partition by {SERIES}, value order by hour_no) as run
                from candidates
            )
            select batch_id, row_id from runs
            qualify count(*) over (partition by {SERIES}, value, run)
                >= case when quantity = 'RH' and value >= 95 then 12 else 6 end""",
            "The same value stands for 6 hours or more (humidity near 100 %: 12), as from a stuck instrument. Check "
            "it; nothing was changed.",
            "ค่าเดิมซ้ำกันตั้งแต่ 6 ชั่วโมงขึ้นไป (ความชื้นใกล้อิ่มตัว 12 ชั่วโมง) เหมือนเครื่องวัดค้าง โปรดตรวจสอบ ข้อมูลไม่ได้ถูกแก้ไข",
            evaluated=f"count(value) filter (where {measured} and value <> 0)",
        ),
        sql_rule(
            "spike",
            ("accuracy", "series", "minor", "flag"),
            # Few hours are over 300, if any: only those and the hours beside them have to be put into order.
            f"""with pm10 as not materialized (
                select {SERIES}, row_id, value, {HOUR_NO} as hour_no from {{table}} where {pm10}
            ),
            tall as (
                select distinct hash({SERIES}) as series_hash, hour_no + step as hour_no
                from pm10, (values (-1), (0), (1)) as s(step) where value > 300
            ),
            near as (
                select pm10.* from pm10
                semi join tall on hash({SERIES}) = tall.series_hash and pm10.hour_no = tall.hour_no
            ),
            neighbours as (
                select *,
                    lag(value) over series as value_before, lag(hour_no) over series as hour_before,
                    lead(value) over series as value_after, lead(hour_no) over series as hour_after
                from near
                window series as (partition by {SERIES} order by hour_no)
            )
            select batch_id, row_id from neighbours
            where value > 300 and hour_before = hour_no - 1 and hour_after = hour_no + 1
                and value > 5 * value_before and value > 5 * value_after""",
            "PM10 is over 300 µg/m³ and more than 5 times the hour before and after, as from an analyser spike. Check "
            "it; nothing was changed.",
            "PM10 เกิน 300 มคก./ลบ.ม. และสูงกว่า 5 เท่าของชั่วโมงก่อนและหลัง เหมือนสัญญาณรบกวนของเครื่องวัด โปรดตรวจสอบ "
            "ข้อมูลไม่ได้ถูกแก้ไข",
            evaluated=f"count(value) filter (where {pm10})",
        ),
        sql_rule(
            "flagged_share",
            ("completeness", "batch", "minor", "warn"),
            f"""select batch_id, min(row_id) filter (where flag is not null) as row_id
            from {{table}} group by batch_id
            having count(flag) > {max_flagged_share} * count(raw_value)""",
            f"More than {max_flagged_share:.0%} of the cells with an entry hold a status letter instead of a number. "
            "Check the station and the export.",
            f"เซลล์ที่มีข้อมูลเกิน {max_flagged_share:.0%} เป็นสัญลักษณ์สถานะแทนตัวเลข โปรดตรวจสอบสถานีและการส่งออกข้อมูล",
            evaluated="1",
        ),
    )


def sql_rule(
    rule_id: str, kind: tuple[Dimension, Scope, Severity, Action], sql: str, reason_en: str, reason_th: str, **own: Any
) -> Rule:
    """A rule that is a query of its failing rows (batch_id, row_id from ``{table}``)."""
    kwargs = {"unexpected_rows_query": sql, **own}
    return Rule(rule_id, *kind, SQL_EXPECTATION, kwargs, reason_en, reason_th)
