"""GISTDA's PM2.5 by district: a clock that says Z and is Thai, two averages at once, an estimate kept apart."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.document import Document
from assets.readers.result import Batch, NoData
from assets.sources.gistda_pm25.parse import claims, parse, thai_clock
from simulator.feeds import gistda_pm25 as feed
from tests.feeds.official import official
from tests.feeds.source import contract, failing, refused, sample, told
from tests.feeds.space import WORLD, ask

SOURCE = "gistda_pm25"
CONTRACT = contract(SOURCE)
ANSWER: dict[str, Any] = {
    "status": 200,
    "errMsg": "",
    "data": [
        {"ap_tn": "แม่เมาะ", "ap_en": "Mae Mo", "ap_idn": 5202, "pm25": 8.489458663657462, "pm25Avg24hr": 12.33},
        {"ap_tn": "งาว", "ap_en": "Ngao", "ap_idn": 5205, "pm25": 9.5, "pm25Avg24hr": 13.5},
        {"ap_tn": "เถิน", "ap_en": "Thoen", "ap_idn": 5208, "pm25": 10.5, "pm25Avg24hr": 14.5},
    ],
    "datetimeThai": {"dateThai": "วันอาทิตย์ที่ 4 ตุลาคม 2569", "timeThai": "เวลา 1:00 น."},
}
ONE_O_CLOCK = datetime(2026, 10, 3, 18, tzinfo=UTC)  # 01:00 on 4 October in Thailand


# An answer holds one hour, not a day: a matter of the series, not of the answer.
HOURS_OF_A_PULL = "hours_complete"


def broken(batch: Batch) -> dict[str, list[int]]:
    return failing(SOURCE, batch, [HOURS_OF_A_PULL])


def made(dt: str = "2026-10-04T01:00:00.000Z", **outer: Any) -> dict[str, Any]:
    answer = copy.deepcopy(ANSWER) | outer
    for record in answer["data"] or []:
        record.setdefault("dt", dt)
    return answer


def document(answer: Any) -> Document:
    return Document(json.dumps(answer, ensure_ascii=False).encode(), "SYNTHETIC.json")


def batch_of(answer: Any) -> Batch:
    (batch,) = parse(answer if isinstance(answer, Document) else document(answer), CONTRACT).batches
    return batch


def test_reviewed_rows_of_the_sample() -> None:
    batch = batch_of(Document(sample(SOURCE), "sample-synthetic.json"))
    assert (batch.entity, batch.series, batch.rows.height, batch.findings) == ("observation", "province/52", 26, ())
    columns = ["station_key", "station_name", "averaging_period", "interval_start_at", "interval_end_at", "raw_value"]
    rows = batch.rows.filter(pl.col("station_key") == "GISTDA-AP-5202").sort("averaging_period").select(columns)
    end = datetime(2026, 3, 19, 17, tzinfo=UTC)  # midnight, written 2026-03-20T00:00:00.000Z
    named = ("GISTDA-AP-5202", "แม่เมาะ")
    assert rows.rows() == [
        (*named, "PT1H", end - timedelta(hours=1), end, "148.66227047941325"),
        (*named, "PT24H", end - timedelta(hours=24), end, "131.2582225122997"),
    ]


def test_the_sample_breaks_no_rule() -> None:
    assert broken(batch_of(Document(sample(SOURCE), "sample-synthetic.json"))) == {}


def test_a_dt_that_ends_in_z_is_thai_time() -> None:
    batch = batch_of(made())
    assert set(batch.rows["interval_end_at"]) == {ONE_O_CLOCK} and told(batch) == {}


@settings(max_examples=25, deadline=None)
@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31)))
def test_every_hour_of_the_thai_clock_becomes_the_same_instant(at: datetime) -> None:
    hour = at.replace(minute=0, second=0, microsecond=0)
    said = {"dateThai": f"วันที่ {hour.day} {feed.MONTHS_TH[hour.month - 1]} {hour.year + 543}"}
    said["timeThai"] = f"เวลา {hour.hour}:00 น."
    batch = batch_of(made(f"{hour:%Y-%m-%dT%H}:00:00.000Z", datetimeThai=said))
    assert told(batch) == {} and set(batch.rows["interval_end_at"]) == {hour.replace(tzinfo=UTC) - timedelta(hours=7)}


def test_a_dt_that_was_mended_to_utc_is_read_as_utc_and_told() -> None:
    batch = batch_of(made("2026-10-03T18:00:00.000Z"))
    assert told(batch) == {"clock_disagrees": 1} and "UTC" in batch.findings[0].reason_en
    assert set(batch.rows["interval_end_at"]) == {ONE_O_CLOCK}


def test_any_other_disagreement_with_the_thai_clock_is_told_and_changes_nothing() -> None:
    batch = batch_of(made("2026-10-04T03:00:00.000Z"))
    assert told(batch) == {"clock_disagrees": 1}
    assert set(batch.rows["interval_end_at"]) == {ONE_O_CLOCK + timedelta(hours=2)}


def test_one_district_that_lags_behind_keeps_its_own_hour() -> None:
    answer = made()
    answer["data"][1]["dt"] = "2026-10-03T22:00:00.000Z"
    batch = batch_of(answer)
    late = batch.rows.filter(pl.col("station_key") == "GISTDA-AP-5205")
    assert told(batch) == {} and set(late["interval_end_at"]) == {ONE_O_CLOCK - timedelta(hours=3)}


@pytest.mark.parametrize("said", [None, {}, {"dateThai": "4 ตุลาคม 2569", "timeThai": "เวลา"}, "วันนี้"])
def test_without_a_thai_clock_dt_is_thai_time_unproven(said: Any) -> None:
    batch = batch_of(made(datetimeThai=said))
    assert told(batch) == {"no_thai_clock": 1} and set(batch.rows["interval_end_at"]) == {ONE_O_CLOCK}


def test_the_thai_clock_is_read_in_words() -> None:
    assert thai_clock(ANSWER) == datetime(2026, 10, 4, 1)
    assert thai_clock({"datetimeThai": {"dateThai": "วันศุกร์ที่ ๑ มกราคม ๒๕๗๐", "timeThai": "เวลา 0:00 น."}}) == datetime(
        2027, 1, 1
    )


def test_the_hour_and_the_mean_of_24_hours_are_two_series() -> None:
    rows = batch_of(made()).rows.filter(pl.col("station_key") == "GISTDA-AP-5202")
    lengths = rows.select("averaging_period", pl.col("interval_end_at") - pl.col("interval_start_at"), "value").rows()
    assert sorted(lengths) == [
        ("PT1H", timedelta(hours=1), 8.489458663657462),
        ("PT24H", timedelta(hours=24), 12.33),
    ]


def test_estimates_never_carry_the_key_of_a_station() -> None:
    rows = batch_of(made()).rows
    assert rows["station_key"].str.starts_with("GISTDA-AP-").all() and set(rows["quantity"]) == {"PM25"}
    assert "not a measurement" in CONTRACT.path.read_text(encoding="utf-8")


def test_a_model_s_long_decimals_are_kept_as_written() -> None:
    assert "8.489458663657462" in batch_of(made()).rows["raw_value"].to_list()


def test_an_empty_estimate_is_a_row_without_a_value() -> None:
    answer = made()
    answer["data"][0]["pm25"] = None
    rows = batch_of(answer).rows.filter(~pl.col("is_valid"))
    assert rows.height == 1 and rows["value"][0] is None and broken(batch_of(answer)) == {}


def test_impossible_concentrations_are_quarantined() -> None:
    answer = made()
    answer["data"][0]["pm25"], answer["data"][1]["pm25"] = -1.0, 2000.0
    assert len(broken(batch_of(answer))["hard_range"]) == 2


def test_an_error_inside_a_good_answer_is_refused() -> None:
    refusal = refused(SOURCE, document(made(status=500, errMsg="database is down", data=None)))
    assert refusal.rule == "partner_error" and "database is down" in refusal.reason_en


def test_no_districts_are_no_data() -> None:
    with pytest.raises(NoData):
        parse(document(made(data=[])), CONTRACT)


@pytest.mark.parametrize(("body", "rule"), [(b'{"data": [', "invalid_json"), (b'{"data": 5}', "unexpected_json")])
def test_a_broken_answer_is_refused(body: bytes, rule: str) -> None:
    assert refused(SOURCE, Document(body, "SYNTHETIC.json")).rule == rule


def test_a_new_field_is_tolerated_and_told() -> None:
    answer = made()
    for record in answer["data"]:
        record["pred1"] = 3.0
    assert told(batch_of(answer)) == {"new_column": 1}


@pytest.mark.parametrize("field", ["ap_idn", "pm25", "dt", "pm25Avg24hr"])
def test_a_lost_field_refuses_the_answer(field: str) -> None:
    answer = made()
    for record in answer["data"]:
        del record[field]
    refusal = refused(SOURCE, document(answer))
    assert refusal.rule == "column_missing" and field in refusal.reason_en


def test_words_in_the_place_of_numbers_refuse_the_answer() -> None:
    answer = made()
    for record in answer["data"]:
        record["pm25"] = "ดี"
    assert refused(SOURCE, document(answer)).rule == "type_flip"


def test_content_is_claimed_and_foreign_bytes_are_not() -> None:
    assert claims(document(made()))
    for data in (b"", b"pm25Avg24hr", b'{"type": "FeatureCollection"}', b"\0\xff"):
        assert not claims(Document(data, "any.json"))


def test_the_official_excerpt_is_read() -> None:
    file = official("gistda/pm25_by_amphoe_80_excerpt.json")
    batch = batch_of(Document(file.read_bytes(), file.name))
    assert (batch.rows.height, batch.series, told(batch)) == (4, "province/80", {})
    assert set(batch.rows["station_key"]) == {"GISTDA-AP-8022", "GISTDA-AP-8013"}
    assert set(batch.rows["interval_end_at"]) == {ONE_O_CLOCK} and broken(batch) == {}


# ── the simulator ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_service_knows_lampang_and_says_nothing_of_others() -> None:
    routes = feed.routes(WORLD)
    ours = json.loads(ask(routes, feed.HOST, "/rest/getPm25byAmphoe", {"pv_idn": "52"}).body)
    assert len(ours["data"]) == 13 and ours["datetimeThai"]["timeThai"] == "เวลา 9:00 น."
    assert {record["dt"] for record in ours["data"]} == {"2026-03-20T09:00:00.000Z"}
    assert json.loads(ask(routes, feed.HOST, "/rest/getPm25byAmphoe", {"pv_idn": "80"}).body)["data"] == []


def test_the_24_hour_mean_is_the_mean_of_the_hours() -> None:
    bodies = [json.loads(body) for _, body in feed.deliveries(WORLD)]
    values = [body["data"][1]["pm25"] for body in bodies]
    assert sum(values[:24]) / 24 == pytest.approx(bodies[23]["data"][1]["pm25Avg24hr"])


def test_deliveries_are_the_same_every_time_say_synthetic_and_parse() -> None:
    bodies = list(feed.deliveries(WORLD))
    assert bodies == list(feed.deliveries(WORLD)) and len(bodies) == 24 * WORLD.days + 9
    for path, body in bodies[:30:6]:
        assert "SYNTHETIC" in Path(path).parts[0] and b"SYNTHETIC" in body
        batch = batch_of(Document(body, path))
        assert told(batch) == {} and batch.rows.height == 26
