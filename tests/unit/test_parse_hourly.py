"""The hourly layout: no midnight, no day and no letter is lost, and what the workbook says about itself is checked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.result import ROW_SCHEMA, Batch, NoData, Refusal
from assets.readers.route import parse_delivery
from assets.readers.thai_dates import read_date
from tests.unit.readers_books import (
    HOURS_NBSP,
    HOURS_PADDED,
    HOURS_TEXT,
    HOURS_TIME,
    PHP_ERROR,
    Formula,
    days,
    hourly,
    thai,
    xlsx,
)

PATH = "air/SO2 2009/Bansoppad.xlsx"
NEW_YEAR = date(2009, 1, 1)


def batches(data: bytes, path: str = PATH) -> tuple[Batch, ...]:
    return parse_delivery("egat", data, path).batches


def batch(rows: list[list[Any]], path: str = PATH, sheet: str = "Bansoppad") -> Batch:
    (only,) = batches(xlsx((sheet, rows)), path)
    return only


def refused(data: bytes, path: str = PATH) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse_delivery("egat", data, path)
    refusal = caught.value
    assert refusal.reason_en and any("\u0e00" <= letter <= "\u0e7f" for letter in refusal.reason_th)
    return refusal


def found(one: Batch) -> dict[str, tuple[str | None, int]]:
    """rule → (cell, n), without the remark that a short test table does not fill its year."""
    return {
        f.rule: (f.cell, f.n) for f in one.findings if not (f.rule == "path_disagrees" and "runs from" in f.reason_en)
    }


def at(one: Batch, cell: str) -> dict[str, Any]:
    return one.rows.row(by_predicate=pl.col("cell") == cell, named=True)


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


def test_footer_counts_that_differ_are_findings() -> None:
    hours = [["F"] * 3 + [1] * 21, ["D"] * 24]
    assert found(batch(hourly(days(NEW_YEAR, 2), hours))) == {}
    one = batch(hourly(days(NEW_YEAR, 2), hours, footer={"F": 5, "A": 1}))
    assert [(f.rule, f.cell, f.n) for f in one.findings if f.rule == "footer_count"] == [
        ("footer_count", "C5", 2),
        ("footer_count", "E5", 1),
    ]


def test_glued_letters_may_or_may_not_be_in_the_footers_count() -> None:
    hours = [["F", "000F", "12.5F", *[1] * 21]]
    assert found(batch(hourly(days(NEW_YEAR, 1), hours, footer={"F": 1}))) == {}
    assert found(batch(hourly(days(NEW_YEAR, 1), hours, footer={"F": 3}))) == {}
    assert "footer_count" in found(batch(hourly(days(NEW_YEAR, 1), hours, footer={"F": 2})))


def test_footer_statistics_check_the_parse() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    rows[-1][2], rows[-1][4] = 77.0, 40
    one = batch(rows)
    assert found(one) == {"footer_max": ("C9", 1), "footer_hours": ("E9", 8)}
    rows[-1][2] = 0  # a maximum of 0 means that it was not calculated
    assert set(found(batch(rows))) == {"footer_hours"}


def test_counts_in_one_text_are_read_too() -> None:
    rows = hourly(days(NEW_YEAR, 2), footer=None)
    rows.append(["Station Down (D)=83 ,Fail (F)=0 ,Audit (A)=0 ,Calibrate (C)=35"])
    one = batch(rows)
    assert one.rows.height == 48
    assert [(f.cell, f.n) for f in one.findings if f.rule == "footer_count"] == [("A5", 83), ("A5", 35)]


def test_the_footers_period_and_unit_are_compared() -> None:
    rows = hourly(days(NEW_YEAR, 31), title="WS Station No.9 Ban Soppad")
    rows[-2][1:4] = ["(Degree.)"] * 3
    rows[-1][0] = "2009/01 - 2009/12"
    one = batch(rows, "2009/WS/Bansoppad.xlsx")
    assert found(one) == {"unit_label": ("C37", 1), "footer_period": ("A38", 1)}
    assert one.rows["raw_unit"][0] == "m/s"


def test_another_unit_that_can_be_is_taken_and_told() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    rows[-2][1:4] = ["(ppb)"] * 3
    one = batch(rows)
    assert one.rows["raw_unit"][0] == "[ppb]" and "unit_label" in found(one)


def test_a_table_without_a_footer_was_probably_cut() -> None:
    assert found(batch(hourly(days(NEW_YEAR, 2), footer=None))) == {"no_footer": (None, 1)}
    cut = [[1] * 24, [1] * 9 + [None] * 15]
    assert found(batch(hourly(days(NEW_YEAR, 2), cut, footer=None)))["last_row_cut"] == ("K4", 15)


def test_the_daily_max_column_is_compared_with_the_day() -> None:
    one = batch(hourly(days(NEW_YEAR, 4), maxima=[0.24, 1.56, 2.24, 9.0]))
    assert found(one) == {"daily_max": ("AA4", 2)}
    (finding,) = [f for f in one.findings if f.rule == "daily_max"]
    assert "2009-01-02: MAX 1.56, highest 1.24" in finding.reason_en


def test_zeros_that_the_export_did_not_summarise_never_become_data() -> None:
    hours = [[0, 0, 0, *[None] * 21] for _ in range(5)]
    one = batch(hourly(days(NEW_YEAR, 5), hours, maxima=[None] * 5))
    assert found(one)["day_without_summary"] == ("AA3", 5)
    assert one.rows["value"].null_count() == one.rows.height and not one.rows["is_valid"].any()
    assert one.rows.filter(pl.col("flag") == "~")["raw_value"].to_list() == ["0"] * 15
    assert not one.is_blank


def test_a_full_day_of_zeros_without_a_summary_is_told_and_stays_data() -> None:
    """SO2 is 0 in most hours: only zeros beside blank hours are placeholders."""
    one = batch(hourly(days(NEW_YEAR, 2), [[0] * 24, [0] * 24], maxima=[0, None]))
    assert found(one) == {"day_without_summary": ("AA4", 1)} and one.rows["is_valid"].all()


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


def test_numbers_without_a_summary_are_told_but_kept() -> None:
    one = batch(hourly(days(NEW_YEAR, 3), maxima=[0.24, None, 2.24]))
    assert found(one) == {"day_without_summary": ("AA4", 1)}
    assert one.rows["is_valid"].all()


def test_summaries_that_were_never_calculated_prove_nothing() -> None:
    rows = hourly(days(NEW_YEAR, 2), [[0] * 24, [0] * 24])
    rows[2][26] = Formula("=MAX(B3:Y3)", None)
    rows[3][26] = Formula("=MAX(B4:Y4)", None)
    one = batch(rows)
    assert one.rows["is_valid"].all() and found(one) == {}


def test_formula_cells_count_with_their_cached_value_and_are_told_without() -> None:
    hours: list[list[Any]] = [[1] * 24 for _ in range(3)]
    hours[0][0], hours[1][2], hours[2][3] = Formula("=1+1", 2), Formula("=1+2", None), Formula("=1+3", None)
    one = batch(hourly(days(NEW_YEAR, 3), hours, maxima=[2, 1, 1], footer=None))
    assert at(one, "B3")["value"] == 2.0 and at(one, "D4")["raw_value"] is None
    assert found(one)["formula_without_value"] == ("D4", 2)


def test_error_cells_are_flagged_with_their_text() -> None:
    hours: list[list[Any]] = [[1] * 24]
    hours[0][5] = Formula("=1/0", "#DIV/0!")
    row = at(batch(hourly(days(NEW_YEAR, 1), hours, maxima=[1], footer=None)), "G3")
    assert (row["raw_value"], row["value"], row["flag"]) == ("#DIV/0!", None, "#")


def test_a_php_error_above_a_good_table_is_a_finding() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    one = batch([rows[0], [PHP_ERROR], *rows[1:]])
    assert found(one) == {"php_error_row": ("A2", 1)} and one.rows.height == 48
    assert found(batch([[PHP_ERROR], *rows])) == {"php_error_row": ("A1", 1)}


def test_a_blank_grid_is_a_blank_batch() -> None:
    one = batch(hourly([thai(day) for day in days(NEW_YEAR, 3)], [[None] * 24] * 3, footer={}))
    assert one.is_blank and one.rows.height == 72 and one.rows["raw_value"].null_count() == 72


def test_tables_stacked_on_one_sheet_are_batches_of_their_own() -> None:
    rows = [*hourly(days(NEW_YEAR, 3)), [], *hourly(days(date(2010, 1, 1), 2), title="SO2 Station no.8 บ้านสบเมาะ")]
    first, second = batches(xlsx(("x", rows)), "SO2.xlsx")
    assert (first.series, first.rows.height, second.series, second.rows.height) == (
        "EGAT-09/SO2",
        72,
        "EGAT-08/SO2",
        48,
    )
    assert at(second, "B14")["value"] == 0.01 and found(first) == found(second) == {}


def test_days_below_a_footer_are_read_and_told() -> None:
    rows = [*hourly(days(NEW_YEAR, 3)), *hourly(days(date(2009, 1, 4), 2), title=None, footer=None)[1:]]
    one = batch(rows)
    assert one.rows.height == 120 and found(one)["rows_below_footer"] == ("A11", 2)


def test_every_sheet_is_read_or_told_about() -> None:
    data = xlsx(
        ("a", hourly(days(NEW_YEAR, 2))),
        ("empty", []),
        ("b", hourly(days(NEW_YEAR, 2), title="SO2 Station no.8 บ้านสบเมาะ")),
        ("notes", [["made by somebody"], ["on a Monday"]]),
        ("none", [["ไม่มีข้อมูลของไซต์ pc"]]),
        hidden=["b"],
    )
    first, second = batches(data, "SO2.xlsx")
    assert (first.series, second.series) == ("EGAT-09/SO2", "EGAT-08/SO2")
    assert {(f.rule, f.sheet) for f in first.findings} == {("sheet_not_understood", "notes"), ("no_data_sheet", "none")}
    assert found(second) == {"hidden_sheet": (None, 1)}


def test_a_copy_of_a_sheet_is_counted_once() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    (one,) = batches(xlsx(("a", rows), ("a (2)", rows)))
    assert one.rows.height == 48 and one.rows_in == 96 and found(one)["duplicate_table"] == (None, 48)
    rows[2][1] = 44
    (both,) = batches(xlsx(("a", hourly(days(NEW_YEAR, 2))), ("b", rows)))
    assert both.rows.height == 49 and both.rows_in == 96 and found(both)["table_twice"] == (None, 1)
    assert both.rows["interval_start_at"].is_sorted()


def test_a_sheet_for_every_year_makes_one_batch() -> None:
    years = [(str(year), hourly(days(date(year, 1, 1), 365))) for year in (2010, 2009)]
    (one,) = batches(xlsx(*years), "SO2 2009-2010/Bansoppad.xlsx")
    assert (one.period_start, one.period_end) == (date(2009, 1, 1), date(2010, 12, 31))
    assert one.rows.height == 2 * 365 * 24 and one.findings == () and one.rows["sheet"].n_unique() == 2
    (gap,) = batches(xlsx(*years, ("2012", hourly(days(date(2012, 1, 1), 366)))), "SO2 2009-2012/Bansoppad.xlsx")
    assert found(gap) == {"missing_days": (None, 365)}


def test_content_wins_over_the_path_and_the_difference_is_a_finding() -> None:
    one = batch(hourly(days(NEW_YEAR, 365), title="SO2 Station no.1 ประตูผา"), "NO2 2008/Maechang.xlsx")
    assert one.series == "EGAT-01/SO2" and one.rows["from_path"][0] is None
    reasons = [f.reason_en for f in one.findings if f.rule == "path_disagrees"]
    assert len(reasons) == 3
    assert any("Mae Chang" in r for r in reasons) and any("says NO2" in r for r in reasons)
    assert any("says 2008" in r for r in reasons)


def test_the_path_fills_in_what_the_content_lacks() -> None:
    one = batch(hourly(days(NEW_YEAR, 2), title=None), "2009/WS/Main station WSHxls.xlsx", sheet="Sheet1")
    assert one.series == "EGAT-05/WS/H" and one.rows["from_path"][0] == "station,quantity"
    level = batch(hourly(days(NEW_YEAR, 2), title="WS Station No.5 Main Station"), "2009/WS/Main station WSL.xlsx")
    assert level.series == "EGAT-05/WS/L" and level.rows["from_path"][0] == "level"


def test_the_sheets_own_name_is_content() -> None:
    one = batch(hourly(days(NEW_YEAR, 2), title=None), "SO2 2009/Maechang.xlsx", sheet="Bansoppad")
    assert one.series == "EGAT-09/SO2" and "path_disagrees" in found(one)


def test_where_nobody_says_it_the_refusal_says_how_to_name_the_file() -> None:
    nameless = xlsx(("Sheet1", hourly(days(NEW_YEAR, 2), title=None)))
    assert refused(nameless, "upload.xlsx").rule == "quantity_missing"
    refusal = refused(nameless, "SO2 2009/upload.xlsx")
    assert refusal.rule == "station_missing" and "Bansoppad.xlsx" in refusal.reason_en


def test_number_and_name_of_a_station_may_disagree() -> None:
    one = batch(hourly(days(NEW_YEAR, 2), title="SO2 Station no.6 บ้านสบป้าด"))
    assert one.series == "EGAT-09/SO2" and found(one) == {"station_number": ("A1", 1)}


def test_an_unknown_station_with_a_number_is_taken_by_its_number_and_told() -> None:
    one = batch(hourly(days(NEW_YEAR, 2), title="SO2 Station no.13 บ้านใหม่"), "SO2 2009/new.xlsx")
    assert one.series == "EGAT-13/SO2" and found(one) == {"station_unknown": ("A1", 1)}
    assert one.rows["station_name"][0] == "บ้านใหม่"


def test_an_unknown_station_without_a_number_is_refused_with_what_to_add() -> None:
    refusal = refused(xlsx(("x", hourly(days(NEW_YEAR, 2), title="SO2 Station บ้านใหม่"))))
    assert refusal.rule == "station_unknown" and "seed_station_alias.csv" in refusal.reason_en


def test_an_unknown_quantity_is_not_read_as_the_folders() -> None:
    assert refused(xlsx(("x", hourly(days(NEW_YEAR, 2), title="H2S Station no.9 บ้านสบป้าด")))).rule == "quantity_unknown"


def test_air_and_weather_in_one_workbook_are_refused() -> None:
    data = xlsx(("a", hourly(days(NEW_YEAR, 2))), ("b", hourly(days(NEW_YEAR, 2), title="BP Station No.9 Ban Soppad")))
    assert refused(data).rule == "mixed_sources"


def test_a_header_without_days_says_no_data() -> None:
    rows = [["ไม่มีข้อมูลในสถานี hf"], ["RAIN Station No.4 Ban Huafai"], ["Date/Time", *HOURS_NBSP, "SUM", "MAX"]]
    with pytest.raises(NoData) as caught:
        parse_delivery("egat", xlsx(("Banhuafai", rows)), "2009/RAIN/Banhuafai.xlsx")
    assert caught.value.source_id == "egat_weather" and "ไม่มีข้อมูลในสถานี hf" in caught.value.reason_th
    with pytest.raises(NoData):
        parse_delivery("egat", xlsx(("x", rows[1:])), "2009/RAIN/Banhuafai.xlsx")


def test_a_header_with_nothing_but_an_error_is_refused() -> None:
    rows = [["SO2 Station no.9 บ้านสบป้าด"], ["Date/Time", *HOURS_TEXT, "MAX"], [PHP_ERROR]]
    assert refused(xlsx(("x", rows))).rule == "php_error"


def test_a_hundred_thousand_formatted_rows_below_the_table_are_nothing() -> None:
    rows = [*hourly(days(NEW_YEAR, 2)), *([""] for _ in range(2000)), ["SYNTHETIC"]]
    one = batch(rows)
    assert one.rows.height == 48 and found(one) == {}


def test_a_weather_batch_names_its_source() -> None:
    parsed = parse_delivery(
        "egat", xlsx(("x", hourly(days(NEW_YEAR, 2), title="WDM Station No.5 Main Station"))), "x.xlsx"
    )
    assert parsed.source_id == "egat_weather" and parsed.batches[0].series == "EGAT-05/WD/M"
    assert parsed.batches[0].rows["raw_unit"][0] == "deg"


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
