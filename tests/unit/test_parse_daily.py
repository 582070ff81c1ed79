"""The daily layouts: TEMP & BP of all stations on one sheet, and two columns of 24-hour samples."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from assets.readers.result import Batch, NoData, Refusal
from assets.readers.route import parse_delivery
from tests.unit.readers_books import PHP_ERROR, days, thai, xlsx

CODES = ["PC", "TS", "SD"]
FIRST = date(2010, 1, 1)


def all_stations(n: int = 5, codes: list[str] = CODES, php: bool = False) -> list[list[Any]]:
    rows: list[list[Any]] = [[PHP_ERROR]] if php else []
    rows += [["TEMP & BP"], ["Date", *(cell for code in codes for cell in (code, None))]]
    rows.append([None, *["Temp", "BP"] * len(codes)])
    rows += [[day, *(cell for _ in codes for cell in (20.5 + i, 950 + i))] for i, day in enumerate(days(FIRST, n))]
    return rows


def samples(n: int = 10) -> list[list[Any]]:
    rows: list[list[Any]] = [["\xa0วันที่\xa0", "\xa0ค่าที่ตรวจวัดได้ (ug/m3)\xa0"]]
    return [*rows, *([day, 20 + i] for i, day in enumerate(days(date(2009, 1, 5), 6 * n)[::6]))]


def batch(rows: list[list[Any]], path: str, sheet: str = "Sheet1") -> Batch:
    (only,) = parse_delivery("egat", xlsx((sheet, rows)), path).batches
    return only


def rules(one: Batch) -> dict[str, tuple[str | None, int]]:
    return {f.rule: (f.cell, f.n) for f in one.findings if "runs from" not in f.reason_en}


@pytest.mark.parametrize("php", [False, True])
def test_all_stations_are_read_from_one_sheet(php: bool) -> None:
    one = batch(all_stations(php=php), "2010/TEMP BP/all.xlsx")
    assert (one.layout, one.series, one.period_end) == ("daily_all_stations", "all/TEMP+BP", date(2010, 1, 5))
    assert one.rows.height == 5 * 6
    assert one.rows["station_key"].unique(maintain_order=True).to_list() == ["EGAT-01", "EGAT-02", "EGAT-03"]
    assert set(one.rows.select("quantity", "raw_unit").unique().rows()) == {("TEMP", "Cel"), ("BP", "mbar")}
    row = one.rows.row(by_predicate=pl.col("cell") == ("E5" if php else "E4"), named=True)
    assert (row["station_key"], row["station_name"], row["quantity"], row["value"]) == ("EGAT-02", "TS", "BP", 950.0)
    assert row["interval_start_at"] == datetime(2009, 12, 31, 17, tzinfo=UTC)
    assert row["interval_end_at"] == datetime(2010, 1, 1, 17, tzinfo=UTC) and row["averaging_period"] == "P1D"
    assert rules(one) == ({"php_error_row": ("A1", 1)} if php else {})


def test_the_export_that_stopped_in_the_middle_of_a_row_is_told() -> None:
    rows = all_stations()
    rows[-1][4:] = [None] * 3
    one = batch(rows, "2010-2020/TEMP BP/x.xlsx")
    assert rules(one) == {"last_row_cut": ("E8", 3)} and one.rows.height == 30
    assert any(f.rule == "path_disagrees" and "2010-2020" in f.reason_en for f in one.findings)


def test_a_file_named_after_one_station_is_told_that_it_holds_all() -> None:
    one = batch(all_stations(), "2010/TEMP BP/Bansoppad.xlsx")
    assert "holds 3 stations" in next(f.reason_en for f in one.findings if f.rule == "path_disagrees")


def test_an_unknown_code_is_refused_with_its_cell() -> None:
    with pytest.raises(Refusal) as caught:
        parse_delivery("egat", xlsx(("x", all_stations(codes=["PC", "QQ"]))), "TEMP BP/x.xlsx")
    assert (caught.value.rule, caught.value.cell) == ("station_unknown", "D2") and "QQ" in caught.value.reason_en


def test_gaps_unreadable_and_repeated_days_are_counted() -> None:
    rows = all_stations(40)
    rows[10][0], rows[12] = "??", list(rows[11])
    one = batch(rows, "TEMP BP/x.xlsx")
    assert one.rows_in == 40 * 6 and one.rows.height == 38 * 6
    assert {(d.rule, d.n) for d in one.drops} == {("unreadable_date", 6), ("duplicate_day", 6)}
    assert rules(one)["missing_days"][1] == 2


def test_two_columns_take_station_and_quantity_from_the_path() -> None:
    one = batch(samples(), "TSP 2009-2019/Banthasii.xlsx", sheet="Banthasii")
    assert (one.layout, one.series, one.rows.height) == ("daily_samples", "EGAT-02/TSP", 10)
    row = one.rows.row(0, named=True)
    assert row["from_path"] == "station,quantity" and row["raw_unit"] == "ug/m3" and row["cell"] == "B2"
    assert row["interval_start_at"] == datetime(2009, 1, 4, 17, tzinfo=UTC) and row["value"] == 20.0


def test_fail_written_out_is_the_flag_f() -> None:
    rows = samples()
    rows[3][1], rows[4][1] = "F", "Fail"
    one = batch(rows, "TSP 2009/Banthasii.xlsx")
    assert one.rows["flag"].drop_nulls().to_list() == ["F", "F"]
    assert one.rows["raw_value"].to_list()[2:4] == ["F", "Fail"]


def test_a_skipped_sample_is_a_finding() -> None:
    rows = samples(20)
    del rows[7]
    assert rules(batch(rows, "TSP 2009/Banthasii.xlsx")) == {"sample_gap": ("A8", 1)}


def test_a_quantity_in_the_column_head_is_content() -> None:
    rows = samples()
    rows[0][1] = "ค่า PM10 (ug/m3)"
    one = batch(rows, "TSP 2009/Banthasii.xlsx")
    assert one.series == "EGAT-02/PM10" and one.rows["from_path"][0] == "station"
    assert any(f.rule == "path_disagrees" and "says TSP" in f.reason_en for f in one.findings)


def test_a_column_without_a_unit_says_where_the_unit_came_from() -> None:
    rows = samples()
    rows[0][1] = "ค่าที่ตรวจวัดได้"
    assert batch(rows, "TSP 2009/Banthasii.xlsx").rows["from_path"][0] == "station,quantity,unit"


def test_a_column_of_remarks_is_no_obstacle() -> None:
    rows = [[*row, "ok" if i else "หมายเหตุ"] for i, row in enumerate(samples())]
    assert batch(rows, "TSP 2009/Banthasii.xlsx").rows.height == 10


def test_without_a_telling_path_the_refusal_says_how_to_name_the_file() -> None:
    with pytest.raises(Refusal) as caught:
        parse_delivery("egat", xlsx(("Sheet1", samples())), "upload.xlsx")
    assert caught.value.rule == "quantity_missing" and "Bansoppad.xlsx" in caught.value.reason_en


def test_thai_dates_are_read_here_too_and_a_header_alone_is_no_data() -> None:
    rows = [samples()[0], *([thai(day), 5] for day in days(date(2009, 7, 1), 3))]
    assert batch(rows, "TSP 2009/Banthasii.xlsx").period_start == date(2009, 7, 1)
    with pytest.raises(NoData):
        parse_delivery("egat", xlsx(("x", samples()[:1])), "TSP 2009/Banthasii.xlsx")
