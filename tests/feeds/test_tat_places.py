"""TAT's directory: ids of its own, two envelopes, numbers that are text, and telephone numbers that nobody reads."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from assets.readers.pulled import pulled_path
from assets.redact import Redactor
from simulator.feed import Request
from simulator.feeds import tat_places as feed
from tests.feeds.source import WORLD, batches, broken, claims, contract, findings, local, no_data, refused, sample

SOURCE = "tat_places"
PULLED = pulled_path(SOURCE, date(2026, 3, 20), datetime(2026, 3, 20, 22, tzinfo=UTC), 1, "lampang", 200, "json", True)
PLACE: dict[str, Any] = {
    "placeId": 80401,
    "name": "จุดชมวิวสมมติ",
    "latitude": 18.289347,
    "longitude": 99.789708,
    "category": {"categoryId": 3, "name": "สถานที่ท่องเที่ยว"},
    "location": {
        "address": "2 หมู่ 2",
        "province": {"provinceId": 104, "name": "ลำปาง"},
        "district": {"districtId": 1002, "name": "แม่เมาะ"},
        "subDistrict": {"subDistrictId": 9001, "name": "สบป้าด"},
        "postcode": "52220",
    },
    "tags": ["ธรรมชาติ"],
    "information": {"detail": "โทร 081-234-5678", "fee": {"thaiAdult": "20", "foreignerAdult": ""}},
    "updatedAt": "2026-02-16T03:15:00.000Z",
}


def answer(*places: dict[str, Any], envelope: str = "data") -> bytes:
    return json.dumps({envelope: list(places), "pagination": {"total": len(places)}}, ensure_ascii=False).encode()


def ask(province: str, **query: str) -> dict[str, Any]:
    route = feed.routes(WORLD)[0]
    request = Request("GET", "/api/v2/places", {}, {"province_id": province, **query}, {"x-api-key": "k"})
    found: dict[str, Any] = json.loads(route.respond(request).body)
    return found


def test_the_sample_reads_as_reviewed() -> None:
    [made] = batches(SOURCE, sample(SOURCE), "sample-places-2026-03-20-synthetic.json")
    shown = made.rows.select("place_id", "category_name", "tat_province_id", "place_code", "native_place_level", "tags")
    assert shown.head(3).rows() == [
        ("80400", "ที่พัก", "104", "520101", "site", None),
        ("80401", "สถานที่ท่องเที่ยว", "104", "520204", "site", '["ธรรมชาติ"]'),
        ("80402", "ร้านค้า", "104", "520204", "site", '["ธรรมชาติ","ครอบครัว"]'),
    ]
    assert made.rows.height == 8 and broken(SOURCE, made, scan=True) == {} and findings(made) == []


def test_ids_of_tat_are_kept_as_they_are_beside_the_code_found_by_name() -> None:
    [made] = batches(SOURCE, answer(PLACE), PULLED)
    shown = made.rows.select("tat_province_id", "tat_district_id", "tat_tambon_id", "place_code").row(0)
    assert shown == ("104", "1002", "9001", "520205")


@pytest.mark.parametrize("envelope", ["data", "result"])
def test_both_envelopes_are_read(envelope: str) -> None:
    [made] = batches(SOURCE, answer(PLACE, envelope=envelope), PULLED)
    assert made.rows.height == 1 and made.rows["sheet"].to_list() == [envelope]


def test_coordinates_may_be_numbers_or_text() -> None:
    [made] = batches(SOURCE, answer(PLACE, PLACE | {"placeId": 2, "latitude": "18.2", "longitude": "99.7"}), PULLED)
    assert made.rows.select("latitude", "longitude").rows() == [(18.289347, 99.789708), (18.2, 99.7)]


def test_telephone_numbers_are_redacted_before_raw_and_never_read() -> None:
    with_contact = PLACE | {
        "contact": {"phones": ["054000000"], "mobiles": ["0812345678"], "emails": ["a@example.org"]}
    }
    personal = ("054000000", "0812345678", "081-234-5678", "example.org")
    kept = Redactor({SOURCE: contract(SOURCE)}, b"key").answered(SOURCE, answer(with_contact))
    assert kept.version == "1" and not any(text in kept.data.decode() for text in personal)
    [made] = batches(SOURCE, answer(with_contact), PULLED)  # read as it came, they are not taken either
    assert not any(text in str(made.rows.row(0)) for text in personal)
    assert broken(SOURCE, made, scan=True) == {} and findings(made) == []


def test_a_telephone_number_in_a_name_refuses_the_batch() -> None:
    [made] = batches(SOURCE, answer(PLACE | {"name": "โฮมสเตย์ 081-234-5678"}), PULLED)
    assert "no_personal_data" in broken(SOURCE, made, scan=True)


def test_a_record_speaks_of_the_day_that_was_asked_for() -> None:
    [made] = batches(SOURCE, answer(PLACE), PULLED)
    assert made.rows.select("interval_start_at", "interval_end_at").row(0) == (local("2026-03-20 0:00"),) * 2
    assert made.rows["updated_at"][0] == datetime(2026, 2, 16, 3, 15, tzinfo=UTC)
    [copy] = batches(SOURCE, answer(PLACE), "places-20260321.json")
    assert copy.period_start == date(2026, 3, 21)
    assert refused(SOURCE, answer(PLACE), "places.json").rule == "day_missing"
    assert refused(SOURCE, answer(PLACE), "places-2026-02-31.json").rule == "day_missing"


def test_parts_that_are_null_leave_empty_cells() -> None:
    bare = {"placeId": 7, "name": "ไม่มีที่อยู่", "latitude": None, "longitude": None, "category": None, "location": None}
    [made] = batches(SOURCE, answer(PLACE, bare), PULLED)
    assert made.rows.row(1, named=True)["place_code"] is None and broken(SOURCE, made) == {}
    assert findings(made) == []


def test_coordinates_in_the_wrong_order_or_half_are_caught() -> None:
    swapped = PLACE | {"placeId": 2, "latitude": 99.7, "longitude": 18.2}
    half = PLACE | {"placeId": 3, "longitude": None}
    far = PLACE | {"placeId": 4, "latitude": 13.75, "longitude": 100.5}
    [made] = batches(SOURCE, answer(PLACE, swapped, half, far), PULLED)
    found = broken(SOURCE, made)
    assert (
        found["hard_range"] == ["1"]
        and found["coordinates_in_order"] == ["1", "2"]
        and found["soft_range"] == ["1", "3"]
    )


def test_a_place_of_another_province_is_flagged() -> None:
    other = PLACE | {"placeId": 2, "location": {"province": {"provinceId": 219, "name": "กรุงเทพมหานคร"}}}
    [made] = batches(SOURCE, answer(PLACE, other), PULLED)
    assert broken(SOURCE, made)["province_asked_for"] == ["1"] and made.rows["place_code"][1] == "10"


def test_a_new_field_is_told_and_a_lost_one_refused() -> None:
    [made] = batches(SOURCE, answer(PLACE | {"rating": 4.5}), PULLED)
    assert findings(made) == [("new_column", 1)]
    nameless = {key: value for key, value in PLACE.items() if key != "placeId"}
    assert refused(SOURCE, answer(nameless), PULLED).rule == "column_missing"


def test_words_in_the_place_of_coordinates_refuse_the_answer() -> None:
    places = [PLACE | {"placeId": n, "latitude": "เหนือ"} for n in range(4)]
    assert refused(SOURCE, answer(*places), PULLED).rule == "type_flip"


def test_an_empty_list_is_no_data_and_other_json_is_refused() -> None:
    assert no_data(SOURCE, answer(), PULLED).reason_en
    assert refused(SOURCE, b'{"message": "invalid key"}', PULLED).rule == "unexpected_json"
    assert refused(SOURCE, b'{"data": [', PULLED).rule == "invalid_json"


def test_only_json_with_place_ids_is_claimed() -> None:
    assert claims(SOURCE, answer(PLACE)) and not claims(SOURCE, b"[1, 2]") and not claims(SOURCE, b"placeId,name\n1,a")


def test_the_partners_pages_hold_every_place_once() -> None:
    pages = [ask("104", page=str(page), limit="15") for page in range(1, 5)]
    ids = [place["placeId"] for page in pages for place in page["data"]]
    assert len(ids) == len(set(ids)) == pages[0]["pagination"]["total"] == 40 and pages[3]["data"] == []
    assert {place["category"]["categoryId"] for place in ask("104", place_category_id="3", limit="50")["data"]} == {3}
    assert ask("52")["data"] == []  # DOPA's code means nothing to TAT


def test_every_saved_answer_of_the_feed_is_taken_without_a_fault() -> None:
    for path, data in feed.deliveries(WORLD):
        [made] = batches(SOURCE, data, path)
        assert made.rows.height == 40 and broken(SOURCE, made) == {} and findings(made) == []
