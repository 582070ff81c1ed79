"""GISTDA hotspots: the time trap, three families of names, places beyond the border, account ids, pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.document import Document
from assets.readers.result import Batch, NoData
from assets.redact import Redactor
from assets.sources.gistda_hotspot.parse import claims, parse
from tests.feeds.official import official
from tests.feeds.source import contract, failing, refused, sample, told
from tests.feeds.space import changed, with_property, without_property

SOURCE = "gistda_hotspot"
CONTRACT = contract(SOURCE)


def batch_of(document: Document) -> Batch:
    (batch,) = parse(document, CONTRACT).batches
    return batch


def test_reviewed_rows_of_the_sample() -> None:
    batch = batch_of(Document(sample(SOURCE), "sample-synthetic.json"))
    assert (batch.entity, batch.layout, batch.rows.height, batch.findings, batch.drops) == (
        "hotspot",
        "geojson",
        12,
        (),
        (),
    )
    columns = ["hotspot_id", "interval_start_at", "latitude", "longitude", "confidence", "bright_ti4_k", "frp_mw"]
    columns += ["province_code", "district_code", "tambon_code", "tambon_th", "country_en", "cell"]
    rows = batch.rows.select(columns)
    assert rows.row(0) == EXPECTED[0] and rows.row(2) == EXPECTED[1]
    assert batch.rows["interval_start_at"].equals(batch.rows["interval_end_at"])
    assert batch.rows["problem"].null_count() == 12


AT = datetime(2026, 3, 17, 18, 10, tzinfo=UTC)  # 01:10 on the 18th in Thailand
EXPECTED: tuple[tuple[Any, ...], ...] = (
    ("VI1202603171810w78c5vb0dm", AT, 19.89498, 102.46958, "nominal", 318.12, 1.22, *[None] * 4, "Laos", "0"),
    (
        *("VI1202603171810w5qcp0fvnr", AT, 18.46205, 99.80386, "nominal", 316.94, 2.94),
        *("52", "5202", "520201", "บ้านดง", "Thailand", "2"),
    ),
)


def test_the_sample_breaks_no_rule() -> None:
    assert failing(SOURCE, batch_of(Document(sample(SOURCE), "sample-synthetic.json"))) == {}


def test_time_is_acq_date_and_acq_time_in_utc_and_never_the_timestamp() -> None:
    document = changed(
        SOURCE,
        with_property("acq_date", "2026-09-26T00:00:00"),
        with_property("acq_time", "0453"),
        with_property("th_date", "2026-09-26T00:00:00"),
        with_property("th_time", "1153"),
        with_property("timestamp", 1790423580),  # decodes to 11:53 UTC
    )
    batch = batch_of(document)
    assert set(batch.rows["interval_start_at"]) == {datetime(2026, 9, 26, 4, 53, tzinfo=UTC)}
    assert told(batch) == {}


def test_a_timestamp_that_was_mended_to_utc_is_no_finding() -> None:
    document = changed(
        SOURCE,
        with_property("acq_date", "2026-09-26T00:00:00"),
        with_property("acq_time", "0453"),
        with_property("th_date", "2026-09-26T00:00:00"),
        with_property("th_time", "1153"),
        with_property("timestamp", 1790423580 - 7 * 3600),
    )
    assert told(batch_of(document)) == {}


def test_a_timestamp_off_by_anything_else_is_told_and_not_used() -> None:
    sound = batch_of(changed(SOURCE))
    document = changed(SOURCE)
    collection = document.json
    collection["features"][1]["properties"]["timestamp"] += 60
    batch = batch_of(Document(json.dumps(collection).encode(), "SYNTHETIC.json"))
    assert told(batch) == {"epoch_disagrees": 1}
    (finding,) = batch.findings
    assert finding.cell == "1" and "25,260 s" in finding.reason_en
    assert batch.rows["interval_start_at"].equals(sound.rows["interval_start_at"])


def test_a_thai_time_that_is_not_seven_hours_ahead_is_told() -> None:
    assert told(batch_of(changed(SOURCE, with_property("th_time", "0001")))) == {"thai_time_disagrees": 4}


def test_the_night_pass_belongs_to_the_next_local_day() -> None:
    document = changed(
        SOURCE,
        with_property("acq_date", "2026-03-18T00:00:00"),
        with_property("acq_time", "1832"),
        with_property("th_date", "2026-03-19T00:00:00"),
        with_property("th_time", "0132"),
        with_property("timestamp", 1773858720 + 7 * 3600),
    )
    batch = batch_of(document)
    assert told(batch) == {} and (str(batch.period_start), str(batch.period_end)) == ("2026-03-19", "2026-03-19")


@settings(max_examples=25, deadline=None)
@given(minute=st.integers(0, 24 * 60 - 1), as_number=st.booleans())
def test_every_minute_of_the_day_is_read_with_and_without_its_zeros(minute: int, as_number: bool) -> None:
    text = f"{minute // 60:02d}{minute % 60:02d}"
    clock: Any = int(text) if as_number else text
    batch = batch_of(
        changed(SOURCE, with_property("acq_date", "2026-03-18T00:00:00"), with_property("acq_time", clock), n=1)
    )
    assert batch.rows["interval_start_at"][0] == datetime(2026, 3, 18, tzinfo=UTC) + timedelta(minutes=minute)


def test_a_time_that_is_none_keeps_its_text_and_is_quarantined() -> None:
    batch = batch_of(changed(SOURCE, with_property("acq_time", "0453", "2561", "0453", "0453")))
    assert batch.rows["raw_value"].to_list() == [None, "2026-03-18 2561", None, None]
    assert failing(SOURCE, batch)["readable"] == [1]


@pytest.mark.parametrize("code", [520205, 520205.0, "520205"])
def test_codes_are_text_whatever_they_come_as(code: object) -> None:
    batch = batch_of(changed(SOURCE, with_property("tb_idn", code)))
    assert set(batch.rows["tambon_code"]) == {"520205"}


def test_beyond_the_border_there_is_no_code_no_name_and_no_village() -> None:
    rows = batch_of(changed(SOURCE)).rows.filter(pl.col("country_en") != "Thailand")
    assert rows.height == 2
    absent = ["province_code", "district_code", "tambon_code", "province_th", "district_th", "tambon_th"]
    for column in [*absent, "village_th", "village_distance", "land_use_th"]:
        assert rows[column].null_count() == 2, column


def test_families_of_names_that_disagree_are_told_and_the_one_with_codes_is_taken() -> None:
    batch = batch_of(changed(SOURCE, with_property("amphoe_t", None, None, "งาว", "แม่เมาะ"), n=4))
    assert told(batch)["names_disagree"] >= 1 and "งาว" not in batch.rows["district_th"].to_list()


def test_codes_that_do_not_nest_are_flagged() -> None:
    batch = batch_of(changed(SOURCE, with_property("pv_idn", 0, 0, 51, 52)))
    assert failing(SOURCE, batch) == {"place_codes_nest": [2]}


def test_account_ids_and_links_are_to_be_redacted_and_never_reach_a_row() -> None:
    collection = json.loads(sample(SOURCE))
    assert CONTRACT.redact is not None
    named = {field["name"] for field in CONTRACT.redact["fields"]}
    assert named == {"links", "_createdBy", "_updatedBy"}
    ids = {feature["properties"][name] for feature in collection["features"] for name in ("_createdBy", "_updatedBy")}
    assert "SYNTHETIC-KEY" in json.dumps(collection["links"]) and len(ids) >= 2
    everything = batch_of(changed(SOURCE, n=12)).rows.write_csv()
    assert not any(one in everything for one in (*ids, "SYNTHETIC-KEY"))


def test_what_is_kept_of_an_answer_holds_neither_key_nor_account_and_reads_the_same() -> None:
    before = changed(SOURCE, n=12)
    kept = Redactor({SOURCE: CONTRACT}, b"of this test").answered(SOURCE, before.data)
    assert kept.version == "1"
    for secret in (b"SYNTHETIC-KEY", b'"links"', b"_createdBy", b"_updatedBy"):
        assert secret in before.data and secret not in kept.data
    assert batch_of(Document(kept.data, "kept.json")).rows.equals(batch_of(before).rows)


def test_the_world_is_possible_and_outside_thailand_is_flagged() -> None:
    batch = batch_of(changed(SOURCE, with_property("latitude", -8.91, 18.3, 91.0, 18.3)))
    assert failing(SOURCE, batch) == {"soft_range": [0, 2], "hard_range": [2]}


@pytest.mark.parametrize(("field", "value"), [("confidence", "68"), ("satellite", "Aqua"), ("instrument", "MODIS")])
def test_modis_among_viirs_is_quarantined(field: str, value: str) -> None:
    batch = batch_of(changed(SOURCE, with_property(field, value, "low", "low", "low"), n=1))
    assert failing(SOURCE, batch) == {"code_known": [0]}


def test_a_detection_sent_twice_is_taken_once_and_counted() -> None:
    batch = batch_of(changed(SOURCE, lambda c: c["features"].append(c["features"][0])))
    assert batch.rows.height == 4 and [(drop.rule, drop.n) for drop in batch.drops] == [("same_record", 1)]
    assert batch.rows_in == 5


def test_a_second_page_that_was_saved_as_a_file_does_not_take_the_place_of_the_first() -> None:
    def second_page(collection: dict[str, Any]) -> None:
        collection["features"] = collection["features"][2:]

    whole, one, two = (batch_of(changed(SOURCE, *c, n=n)) for c, n in (((), 4), ((), 2), ((second_page,), 4)))
    assert len({(batch.series, batch.period_start, batch.period_end) for batch in (whole, one, two)}) == 3
    assert one.series == batch_of(changed(SOURCE, n=2)).series


def test_one_id_with_two_contents_is_quarantined() -> None:
    at = (with_property("acq_date", "2026-03-18T00:00:00"), with_property("acq_time", "0600"))
    batch = batch_of(changed(SOURCE, with_property("hotspotid", "VI1"), *at, n=2))
    assert failing(SOURCE, batch)["unique_key"] == [0, 1]


def test_a_new_field_is_tolerated_and_told() -> None:
    batch = batch_of(changed(SOURCE, with_property("smoke_height", 12)))
    assert told(batch) == {"new_column": 1} and batch.rows.height == 4
    assert "properties.smoke_height" in batch.findings[0].reason_en


def test_a_lost_field_refuses_the_answer() -> None:
    refusal = refused(SOURCE, changed(SOURCE, without_property("hotspotid")))
    assert refusal.rule == "column_missing" and "hotspotid" in refusal.reason_en


@pytest.mark.parametrize("field", ["acq_date", "acq_time"])
def test_a_lost_time_refuses_the_answer(field: str) -> None:
    assert refused(SOURCE, changed(SOURCE, without_property(field))).rule == "column_missing"


def test_words_in_the_place_of_numbers_refuse_the_answer() -> None:
    refusal = refused(SOURCE, changed(SOURCE, with_property("frp", "strong")))
    assert refusal.rule == "type_flip" and "frp" in refusal.reason_en


def test_no_detections_are_no_data() -> None:
    with pytest.raises(NoData):
        parse(changed(SOURCE, n=0), CONTRACT)


@pytest.mark.parametrize(
    ("body", "rule"), [(b'{"features": [', "invalid_json"), (b'{"message": "no"}', "unexpected_json")]
)
def test_a_broken_answer_is_refused(body: bytes, rule: str) -> None:
    assert refused(SOURCE, Document(body, "SYNTHETIC.json")).rule == rule


def test_content_is_claimed_and_foreign_bytes_are_not() -> None:
    assert claims(Document(sample(SOURCE), "any.json"))
    for data in (b"", b"\xff\xfe\0", b"latitude,longitude", b'{"type": "FeatureCollection", "features": []}'):
        assert not claims(Document(data, "any.json"))


def test_the_official_excerpt_is_read() -> None:
    file = official("gistda/viirs_7days_sample.json")
    batch = batch_of(Document(file.read_bytes(), file.name))
    assert batch.rows.height == 2 and told(batch) == {}
    assert set(batch.rows["interval_start_at"]) == {datetime(2026, 9, 26, 4, 53, tzinfo=UTC)}
    assert failing(SOURCE, batch) == {"soft_range": [0, 1]}  # Indonesia
