"""PCD Air4Thai: strings for numbers, two shapes, 24-hour means beside hourly gases, stations that stay listed when dead."""

from __future__ import annotations

import json
from datetime import date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.feed import Request
from simulator.feeds import pcd_air4thai as feed
from simulator.world import BANGKOK, World
from tests.feeds.air import accounted, batch, broken, mangled, row
from tests.feeds.official import official
from tests.feeds.source import as_bytes, batches, changed, claims, contract, local, no_data, refused, sample, told

SOURCE = "pcd_air4thai"
LAST = "SYNTHETIC pcd_air4thai/2026-03-20T09.json"
KEYS = ["PCD-37t-2", "PCD-38t", "PCD-39t", "PCD-40t"]


def station(number: int, edit: dict[str, Any]) -> bytes:
    """The sample with other entries in AQILast of one station."""
    return changed(SOURCE, lambda answer: answer["stations"][number]["AQILast"].update(edit))


def older(answer: Any) -> Any:
    """The newer shape's answer as the older service would have said it."""
    units = {"PM25": "µg/m³", "PM10": "µg/m³", "O3": "ppb", "CO": "ppm", "NO2": "ppb", "SO2": "ppb"}
    for one in answer["stations"]:
        last = one.pop("AQILast")
        values = {name: {"value": last[name]["value"], "unit": unit} for name, unit in units.items()}
        one["LastUpdate"] = {"date": last["date"], "time": last["time"], **values, "AQI": {"Level": "2", "aqi": "30"}}
    return answer


def test_the_sample_gives_the_rows_that_were_worked_out_by_hand() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert (one.entity, one.layout, one.series) == ("observation", "aqilast", "latest/2026-03-20T0900")
    assert one.rows.height == one.rows_in == 36 and set(KEYS) < set(one.rows["station_key"])
    pm25, co = row(one, "PCD-37t-2", "PM25"), row(one, "PCD-37t-2", "CO")
    assert (pm25["value"], pm25["raw_value"], pm25["raw_unit"], pm25["averaging_period"]) == (
        127.3,
        "127.3",
        "ug/m3",
        "PT24H",
    )
    assert (co["value"], co["raw_value"], co["raw_unit"], co["averaging_period"]) == (1.22, "1.22", "[ppm]", "PT1H")
    assert pm25["interval_start_at"] == local("2026-03-19 09:00") and pm25["interval_end_at"] == local(
        "2026-03-20 09:00"
    )
    assert co["interval_start_at"] == local("2026-03-20 08:00") and co["interval_end_at"] == local("2026-03-20 09:00")
    assert (pm25["station_name"], pm25["cell"]) == ("สถานีอุตุนิยมวิทยาลำปาง", "0.AQILast.PM25.value")
    assert not broken(SOURCE, one, scan=True)


def test_gases_keep_their_own_units() -> None:
    rows = batch(SOURCE, sample(SOURCE)).rows
    units = dict(rows.select("quantity", "raw_unit").unique().rows())
    assert units == {
        "PM25": "ug/m3",
        "PM10": "ug/m3",
        "O3": "[ppb]",
        "NO2": "[ppb]",
        "SO2": "[ppb]",
        "CO": "[ppm]",
    }


def test_both_shapes_give_the_same_values() -> None:
    new, old = batch(SOURCE, sample(SOURCE)), batch(SOURCE, changed(SOURCE, older))
    same = ["station_key", "quantity", "interval_end_at", "raw_value", "raw_unit", "value"]
    assert old.layout == "lastupdate" and new.rows.select(same).equals(old.rows.select(same))


@pytest.mark.parametrize("mark", ["-1", "-999", "-", "N/A", " -1 ", -1, -1.0])
def test_every_mark_of_nothing_is_flagged_and_has_no_value(mark: Any) -> None:
    one = batch(SOURCE, station(0, {"O3": {"color_id": "0", "aqi": "-999", "value": mark}}))
    got = row(one, "PCD-37t-2", "O3")
    assert (got["value"], got["flag"], got["is_valid"]) == (None, "-", False)
    assert "-" in {flag.flag for flag in contract(SOURCE).flags}


def test_a_number_beside_colour_0_is_not_believed() -> None:
    got = row(batch(SOURCE, station(0, {"O3": {"color_id": "0", "aqi": "0", "value": "44"}})), "PCD-37t-2", "O3")
    assert (got["value"], got["flag"], got["raw_value"]) == (None, "~", "44")


