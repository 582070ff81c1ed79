"""The rules on patterns that no range sees: each value is possible, a stretch of them together is not.

Two quantities exchanged, zeros that stand for nothing, days copied, a slip of the unit, a lasting shift of the level. What
is certain is kept out of averages (the rows of the stretch are quarantined), what is not is shown and changes nothing.

Each query makes days of the hours first: one cheap pass, after which windows run over a 24th of the rows. And each rule
says when it is of no use to run it at all (`only_if`), which the gate's one scan over all rows answers.
"""

from __future__ import annotations

from expectations.pattern_sql import MEASURED, STEADY_SQL, copied_days_sql, level_changes_sql
from expectations.rules import Rule
from expectations.series_rules import DAY, DAY_NO, HOUR_NO, HOURLY, SERIES, START_US, sql_rule

_ONE_DAY = f"hash({SERIES}, {DAY_NO})"
_HELD = f"""select batch_id, row_id from {{table}} semi join days on {_ONE_DAY} = days.series_day
        where {HOURLY} and value is not null"""


def exchanged_rule(outside: str) -> Rule:
    """Wind speed and direction, or temperature and humidity, stand in each other's place for whole days.

    Args:
        outside: SQL that is true where `value` is impossible for its quantity and unit.
    """
    return sql_rule(
        "quantities_exchanged",
        ("consistency", "series", "major", "quarantine_row"),
        # A direction never keeps below 25° for a day and has no decimals; a speed does and has. Where both are in one
        # batch: what should be a speed (or a temperature) is impossible for half the day, and its partner would fit.
        f"""with looks as (
            select batch_id, station_key, level, quantity, {DAY_NO} as day_no, {_ONE_DAY} as series_day, count(*) as n,
                2 * count(*) filter (where {outside}) > n as is_impossible, max(value) as highest,
                2 * count(*) filter (where value <> round(value)) > n as has_decimals
            from {{table}} where {HOURLY} and value is not null and quantity in ('WS', 'WD', 'TEMP', 'RH')
            group by all having n >= 12
        ),
        pairs as (
            select one.series_day as one_day, other.series_day as other_day
            from looks as one join looks as other
                on one.batch_id = other.batch_id and one.station_key = other.station_key and one.day_no = other.day_no
                and one.level is not distinct from other.level
            where one.is_impossible and (
                (one.quantity = 'WS' and other.quantity = 'WD' and other.highest <= 40)
                or (one.quantity = 'TEMP' and other.quantity = 'RH' and other.highest <= 48)
            )
        ),
        days as (
            select one_day as series_day from pairs union select other_day from pairs
            union select series_day from looks where quantity = 'WD' and n >= 18 and highest <= 25 and has_decimals
        )
        {_HELD}""",
        "For whole days the values look like those of another quantity: wind speed where direction belongs, or temperature "
        "where humidity belongs. Check the order of the columns and deliver these days again.",
        "ค่าทั้งวันมีลักษณะเป็นของตัวแปรอื่น เช่น ความเร็วลมอยู่ในช่องทิศทางลม หรืออุณหภูมิอยู่ในช่องความชื้น "
        "โปรดตรวจสอบลำดับคอลัมน์แล้วส่งข้อมูลของวันดังกล่าวมาใหม่",
        evaluated=f"count(value) filter (where {HOURLY} and quantity in ('WS', 'WD', 'TEMP', 'RH'))",
        only_if=f"""count(*) filter (where quantity in ('WS', 'TEMP') and value is not null and {outside}) > 6
            or count(*) filter (where quantity = 'WD' and value <= 25 and value <> round(value)) > 8""",
    )


def impossible_day_rule(outside: str) -> Rule:
    """A day most of whose hours are impossible: what is left of it is not to be believed either.

    Args:
        outside: SQL that is true where `value` is impossible for its quantity and unit.
    """
    return sql_rule(
        "impossible_day",
        ("accuracy", "series", "major", "quarantine_row"),
        # impossible hours are few: only they are gathered into days, and only days that have many are counted whole
        f"""with bad as (
            select {_ONE_DAY} as series_day, count(*) as n_bad from {{table}}
            where {HOURLY} and value is not null and {outside} group by series_day having n_bad >= 7
        ),
        days as (
            select bad.series_day from {{table}} join bad on {_ONE_DAY} = bad.series_day
            where {HOURLY} and value is not null
            group by bad.series_day, n_bad having count(*) >= 12 and 2 * n_bad > count(*)
        )
        {_HELD} and not ({outside})""",
        "More than half of the day's values are physically impossible, so the rest of the day is held back too. Check the "
        "unit, the column and the instrument, then deliver the day again.",
        "ค่ามากกว่าครึ่งของวันเป็นไปไม่ได้ทางกายภาพ จึงกักค่าที่เหลือของวันไว้ด้วย โปรดตรวจสอบหน่วยวัด คอลัมน์ และเครื่องวัด "
        "แล้วส่งข้อมูลของวันนั้นมาใหม่",
        evaluated=f"count(value) filter (where {HOURLY})",
        only_if=f"count(*) filter (where value is not null and {outside}) >= 7",
    )


