"""TMD and ThaiWater: two ways of writing dates, wind in km/h, calms, rain over 3 and 24 hours, forecasts that are none of ours."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.feed import Answer, Request
from simulator.feeds import tmd_weather as feed
from simulator.world import BANGKOK, World
from tests.feeds.air import accounted, batch, broken, mangled, row, station, stations
from tests.feeds.official import official
from tests.feeds.source import as_bytes, changed, claims, local, no_data, refused, sample, told

SOURCE = "tmd_weather"
LAMPANG = "TMD-48328"


def world() -> World:
    return World(datetime(2026, 3, 20, 9, tzinfo=BANGKOK), days=1)


@cache
def answers() -> dict[str, bytes]:
    return dict(feed.deliveries(world()))


def delivered(part: str) -> Any:
    """An answer that the simulated partner gave."""
    return json.loads(next(data for path, data in answers().items() if part in path))


def observed(edit: dict[str, Any]) -> bytes:
    """The sample with other entries in Lampang's observation."""
    return changed(SOURCE, lambda answer: answer["Stations"]["Station"][0]["Observation"].update(edit))


def test_the_sample_gives_the_rows_that_were_worked_out_by_hand() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert (one.layout, one.series, one.rows.height) == ("weather3hours", "latest/2026-03-20T0700", 21)
    expected = {
        ("BP", "PT0S"): (972.0, "hPa"),
        ("TEMP", "PT0S"): (25.4, "Cel"),
        ("RH", "PT0S"): (78.0, "%"),
        ("WD", "PT0S"): (200.0, "deg"),
        ("WS", "PT0S"): (1.9, "km/h"),
        ("RAIN", "PT3H"): (0.0, "mm"),
        ("RAIN", "PT24H"): (1.0, "mm"),
    }
    for (quantity, period), (value, unit) in expected.items():
        got = row(one, LAMPANG, quantity, period)
        assert (got["value"], got["raw_unit"]) == (value, unit)
    assert row(one, LAMPANG, "TEMP")["raw_value"] == "25.4" and not broken(SOURCE, one, scan=True)


def test_readings_are_of_an_instant_and_rain_is_of_3_and_24_hours() -> None:
    one = batch(SOURCE, sample(SOURCE))
    at = local("2026-03-20 07:00")
    assert {row(one, LAMPANG, "TEMP")[end] for end in ("interval_start_at", "interval_end_at")} == {at}
    three, day = (row(one, LAMPANG, "RAIN", period) for period in ("PT3H", "PT24H"))
    assert (three["interval_start_at"], three["interval_end_at"]) == (local("2026-03-20 04:00"), at)
    assert (day["interval_start_at"], day["interval_end_at"]) == (local("2026-03-19 07:00"), at)


def test_the_month_stands_first_in_one_answer_and_the_year_in_the_other() -> None:
    early = batch(SOURCE, observed({"DateTime": "02/03/2026 22:00:00"}))
    assert row(early, LAMPANG, "TEMP")["interval_end_at"] == local("2026-02-03 22:00")
    today = delivered("WeatherToday/2026-03-20")
    today["Stations"]["Station"][0]["Observation"]["DateTime"] = "2026-02-03 07:00"
    assert row(batch(SOURCE, as_bytes(today)), LAMPANG, "TEMP")["interval_end_at"] == local("2026-02-03 07:00")


def test_the_morning_s_answer_tells_the_rain_of_24_hours() -> None:
    today = delivered("WeatherToday/2026-03-20")
    one = batch(SOURCE, as_bytes(today))
    assert one.layout == "weathertoday" and set(one.rows["quantity"]) == {"TEMP", "RH", "WD", "WS", "RAIN"}
    assert row(one, LAMPANG, "RAIN")["averaging_period"] == "PT24H" and not broken(SOURCE, one)


def test_a_calm_has_direction_0_and_stays() -> None:
    one = batch(SOURCE, observed({"WindDirection": "000", "WindSpeed": "0.0"}))
    direction, speed = row(one, LAMPANG, "WD"), row(one, LAMPANG, "WS")
    assert (direction["value"], direction["raw_value"], direction["is_valid"]) == (0.0, "000", True)
    assert (speed["value"], speed["is_valid"]) == (0.0, True) and not broken(SOURCE, one)


@pytest.mark.parametrize("knots", [1, 2, 3, 4])
def test_whole_knots_come_as_km_per_hour(knots: int) -> None:
    one = batch(SOURCE, observed({"WindSpeed": f"{knots * 1.852:.1f}"}))
    got = row(one, LAMPANG, "WS")
    assert got["raw_unit"] == "km/h" and round(got["value"] / 1.852) == knots


def test_names_are_kept_as_they_are_spelt() -> None:
    def edit(answer: Any) -> None:
        answer["Stations"]["Station"][1] |= {"StationNameThai": "", "StationNameEnglish": "CHAING RAI AGROMET."}

    assert row(batch(SOURCE, changed(SOURCE, edit)), "TMD-99901", "TEMP")["station_name"] == "CHAING RAI AGROMET."