def test_a_value_of_0_is_a_value() -> None:
    got = row(batch(SOURCE, station(0, {"SO2": {"color_id": "1", "aqi": "0", "value": "0"}})), "PCD-37t-2", "SO2")
    assert (got["value"], got["flag"], got["is_valid"]) == (0.0, None, True)


def test_a_dead_station_keeps_its_own_time_and_is_told() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert told(one)["dead_station"] == 1
    [finding] = [f for f in one.findings if f.rule == "dead_station"]
    assert "PCD-990t" in finding.reason_en and "PCD-990t" in finding.reason_th
    assert row(one, "PCD-990t", "PM25")["interval_end_at"] == local("2025-06-30 12:00")


def test_stopped_stations_stand_apart_so_that_no_file_reaches_over_years() -> None:
    fresh, stopped = batches(SOURCE, sample(SOURCE))
    assert set(stopped.rows["station_key"]) == {"PCD-990t"} and "PCD-990t" not in fresh.rows["station_key"]
    assert (stopped.series, stopped.period_end) == ("latest/stopped", date(2025, 6, 30))
    assert fresh.period_start == fresh.period_end == date(2026, 3, 20)


def test_the_day_that_was_asked_for_shows_a_lone_station_to_be_dead() -> None:
    alone = changed(SOURCE, lambda answer: answer["stations"][:1])
    path = "pulled/pcd_air4thai/2026-03-25/20260325T020000Z-001-latest-synthetic.200.json"
    one = batch(SOURCE, as_bytes({"stations": json.loads(alone)}), path)
    assert told(one) == {"dead_station": 1}


def test_names_lose_blanks_and_stray_marks() -> None:
    def edit(answer: Any) -> None:
        answer["stations"][1]["nameTH"] = "โรงพยาบาลบ้านสบป้าด \n"
        answer["stations"][2] |= {"nameTH": " ", "nameEN": "ฺBan Klang "}

    one = batch(SOURCE, changed(SOURCE, edit))
    assert row(one, "PCD-38t", "PM25")["station_name"] == "โรงพยาบาลบ้านสบป้าด"
    assert row(one, "PCD-39t", "PM25")["station_name"] == "Ban Klang"


def test_37t_is_the_station_of_the_site_that_its_name_says() -> None:
    moved = changed(SOURCE, lambda answer: answer["stations"][0].update(nameTH="ศาลหลักเมือง (ปิดสถานี)"))
    assert row(batch(SOURCE, moved), "PCD-37t-1", "PM25")["value"] == 127.3


def test_24_o_clock_ends_the_day() -> None:
    one = batch(SOURCE, station(0, {"date": "2026-03-19", "time": "24:00"}))
    assert row(one, "PCD-37t-2", "CO")["interval_end_at"] == local("2026-03-20 00:00")


@settings(max_examples=10, deadline=None)
@given(hour=st.integers(0, 24), minute=st.sampled_from([0, 30]))
def test_any_hour_is_the_end_of_its_interval(hour: int, minute: int) -> None:
    minute = 0 if hour == 24 else minute
    one = batch(SOURCE, station(0, {"date": "2026-03-19", "time": f"{hour:02d}:{minute:02d}"}))
    assert row(one, "PCD-37t-2", "CO")["interval_end_at"] == local(f"2026-03-19 {hour:02d}:{minute:02d}")


def test_a_time_that_cannot_be_read_is_told_and_held_back() -> None:
    one = batch(SOURCE, station(0, {"time": "25:00"}))
    assert told(one)["unreadable_time"] == 1 and len(broken(SOURCE, one)["key_present"]) == 6


def test_one_station_alone_is_read_as_a_list_of_one() -> None:
    alone = changed(SOURCE, lambda answer: answer["stations"][0])
    one = batch(SOURCE, alone)
    assert one.rows.height == 6 and set(one.rows["station_key"]) == {"PCD-37t-2"}


def test_the_index_is_no_row() -> None:
    assert "AQI" not in batch(SOURCE, sample(SOURCE)).rows["quantity"]


