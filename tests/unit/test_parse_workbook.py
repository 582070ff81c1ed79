"""Several sheets, several tables, and whose they are: content decides, the path fills in, differences are told."""

from __future__ import annotations

from datetime import date

import pytest

from assets.readers.result import NoData
from assets.readers.route import parse_delivery
from tests.unit.readers_books import (
    HOURS_NBSP,
    HOURS_TEXT,
    NEW_YEAR,
    PHP_ERROR,
    at,
    batch,
    batches,
    days,
    found,
    hourly,
    refused,
    xlsx,
)


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


def test_a_weather_batch_names_its_source() -> None:
    parsed = parse_delivery(
        "egat", xlsx(("x", hourly(days(NEW_YEAR, 2), title="WDM Station No.5 Main Station"))), "x.xlsx"
    )
    assert parsed.source_id == "egat_weather" and parsed.batches[0].series == "EGAT-05/WD/M"
    assert parsed.batches[0].rows["raw_unit"][0] == "deg"
