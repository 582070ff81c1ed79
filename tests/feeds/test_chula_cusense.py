"""CUSense: an object keyed by device, addresses that never get through, marks of nothing, and a project that is CMU's."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.redact import Redactor
from simulator.feed import Request
from simulator.feeds import chula_cusense as feed
from simulator.feeds import cmu_dustboy
from simulator.world import BANGKOK, World
from tests.feeds.air import accounted, batch, broken, mangled, row, station, stations
from tests.feeds.source import as_bytes, changed, claims, contract, local, no_data, refused, sample, told

SOURCE = "chula_cusense"
ADDRESS = "02005E000000"
KEY = f"CU-{hashlib.sha256(ADDRESS.encode()).hexdigest()[:16]}"


def first(edit: dict[str, Any]) -> bytes:
    """The sample with other entries in the first device's reading."""
    return changed(SOURCE, lambda answer: next(iter(answer.values()))["data"][0].update(edit))


def redacted(data: bytes) -> bytes:
    return Redactor({SOURCE: contract(SOURCE)}, b"key of a test").answered(SOURCE, data).data


def test_the_sample_gives_the_rows_that_were_worked_out_by_hand() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert (one.layout, one.rows.height, one.rows_in) == ("topics", 16, 24)  # two of six devices are CMU's
    pm25 = row(one, KEY, "PM25")
    assert (pm25["value"], pm25["raw_unit"], pm25["averaging_period"]) == (199.6, "ug/m3", "PT1H")
    assert pm25["interval_start_at"] == local("2026-03-20 08:00") and pm25["interval_end_at"] == local(
        "2026-03-20 09:00"
    )
    assert pm25["station_name"] == "SYNTHETIC ข้อมูลสังเคราะห์ 1"
    assert (row(one, KEY, "TEMP")["value"], row(one, KEY, "RH")["value"]) == (28.2, 70.4)
    assert not broken(SOURCE, one, scan=True)


def test_the_address_of_a_device_is_hashed_before_anything_is_kept() -> None:
    kept = redacted(sample(SOURCE))
    assert re.search(rb"02005E", sample(SOURCE)) and not re.search(rb"02005E", kept, re.IGNORECASE)
    one = batch(SOURCE, kept)
    assert one.rows.height == 16 and one.rows["station_key"].str.contains(r"^CU-[0-9a-f]{16}$").all()


def test_the_same_device_has_the_same_key_in_every_answer() -> None:
    again = changed(SOURCE, lambda answer: dict(reversed(answer.items())))
    a, b = batch(SOURCE, redacted(sample(SOURCE))), batch(SOURCE, redacted(again))
    assert set(a.rows["station_key"]) == set(b.rows["station_key"]) and a.rows["station_key"].n_unique() == 4


def test_an_address_stands_in_no_row_even_when_it_was_not_redacted() -> None:
    text = batch(SOURCE, sample(SOURCE)).rows.write_csv()
    assert "02005E" not in text.upper()


@pytest.mark.parametrize(
    ("written", "flag"), [(0, "~"), ("0", "~"), (0.0, "~"), (1000.1, "~"), (5000, "~"), (None, None)]
)
def test_nothing_measured_is_flagged_and_has_no_value(written: Any, flag: str | None) -> None:
    one = batch(SOURCE, first({"pm25": written}))
    got = row(one, KEY, "PM25")
    assert (got["value"], got["flag"], got["is_valid"]) == (None, flag, False)
    assert flag in {None, *(known.flag for known in contract(SOURCE).flags)}


@pytest.mark.parametrize("value", [0.1, 999.9, 1000])
def test_low_and_high_values_are_values(value: float) -> None:
    assert row(batch(SOURCE, first({"pm25": value})), KEY, "PM25")["value"] == value


def test_the_project_dustboy_is_left_to_cmu_and_counted() -> None:
    one = batch(SOURCE, sample(SOURCE))
    [drop] = one.drops
    assert (drop.rule, drop.n) == ("mirrors_dustboy", 8) and "CMU" in drop.reason_en and "มช." in drop.reason_th

    def all_mirrored(answer: Any) -> None:
        for device in answer.values():
            device["info"]["project"] = "DustBoy"

    assert no_data(SOURCE, changed(SOURCE, all_mirrored))


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-20T09:00:00+07:00",
        "2026-03-20T02:00:00Z",
        "2026-03-20T02:00:00.000Z",
        "2026-03-20T09:00:00",
        "2026-03-20 09:00:00",
    ],
)
def test_a_time_with_an_offset_keeps_it_and_one_without_is_local(written: str) -> None:
    got = row(batch(SOURCE, first({"time": written})), KEY, "PM25")
    assert got["interval_end_at"] == local("2026-03-20 09:00")


