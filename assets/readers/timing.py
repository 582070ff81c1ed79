"""The time that a record speaks of, from its own fields: once, here, to UTC, with both ends of the interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.readers.result import Refusal
from assets.readers.typed import at_zone, clean, instant, number

LOCAL = "Asia/Bangkok"
BUDDHIST = 543
LENGTHS = {"PT0S": 0, "PT1M": 60, "PT1H": 3_600, "PT3H": 3 * 3_600, "PT24H": 24 * 3_600, "P1D": 24 * 3_600}  # seconds
_CALENDAR = {"P1M": "1mo", "P1Y": "1y"}


def times_of(frame: pl.DataFrame, time: Mapping[str, Any], missing: Sequence[str]) -> list[pl.Series]:
    """`interval_start_at`, `interval_end_at`, and `problem`, `raw_value` where the time could not be read.

    `time` is the contract's `read.time`: a `column`, a `date` with an `hour` (1..24, hour ending), or `year` and `month`;
    `label` says whether the time given is the beginning or the end of the `period`; `era` what the years are counted from.
    """
    if "hour" in time:
        _refuse_beginnings(frame.select(clean(time["hour"], missing).alias("hour"))["hour"])
    text = pl.concat_str([clean(name, missing) for name in fields_of(time)], separator=" ")
    texts = frame.select(text.alias("text"))["text"]
    at = frame.select(_instant(time, missing).alias("at"))["at"]
    period = time["period"]
    is_end = time.get("label") == "ending" or "hour" in time
    if period in LENGTHS:
        step = pl.duration(seconds=LENGTHS[period])
        start, end = (pl.col("at") - step, pl.col("at")) if is_end else (pl.col("at"), pl.col("at") + step)
    else:
        begin = pl.col("at").dt.convert_time_zone(LOCAL).dt.truncate(_CALENDAR[period])
        start, end = (
            begin.dt.convert_time_zone("UTC"),
            begin.dt.offset_by(_CALENDAR[period]).dt.convert_time_zone("UTC"),
        )
    made = pl.DataFrame({"at": at, "text": texts}).select(
        start.alias("interval_start_at"),
        end.alias("interval_end_at"),
        pl.when(pl.col("at").is_null())
        .then(pl.format("time: “{}” is not a time of the agreed form", pl.col("text").fill_null("")))
        .alias("problem"),
        pl.when(pl.col("at").is_null()).then(pl.col("text")).alias("raw_value"),
    )
    return made.get_columns()


def _refuse_beginnings(hours: pl.Series) -> None:
    """Hours 0 to 23 name the beginning of each hour; read as endings they would all be an hour off, and look right."""
    if hours.is_in(["0", "00", "0:00", "00:00"]).any() and not hours.is_in(["24", "24:00"]).any():
        raise Refusal(
            "hour_label",
            "The hours run from 0 to 23; agreed are 1 to 24, each the end of its hour. Export them so, or tell us that the "
            "meaning changed.",
            "ชั่วโมงเป็น 0 ถึง 23 แต่ตกลงกันไว้เป็น 1 ถึง 24 ซึ่งหมายถึงเวลาสิ้นสุดของชั่วโมง โปรดส่งออกใหม่ตามนี้ หรือแจ้งเราหากเปลี่ยนความหมาย",
        )


def fields_of(time: Mapping[str, Any]) -> list[str]:
    """The partner's names of the fields that tell the time."""
    return [time[part] for part in ("column", "date", "hour", "year", "month") if part in time]


def _instant(time: Mapping[str, Any], missing: Sequence[str]) -> pl.Expr:
    zone, era = time.get("zone", LOCAL), time.get("era", "christian")
    if "year" in time:
        year = _christian(_whole(number(clean(time["year"], missing))), era)
        month = _whole(number(clean(time["month"], missing))) if "month" in time else pl.lit(1.0)
        return _local_date(year, month, pl.lit(1.0), zone)
    if "date" in time:
        day = _day(clean(time["date"], missing), time.get("formats", ()), era, zone)
        if "hour" not in time:
            return day
        hour = _whole(number(clean(time["hour"], missing).str.replace(r":00(:00)?$", "")))
        return pl.when(hour.is_between(1, 24)).then(day + pl.duration(hours=hour.cast(pl.Int64, strict=False)))
    text = clean(time["column"], missing)
    if era == "christian":
        return instant(text, time.get("formats", ()), zone)
    return _day(text, time.get("formats", ()), era, zone)


def _whole(value: pl.Expr) -> pl.Expr:
    return pl.when(value == value.round(0)).then(value)


def _day(text: pl.Expr, formats: Sequence[str], era: str, zone: str) -> pl.Expr:
    """An instant from a date (and time) text whose year may be Buddhist: the year is turned before it is read, because
    29 February exists in other years there."""
    if era == "christian":
        return instant(text, formats, zone)
    digits = r"^(.*?)(\d{4})(.*)$" if era == "buddhist" else r"^()(\d{2})(.*)$"
    before, year, after = (text.str.extract(digits, group) for group in (1, 2, 3))
    christian = _christian(year.cast(pl.Float64, strict=False), era).cast(pl.Int64).cast(pl.String)
    turned = pl.concat_str([before, christian, after])
    return instant(turned, formats, zone)


def _christian(year: pl.Expr, era: str) -> pl.Expr:
    if era == "buddhist":
        return year - BUDDHIST
    if era == "buddhist2":
        return year + 2500 - BUDDHIST
    return year


def _local_date(year: pl.Expr, month: pl.Expr, day: pl.Expr, zone: str) -> pl.Expr:
    whole = pl.format(
        "{}-{}-{}",
        *(
            part.cast(pl.Int64, strict=False).cast(pl.String).str.zfill(width)
            for part, width in ((year, 4), (month, 2), (day, 2))
        ),
    )
    return at_zone(whole.str.to_datetime("%Y-%m-%d", time_unit="us", strict=False), zone)
