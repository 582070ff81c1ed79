"""Dates are read in every way partners write them; a column says what each text says alone; nothing is ever raised."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.readers.thai_dates import (
    MONTHS_EN,
    MONTHS_TH,
    MONTHS_TH_SHORT,
    SPACES,
    DateColumn,
    common_era,
    complete_dates,
    month_number,
    read_date,
    with_iso_dates,
)

ANY_DAY = st.dates(date(1990, 1, 1), date(2060, 12, 31))
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

WAYS = {
    "excel": lambda d: f"{d} 00:00:00",
    "iso": lambda d: f"{d}",
    "iso, Buddhist era": lambda d: f"{d.year + 543}-{d.month:02d}-{d.day:02d}",
    "day first": lambda d: f"{d.day}/{d.month}/{d.year}",
    "day first, Buddhist era": lambda d: f"{d.day:02d}/{d.month:02d}/{d.year + 543}",
    "day first, spaces": lambda d: f"{d.day} {d.month} {d.year + 543}",
    "Thai": lambda d: f"\xa0{d.day} {MONTHS_TH[d.month - 1]} {d.year + 543}\xa0",
    "Thai, July as EGAT spells it": lambda d: (
        f"\xa0{d.day} {MONTHS_TH[d.month - 1].replace('ฎ', 'ฏ')} {d.year + 543}\xa0"
    ),
    "Thai, short": lambda d: f"{d.day} {MONTHS_TH_SHORT[d.month - 1]} {d.year + 543}",
    "Thai, with words": lambda d: f"วันที่ {d.day} {MONTHS_TH[d.month - 1]} พ.ศ. {d.year + 543}",
    "Thai digits": lambda d: f"{d.day} {MONTHS_TH[d.month - 1]} {d.year + 543}".translate(THAI_DIGITS),
    "English": lambda d: f"{d.day} {MONTHS_EN[d.month - 1].title()} {d.year}",
    "English, short": lambda d: f"{d.day:02d}-{MONTHS_EN[d.month - 1][:3].title()}-{d.year}",
    "Excel's day number": lambda d: str((d - date(1899, 12, 30)).days),
    "zero width around": lambda d: f"\u200b{d.day} {MONTHS_TH[d.month - 1]} {d.year + 543}\ufeff",
}


def read_dates(texts: pl.Series) -> DateColumn:
    """A column, as the day rows of a sheet are read."""
    frame = pl.LazyFrame({"text": texts}, schema={"text": pl.String}).with_columns(
        pl.col("text").str.strip_chars(SPACES)
    )
    plain = with_iso_dates(frame).collect()
    return complete_dates(plain["text"], plain["date"])


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=40, deadline=None)
@given(days=st.lists(ANY_DAY, min_size=1, max_size=6))
@example(days=[date(2012, 2, 29), date(2016, 2, 29)])
def test_a_date_written_in_any_way_is_read(way: str, days: list[date]) -> None:
    texts = [WAYS[way](day) for day in days]
    read = read_dates(pl.Series(texts, dtype=pl.String))
    assert read.dates.to_list() == days
    assert not any(remark.guessed_month for remark in read.remarks.values())
    assert len(read.remarks) == (len(days) if way == "Excel's day number" else 0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=30), st.from_regex(r"[0-9๐-๙]{1,4}[-/. ][^\n]{0,9}[-/. ][0-9]{1,4}"))
    )
)
@example(["30 กุมภาพันธ์ 2552", "0 มกราคม 2552", "2552-13-01", "9999999", "31/02/2552", "1 มกราคม 9999", "0000-00-00"])
def test_a_column_says_what_each_text_says_alone_and_nothing_is_raised(texts: list[str | None]) -> None:
    read = read_dates(pl.Series(texts, dtype=pl.String))
    alone = [read_date(text) if text is not None else None for text in texts]
    assert read.dates.to_list() == [one.date if one else None for one in alone]
    assert read.remarks == {i: one for i, one in enumerate(alone) if one and (one.guessed_month or one.is_serial)}


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("31 กรกฎคม 2552", 7),
        ("30 พฤษจิกายน 2552", 11),
        ("1 มกรคม 2552", 1),
        ("28 กุมภาพันธ 2552", 2),
        ("1 Febuary 2009", 2),
    ],
)
def test_a_misspelt_month_is_read_by_likeness_and_told(text: str, month: int) -> None:
    read = read_date(text)
    assert read is not None and read.date.month == month and read.guessed_month == text.split()[1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2021-05",
        "2009/01 - 2009/12",
        "29 กุมภาพันธ์ 2556",
        "29/02/2009",
        "13/13/2552",
        "1 เดือน 2552",
        "Station Down (D)=",
        "2009-01-01 07:00:00",
        "1 มกราคม",
        "1/1/52",
        "0",
        "19999",
    ],
)
def test_what_is_no_whole_day_is_not_read(text: str) -> None:
    assert read_date(text) is None


def test_a_leap_day_of_the_buddhist_era_is_one_of_the_common_era() -> None:
    read = read_dates(pl.Series(["29 กุมภาพันธ์ 2555", "2555-02-29 00:00:00", "29/2/2555"]))
    assert read.dates.to_list() == [date(2012, 2, 29)] * 3


def test_buddhist_years_are_those_between_2400_and_2700() -> None:
    assert [common_era(year) for year in (2009, 2399, 2400, 2552, 2700, 2701)] == [2009, 2399, 1857, 2009, 2157, 2701]


def test_every_short_month_is_known_without_guessing() -> None:
    for number, (short, long) in enumerate(zip(MONTHS_TH_SHORT, MONTHS_TH, strict=True), 1):
        assert month_number(short) == month_number(short.replace(".", "")) == month_number(long) == (number, False)


def test_a_long_column_reads_like_a_short_one() -> None:
    days = [date(2010, 1, 1) + timedelta(days=i) for i in range(500)]
    texts = [WAYS["Thai"](day) for day in days] + ["Month", None, "หมายเหตุ 1"]
    assert read_dates(pl.Series(texts)).dates.to_list() == [*days, None, None, None]