def test_a_time_that_cannot_be_read_is_told_and_held_back() -> None:
    one = batch(SOURCE, first({"time": "now"}))
    assert told(one) == {"unreadable_time": 1} and len(broken(SOURCE, one)["key_present"]) == 4


def test_quantities_of_no_use_are_not_taken() -> None:
    assert set(batch(SOURCE, sample(SOURCE)).rows["quantity"]) == {"PM25", "PM10", "TEMP", "RH"}


def test_a_new_field_is_told() -> None:
    assert told(batch(SOURCE, first({"voc": 3}))) == {"new_column": 1}


def test_a_lost_field_refuses_the_answer() -> None:
    def edit(answer: Any) -> None:
        for device in answer.values():
            for reading in device["data"]:
                del reading["pm25"]

    refusal = refused(SOURCE, changed(SOURCE, edit))
    assert refusal.rule == "column_missing" and "pm25" in refusal.reason_en


def test_words_refuse_the_answer() -> None:
    def edit(answer: Any) -> None:
        for device in answer.values():
            for reading in device["data"]:
                reading["humid"] = "wet"

    assert refused(SOURCE, changed(SOURCE, edit)).rule == "type_flip"


def test_another_form_of_answer_is_refused() -> None:
    listed = as_bytes([{"info": {"project": "x"}, "data": [], "pm25": 1}])
    assert refused(SOURCE, listed).rule == "unexpected_json"
    assert refused(SOURCE, b'{"message": "Unauthorized", "http_status_code": 401}').rule == "unexpected_json"


def test_an_empty_object_is_no_data_and_broken_json_is_refused() -> None:
    assert no_data(SOURCE, b"{}") and no_data(SOURCE, b'{"cusensor3/x": {"info": {}, "data": []}}')
    assert refused(SOURCE, sample(SOURCE)[:700]).rule == "invalid_json"


def test_it_claims_its_own_answers_only() -> None:
    assert claims(SOURCE, sample(SOURCE)) and claims(SOURCE, redacted(sample(SOURCE)))
    assert not claims(SOURCE, sample("cmu_dustboy")) and not claims(SOURCE, b"a,b\n1,2\n")


def test_a_day_of_readings_is_read_in_order() -> None:
    def day(answer: Any) -> None:
        for device in answer.values():
            reading = device["data"][0]
            device["data"] = [reading | {"time": f"2026-03-19T{hour:02d}:00:00+07:00"} for hour in (3, 1, 2)]

    one = batch(SOURCE, changed(SOURCE, day))
    ends = one.rows.filter((pl.col("station_key") == KEY) & (pl.col("quantity") == "PM25"))["interval_end_at"]
    assert ends.to_list() == [local(f"2026-03-19 0{hour}:00") for hour in (1, 2, 3)]
    assert json.loads(sample(SOURCE)).keys() >= {f"cusensor2/{ADDRESS}"}


def test_a_reading_that_stands_twice_is_taken_once_and_counted() -> None:
    def edit(answer: Any) -> None:
        device = next(iter(answer.values()))
        device["data"].append(device["data"][0])

    one = batch(SOURCE, changed(SOURCE, edit))
    assert one.rows.height == 16 and ("same_record", 4) in [(drop.rule, drop.n) for drop in one.drops]


def test_the_simulated_partner_answers_for_a_topic_a_project_and_a_day() -> None:
    world = World(datetime(2026, 3, 20, 9, tzinfo=BANGKOK), days=1)
    post, daily = (
        next(r for r in feed.routes(world) if r.method == method and part in r.path)
        for method, part in (("POST", "realtime"), ("GET", "daily"))
    )

    def ask(body: Any) -> Any:
        return json.loads(post.respond(Request("POST", "", {}, {}, {}, as_bytes(body))).body)

    assert list(ask({"topic": f"cusensor2/{ADDRESS}"})) == [f"cusensor2/{ADDRESS}"]
    assert {one["info"]["project"] for one in ask({"project": "Dustboy"}).values()} == {"Dustboy"}
    day = json.loads(daily.respond(Request("GET", "", {"date": "2026-03-18"}, {}, {})).body)
    whole = {one["info"]["project"]: len(one["data"]) for one in day.values()}
    assert whole["Sensor for All"] == 24 >= whole["Dustboy"] > 20  # a DustBoy misses hours, here as there
    assert json.loads(daily.respond(Request("GET", "", {"date": "2027-01-01"}, {}, {})).body) == {}