def test_a_province_that_is_a_tambon_does_no_harm() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert row(one, "TMD-99902", "TEMP")["is_valid"] and "ตาดทอง" in sample(SOURCE).decode()


@pytest.mark.parametrize(
    ("written", "flag"), [("", None), (None, None), ("-", "-"), ([], "-"), ({}, "-"), ("N/A", "-")]
)
def test_what_was_not_observed_has_no_value(written: Any, flag: str | None) -> None:
    got = row(batch(SOURCE, observed({"Rainfall": written})), LAMPANG, "RAIN", "PT3H")
    assert (got["value"], got["flag"]) == (None, flag)


def test_a_forecast_is_refused_as_one() -> None:
    forecast = as_bytes({"WeatherForecasts": [{"location": {"name": "x"}, "forecasts": []}]})
    assert claims(SOURCE, forecast)
    refusal = refused(SOURCE, forecast)
    assert refusal.rule == "forecast" and "พยากรณ์" in refusal.reason_th


def test_xml_is_refused_with_what_to_ask_for() -> None:
    xml = b'<?xml version="1.0"?><Root><Stations><Station><WmoStationNumber>48328</WmoStationNumber></Station></Stations></Root>'
    assert claims(SOURCE, xml)
    refusal = refused(SOURCE, xml)
    assert refusal.rule == "wrong_format" and "format=json" in refusal.reason_en


def test_one_station_alone_is_read_as_a_list_of_one() -> None:
    def edit(answer: Any) -> None:
        answer["Stations"]["Station"] = answer["Stations"]["Station"][0]

    assert set(batch(SOURCE, changed(SOURCE, edit)).rows["station_key"]) == {LAMPANG}


def test_a_station_that_stopped_keeps_its_time_and_is_told() -> None:
    one = batch(SOURCE, observed({"DateTime": "01/15/2026 07:00:00"}))
    assert told(one) == {"dead_station": 1}
    assert row(one, LAMPANG, "TEMP")["interval_end_at"] == local("2026-01-15 07:00")


def test_a_time_that_cannot_be_read_is_told_and_held_back() -> None:
    one = batch(SOURCE, observed({"DateTime": "20/03/2026 07:00:00"}))  # the day first
    assert told(one) == {"unreadable_time": 1} and len(broken(SOURCE, one)["key_present"]) == 7


def test_a_new_field_is_told_and_a_lost_one_refuses_the_answer() -> None:
    assert told(batch(SOURCE, observed({"CloudCover": "3"}))) == {"new_column": 1}

    def lose(answer: Any) -> None:
        for one in answer["Stations"]["Station"]:
            del one["Observation"]["RelativeHumidity"]

    refusal = refused(SOURCE, changed(SOURCE, lose))
    assert refusal.rule == "column_missing" and "RelativeHumidity" in refusal.reason_en


def test_words_refuse_the_answer() -> None:
    def edit(answer: Any) -> None:
        for one in answer["Stations"]["Station"]:
            one["Observation"]["AirTemperature"] = "hot"

    assert refused(SOURCE, changed(SOURCE, edit)).rule == "type_flip"


def test_an_answer_without_stations_is_no_data_and_broken_json_is_refused() -> None:
    assert no_data(SOURCE, changed(SOURCE, lambda answer: answer["Stations"].update(Station=[])))
    assert refused(SOURCE, sample(SOURCE)[:900]).rule == "invalid_json"


# ── ThaiWater ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rain_gauges_of_lampang_are_taken_and_the_others_counted() -> None:
    rain = delivered("rain_24h/2026-03-20")
    one = batch(SOURCE, as_bytes(rain))
    here = [gauge for gauge in rain["data"] if gauge["geocode"]["province_code"] == "52"]
    assert one.layout == "thaiwater" and one.rows["station_key"].n_unique() == len(here) == 8
    assert one.rows_in == len(rain["data"]) + sum("rain_1h" in gauge for gauge in rain["data"])
    assert [drop.rule for drop in one.drops] == ["other_province"] and not broken(SOURCE, one)
    got = row(one, f"THAIWATER-{here[0]['station']['id']}", "RAIN", "PT24H")
    assert (got["value"], got["raw_unit"]) == (here[0]["rain_24h"], "mm")
    assert got["interval_start_at"] == local("2026-03-19 07:00") and got["interval_end_at"] == local("2026-03-20 07:00")


def test_only_gauges_that_tell_the_hour_have_a_row_for_it() -> None:
    rain = delivered("rain_24h/2026-03-20")
    telling = [g for g in rain["data"] if "rain_1h" in g and g["geocode"]["province_code"] == "52"]
    rows = batch(SOURCE, as_bytes(rain)).rows
    assert rows.filter(pl.col("averaging_period") == "PT1H").height == len(telling) < 8


def test_no_gauge_in_lampang_is_no_data_and_a_lost_time_refuses_the_answer() -> None:
    rain = delivered("rain_24h/2026-03-20")
    for gauge in rain["data"]:
        gauge["geocode"]["province_code"] = "80"
    assert no_data(SOURCE, as_bytes(rain))
    for gauge in rain["data"]:
        gauge["time"] = gauge.pop("rainfall_datetime")
    assert refused(SOURCE, as_bytes(rain)).rule == "column_missing"


