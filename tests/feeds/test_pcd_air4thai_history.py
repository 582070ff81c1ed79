"""PCD's history: hours named by their end, 2400 = the next midnight, lost zeros, blanks and dashes, noise, columns by name."""

from __future__ import annotations

import json
from datetime import date, datetime
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.sources.pcd_air4thai_history.book import DECIMALS
from simulator.feed import Request
from simulator.feeds import pcd_air4thai_history as feed
from simulator.world import BANGKOK, World
from tests.feeds.air import accounted, batch, broken, mangled
from tests.feeds.official import real
from tests.feeds.source import changed, claims, local, no_data, refused, sample, told
from tests.unit.readers_books import xlsx

SOURCE = "pcd_air4thai_history"
NAME = "(38t)สบป้าด.xlsx"
HEADER = ["ปี/เดือน/วัน", "ชั่วโมง", "PM10", " NO ", " NO2", " NOX ", " Rain", " Net rad", " Temp"]
UNITS = ["", "", "at 3 m (มคก./ลบ.ม.)", *["at 3 m (ppb)"] * 3, "at 3 m (inch)", "at 3 m (w/m2)", "at 2 m "]
BLANK = " " * 13
ROWS: list[list[Any]] = [
    [90118, 100, 74, 3, 3, 6, 0, -41, 17.5],
    [90118, 200, BLANK, "-", 2, 2, 0.0799999, -42, 17],
    [90118, 2400, 82, 1, 1, 2, 1.01, 0, 16],
]


def book(rows: list[list[Any]] = ROWS, header: list[str] = HEADER, units: list[Any] = UNITS) -> bytes:
    return xlsx(("09-12", [header, units, *rows]))


# ── the service ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_gives_the_rows_that_were_worked_out_by_hand() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert (one.layout, one.series) == ("hourly", "stations/PCD-37t-2..PCD-40t")
    assert (one.period_start, one.period_end) == (date(2026, 3, 18), date(2026, 3, 19))
    assert one.rows.height == 4 * 24 * 10
    first = one.rows.filter((pl.col("station_key") == "PCD-37t-2") & (pl.col("quantity") == "PM25")).row(0, named=True)
    assert (first["value"], first["raw_unit"], first["averaging_period"]) == (152.5, "ug/m3", "PT1H")
    assert first["interval_start_at"] == local("2026-03-18 23:00") and first["cell"] == "37t.0.PM25"
    assert broken(SOURCE, one, scan=True).keys() <= {"flat_line"}


def test_midnight_ends_the_day_before() -> None:
    rows = batch(SOURCE, sample(SOURCE)).rows
    assert rows["interval_end_at"].min() == local("2026-03-19 00:00")
    assert rows["interval_end_at"].max() == local("2026-03-19 23:00")


def test_units_are_those_of_air4thai() -> None:
    rows = batch(SOURCE, sample(SOURCE)).rows
    units = dict(rows.select("quantity", "raw_unit").unique().rows())
    assert units["CO"] == "[ppm]" and units["SO2"] == "[ppb]" and units["WS"] == "m/s" and len(units) == 10


@pytest.mark.parametrize(("written", "flag"), [(None, None), ("", None), ("-999", "-"), (-1, "-"), ("N/A", "-")])
def test_nothing_measured_has_no_value(written: Any, flag: str | None) -> None:
    data = changed(SOURCE, lambda answer: answer["stations"][0]["data"][5].update(PM25=written))
    cell = batch(SOURCE, data).rows.row(by_predicate=pl.col("cell") == "37t.5.PM25", named=True)
    assert (cell["value"], cell["flag"]) == (None, flag)


def test_a_caller_may_ask_for_one_quantity() -> None:
    def edit(answer: Any) -> None:
        for one in answer["stations"]:
            one["data"] = [{"DATETIMEDATA": r["DATETIMEDATA"], "PM25": r["PM25"]} for r in one["data"]]

    assert set(batch(SOURCE, changed(SOURCE, edit)).rows["quantity"]) == {"PM25"}
    path = "pulled/pcd_air4thai_history/2026-03-19/20260320T184000Z-001-hourly-synthetic.200.json"
    refusal = refused(SOURCE, changed(SOURCE, edit), path)  # our own question asks for ten
    assert refusal.rule == "column_missing" and "PM10" in refusal.reason_en


def test_a_lost_time_refuses_the_answer_and_a_new_field_is_told() -> None:
    def lose(answer: Any) -> None:
        for one in answer["stations"]:
            for record in one["data"]:
                record["TIME"] = record.pop("DATETIMEDATA")

    assert refused(SOURCE, changed(SOURCE, lose)).rule == "column_missing"

    def more(answer: Any) -> None:
        for record in answer["stations"][0]["data"]:
            record["BENZENE"] = 1

    assert told(batch(SOURCE, changed(SOURCE, more))) == {"new_column": 1}