# ── where the devices stand ───────────────────────────────────────────────────────────────────────────────────────────


def info(edit: dict[str, Any]) -> bytes:
    """The sample with other entries in what the first device says of itself."""
    return changed(SOURCE, lambda answer: next(iter(answer.values()))["info"].update(edit))


def test_every_device_is_listed_with_its_place_and_cmu_s_as_such() -> None:
    one = stations(SOURCE, sample(SOURCE))
    assert (one.layout, one.rows.height) == ("stations", 6)
    got = station(one, KEY)
    assert (got["latitude"], got["longitude"], got["place_code"]) == (18.398029, 99.800388, "520204")
    assert (got["project"], got["is_mirror"], got["district_name"]) == ("Sensor for All", False, "แม่เมาะ")
    assert one.rows.filter(pl.col("is_mirror"))["project"].to_list() == ["Dustboy"] * 2
    assert got["interval_start_at"] == local("2026-03-20 00:00") and not broken(SOURCE, one, scan=True)


def test_no_address_stands_in_the_list_even_when_it_was_not_redacted() -> None:
    assert "02005E" not in stations(SOURCE, sample(SOURCE)).rows.write_csv().upper()


def test_a_device_has_one_key_in_its_readings_and_in_the_list() -> None:
    one, listed = (which(SOURCE, redacted(sample(SOURCE))).rows["station_key"] for which in (batch, stations))
    assert set(one) < set(listed)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"tambol": "ต.สบป้าด"}, "520205"),
        ({"tambol": ""}, "5202"),
        ({"amphoe": None}, "52"),  # a tambon without its district is of no known one
        ({"province": "เชียงใหม่"}, "50"),
        ({"province": "Nowhere"}, None),
        ({"province": None}, None),
    ],
)
def test_a_place_is_looked_up_inside_its_parents(said: dict[str, Any], code: str | None) -> None:
    assert station(stations(SOURCE, info(said)), KEY)["place_code"] == code


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ({"lat": None, "lon": None}, set()),
        ({"lat": "", "lon": ""}, set()),
        ({"lat": 99.800388, "lon": 18.398029}, {"hard_range"}),
        ({"lat": "18,398", "lon": 99.8}, {"hard_range"}),
        ({"lat": {"deg": 18}, "lon": 99.8}, {"readable"}),
        ({"lat": 18.4, "lon": None}, {"position_whole"}),
    ],
)
def test_a_position_that_cannot_be_takes_no_reading_away(said: dict[str, Any], rules: set[str]) -> None:
    data = info(said)
    assert broken(SOURCE, stations(SOURCE, data)).keys() == rules
    assert batch(SOURCE, data).rows.equals(batch(SOURCE, sample(SOURCE)).rows)


def test_a_device_without_a_reading_is_listed() -> None:
    silent = changed(SOURCE, lambda answer: next(iter(answer.values())).update(data=[]))
    assert station(stations(SOURCE, silent), KEY)["latitude"] == 18.398029


def test_the_simulated_mirror_shows_cmu_s_sensor_and_its_readings() -> None:
    world = World(datetime(2026, 3, 20, 9, tzinfo=BANGKOK), days=1)
    [route] = [r for r in cmu_dustboy.routes(world) if "stations" in r.path]
    own = json.loads(route.respond(Request("GET", "", {}, {}, {})).body)[0]
    [real_time] = [r for r in feed.routes(world) if r.method == "GET" and "realtime" in r.path]
    shown = list(json.loads(real_time.respond(Request("GET", "", {}, {}, {})).body).values())[2]
    assert shown["info"]["name"].strip() == own["dustboy_name"]
    assert shown["info"]["lat"] == pytest.approx(float(own["dustboy_lat"]), abs=1e-6)
    assert shown["data"][0]["pm25"] == float(own["pm25"])


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_comes_is_rows_or_is_refused(random: Random) -> None:
    accounted(SOURCE, mangled(sample(SOURCE), random))
