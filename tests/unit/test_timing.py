"""The time of a record, from its own fields to UTC: both ends, Buddhist years, hours that end at 24:00."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.result import Refusal
from assets.readers.timing import LENGTHS, times_of
from assets.readers.typed import MISSING

SLOWLY = settings(max_examples=40, deadline=None)  # a busy machine is no failure

BANGKOK = timezone(timedelta(hours=7))
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def spans(time: dict[str, Any], **columns: list[str | None]) -> pl.DataFrame:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return pl.DataFrame(times_of(frame, {"zone": "Asia/Bangkok", **time}, MISSING))


def span(time: dict[str, Any], **columns: str | None) -> tuple[Any, Any]:
    return spans(time, **{name: [text] for name, text in columns.items()}).row(0)[:2]


def local(day: date, hour: int = 0) -> datetime:
    return datetime.combine(day, time(), BANGKOK).astimezone(UTC) + timedelta(hours=hour)


# ── both ends ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("period", "hours"), [("PT0S", 0), ("PT1H", 1), ("PT3H", 3), ("PT24H", 24), ("P1D", 24)])
def test_a_time_is_the_beginning_or_the_end_of_its_period(period: str, hours: int) -> None:
    at, step = local(date(2026, 3, 20), 9), timedelta(hours=hours)
    assert span({"column": "t", "period": period}, t="2026-03-20 09:00") == (at, at + step)
    assert span({"column": "t", "period": period, "label": "ending"}, t="2026-03-20 09:00") == (at - step, at)


def test_every_fixed_period_has_a_length() -> None:
    for period in LENGTHS:
        start, end = span({"column": "t", "period": period}, t="2026-03-20 09:00")
        assert end >= start and (end == start) == (period == "PT0S")


@SLOWLY
@given(DAYS)
def test_a_month_and_a_year_are_whole_local_ones_whatever_day_is_named(day: date) -> None:
    month, year = (span({"column": "d", "period": period}, d=day.isoformat()) for period in ("P1M", "P1Y"))
    last = calendar.monthrange(day.year, day.month)[1]
    assert month == (local(day.replace(day=1)), local(day.replace(day=last) + timedelta(days=1)))
    assert year == (local(date(day.year, 1, 1)), local(date(day.year + 1, 1, 1)))


@SLOWLY
@given(st.integers(1950, 2100), st.integers(1, 12))
def test_year_and_month_may_stand_in_fields_of_their_own(year: int, month: int) -> None:
    start = local(date(year, month, 1))
    told = {"year": "y", "month": "m", "period": "P1M"}
    assert span(told, y=str(year), m=f"{month:02d}")[0] == span(told, y=f"{year}.0", m=str(month))[0] == start
    assert span(told | {"era": "buddhist"}, y=str(year + 543), m=str(month))[0] == start
    assert span({"year": "y", "period": "P1Y"}, y=str(year)) == (local(date(year, 1, 1)), local(date(year + 1, 1, 1)))


# ── hours of a day ────────────────────────────────────────────────────────────────────────────────────────────────────


@SLOWLY
@given(DAYS, st.integers(1, 24))
def test_an_hour_is_the_one_that_ends_then_and_24_is_midnight(day: date, hour: int) -> None:
    told = {"date": "d", "hour": "h", "period": "PT1H"}
    for text in (str(hour), f"{hour:02d}:00", f"{hour}:00:00"):
        assert span(told, d=day.isoformat(), h=text) == (local(day, hour - 1), local(day, hour))


@pytest.mark.parametrize("hour", ["25", "-1", "1.5", "01:30", "x", "", None])
def test_an_hour_that_no_day_has_is_named(hour: str | None) -> None:
    start, end, problem, raw = spans({"date": "d", "hour": "h", "period": "PT1H"}, d=["2026-03-20"], h=[hour]).row(0)
    assert (start, end) == (None, None) and "is not a time of the agreed form" in problem
    assert raw is None or raw.startswith("2026-03-20")


def test_hours_that_begin_at_0_are_refused_and_not_read_an_hour_off() -> None:
    told = {"date": "d", "hour": "h", "period": "PT1H"}
    for first in ("0", "00", "00:00"):
        with pytest.raises(Refusal) as refused:
            spans(told, d=["2026-03-20"] * 2, h=[first, "1"])
        assert refused.value.rule == "hour_label" and "24" in refused.value.reason_th


# ── Buddhist years ────────────────────────────────────────────────────────────────────────────────────────────────────

FORMATS = {
    "%Y-%m-%d": "{y:04d}-{m:02d}-{d:02d}",
    "%d/%m/%Y": "{d:02d}/{m:02d}/{y:04d}",
    "%Y%m%d": "{y:04d}{m:02d}{d:02d}",
}


def written(day: date, form: str, ahead: int) -> str:
    return FORMATS[form].format(y=day.year + ahead, m=day.month, d=day.day)


@pytest.mark.parametrize("form", FORMATS)
@SLOWLY
@given(DAYS)
def test_a_buddhist_date_is_the_same_day(form: str, day: date) -> None:
    told = {"column": "d", "formats": [form], "period": "P1D"}
    assert span(told | {"era": "buddhist"}, d=written(day, form, 543)) == (local(day), local(day, 24))
    assert span(told, d=written(day, form, 0)) == (local(day), local(day, 24))


@pytest.mark.parametrize("year", [y for y in range(1980, 2060) if calendar.isleap(y)])
def test_the_29th_of_february_exists_in_buddhist_years_that_are_no_leap_years_by_number(year: int) -> None:
    day = date(year, 2, 29)
    for form in FORMATS:
        told = {"column": "d", "formats": [form], "era": "buddhist", "period": "P1D"}
        assert span(told, d=written(day, form, 543))[0] == local(day)
    assert span({"column": "d", "era": "buddhist", "period": "P1D"}, d=f"{year + 544}-02-29") == (None, None)


@SLOWLY
@given(st.dates(date(1957, 1, 1), date(2056, 12, 31)))
def test_two_digits_are_a_buddhist_year_of_the_twenty_sixth_century(day: date) -> None:
    text = f"{day.year + 543 - 2500:02d}/{day.month:02d}/{day.day:02d}"
    told = {"column": "d", "formats": ["%Y/%m/%d"], "era": "buddhist2", "period": "P1D"}
    assert span(told, d=text) == (local(day), local(day, 24))
    year = {"year": "y", "month": "m", "era": "buddhist2", "period": "P1M"}
    assert span(year, y=text[:2], m=str(day.month))[0] == local(day.replace(day=1))


# ── what is no time ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["2026-02-29", "20 มี.ค.", "2569", "", "-", None])
@pytest.mark.parametrize("era", ["christian", "buddhist"])
def test_a_time_that_cannot_be_read_is_named_and_keeps_its_text(text: str | None, era: str) -> None:
    start, end, problem, raw = spans({"column": "t", "era": era, "period": "PT1H"}, t=[text]).row(0)
    assert (start, end) == (None, None)
    shown = text if text not in ("", "-", None) else None
    assert raw == shown and problem == f"time: “{shown or ''}” is not a time of the agreed form"


@pytest.mark.parametrize(
    ("year", "month"), [("2026", "13"), ("2026", "0"), ("x", "1"), ("2026", ""), ("", "1"), ("2026.5", "1")]
)
def test_a_month_that_no_year_has_is_named(year: str, month: str) -> None:
    start, _, problem, _ = spans({"year": "y", "month": "m", "period": "P1M"}, y=[year], m=[month]).row(0)
    assert start is None and problem


def test_one_bad_time_leaves_the_others_alone() -> None:
    made = spans({"column": "t", "period": "PT1H"}, t=["2026-03-20 09:00", "late", "2026-03-20 10:00"])
    assert made["interval_start_at"].null_count() == 1 and made["problem"].null_count() == 2
