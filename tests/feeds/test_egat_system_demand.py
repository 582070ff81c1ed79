"""EGAT system demand: items of two or three entries by the clock of Bangkok, and a day without values that is no JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.pulled import pulled_path
from assets.readers.result import NoData
from simulator.feed import Answer, Request
from simulator.feeds import egat_system_demand as feed
from tests.feeds.source import WORLD, batch, broken, claims, contract, local, no_data, refused, sample

SOURCE = "egat_system_demand"


def answer(*items: Any, day: str = "19-03-2026", **more: Any) -> bytes:
    return json.dumps({"day": day, "list": list(items), **more}).encode()


def path(day: date) -> str:
    return pulled_path(SOURCE, day, datetime(2026, 3, 20, 2, tzinfo=UTC), 1, "actual", 200, "json", True)


def minutes(n: int, mw: float = 20_000) -> list[list[float]]:
    return [[60 * i, mw] for i in range(n)]


# ── shape ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_items_of_two_and_of_three_entries_stand_side_by_side() -> None:
    read = batch(SOURCE, answer([0, 18929.6, 24.7], [60, 18915.1]))
    assert read.rows.select("demand_mw", "temperature_c", "problem").rows() == [
        (18929.6, 24.7, None),
        (18915.1, None, None),
    ]
    assert broken(SOURCE, read) == {}


def test_an_answer_without_any_temperature_is_whole() -> None:
    read = batch(SOURCE, answer(*minutes(3)))
    assert read.rows["temperature_c"].to_list() == [None] * 3 and broken(SOURCE, read) == {}


def test_seconds_count_from_the_midnight_of_bangkok() -> None:
    read = batch(SOURCE, answer([0, 20_000], [3_660, 20_000]))
    assert read.rows["interval_start_at"].to_list() == [local("2026-03-19 00:00"), local("2026-03-19 01:01")]
    assert read.rows["interval_end_at"].to_list() == read.rows["interval_start_at"].to_list()  # a reading, not a mean


def test_the_midnight_that_ends_the_day_stays_in_the_day() -> None:
    read = batch(SOURCE, answer([86_340, 20_000], [86_400, 20_000]))
    assert read.rows["interval_start_at"].to_list()[1] == local("2026-03-19 24:00")
    assert (read.period_start, read.period_end) == (date(2026, 3, 19), date(2026, 3, 19))


@settings(max_examples=30)
@given(st.integers(0, 86_400), st.dates(date(2024, 7, 1), date(2035, 12, 31)))
def test_any_second_of_any_day_comes_back_from_utc(second: int, day: date) -> None:
    read = batch(SOURCE, answer([second, 20_000], day=f"{day:%d-%m-%Y}"))
    back = read.rows["interval_start_at"][0] + timedelta(hours=7)
    assert back.replace(tzinfo=None) == datetime.combine(day, datetime.min.time()) + timedelta(seconds=second)


@pytest.mark.parametrize(
    "data",
    [
        b'{"day":"19-03-2026",list:[]}',
        b'{"id":"","name":"","day":"19-03-2026","timeStart":0,list:[],"count":0}',
        b'{"day":"19-03-2026", list : [ ] }',
        b'{"day":"19-03-2026","list":[]}',
    ],
)
def test_a_day_without_values_is_no_data_even_where_the_answer_is_no_json(data: bytes) -> None:
    with pytest.raises(NoData) as caught:
        batch(SOURCE, data)
    assert "2026-03-19" in caught.value.reason_en and "2026-03-19" in caught.value.reason_th


def test_the_unquoted_name_is_read_also_where_there_are_values() -> None:
    assert batch(SOURCE, b'{"day":"19-03-2026",list:[[0,20000]]}').rows["demand_mw"].to_list() == [20_000]


@pytest.mark.parametrize("data", [b'{"day":"19-03-2026","list":[[0,200', b"{", b'{"day":,list:[]}'])
def test_an_answer_that_was_cut_off_is_refused(data: bytes) -> None:
    assert refused(SOURCE, data).rule == "invalid_json"


@pytest.mark.parametrize(
    "data", [answer(*minutes(1), day="2026-03-19"), b'{"day":null,"list":[]}', b'{"day":"19-03-2026","list":{}}', b"[]"]
)
def test_json_of_another_build_is_refused(data: bytes) -> None:
    assert refused(SOURCE, data).rule == "unexpected_json"


def test_a_lost_name_refuses_the_answer() -> None:
    assert refused(SOURCE, b'{"list":[[0,1]]}').rule == "column_missing"
    assert refused(SOURCE, b'{"day":"19-03-2026","values":[]}').rule == "column_missing"


def test_a_new_name_and_a_fourth_entry_are_told() -> None:
    read = batch(SOURCE, answer([0, 20_000, 30.0, 1], unit="MW"))
    assert [f.rule for f in read.findings] == ["new_column"]
    assert "unit" in read.findings[0].reason_en and "list[][3]" in read.findings[0].reason_en
    assert read.rows["demand_mw"].to_list() == [20_000]


def test_words_in_the_place_of_power_refuse_the_answer() -> None:
    assert refused(SOURCE, answer(*([60 * i, "n.d."] for i in range(5)))).rule == "type_flip"


def test_numbers_as_strings_are_numbers() -> None:
    assert batch(SOURCE, answer([0, "20,000.5", "31"])).rows.select("demand_mw", "temperature_c").row(0) == (
        20_000.5,
        31.0,
    )


@pytest.mark.parametrize("item", [[90_000, 1], [-60, 1], ["0", 1], [True, 1], [60], 7, None, {"t": 0}])
def test_an_item_that_cannot_be_placed_in_the_day_is_kept_and_held_back(item: Any) -> None:
    read = batch(SOURCE, answer(*minutes(30), item))
    assert read.rows.height == 31
    assert read.rows["raw_value"][30] == json.dumps(item) and "readable" in broken(SOURCE, read)


def test_an_answer_for_another_day_than_asked_is_told() -> None:
    asked = batch(SOURCE, answer(*minutes(2)), path(date(2026, 3, 20)))
    assert [f.rule for f in asked.findings] == ["other_day"] and asked.period_start == date(2026, 3, 19)
    assert batch(SOURCE, answer(*minutes(2)), path(date(2026, 3, 19))).findings == ()


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_zero_demand_of_a_country_is_held_back_and_a_low_one_told() -> None:
    assert "hard_range" in broken(SOURCE, batch(SOURCE, answer([0, 0])))
    assert broken(SOURCE, batch(SOURCE, answer([0, 9_000]))) == {"soft_range": ["0"]}


def test_a_minute_that_stands_twice_with_other_values_is_held_back() -> None:
    assert broken(SOURCE, batch(SOURCE, answer([0, 20_000], [0, 20_100])))["unique_key"] == ["0", "1"]


def test_a_jump_of_more_than_1500_mw_is_told() -> None:
    assert broken(SOURCE, batch(SOURCE, answer([0, 20_000], [60, 21_500]))) == {}
    assert broken(SOURCE, batch(SOURCE, answer([0, 20_000], [60, 21_501]))) == {"minute_step": ["1"]}


def test_many_missing_minutes_are_told() -> None:
    assert broken(SOURCE, batch(SOURCE, answer(*minutes(100)[:10], *minutes(100)[14:]))) == {}
    assert "minutes_complete" in broken(SOURCE, batch(SOURCE, answer(*minutes(100)[:10], *minutes(100)[20:])))


def test_days_before_the_service_began_are_outside_the_window() -> None:
    assert "before_window" in broken(SOURCE, batch(SOURCE, answer([0, 20_000], day="30-06-2024")))
    assert broken(SOURCE, batch(SOURCE, answer([0, 20_000], day="01-07-2024"))) == {}


# ── the sample, and the partner's server ──────────────────────────────────────────────────────────────────────────────


def test_the_sample_reads_as_it_was_reviewed_by_hand() -> None:
    read = batch(SOURCE, sample(SOURCE))
    assert read.rows.height == 1440 and (read.series, read.layout) == ("TH", "json")
    columns = ("interval_start_at", "area", "demand_mw", "temperature_c", "sheet", "cell")
    assert read.rows.select(columns).head(3).rows() == [
        (local("2026-03-19 00:00"), "TH", 18929.6, 24.7, "list", "0"),
        (local("2026-03-19 00:01"), "TH", 18915.1, None, "list", "1"),
        (local("2026-03-19 00:02"), "TH", 18910.0, None, "list", "2"),
    ]
    assert broken(SOURCE, read) == {}


def test_a_saved_answer_that_is_dropped_by_hand_is_claimed() -> None:
    assert claims(SOURCE, sample(SOURCE), "2026-03-19.json")
    assert claims(SOURCE, b'{"day":"19-03-2026",list:[]}', "a.json")
    assert not claims(SOURCE, b'{"features": []}', "a.json") and not claims(SOURCE, b"DATE,HOUR\n", "a.csv")


def ask(timestamp: str | None, **headers: str) -> Answer:
    [route] = feed.routes(WORLD)
    assert route.match("GET", "www.sothailand.com", "/sysgen/api/hist/actual") == {}
    query = {} if timestamp is None else {"timestamp": timestamp}
    return route.respond(Request("GET", feed.PATH, {}, query, headers))


REFERER = {"referer": "https://www.sothailand.com/sysgen/"}


def test_the_server_wants_the_referer_that_the_contract_sends() -> None:
    pull = contract(SOURCE).pull
    assert pull is not None and pull["headers"] == {"Referer": REFERER["referer"]}
    assert ask("19-03-2026").status == 403 and ask("19-03-2026", **REFERER).status == 200


def test_the_server_answers_whole_days_the_day_so_far_and_nothing() -> None:
    assert batch(SOURCE, ask("19-03-2026", **REFERER).body).rows.height == 1440
    today = batch(SOURCE, ask("22-03-2026", **REFERER).body).rows
    assert today["interval_start_at"].max() == local("2026-03-22 09:00")
    for nothing in ("23-03-2026", "30-06-2024", None, "2026-03-19"):
        assert b",list:[]" in ask(nothing, **REFERER).body
    no_data(SOURCE, ask("23-03-2026", **REFERER).body)


def test_synthetic_answers_say_so_break_no_rule_and_are_those_of_the_server() -> None:
    made = dict(feed.deliveries(WORLD))
    assert len(made) == 3 and all("SYNTHETIC" in name for name in made)
    for data in made.values():
        read = batch(SOURCE, data)
        assert broken(SOURCE, read) == {} and read.rows["temperature_c"].count() == 96
        assert ask(json.loads(data)["day"], **REFERER).body == data
    assert pl.Series([len(data) for data in made.values()]).min() > 20_000