def pattern_rules() -> tuple[Rule, ...]:
    """Placeholder zeros, copied days, slips of the unit, shifts of the level, days of too much rain."""
    return (
        _placeholder_zeros(),
        sql_rule(
            "days_copied",
            ("accuracy", "series", "major", "quarantine_row"),
            f"""with copied as ({copied_days_sql(SERIES)}),
            days as (select distinct hash({SERIES}, day_no) as series_day from copied)
            {_HELD}""",
            "Two days or more repeat earlier days of the same series hour by hour, as when a block was copied. The "
            "earlier days were kept, the repetition is held back; deliver what was measured on these days.",
            "ข้อมูลตั้งแต่ 2 วันขึ้นไปซ้ำกับวันก่อนหน้าในชุดเดียวกันทุกชั่วโมง เหมือนคัดลอกมา ระบบใช้ค่าของวันแรกและกักส่วนที่ซ้ำไว้ "
            "โปรดส่งค่าที่วัดได้จริงของวันดังกล่าว",
            evaluated=f"count(value) filter (where {MEASURED})",
            only_if=_spans(3),
        ),
        sql_rule(
            "unit_slip",
            ("accuracy", "series", "major", "flag"),
            f"""select batch_id, row_id from ({level_changes_sql(SERIES, "batch_id, row_id")}) where is_unit_slip""",
            "From this day on the values are some 10, 100 or 1,000 times those of the week before, or that much smaller. "
            "Check the unit and the decimal point; nothing was changed.",
            "ตั้งแต่วันนี้ค่ามากหรือน้อยกว่าสัปดาห์ก่อนหน้าราว 10, 100 หรือ 1,000 เท่า โปรดตรวจสอบหน่วยวัดและจุดทศนิยม ข้อมูลไม่ได้ถูกแก้ไข",
            evaluated=f"count(value) filter (where {MEASURED} and {STEADY_SQL})",
            only_if=_spans(10),
        ),
        sql_rule(
            "level_shift",
            ("accuracy", "series", "minor", "flag"),
            f"""select batch_id, row_id from ({level_changes_sql(SERIES, "batch_id, row_id", days=14)})
            where is_shift and ratio between 0.2 and 5""",
            "From this day on all daily means lie clearly above, or below, those of the two weeks before. Check the "
            "calibration and whether the instrument was replaced; nothing was changed.",
            "ตั้งแต่วันนี้ค่าเฉลี่ยรายวันสูงหรือต่ำกว่าสองสัปดาห์ก่อนหน้าอย่างชัดเจน โปรดตรวจสอบการสอบเทียบและการเปลี่ยนเครื่องวัด "
            "ข้อมูลไม่ได้ถูกแก้ไข",
            evaluated=f"count(value) filter (where {MEASURED} and {STEADY_SQL})",
            only_if=_spans(20),
        ),
        sql_rule(
            "rain_of_a_day",
            ("accuracy", "series", "minor", "flag"),
            f"""select batch_id, min(row_id) as row_id from {{table}} where {MEASURED} and quantity = 'RAIN'
            group by {SERIES}, {DAY_NO} having sum(case raw_unit when '[in_i]' then 25.4 else 1 end * value) > 300""",
            "The hours of the day add up to more than 300 mm of rain. Check the gauge and its unit (inch or mm); nothing "
            "was changed.",
            "ปริมาณฝนรวมทั้งวันเกิน 300 มม. โปรดตรวจสอบเครื่องวัดและหน่วยวัด (นิ้วหรือ มม.) ข้อมูลไม่ได้ถูกแก้ไข",
            evaluated=f"count(value) filter (where {MEASURED} and quantity = 'RAIN')",
            only_if="sum(value) filter (where quantity = 'RAIN') > 300 / 25.4",
        ),
    )


def _placeholder_zeros() -> Rule:
    # Air without any dust is not found for 6 hours between dusty ones, nor two days without a breath of wind, sun or ozone.
    # Never SO2, nitrogen oxides or rain, whose zeros are real.
    watched = f"{MEASURED} and quantity in ('PM10', 'PM25', 'TSP', 'WS', 'SW', 'O3')"
    return sql_rule(
        "placeholder_zeros",
        ("accuracy", "series", "major", "quarantine_row"),
        f"""with zeros as (
            select {SERIES}, row_id, {HOUR_NO} as hour_no from {{table}} where {watched} and value = 0
        ),
        runs as (
            select *, hour_no - row_number() over (partition by {SERIES} order by hour_no) as run from zeros
        ),
        long as (
            select {SERIES}, min(hour_no) as first_hour, max(hour_no) as last_hour, list(row_id) as row_ids, count(*) as n
            from runs group by {SERIES}, run having n >= case when quantity in ('WS', 'SW', 'O3') then 48 else 6 end
        ),
        beside as (
            select hash({SERIES}) as series_hash, {HOUR_NO} as hour_no from {{table}} where {watched} and value >= 10
        )
        select batch_id, unnest(row_ids) as row_id from long
        where n >= 24 or (
            exists (from beside where series_hash = hash({SERIES}) and beside.hour_no = first_hour - 1)
            and exists (from beside where series_hash = hash({SERIES}) and beside.hour_no = last_hour + 1)
        )""",
        "Zero stands hour after hour where there is always something to measure, as when it was written for 'no data'. Leave "
        "these cells blank, or write the status letter, and deliver them again.",
        "ค่าเป็นศูนย์ต่อเนื่องหลายชั่วโมงทั้งที่ตัวแปรนี้วัดค่าได้เสมอ เหมือนใส่ศูนย์แทนการไม่มีข้อมูล โปรดเว้นว่างหรือใส่สัญลักษณ์สถานะ แล้วส่งมาใหม่",
        evaluated=f"count(value) filter (where {watched})",
        only_if=f"count(*) filter (where {watched} and value = 0) >= 6",
    )


def _spans(days: int) -> str:
    return f"max({START_US}) - min({START_US}) >= {days - 1} * {DAY}"