def test_another_unit_refuses_the_answer() -> None:
    def edit(answer: Any) -> Any:
        made = older(answer)
        made["stations"][3]["LastUpdate"]["SO2"]["unit"] = "µg/m³"
        return made

    refusal = refused(SOURCE, changed(SOURCE, edit))
    assert refusal.rule == "unit_changed" and "SO2" in refusal.reason_en


def test_a_new_field_is_told() -> None:
    one = batch(SOURCE, changed(SOURCE, lambda answer: answer["stations"][0].update(battery="12.1")))
    assert told(one)["new_column"] == 1 and one.rows.height == 36


@pytest.mark.parametrize("field", ["PM25", "date", "time"])
def test_a_lost_field_refuses_the_answer(field: str) -> None:
    def edit(answer: Any) -> None:
        for one in answer["stations"]:
            del one["AQILast"][field]

    refusal = refused(SOURCE, changed(SOURCE, edit))
    assert refusal.rule == "column_missing" and f"AQILast.{field}" in refusal.reason_en


def test_words_in_the_place_of_numbers_refuse_the_answer() -> None:
    def edit(answer: Any) -> None:
        for one in answer["stations"]:
            one["AQILast"]["PM25"]["value"] = "unhealthy"

    refusal = refused(SOURCE, changed(SOURCE, edit))
    assert refusal.rule == "type_flip" and "unhealthy" in refusal.reason_en


def test_one_odd_word_is_kept_and_asked_about() -> None:
    one = batch(SOURCE, station(0, {"PM25": {"color_id": "2", "aqi": "1", "value": "calib"}}))
    assert row(one, "PCD-37t-2", "PM25")["flag"] == "calib"
    assert broken(SOURCE, one)["flag_known"] == ["0.AQILast.PM25.value"]


def test_an_empty_list_is_no_data_and_broken_json_is_refused() -> None:
    assert no_data(SOURCE, b'{"stations": []}').reason_th
    assert refused(SOURCE, sample(SOURCE)[:900]).rule == "invalid_json"


def test_it_claims_its_own_answers_only() -> None:
    assert claims(SOURCE, sample(SOURCE)) and claims(SOURCE, changed(SOURCE, older))
    assert not claims(SOURCE, sample("pcd_air4thai_history"))
    assert not claims(SOURCE, b"PK\x03\x04") and not claims(SOURCE, b"a,b\n1,2\n")


@pytest.mark.parametrize(
    ("name", "rows", "values"),
    [
        ("air4thai_old_shape_2019-01-15T20.json", 42, 32),
        ("air4thai_new_shape_2019-02-17T14.json", 6, 5),
        ("air4thai_new_shape_2026-10-04.json", 12, 7),
    ],
)
def test_official_excerpts_are_read(name: str, rows: int, values: int) -> None:
    one = batch(SOURCE, official(f"pcd_air4thai/{name}").read_bytes(), name)
    assert (one.rows.height, one.rows["value"].count()) == (rows, values)
    assert not broken(SOURCE, one)


def test_a_station_that_stands_twice_is_taken_once_and_counted() -> None:
    one = batch(SOURCE, changed(SOURCE, lambda answer: answer["stations"].append(answer["stations"][0])))
    assert one.rows.height == 36 and [(drop.rule, drop.n) for drop in one.drops] == [("same_record", 6)]
    assert one.rows_in == 42 and not broken(SOURCE, one)


def test_the_simulated_partner_answers_for_the_stations_asked_and_as_it_delivers() -> None:
    world = World(datetime(2026, 3, 20, 9, tzinfo=BANGKOK), days=1)
    [route] = [r for r in feed.routes(world) if r.match("GET", feed.HOST, "/services/getNewAQI_JSON.php") is not None]

    def ask(stations: str) -> list[Any]:
        return json.loads(route.respond(Request("GET", "", {}, {"stationID": stations}, {})).body)["stations"]

    assert [one["stationID"] for one in ask("38t,40t")] == ["38t", "40t"] and ask("999x") == []
    answered = ask("")
    assert answered == json.loads(dict(feed.deliveries(world))[LAST])["stations"]
    listed = json.loads(sample(SOURCE))["stations"]
    assert [one["stationID"] for one in answered] == [one["stationID"] for one in listed]
    assert [list(one["AQILast"]) for one in answered] == [list(one["AQILast"]) for one in listed]


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_comes_is_rows_or_is_refused(random: Random) -> None:
    accounted(SOURCE, mangled(sample(SOURCE), random))
