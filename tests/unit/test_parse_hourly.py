"""The hourly layout: no midnight, no day and no letter is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.result import ROW_SCHEMA, NoData, Refusal
from assets.readers.thai_dates import read_date
from tests.unit.readers_books import (
    HOURS_NBSP,
    HOURS_PADDED,
    HOURS_TEXT,
    HOURS_TIME,
    NEW_YEAR,
    PHP_ERROR,
    at,
    batch,
    batches,
    days,
    found,
    hourly,
    refused,
    thai,
    xlsx,
)


@pytest.mark.parametrize("header", [HOURS_TEXT, HOURS_PADDED, HOURS_NBSP, HOURS_TIME, list(range(1, 25))])
def test_the_24th_hour_belongs_to_its_day_under_every_kind_of_header(header: list[Any]) -> None:
    one = batch(hourly(days(NEW_YEAR, 3), header=header))
    assert one.rows.height == 72
    assert (
        one.rows["interval_end_at"].dt.convert_time_zone("Asia/Bangkok").dt.hour().value_counts()["count"].to_list()
        == [3] * 24
    )
    last = at(one, "Y3")
    assert last["interval_start_at"] == datetime(2009, 1, 1, 16, tzinfo=UTC)  # 23:00 in Bangkok
    assert last["interval_end_at"] == datetime(2009, 1, 1, 17, tzinfo=UTC)
    assert last["value"] == 0.24
    assert at(one, "B3")["interval_start_at"] == datetime(2008, 12, 31, 17, tzinfo=UTC)


def test_a_batch_says_what_it_is() -> None:
    one = batch(hourly(days(NEW_YEAR, 365)))
    assert (one.entity, one.layout, one.series) == ("observation", "hourly_grid", "EGAT-09/SO2")
    assert (one.period_start, one.period_end) == (NEW_YEAR, date(2009, 12, 31))
    assert one.rows.schema == pl.Schema(ROW_SCHEMA)
    assert one.rows.height == one.rows_in == 24 * 365 and not one.is_blank
    assert one.findings == () and one.drops == ()
    assert one.rows.equals(one.rows.sort("station_key", "quantity", "level", "interval_start_at", maintain_order=True))
    row = one.rows.row(0, named=True)
    assert (row["station_name"], row["raw_unit"], row["averaging_period"]) == ("บ้านสบป้าด", "ug/m3", "PT1H")
    assert row["from_path"] is None and row["sheet"] == "Bansoppad" and row["level"] is None


def test_raw_value_value_and_flag_are_kept_apart() -> None:
    hours = [[4, "D", "959.D", None, "", " ", "000F", 17.77, "27.51.", "Fail", "xyz", *[1] * 13]]
    one = batch(hourly(days(NEW_YEAR, 1), hours, footer=None))
    got = {
        row["cell"]: (row["raw_value"], row["value"], row["flag"], row["is_valid"])
        for row in one.rows.iter_rows(named=True)
    }
    assert got["B3"] == ("4", 4.0, None, True)
    assert got["C3"] == ("D", None, "D", False)
    assert got["D3"] == ("959.D", None, "D", False)
    assert got["E3"] == (None, None, None, False)
    assert got["G3"] == (" ", None, None, False)
    assert got["H3"] == ("000F", None, "F", False)
    assert got["I3"] == ("17.77", 17.77, None, True)
    assert got["J3"] == ("27.51.", None, ".", False)
    assert got["K3"] == ("Fail", None, "F", False)
    assert got["L3"] == ("xyz", None, "XYZ", False)


def test_summary_columns_and_the_footer_are_not_data() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    rows[-1][0] = date(2021, 5, 1)  # the footer's month looks like a day
    one = batch(rows)
    assert one.rows.height == 48 and one.period_end == date(2009, 1, 2)
    assert not one.rows["cell"].str.contains("Z|AA").any()


@pytest.mark.parametrize("moved", [0, 3])
def test_hour_columns_are_found_by_their_labels(moved: int) -> None:
    """Columns in another order, with others in between."""
    rows = hourly(days(NEW_YEAR, 2), footer=None)
    order = [0, *range(12, 25), *range(1, 12), 25, 26]
    shuffled = [[None] * moved + ([row[i] for i in order] if len(row) > 1 else row) for row in rows]
    one = batch(shuffled)
    assert one.rows["value"].to_list()[:24] == [h / 100 for h in range(1, 25)]


@pytest.mark.parametrize("missing", [1, 13, 24])
def test_a_missing_hour_column_is_named(missing: int) -> None:
    header: list[Any] = [label if h != missing else "x" for h, label in enumerate(HOURS_TEXT, 1)]
    refusal = refused(xlsx(("x", hourly(days(NEW_YEAR, 2), header=header))))
    assert refusal.rule == "hour_columns" and f"missing: {missing}:00" in refusal.reason_en
    assert refusal.source_id == "egat_ambient" and refusal.sheet == "x"


def test_an_hour_that_stands_twice_is_refused() -> None:
    header = [*HOURS_TEXT[:4], "4:00", *HOURS_TEXT[5:]]
    refusal = refused(xlsx(("x", hourly(days(NEW_YEAR, 2), header=header))))
    assert "missing: 5:00" in refusal.reason_en and "more than once: 4:00" in refusal.reason_en


def test_midnight_written_as_zero_is_read_only_where_it_is_clear() -> None:
    one = batch(hourly(days(NEW_YEAR, 2), header=[*HOURS_TEXT[:23], "0:00"]))
    assert one.rows.height == 48 and found(one)["hour_label"] == ("Y2", 1)
    zero_first = ["0:00", *HOURS_TEXT[:23]]
    assert refused(xlsx(("x", hourly(days(NEW_YEAR, 2), header=zero_first)))).rule == "hour_columns"


def test_thai_dates_and_rows_out_of_order_are_sorted() -> None:
    order = [thai(day) for day in reversed(days(date(2012, 2, 27), 4))]
    one = batch(hourly(order, title="BP Station No.9 Ban Soppad"), "2012/BP/Bansoppad.xlsx")
    assert (one.period_start, one.period_end) == (date(2012, 2, 27), date(2012, 3, 1))
    assert one.rows["interval_start_at"].is_sorted() and one.rows["value"][0] == 3.01
    assert "missing_days" not in found(one)


def test_a_month_known_only_by_likeness_is_a_finding() -> None:
    dates = [thai(day) for day in days(date(2009, 7, 1), 30)]
    dates[4] = "5 กรกฎคม 2552"
    one = batch(hourly(dates))
    assert found(one)["month_name_guessed"] == ("A7", 1) and one.rows.height == 720


def test_missing_days_are_counted_with_their_first_gap() -> None:
    all_days = days(NEW_YEAR, 30)
    one = batch(hourly([*all_days[:10], *all_days[12:20], *all_days[21:]]))
    assert found(one)["missing_days"] == ("A13", 3)
    (finding,) = [f for f in one.findings if f.rule == "missing_days"]
    assert "2009-01-10 and 2009-01-13" in finding.reason_en


def test_a_day_without_a_readable_date_is_counted_not_lost() -> None:
    dates: list[Any] = list(days(NEW_YEAR, 60))
    dates[20], dates[40] = "??", None
    one = batch(hourly(dates, footer=None))
    assert one.rows.height == 58 * 24 and one.rows_in == 60 * 24
    assert [(d.rule, d.n) for d in one.drops] == [("unreadable_date", 48)]
    assert found(one)["unreadable_date"] == ("A23", 2)


def test_more_than_five_percent_of_unreadable_dates_refuse_the_workbook() -> None:
    dates: list[Any] = [f"{day.month}/{day.day}/{day.year}" for day in days(NEW_YEAR, 60)]  # month first
    refusal = refused(xlsx(("x", hourly(dates))))
    assert refusal.rule == "unreadable_dates" and refusal.cell == "A15" and "1/13/2009" in refusal.reason_en


def test_remarks_and_errors_between_days_are_told_and_are_no_days() -> None:
    rows = hourly(days(NEW_YEAR, 40))
    rows.insert(12, [PHP_ERROR])
    rows.insert(20, ["หมายเหตุ เครื่องเสีย"])
    rows.insert(25, [])
    one = batch(rows)
    assert one.rows.height == 960 and one.drops == ()
    assert found(one) == {"php_error_row": ("A13", 1), "note_row": ("A21", 1)}


def test_the_same_day_twice_is_taken_once_when_equal_and_twice_when_not() -> None:
    dates = days(NEW_YEAR, 10)
    hours = [[i] * 24 for i in range(10)]
    one = batch(hourly([*dates, dates[3], dates[5]], [*hours, hours[3], [99] * 24], footer=None))
    assert one.rows_in == 12 * 24 and one.rows.height == 11 * 24
    assert [(d.rule, d.n) for d in one.drops] == [("duplicate_day", 24)]
    assert found(one)["duplicate_day"] == ("A13", 1) and found(one)["day_twice"] == ("A14", 1)
    fifth = one.rows.filter(pl.col("interval_start_at") == datetime(2009, 1, 5, 17, tzinfo=UTC))
    assert fifth["value"].to_list() == [5.0, 99.0]


def test_a_header_repeated_every_month_does_not_split_a_table() -> None:
    rows = hourly(days(NEW_YEAR, 60), footer=None)
    rows.insert(33, list(rows[1]))
    one = batch(rows)
    assert one.rows.height == 60 * 24 and one.drops == () and found(one) == {"no_footer": (None, 1)}


def test_hours_with_words_and_from_workbooks_that_count_from_1904() -> None:
    for header in (
        [f"ชั่วโมงที่ {h}" for h in range(1, 25)],
        [f"{h}00" for h in range(1, 25)],
        [f"{h} น." for h in range(1, 25)],
    ):
        assert batch(hourly(days(NEW_YEAR, 2), header=header)).rows.height == 48
    since_1904 = [f"1904-01-01 {h:02d}:00:00" for h in range(1, 24)] + ["1904-01-02 00:00:00"]
    assert batch(hourly(days(NEW_YEAR, 2), header=since_1904)).rows.height == 48


def test_a_hundred_thousand_formatted_rows_below_the_table_are_nothing() -> None:
    rows = [*hourly(days(NEW_YEAR, 2)), *([""] for _ in range(2000)), ["SYNTHETIC"]]
    one = batch(rows)
    assert one.rows.height == 48 and found(one) == {}


DATE_CELL = st.one_of(
    st.dates(date(2009, 1, 1), date(2009, 3, 1)),
    st.dates(date(2009, 1, 1), date(2009, 3, 1)).map(thai),
    st.sampled_from([None, "??", "31 กุมภาพันธ์ 2552"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(DATE_CELL, st.sampled_from([[1] * 24, ["D"] * 24, [0] * 23 + ["000F"]])), min_size=1, max_size=40
    )
)
def test_the_accounts_balance_whatever_the_dates_are(lines: list[tuple[Any, list[Any]]]) -> None:
    data = xlsx(("x", hourly([day for day, _ in lines], [row for _, row in lines], footer=None)))
    try:
        (one,) = batches(data)
    except Refusal as refusal:
        assert refusal.rule == "unreadable_dates"
        return
    except NoData:
        pytest.fail("rows were lost")
    assert one.rows_in == 24 * len(lines)
    assert one.rows.height == 24 * len(
        {(str(read_date(str(d)) or d), tuple(map(str, r))) for d, r in lines if readable(d)}
    )


def readable(cell: Any) -> bool:
    return isinstance(cell, date) or (isinstance(cell, str) and read_date(cell) is not None)


def test_leap_days_and_new_year_are_days_like_others() -> None:
    dates = [thai(day) for day in days(date(2011, 12, 30), 65)]
    one = batch(hourly(dates))
    local = one.rows["interval_start_at"].dt.convert_time_zone("Asia/Bangkok").dt.date()
    assert local.n_unique() == 65 and date(2012, 2, 29) in local and "missing_days" not in found(one)
    assert (one.rows["interval_end_at"] - one.rows["interval_start_at"]).unique().to_list() == [timedelta(hours=1)]