def test_it_claims_its_own_answers_only() -> None:
    assert claims(SOURCE, sample(SOURCE)) and claims(SOURCE, as_bytes(delivered("rain_24h")))
    assert not claims(SOURCE, sample("pcd_air4thai")) and not claims(SOURCE, b"a,b\n1,2\n")


def test_the_official_excerpt_is_read_and_the_forecast_refused() -> None:
    one = batch(SOURCE, official("tmd/weather3hours_v2_excerpt.json").read_bytes())
    assert one.rows.height == 35 and one.rows["value"].null_count() == 0
    assert broken(SOURCE, one).keys() <= {"soft_range"}  # air pressure in the plain, higher than in the basin
    assert row(one, "TMD-48376", "WS")["value"] == 3.7
    assert refused(SOURCE, official("tmd/tmd_nwp_hourly_excerpt.json").read_bytes()).rule == "forecast"


def test_a_station_that_stands_twice_is_taken_once_and_counted() -> None:
    def edit(answer: Any) -> None:
        answer["Stations"]["Station"].append(answer["Stations"]["Station"][0])

    one = batch(SOURCE, changed(SOURCE, edit))
    assert one.rows.height == 21 and [(drop.rule, drop.n) for drop in one.drops] == [("same_record", 7)]


def test_the_simulated_partner_speaks_xml_unless_asked_and_wants_a_user() -> None:
    [route] = [r for r in feed.routes(world()) if "Weather3Hours" in r.path]

    def ask(**query: str) -> Answer:
        return route.respond(Request("GET", "", {}, query, {}))

    assert (
        ask(uid="x").content_type.startswith("text/xml") and refused(SOURCE, ask(uid="x").body).rule == "wrong_format"
    )
    assert ask(format="json").status == 401
    columns = ("station_key", "quantity", "averaging_period", "interval_start_at", "raw_unit")
    answered, listed = (batch(SOURCE, data).rows for data in (ask(uid="x", format="json").body, sample(SOURCE)))
    assert answered.select(columns).equals(listed.select(columns))


# ── where the stations stand ──────────────────────────────────────────────────────────────────────────────────────────


def test_stations_are_listed_with_their_positions_and_provinces() -> None:
    one = stations(SOURCE, sample(SOURCE))
    assert (one.layout, one.rows.height) == ("stations", 3)
    got = station(one, LAMPANG)
    assert (got["latitude"], got["longitude"], got["place_code"], got["code"]) == (18.27756, 99.50624, "52", "48328")
    # a tambon in the place of the province is no province
    assert [station(one, "TMD-99902")[name] for name in ("province_name", "place_code")] == ["ตาดทอง", None]
    assert got["interval_start_at"] == local("2026-03-20 00:00") and not broken(SOURCE, one, scan=True)


def test_the_gauges_of_lampang_are_listed_with_their_districts() -> None:
    rain = delivered("rain_24h/2026-03-20")
    one = stations(SOURCE, as_bytes(rain))
    assert one.rows.height == 8 and not broken(SOURCE, one)
    gauge = next(gauge for gauge in rain["data"] if gauge["geocode"]["province_code"] == "52")
    got = station(one, f"THAIWATER-{gauge['station']['id']}")
    assert (got["latitude"], got["district_name"], got["place_code"]) == (
        gauge["station"]["tele_station_lat"],
        "แม่เมาะ",
        "5202",
    )


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ({"Latitude": "", "Longitude": ""}, set()),
        ({"Latitude": [], "Longitude": {}}, set()),  # what an empty element of XML becomes
        ({"Latitude": "18.27756 N", "Longitude": "99.50624"}, {"readable"}),
        ({"Latitude": "99.50624", "Longitude": "18.27756"}, {"hard_range"}),
        ({"Latitude": "18,277", "Longitude": "99.50624"}, {"hard_range"}),
    ],
)
def test_a_position_that_cannot_be_takes_no_observation_away(said: dict[str, Any], rules: set[str]) -> None:
    data = changed(SOURCE, lambda answer: answer["Stations"]["Station"][0].update(said))
    assert broken(SOURCE, stations(SOURCE, data)).keys() == rules
    assert batch(SOURCE, data).rows.equals(batch(SOURCE, sample(SOURCE)).rows)


def test_the_official_excerpt_places_its_stations() -> None:
    one = stations(SOURCE, official("tmd/weather3hours_v2_excerpt.json").read_bytes())
    assert one.rows.height == 5 and one.rows["latitude"].null_count() == 0 and not broken(SOURCE, one)
    assert station(one, "TMD-48329")["place_code"] == "51"  # Lamphun


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["Weather3Hours/2026-03-20T07", "WeatherToday", "rain_24h"]))
def test_whatever_comes_is_rows_or_is_refused(random: Random, part: str) -> None:
    accounted(SOURCE, mangled(as_bytes(delivered(part)), random))
