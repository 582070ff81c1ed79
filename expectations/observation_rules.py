"""The G1 rules for rows of the shape `observation`: one row per station, quantity, tower level and interval.

Here are the rules on single rows and on keys; those on neighbouring rows are in `series_rules.py`, those on patterns of
whole days in `pattern_rules.py`. Rows without a value
(blank or flagged) are exempt from everything that judges values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from expectations.pattern_rules import exchanged_rule, impossible_day_rule, pattern_rules
from expectations.quantities import Quantity, QuantityError, Range
from expectations.rules import Action, Dimension, Rule, RuleError, Scope, Severity
from expectations.series_rules import DAY, END_US, HOUR, HOURLY, KEY, LOCAL, START_US, series_rules, sql_rule
from expectations.time_rules import time_rules


def standard_observation_rules(
    quantities: Sequence[Quantity],
    window_start: date,
    flags: Sequence[str],
    *,
    units: Mapping[str, Sequence[str]] | None = None,
    averaging_periods: Mapping[str, Sequence[str]] | None = None,
    max_flagged_share: float = 0.5,
) -> tuple[Rule, ...]:
    """The G1 rules, gravest first.

    Args:
        quantities: what the entity may hold; any other quantity is refused.
        window_start: first local day (Asia/Bangkok) that a row may lie in.
        flags: the partner's legend, letter case counts.
        units: by quantity, the units that may be delivered; default: all that the registry accepts.
        averaging_periods: by quantity, the periods that may be delivered (ISO 8601); default: not restricted.
        max_flagged_share: 0..1, above this share of flagged cells a batch is worth a warning.

    Raises:
        RuleError: a unit is not accepted for its quantity.
    """
    accepted = {q.key: tuple((units or {}).get(q.key, q.units)) for q in quantities}
    try:
        ranges = {(q.key, unit): q.range_in(unit) for q in quantities for unit in accepted[q.key]}
    except QuantityError as error:
        raise RuleError(str(error)) from error
    hard = {pair: entry.hard for pair, entry in ranges.items()}
    soft = {pair: entry.soft for pair, entry in ranges.items()}
    sums = tuple(q.key for q in quantities if q.aggregation == "sum")
    impossible = outside_sql(hard, sums=sums)
    return (
        *_key_rules(accepted, averaging_periods or {}),
        exchanged_rule(impossible),  # before the ranges: a row that breaks both is told by what went wrong
        *_row_rules(flags, window_start, impossible, outside_sql(soft, hard, sums)),
        impossible_day_rule(impossible),
        *pattern_rules(),
        *series_rules(max_flagged_share),
    )


def _key_rules(accepted: Mapping[str, Sequence[str]], periods: Mapping[str, Sequence[str]]) -> tuple[Rule, ...]:
    found = (
        sql_rule(
            "key_present",
            ("completeness", "row", "critical", "quarantine_row"),
            """select batch_id, row_id from {table}
            where station_key is null or quantity is null or averaging_period is null
                or interval_start_at is null or interval_end_at is null""",
            "The station, the quantity or the time of the value is missing. Complete it and deliver the file again.",
            "ไม่ทราบสถานี ตัวแปร หรือเวลาของค่านี้ โปรดเติมให้ครบแล้วส่งไฟล์มาใหม่",
        ),
        sql_rule(
            "unit_accepted",
            ("validity", "row", "critical", "refuse_batch"),
            f"""select batch_id, row_id from {{table}}
            where coalesce({_case("raw_unit", accepted)}, true) and quantity is not null""",
            "The quantity or its unit is not one that was agreed. State the unit in the title, or ask us to add it.",
            "ตัวแปรหรือหน่วยวัดไม่ตรงตามที่ตกลงกันไว้ โปรดระบุหน่วยในหัวตาราง หรือแจ้งให้เราเพิ่มหน่วยนี้",
        ),
        sql_rule(
            "unique_key",
            ("uniqueness", "row", "major", "quarantine_row"),
            # Groups of one hash are cheap; only the few that look alike are compared column by column. Read twice,
            # because a copy of all rows would cost more memory than the whole rest of the gate.
            f"""with keyed as not materialized (
                select batch_id, row_id, {KEY.removeprefix("batch_id, ")},
                    hash(batch_id, station_key, quantity, level, averaging_period, {START_US}) as key_hash
                from {{table}}
            ),
            twice as (select key_hash from keyed group by key_hash having count(*) > 1)
            select batch_id, row_id from keyed semi join twice using (key_hash)
            where station_key is not null and quantity is not null and interval_start_at is not null
            qualify count(*) over (partition by {KEY}) > 1""",
            "The same station, quantity and time stand more than once in the file. Keep one and deliver it again.",
            "สถานี ตัวแปร และเวลาเดียวกันปรากฏมากกว่าหนึ่งครั้งในไฟล์ โปรดเหลือไว้เพียงค่าเดียวแล้วส่งไฟล์มาใหม่",
        ),
    )
    if not periods:
        return found
    period = sql_rule(
        "averaging_period_accepted",
        ("validity", "row", "critical", "refuse_batch"),
        f"""select batch_id, row_id from {{table}}
        where coalesce({_case("averaging_period", periods)}, true) and quantity is not null
            and averaging_period is not null""",
        "The values are averages over another time than was agreed. Say over what time they are averaged, or ask us to "
        "add it.",
        "ช่วงเวลาเฉลี่ยของค่าไม่ตรงตามที่ตกลงกันไว้ โปรดระบุช่วงเวลาเฉลี่ย หรือแจ้งให้เราเพิ่มช่วงเวลานี้",
    )
    return (*found, period)


def _row_rules(flags: Sequence[str], window_start: date, outside_hard: str, outside_soft: str) -> tuple[Rule, ...]:
    local_start, local_end = (f"make_timestamp({us} + {LOCAL})" for us in (START_US, END_US))
    return (
        sql_rule(
            "value_matches_flag",
            ("consistency", "row", "major", "quarantine_row"),
            """select batch_id, row_id from {table}
            where is_valid is distinct from (value is not null and flag is null)
                or (flag is not null and value is not null)""",
            "Value and flag contradict each other. Write either a number or a status letter into the cell.",
            "ค่าและสัญลักษณ์สถานะขัดแย้งกัน โปรดใส่ตัวเลขหรือสัญลักษณ์สถานะอย่างใดอย่างหนึ่งในเซลล์",
        ),
        _flag_rule(flags),
        sql_rule(
            "hard_range",
            ("validity", "row", "major", "quarantine_row"),
            f"select batch_id, row_id from {{table}} where value is not null and {outside_hard}",
            "The value is physically impossible for this quantity and unit. Check the instrument and the export, then "
            "deliver the corrected file.",
            "ค่าเป็นไปไม่ได้ทางกายภาพสำหรับตัวแปรและหน่วยนี้ โปรดตรวจสอบเครื่องวัดและการส่งออกข้อมูล แล้วส่งไฟล์ที่แก้ไขแล้วมาใหม่",
            evaluated="count(value)",
        ),
        sql_rule(
            "interval_matches_period",
            ("consistency", "row", "major", "quarantine_row"),
            f"""select batch_id, row_id from {{table}}
            where interval_start_at is not null and interval_end_at is not null and coalesce(not (
                case averaging_period
                    when 'PT1H' then {END_US} - {START_US} = {HOUR}
                    when 'PT0S' then {END_US} = {START_US}
                    when 'PT1M' then {END_US} - {START_US} = {HOUR // 60}
                    when 'PT3H' then {END_US} - {START_US} = {3 * HOUR}
                    when 'PT24H' then {END_US} - {START_US} = {DAY}
                    when 'P1D' then {END_US} - {START_US} = {DAY} and ({START_US} + {LOCAL}) % {DAY} = 0
                    when 'P1M' then {local_start} = date_trunc('month', {local_start})
                        and {local_end} = {local_start} + interval 1 month
                    when 'P1Y' then {local_start} = date_trunc('year', {local_start})
                        and {local_end} = {local_start} + interval 1 year
                end
            ), averaging_period is not null)""",
            "The interval of the value is not the hour, local day, month or year that it stands for. Check the date "
            "and the hour columns.",
            "ช่วงเวลาของค่าไม่ตรงกับชั่วโมง วัน เดือน หรือปีที่ระบุ โปรดตรวจสอบวันที่และคอลัมน์ชั่วโมง",
        ),
        *time_rules(window_start),
        sql_rule(
            "soft_range",
            ("accuracy", "row", "minor", "flag"),
            f"select batch_id, row_id from {{table}} where value is not null and {outside_soft}",
            "The value is possible but unusual. Check whether it was measured so; nothing was changed.",
            "ค่าเป็นไปได้แต่ผิดปกติ โปรดตรวจสอบว่าวัดได้จริงหรือไม่ ข้อมูลไม่ได้ถูกแก้ไข",
            evaluated="count(value)",
        ),
    )


def _flag_rule(flags: Sequence[str]) -> Rule:
    kind: tuple[Dimension, Scope, Severity, Action] = ("validity", "row", "major", "quarantine_row")
    reasons = (
        "The cell holds a text that is neither a number nor a flag of the agreed legend. Correct it, or tell us "
        "what it means.",
        "ข้อความในเซลล์ไม่ใช่ตัวเลขและไม่อยู่ในรายการสัญลักษณ์ที่ตกลงกันไว้ โปรดแก้ไข หรือแจ้งความหมายให้เราทราบ",
    )
    if not flags:  # an empty list of values is no list to Great Expectations: it would let everything pass
        return sql_rule(
            "flag_known",
            kind,
            "select batch_id, row_id from {table} where flag is not null",
            *reasons,
            evaluated="count(flag)",
        )
    kwargs = {"column": "flag", "value_set": list(flags)}
    return Rule("flag_known", *kind, "ExpectColumnValuesToBeInSet", kwargs, *reasons)


def _case(column: str, allowed: Mapping[str, Sequence[str]]) -> str:
    """SQL that is true where `column` is not allowed for the row's quantity, or the quantity itself is not known."""
    branches = " ".join(f"when {_text(key)} then {column} not in ({_list(values)})" for key, values in allowed.items())
    return f"case quantity {branches} else true end"


def outside_sql(
    ranges: Mapping[tuple[str, str], Range],
    within: Mapping[tuple[str, str], Range] | None = None,
    sums: Sequence[str] = (),
    unit: str = "raw_unit",
) -> str:
    """SQL that is true where `value` lies outside the range of its quantity and unit, but inside that of `within`.

    One CASE for all quantities: one pass over the rows, not one per quantity. The ranges are for hours; averages over a
    longer time lie inside them too, but sums (the quantities named in `sums`) do not, and are judged by the hour only.
    """
    branches = []
    for (quantity, code), bounds in ranges.items():
        bad = f"not ({bounds.sql('value')})"
        if within is not None:
            bad += f" and {within[quantity, code].sql('value')}"
        if quantity in sums:
            bad += f" and {HOURLY}"
        branches.append(f"when quantity = {_text(quantity)} and {unit} = {_text(code)} then {bad}")
    return f"case {' '.join(branches)} else false end"


def _list(values: Sequence[str]) -> str:
    return ", ".join(map(_text, values))


def _text(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'"