def test_words_refuse_the_answer() -> None:
    def edit(answer: Any) -> None:
        for one in answer["stations"]:
            for record in one["data"]:
                record["O3"] = "low"

    assert refused(SOURCE, changed(SOURCE, edit)).rule == "type_flip"


def test_an_answer_without_stations_is_no_data_and_broken_json_is_refused() -> None:
    assert no_data(SOURCE, b'{"stations": [{"stationID": "37t", "data": []}]}')
    assert no_data(SOURCE, b'{"stations": []}')
    assert refused(SOURCE, sample(SOURCE)[:500]).rule == "invalid_json"


# ── the workbook ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_gives_rows_and_counts_what_it_leaves_out() -> None:
    one = batch(SOURCE, book(), NAME)
    assert (one.layout, one.series, one.rows.height, one.rows_in) == ("workbook", "station/PCD-38t", 18, 21)
    assert [(drop.rule, drop.n) for drop in one.drops] == [("quantity_not_agreed", 3)]
    assert set(one.rows["from_path"]) == {"station"} and set(one.rows["station_name"]) == {"สบป้าด"}
    assert not broken(SOURCE, one)


def test_the_year_s_lost_zero_is_put_back() -> None:
    ends = batch(SOURCE, book(), NAME).rows["interval_end_at"]
    assert ends.min() == local("2009-01-18 01:00")


def test_hour_2400_is_the_next_midnight_and_belongs_to_the_day() -> None:
    one = batch(SOURCE, book(), NAME)
    last = one.rows.filter(pl.col("cell") == "C5").row(0, named=True)
    assert last["interval_end_at"] == local("2009-01-19 00:00") and last["interval_start_at"] == local(
        "2009-01-18 23:00"
    )
    assert one.period_end == date(2009, 1, 18)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2026, 12, 31)), st.integers(1, 24)), min_size=1, max_size=50))
def test_any_day_and_hour_is_read(hours: list[tuple[date, int]]) -> None:
    lines = [f"{int(f'{day:%y%m%d}')},{hour * 100},5" for day, hour in hours]
    data = "\n".join([f"\ufeff{HEADER[0]},{HEADER[1]},PM10", ",,at 3 m (มคก./ลบ.ม.)", *lines]).encode()
    ends = batch(SOURCE, data, "(38t)x.csv").rows["interval_end_at"].to_list()
    assert ends == sorted(local(f"{day} {hour:02d}:00") for day, hour in hours)


def test_rain_is_in_inches_and_units_come_from_the_second_header() -> None:
    rows = batch(SOURCE, book(), NAME).rows
    units = dict(rows.select("quantity", "raw_unit").unique().rows())
    assert units == {"PM10": "ug/m3", "NO": "[ppb]", "NO2": "[ppb]", "NOX": "[ppb]", "RAIN": "[in_i]", "TEMP": "Cel"}


def test_a_run_of_blanks_is_empty_and_a_dash_is_flagged() -> None:
    rows = batch(SOURCE, book(), NAME).rows
    blank, dash = (rows.row(by_predicate=pl.col("cell") == cell, named=True) for cell in ("C4", "D4"))
    assert (blank["raw_value"], blank["value"], blank["flag"]) == (BLANK, None, None)
    assert (dash["raw_value"], dash["value"], dash["flag"]) == ("-", None, "-")


def test_noise_behind_the_last_place_is_rounded_and_the_text_is_kept() -> None:
    got = batch(SOURCE, book(), NAME).rows.row(by_predicate=pl.col("cell") == "G4", named=True)
    assert (got["value"], got["raw_value"]) == (0.08, "0.0799999")


@given(hundredths=st.integers(0, 99_999))
def test_any_noisy_number_becomes_the_number_that_was_meant(hundredths: int) -> None:
    meant = hundredths / 100
    noisy = float(f"{meant - 1e-6:.6f}")
    assert pl.Series([noisy]).round(DECIMALS)[0] == meant


def test_columns_are_found_by_name_in_any_order() -> None:
    order = [1, 8, 3, 0, 2, 7, 6, 5, 4]
    turned = book([[r[i] for i in order] for r in ROWS], [HEADER[i] for i in order], [UNITS[i] for i in order])
    key = ["quantity", "interval_end_at", "raw_value", "value"]
    a, b = (batch(SOURCE, data, NAME).rows.select(key) for data in (book(), turned))
    assert a.equals(b)


def test_a_missing_unit_is_told_and_an_unknown_one_refused() -> None:
    assert told(batch(SOURCE, book(), NAME)) == {"unit_missing": 1}  # Temp
    refusal = refused(SOURCE, book(units=[*UNITS[:2], "at 3 m (grains)", *UNITS[3:]]), NAME)
    assert (refusal.rule, refusal.cell) == ("unit_unknown", "C2")


def test_the_former_site_of_37t_has_a_key_of_its_own() -> None:
    old = batch(SOURCE, book(), "(37t)ศาลหลักเมือง(ปิดสถานี).xlsx")
    new = batch(SOURCE, book(), "(37t)สถานีอุตุนิยมวิทยาลำปาง.xlsx")
    assert set(old.rows["station_key"]) == {"PCD-37t-1"} and set(new.rows["station_key"]) == {"PCD-37t-2"}


