"""Text → typed columns: what can be read is read, what cannot is named, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.result import Refusal
from assets.readers.typed import FLIP_FROM_ROWS, clean, instant, number, polars_type, type_columns
from expectations.shapes import Column

SLOWLY = settings(deadline=None)  # a busy machine is no failure

BANGKOK = timezone(timedelta(hours=7))
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def read(kind: str, *texts: str | None, **more: Any) -> pl.DataFrame:
    """The column `x` of a type, with `problem` and `raw_value`."""
    frame = pl.DataFrame({"x": list(texts)}, schema={"x": pl.String})
    return type_columns(frame, [Column("x", kind, "x", "x", source="X", **more)])


def one(kind: str, text: str | None) -> Any:
    return read(kind, text)["x"][0]


# ── missing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", " ", "-", "--", "N/A", "null", "\u00a0", "\u200b-\ufeff", " N/A\t", None])
@pytest.mark.parametrize("kind", ["VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN", "DATE", "TIMESTAMPTZ"])
def test_what_says_that_there_is_nothing_is_null_and_no_problem(kind: str, text: str | None) -> None:
    assert read(kind, text).row(0, named=True) == {"x": None, "problem": None, "raw_value": None}


def test_a_source_s_own_marks_take_the_place_of_the_usual_ones() -> None:
    frame = pl.DataFrame({"x": ["ไม่มี", "-", ""]})
    assert frame.select(clean("x", ["ไม่มี"]))["x"].to_list() == [None, "-", None]


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("31.50", 31.5),
        ("-3", -3.0),
        ("+3", 3.0),
        ("1,234.5", 1234.5),
        ("-1,234,567", -1234567.0),
        ("๑,๒๓๔.๕", 1234.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        (" 7 ", 7.0),
    ],
)
def test_numbers_are_read_as_partners_write_them(text: str, value: float) -> None:
    assert one("DOUBLE", text) == value


@pytest.mark.parametrize(
    "text", ["1,23", "12,34,567", "1.234,5", "1 234", "31.5 ug", "<5", "NaN", "inf", "-Infinity", "0x10"]
)
def test_what_is_no_number_is_named_and_not_guessed(text: str) -> None:
    row = read("DOUBLE", text).row(0, named=True)
    assert row == {"x": None, "problem": f"x: “{text}” is not a number", "raw_value": text}


@pytest.mark.parametrize("text", ["NaN", "inf", "-inf"])
def test_what_no_instrument_measures_is_no_number(text: str) -> None:
    assert pl.DataFrame({"x": [text]}).select(number(pl.col("x")))["x"].to_list() == [None]


@SLOWLY
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_as_it_was_written(value: float) -> None:
    assert one("DOUBLE", repr(value)) == value


@SLOWLY
@given(st.integers(-(2**53), 2**53))
def test_any_whole_number_is_read_with_commas_and_in_thai_digits(value: int) -> None:
    texts = (str(value), f"{value:,}", str(value).translate(THAI), f"{value:,}".translate(THAI))
    assert read("BIGINT", *texts)["x"].to_list() == [value] * 4


@pytest.mark.parametrize("text", ["1.5", "x", "1e400", "99999999999999999999"])
def test_what_is_no_whole_number_is_named(text: str) -> None:
    assert read("BIGINT", text)["problem"][0] == f"x: “{text}” is not a whole number"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("YES", True), ("1", True), ("f", False), ("No", False)])
def test_yes_and_no_are_read(text: str, value: bool) -> None:
    assert one("BOOLEAN", text) is value
    assert read("BOOLEAN", "maybe")["raw_value"][0] == "maybe"


# ── dates and times ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["2026-03-05", "2026/03/05", "05/03/2026", "2026-03-05 10:20", "2026-03-05T10:20:30Z", "05/03/2026 10:20"]
)
def test_dates_are_read_day_first_where_the_year_is_last(text: str) -> None:
    assert one("DATE", text) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "31/04/2026", "2026-03-055", "2026-13-01", "5 มี.ค. 69", "05/03/26", "today"]
)
def test_what_is_no_date_is_named_and_not_guessed(text: str) -> None:
    row = read("DATE", text).row(0, named=True)
    assert row == {"x": None, "problem": f"x: “{text}” is not a date", "raw_value": text}


AT = datetime(2026, 3, 20, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-20 09:30", AT),
        ("2026-03-20 09:30:00", AT),
        ("2026-03-20T09:30", AT),
        ("2026-03-20T09:30:00.000", AT),
        ("2026-03-20T02:30:00Z", AT),
        ("2026-03-20T02:30:00.000Z", AT),
        ("2026-03-20T09:30:00+07:00", AT),
        ("2026-03-20 11:30:00+0900", AT),
        ("2026-03-20", datetime(2026, 3, 19, 17, tzinfo=UTC)),
    ],
)
def test_a_time_with_an_offset_keeps_it_and_one_without_is_local(text: str, at: datetime) -> None:
    assert one("TIMESTAMPTZ", text) == at


@SLOWLY
@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))
def test_any_local_time_is_read_as_that_instant_or_named(local: datetime) -> None:
    local = local.replace(microsecond=0)
    value = one("TIMESTAMPTZ", local.isoformat(" "))
    if local.year > 1920:  # before April 1920 Bangkok had a time of its own
        assert value == local.replace(tzinfo=BANGKOK)
    else:
        assert value is None or abs(value - local.replace(tzinfo=BANGKOK)) < timedelta(minutes=30)


def test_a_time_that_no_clock_has_shown_is_named_and_harms_no_other() -> None:
    frame = read("TIMESTAMPTZ", "1920-04-01 00:10:00", "2026-03-20 09:30", "2026-03-20 09:30")
    assert frame["x"].to_list() == [None, AT, AT]
    assert frame["problem"][0] == "x: “1920-04-01 00:10:00” is not a time"


def test_a_zone_can_be_named() -> None:
    text = pl.DataFrame({"x": ["2026-03-20 02:30"]})
    assert text.select(instant(pl.col("x"), zone="UTC"))["x"][0] == AT


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_cell_of_a_row_that_cannot_be_read_is_named() -> None:
    frame = pl.DataFrame({"a": ["1", "x", "y"], "b": ["z", "w", "2"]})
    columns = [Column("a", "DOUBLE", "a", "a"), Column("b", "DOUBLE", "b", "b")]
    frame = pl.concat([frame, pl.DataFrame({"a": ["1"] * 4, "b": ["1"] * 4})])
    typed = type_columns(frame, columns)
    assert typed["raw_value"].to_list()[:3] == ["z", "x", "y"]
    assert [text[:1] if text else None for text in typed["problem"]][:4] == ["b", "a", "a", None]


def test_what_was_found_before_comes_first() -> None:
    frame = pl.DataFrame({"x": ["bad"], "problem": ["time: “25:00”"], "raw_value": ["25:00"]})
    typed = type_columns(frame, [Column("x", "DOUBLE", "x", "x")])
    assert typed.row(0, named=True) == {"x": None, "problem": "time: “25:00”", "raw_value": "25:00"}


def test_absent_columns_are_null_typed_ones_stay_and_others_are_not_touched() -> None:
    frame = pl.DataFrame({"n": [7], "other": [" - "]})
    typed = type_columns(frame, [Column("n", "BIGINT", "n", "n"), Column("d", "DATE", "d", "d")])
    assert typed.row(0, named=True) == {"n": 7, "other": " - ", "d": None, "problem": None, "raw_value": None}
    assert typed.schema["d"] == polars_type("DATE") == pl.Date()


@pytest.mark.parametrize("kind", ["DOUBLE", "BIGINT", "BOOLEAN", "DATE", "TIMESTAMPTZ"])
def test_a_column_that_is_mostly_something_else_refuses_the_delivery(kind: str) -> None:
    good = {"DOUBLE": "1", "BIGINT": "1", "BOOLEAN": "yes", "DATE": "2026-03-20", "TIMESTAMPTZ": "2026-03-20 09:30"}[
        kind
    ]
    with pytest.raises(Refusal) as refused:
        read(kind, "ไม่ทราบค่า", good, "ไม่ทราบค่า", "-", "")
    assert refused.value.rule == "type_flip"
    assert "2 of 3" in refused.value.reason_en and "X" in refused.value.reason_en
    assert "ไม่ทราบค่า" in refused.value.reason_th


def test_half_of_a_column_and_a_few_rows_are_no_flip() -> None:
    assert read("DOUBLE", "x", "y", "1", "2")["x"].to_list() == [None, None, 1.0, 2.0]
    assert FLIP_FROM_ROWS == 3 and read("DOUBLE", "x", "y")["x"].to_list() == [None, None]
