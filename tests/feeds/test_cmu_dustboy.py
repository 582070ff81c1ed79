"""CMU DustBoy: a list of latest readings and histories, mixed types, two clocks, owners' data that never gets through."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.redact import Redactor
from simulator.feed import Key, Request
from simulator.feeds import cmu_dustboy as feed
from simulator.world import BANGKOK, World
from tests.feeds.air import accounted, batch, broken, mangled, row, station, stations
from tests.feeds.official import real
from tests.feeds.source import as_bytes, batches, changed, claims, contract, local, no_data, refused, sample, told

SOURCE = "cmu_dustboy"
READING = {
    "datetime": "2026-03-19 05:00:00",
    "pm25": 24,
    "pm10": 25,
    "us_color": "253,192,78",
    "temp": "25.77",
    "humid": "67.62",
}


def first(edit: dict[str, Any]) -> bytes:
    """The sample with other entries in its first reading."""
    return changed(SOURCE, lambda answer: answer[0].update(edit))


def history(*readings: dict[str, Any]) -> bytes:
    return as_bytes(
        {"station": {"id": "9000", "name_th": "เครื่องวัดสังเคราะห์"}, "readings": [READING | r for r in readings]}
    )


def test_the_sample_gives_the_rows_that_were_worked_out_by_hand() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert (one.layout, one.series) == ("latest", "latest/2026-03-20T0900")
    assert one.rows.height == one.rows_in == 10 * 4 + 2 * 3  # two of ten carry a weather station
    pm10, pm25 = row(one, "CMU-9000", "PM10"), row(one, "CMU-9000", "PM25")
    assert (pm10["value"], pm10["raw_value"], pm25["value"], pm25["raw_value"]) == (157.0, "157", 136.0, "136")
    assert (pm25["raw_unit"], pm25["averaging_period"], pm25["station_name"]) == (
        "ug/m3",
        "PT1H",
        "เครื่องวัดสังเคราะห์ 1 ต.แม่เมาะ",
    )
    assert pm25["interval_start_at"] == local("2026-03-20 08:00") and pm25["interval_end_at"] == local(
        "2026-03-20 09:00"
    )
    assert (row(one, "CMU-9000", "TEMP")["value"], row(one, "CMU-9000", "RH")["value"]) == (30.15, 65.16)
    assert (row(one, "CMU-9000", "BP")["value"], row(one, "CMU-9000", "BP")["raw_unit"]) == (970.2, "hPa")
    assert not broken(SOURCE, one, scan=True)


@pytest.mark.parametrize("written", [157, "157", 157.0, " 157 "])
def test_a_field_may_be_a_number_or_a_text(written: Any) -> None:
    assert row(batch(SOURCE, first({"pm10": written})), "CMU-9000", "PM10")["value"] == 157.0


@pytest.mark.parametrize(("written", "value"), [("1,012", 1012.0), ("1,012.5", 1012.5), ("12,345,678", 12_345_678.0)])
def test_thousands_commas_are_no_decimals(written: str, value: float) -> None:
    got = row(batch(SOURCE, first({"pm10": written})), "CMU-9000", "PM10")
    assert (got["value"], got["raw_value"]) == (value, written)


def test_a_comma_in_the_wrong_place_is_asked_about() -> None:
    one = batch(SOURCE, first({"pm10": "10,12"}))
    assert row(one, "CMU-9000", "PM10")["flag"] == "10,12" and "flag_known" in broken(SOURCE, one)


def test_empty_coordinates_take_no_reading_away() -> None:
    answer = json.loads(sample(SOURCE))
    assert answer[6]["dustboy_lat"] == answer[6]["dustboy_lon"] == ""
    assert row(batch(SOURCE, sample(SOURCE)), "CMU-9006", "PM25")["value"] == float(answer[6]["pm25"])


def test_both_spellings_of_a_colour_are_known() -> None:
    for colour in ("253,192,78", "0, 153, 107"):
        one = batch(SOURCE, first({"us_color": colour, "dustboy_lng": "99.7", "lng": "99.7"}))
        assert "new_column" not in told(one) and one.rows.height == 46


def test_the_log_time_is_local_and_the_update_time_is_utc() -> None:
    local_one = batch(
        SOURCE, first({"log_datetime": "2026-03-20 08:00:00", "last_updated": "2026-03-20T09:59:59.000Z"})
    )
    assert row(local_one, "CMU-9000", "PM25")["interval_end_at"] == local("2026-03-20 08:00")
    utc_one = batch(SOURCE, first({"log_datetime": "", "last_updated": "2026-03-20T01:00:00.000Z"}))
    assert row(utc_one, "CMU-9000", "PM25")["interval_end_at"] == local("2026-03-20 08:00")


def test_a_time_that_cannot_be_read_is_told_and_held_back() -> None:
    one = batch(SOURCE, first({"log_datetime": "yesterday", "last_updated": ""}))
    assert told(one)["unreadable_time"] == 1 and len(broken(SOURCE, one)["key_present"]) == 7


def test_weather_of_sensors_without_it_is_no_row() -> None:
    one = batch(SOURCE, sample(SOURCE))
    assert set(one.rows.filter(pl.col("quantity") == "WS")["station_key"]) == {"CMU-9000", "CMU-9005"}
    assert one.rows["raw_value"].null_count() == 0


def test_owners_data_is_taken_out_before_anything_is_kept() -> None:
    redacted = Redactor({SOURCE: contract(SOURCE)}, b"key of a test").answered(SOURCE, sample(SOURCE))
    assert redacted.version == "1" and b"example.invalid" in sample(SOURCE)
    for word in (b"db_email", b"db_mobile", b"db_addr", b"example.invalid", b"000-000-"):
        assert word not in redacted.data
    assert batch(SOURCE, redacted.data).rows.equals(batch(SOURCE, sample(SOURCE)).rows)


def test_no_owner_stands_in_a_row_whatever_came() -> None:
    text = batch(SOURCE, sample(SOURCE)).rows.write_csv()
    assert "example.invalid" not in text and "SYNTHETIC address" not in text


def test_a_history_is_of_one_sensor() -> None:
    one = batch(SOURCE, history({}, {"datetime": "2026-03-19 06:00:00", "pm25": "30"}))
    assert (one.layout, one.series) == ("history", "station/CMU-9000")
    assert one.rows.height == 8 and (one.period_start, one.period_end) == (date(2026, 3, 19), date(2026, 3, 19))
    assert one.rows.filter(pl.col("quantity") == "PM25")["value"].to_list() == [24.0, 30.0]


def test_hours_that_are_missing_stay_missing() -> None:
    one = batch(SOURCE, history({}, {"datetime": "2026-03-19 08:00:00"}, {"datetime": "2026-03-19 09:30:00"}))
    ends = one.rows.filter(pl.col("quantity") == "PM25")["interval_end_at"].to_list()
    assert ends == [local("2026-03-19 05:00"), local("2026-03-19 08:00"), local("2026-03-19 09:30")]
    assert not broken(SOURCE, one)


def test_the_service_s_own_history_is_read_newest_first() -> None:
    world = World(now(), days=1)
    [route] = [r for r in feed.routes(world) if "data30day" in r.path]
    params = {"span": "data30day", "id": "9001", "key": "x"}
    answer = route.respond(Request("GET", "", params, {}, {})).body
    one = batch(SOURCE, answer)
    assert one.series == "station/CMU-9001" and one.rows.height > 4 * 650
    assert one.rows.filter(pl.col("quantity") == "PM25")["interval_end_at"].is_sorted()


def now() -> datetime:
    return datetime(2026, 3, 20, 9, tzinfo=BANGKOK)


def test_one_reading_alone_is_read_as_a_list_of_one() -> None:
    assert batch(SOURCE, changed(SOURCE, lambda answer: answer[0])).rows.height == 7


def test_a_message_without_data_is_refused_in_the_partner_s_words() -> None:
    refusal = refused(SOURCE, b'{"status": false, "message": "apikey is invalid", "dustboy_id": null}')
    assert refusal.rule == "partner_says" and "apikey is invalid" in refusal.reason_th


def test_a_new_field_is_told() -> None:
    assert told(batch(SOURCE, first({"battery": 3.7})))["new_column"] == 1


@pytest.mark.parametrize("field", ["pm25", "id", "humid"])
def test_a_lost_field_refuses_the_answer(field: str) -> None:
    def edit(answer: Any) -> None:
        for one in answer:
            del one[field]

    refusal = refused(SOURCE, changed(SOURCE, edit))
    assert refusal.rule == "column_missing" and field in refusal.reason_en


def test_words_refuse_the_answer() -> None:
    def edit(answer: Any) -> None:
        for one in answer:
            one["pm25"] = "good"

    assert refused(SOURCE, changed(SOURCE, edit)).rule == "type_flip"


def test_nested_numbers_refuse_the_answer() -> None:
    def edit(answer: Any) -> None:
        for one in answer:
            one["pm25"] = {"value": 12}

    assert refused(SOURCE, changed(SOURCE, edit)).rule in ("column_missing", "type_flip")


def test_an_empty_list_is_no_data_and_broken_json_is_refused() -> None:
    assert no_data(SOURCE, b"[]") and no_data(SOURCE, b'{"station": {"id": "1"}, "readings": []}')
    assert refused(SOURCE, sample(SOURCE)[:1500]).rule == "invalid_json"


def test_it_claims_its_own_answers_only() -> None:
    assert claims(SOURCE, sample(SOURCE)) and claims(SOURCE, history({}))
    assert not claims(SOURCE, sample("chula_cusense")) and not claims(SOURCE, b"id,pm25\n1,2\n")


def test_the_real_history_is_read_to_its_last_reading() -> None:
    data, name = real("cmu_dustboy", "*.json")
    one = batch(SOURCE, data, name)
    assert (one.series, one.rows.height, one.rows_in) == ("station/CMU-4473", 960, 960)
    assert (
        one.rows["value"].null_count() == 0
        and not one.findings
        and broken(SOURCE, one).keys() <= {"flat_line", "days_continuous"}
    )


def test_a_history_of_any_length_is_read_in_columns() -> None:
    world = World(now(), days=60)
    path, data = next(feed.deliveries(world))
    made = pl.read_json(io.BytesIO(as_bytes(json.loads(data)["readings"])), infer_schema_length=None)
    one = batch(SOURCE, data, path)
    assert one.rows.height == 4 * made.height > 5_000
    assert "SYNTHETIC" in path


def test_a_reading_that_stands_twice_is_taken_once_and_counted() -> None:
    one = batch(SOURCE, history({}, {}, {"datetime": "2026-03-19 06:00:00"}))
    assert one.rows.height == 8 and [(drop.rule, drop.n) for drop in one.drops] == [("same_record", 4)]
    other = batch(SOURCE, history({}, {"pm25": 99}))
    assert not other.drops and len(broken(SOURCE, other)["unique_key"]) == 8  # which of the two is right, nobody knows


def test_the_simulated_partner_wants_its_key_where_the_documentation_says() -> None:
    world = World(now(), days=1)
    keys = {route.path.split("/")[3].split("|")[0].strip("("): route.key for route in feed.routes(world)}
    assert keys["station"] == Key(query="apikey") and keys["?P<span>data30day"] == Key(path=True)


# ── where the sensors stand ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_of_sensors_gives_a_row_each_of_the_day_of_the_newest_reading() -> None:
    one = stations(SOURCE, sample(SOURCE))
    assert (one.layout, one.series, one.rows.height) == ("stations", "latest/2026-03-20T0900", 10)
    got = station(one, "CMU-9000")
    assert (got["latitude"], got["longitude"], got["code"]) == (18.2794092, 99.7514877, "syn00000000")
    assert (got["station_name"], got["station_name_en"]) == (
        "เครื่องวัดสังเคราะห์ 1 ต.แม่เมาะ",
        "SYNTHETIC sensor 1, Mae Mo",
    )
    assert got["interval_start_at"] == got["interval_end_at"] == local("2026-03-20 00:00")
    assert not one.drops and not one.findings and not broken(SOURCE, one, scan=True)


def test_empty_coordinates_are_a_sensor_without_a_position() -> None:
    one = stations(SOURCE, sample(SOURCE))
    got = station(one, "CMU-9006")
    assert (got["latitude"], got["longitude"], got["problem"]) == (None, None, None)
    assert "CMU-9006" in batch(SOURCE, sample(SOURCE)).rows["station_key"] and not broken(SOURCE, one)


@pytest.mark.parametrize(
    ("lat", "lon", "rule"),
    [
        ("99.7514877", "18.2794092", "hard_range"),  # swapped
        ("182,794", "99.75", "hard_range"),  # a comma between thousands, which a coordinate has none of
        ("0", "0", "hard_range"),
        ("18,2794092", "99.75", "readable"),  # a decimal comma
        ("18°16'45\"", "99.75", "readable"),
        ("18.28", "", "position_whole"),
    ],
)
def test_a_position_that_cannot_be_holds_back_its_own_row_alone(lat: str, lon: str, rule: str) -> None:
    data = first({"dustboy_lat": lat, "dustboy_lon": lon})
    assert broken(SOURCE, stations(SOURCE, data)) == {rule: ["0"]}
    assert batch(SOURCE, data).rows.equals(batch(SOURCE, sample(SOURCE)).rows)


def test_words_in_every_position_take_no_reading_away() -> None:
    def edit(answer: Any) -> None:
        for one in answer:
            one["dustboy_lat"] = "north"

    data = changed(SOURCE, edit)
    assert batch(SOURCE, data).rows.equals(batch(SOURCE, sample(SOURCE)).rows)
    assert station(stations(SOURCE, data), "CMU-9001")["problem"] == "latitude: “north” is not a number"


@pytest.mark.parametrize("name", ["dustboy_lng", "lon", "lng"])
def test_longitude_is_found_under_each_of_its_names(name: str) -> None:
    def edit(answer: Any) -> None:
        for one in answer:
            one[name] = one.pop("dustboy_lon")

    assert station(stations(SOURCE, changed(SOURCE, edit)), "CMU-9000")["longitude"] == 99.7514877


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("รพ.สต.สบป้าด ต.สบป้าด อ.แม่เมาะ จ.ลำปาง", "520205"),
        ("ศาลากลาง (จ.ลำปาง)", "52"),
        ("วัด ตำบลแม่เมาะ อำเภอแม่เมาะ จังหวัดลำปาง", "520204"),
        ("โรงเรียน อ.แม่เมาะ จ.เชียงใหม่", "50"),  # no such district there
        ("เครื่องวัด ต.แม่เมาะ", None),  # a tambon of which province?
        ("รพ.สต.แม่เมาะ", None),  # a hospital
        ("", None),
    ],
)
def test_a_place_is_known_where_the_name_says_it_with_its_parents(name: str, code: str | None) -> None:
    assert station(stations(SOURCE, first({"dustboy_name": name})), "CMU-9000")["place_code"] == code


def test_a_history_tells_once_where_its_sensor_stands() -> None:
    world = World(now(), days=2)
    path, data = next(feed.deliveries(world))
    one = stations(SOURCE, data, path)
    assert (one.series, one.rows.height) == ("station/CMU-9000", 1)
    answer = json.loads(data)
    got = station(one, "CMU-9000")
    assert (str(got["latitude"]), str(got["longitude"])) == (answer["station"]["lat"], answer["station"]["lon"])
    assert got["cell"] == "station" and not broken(SOURCE, one)


def test_the_real_sensor_stands_where_its_answer_says() -> None:
    one = stations(SOURCE, *real("cmu_dustboy", "*.json"))
    got = station(one, "CMU-4473")
    # จ.สกลนคร is 47 in TIS 1099; the answer's own number for it is 35
    assert (got["latitude"], got["longitude"], got["place_code"]) == (17.1670831, 104.1570884, "47")
    assert got["cmu_province_id"] == "35" and not broken(SOURCE, one)


def test_an_answer_that_says_nothing_places_nobody() -> None:
    def edit(answer: Any) -> None:
        for one in answer:
            one |= dict.fromkeys(["pm25", "pm10", "temp", "humid", "wind_speed", "wind_direction", "atmospheric"], "")

    assert {one.entity for one in batches(SOURCE, changed(SOURCE, edit))} == {"observation"}


def test_a_sensor_with_two_positions_is_asked_about() -> None:
    def edit(answer: Any) -> None:
        answer.append(answer[0] | {"dustboy_lat": "18.5"})

    one = stations(SOURCE, changed(SOURCE, edit))
    assert broken(SOURCE, one) == {"unique_key": ["0", "10"]}


def test_no_owner_stands_in_the_list_of_sensors() -> None:
    text = stations(SOURCE, sample(SOURCE)).rows.write_csv()
    assert "example.invalid" not in text and "SYNTHETIC address" not in text and "000-000-" not in text


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_comes_is_rows_or_is_refused(random: Random) -> None:
    accounted(SOURCE, mangled(sample(SOURCE), random))