def test_a_table_of_nobody_s_station_is_refused() -> None:
    refusal = refused(SOURCE, book(), "history.xlsx")
    assert refusal.rule == "station_missing" and "history" in refusal.reason_th


def test_nox_that_is_not_the_sum_is_flagged() -> None:
    one = batch(SOURCE, book([[90118, 100, 74, 30, 30, 90, 0, 0, 17]]), NAME)
    assert broken(SOURCE, one)["no_no2_nox_agree"] == ["F3"]


def test_a_new_column_is_told_and_counted_and_a_lost_hour_refused() -> None:
    one = batch(SOURCE, book([[*r, 1] for r in ROWS], [*HEADER, "Benzene"], [*UNITS, "at 3 m (ppb)"]), NAME)
    assert told(one)["new_column"] == 1 and sum(drop.n for drop in one.drops) == 6
    assert refused(SOURCE, book(header=["day", *HEADER[1:]]), NAME).rule == "column_missing"


def test_an_hour_that_is_none_is_told_and_held_back() -> None:
    one = batch(SOURCE, book([*ROWS, [90119, 2500, 1, 1, 1, 2, 0, 0, 20]]), NAME)
    assert told(one)["unreadable_time"] == 1 and len(broken(SOURCE, one)["key_present"]) == 6


def test_the_csv_with_a_byte_order_mark_is_the_same_table() -> None:
    lines = [",".join(map(str, line)) for line in (HEADER, UNITS, *ROWS)]
    a, b = batch(SOURCE, ("\ufeff" + "\n".join(lines)).encode(), "(38t)x.csv"), batch(SOURCE, book(), NAME)
    key = ["quantity", "interval_end_at", "value", "flag"]
    assert a.rows.select(key).equals(b.rows.select(key))


def test_a_sheet_of_something_else_is_told_and_a_table_without_rows_is_no_data() -> None:
    data = xlsx(("09-12", [HEADER, UNITS, *ROWS]), ("notes", [["one"], ["two"]]), ("SYNTHETIC", [["SYNTHETIC"]]))
    assert [f.sheet for f in batch(SOURCE, data, NAME).findings if f.rule == "sheet_not_understood"] == ["notes"]
    assert no_data(SOURCE, book([]), NAME)


def test_it_claims_its_own_deliveries_only() -> None:
    assert claims(SOURCE, sample(SOURCE)) and claims(SOURCE, book(), NAME)
    assert not claims(SOURCE, sample("pcd_air4thai")) and not claims(SOURCE, xlsx(("a", [["b"]])), "x.xlsx")


def test_the_real_workbook_is_read_to_its_last_cell() -> None:
    data, name = real("pcd_history", "*.xlsx")
    one = batch(SOURCE, data, name)
    hours = 35_064  # four years
    assert one.rows_in == 12 * hours and one.rows.height == 11 * hours
    assert (one.period_start, one.period_end) == (date(2009, 1, 1), date(2012, 12, 31))
    rows = one.rows
    assert rows["value"].count() == 311_852 and set(rows["flag"].drop_nulls()) == {"-"}
    # one hour in 24 would be lost if 2400 were no hour
    midnights = rows.filter(pl.col("interval_end_at").dt.hour() == 17)
    assert midnights.height == 11 * 1461 and midnights["value"].count() > 10_000
    assert row_of(rows, "O3")["interval_end_at"] == local("2009-01-01 01:00")


def row_of(rows: pl.DataFrame, quantity: str) -> dict[str, Any]:
    return rows.filter(pl.col("quantity") == quantity).row(0, named=True)


def test_an_hour_that_stands_twice_is_taken_once_and_counted() -> None:
    one = batch(SOURCE, changed(SOURCE, lambda answer: answer["stations"].append(answer["stations"][0])))
    assert one.rows.height == 960 and [(drop.rule, drop.n) for drop in one.drops] == [("same_record", 240)]


def test_the_simulated_partner_honours_stations_quantities_and_dates() -> None:
    world = World(datetime(2026, 3, 20, 9, tzinfo=BANGKOK), days=1)
    [route] = feed.routes(world)

    def ask(**query: str) -> Any:
        given = {"stationID": "38t", "param": "PM25,RH", "sdate": "2026-01-05", "edate": "2026-01-06", **query}
        return json.loads(route.respond(Request("GET", "", {}, given, {})).body)

    [one] = ask()["stations"]
    assert (
        one["stationID"] == "38t" and len(one["data"]) == 48 and set(one["data"][0]) == {"DATETIMEDATA", "PM25", "RH"}
    )
    assert ask(stationID="999x")["stations"] == [] and ask(sdate="2027-01-01", edate="2027-01-01")["stations"] == []
    assert ask(sdate="?")["stations"] == []


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_comes_is_rows_or_is_refused(random: Random) -> None:
    accounted(SOURCE, mangled(sample(SOURCE), random))
