"""NSO's catalogue: one row shape for all tables, Buddhist years as text, a firewall that answers 418."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.answers import refuse_failed_answer
from assets.readers.document import Document
from assets.readers.pulled import pulled_path
from assets.readers.result import Refusal
from simulator.feed import Request
from simulator.feeds import nso_indicator as feed
from tests.feeds.source import (
    WORLD,
    batch,
    batches,
    broken,
    claims,
    contract,
    findings,
    local,
    no_data,
    refused,
    sample,
)

SOURCE = "nso_indicator"
AT = datetime(2026, 3, 20, 20, tzinfo=UTC)
PULLED = pulled_path(SOURCE, date(2026, 3, 20), AT, 1, "sfd_spb0802_66", 200, "json", True)
RECORD = {"year": "2566", "province": "ลำปาง", "soc_eco_class1": "ลูกจ้าง", "value": 19858.5, "unit": "บาท"}
RECORD |= {"attribute": "", "source": "การสำรวจ"}


def answer(*records: dict[str, Any]) -> bytes:
    return json.dumps(list(records), ensure_ascii=False).encode()


def table(*lines: str, header: str = "YEAR,QUARTER,REGION,INDUSTRY,VALUE,UNIT") -> bytes:
    return b"\xef\xbb\xbf" + "\r\n".join([header, *lines]).encode()


def ask(agent: str, **query: str) -> tuple[int, bytes]:
    [route] = feed.routes(WORLD)
    found = route.respond(Request("GET", "/api/index", {}, query, {"user-agent": agent}))
    return found.status, found.body


def test_the_sample_reads_as_reviewed() -> None:
    made = batch(SOURCE, sample(SOURCE), "sample-SFD_SPB0802_66-synthetic.json")
    row = made.rows.row(0, named=True)
    assert (made.series, made.rows.height) == ("table/SFD_SPB0802_66", 24)
    assert (row["place_name"], row["native_place_level"], row["province_code"]) == ("เชียงใหม่", "province", "50")
    assert (row["unit"], row["footnote"], row["cell"]) == ("บาท", None, "0")
    assert json.loads(row["dimensions"]) == {
        "soc_eco_class1": "ผู้ถือครองที่ดิน",
        "soc_eco_class2": "ปลูกพืช",
        "source_income1": "รายได้ทั้งสิ้นต่อเดือน",
        "source_income2": "รายได้ทั้งสิ้นต่อเดือน",
        "source_income3": "รายได้ทั้งสิ้นต่อเดือน",
    }
    assert broken(SOURCE, made, scan=True) == {} and findings(made) == []


def test_the_year_is_buddhist_text_and_becomes_a_whole_local_year() -> None:
    made = batch(SOURCE, answer(RECORD), PULLED)
    assert made.rows["interval_start_at"][0] == local("2023-01-01 0:00")
    assert made.rows["interval_end_at"][0] == local("2023-12-31 24:00")


@settings(max_examples=40)
@given(st.integers(2533, 2599), st.sampled_from(["{}", "ไตรมาสที่ {}", "Q{}", "ไตรมาส {}"]), st.integers(1, 4))
def test_quarters_are_three_whole_months(year: int, form: str, quarter: int) -> None:
    made = batch(SOURCE, answer(RECORD | {"year": str(year), "quarter": form.format(quarter)}), PULLED)
    assert made.rows["interval_start_at"][0] == local(f"{year - 543}-{3 * quarter - 2:02d}-01 0:00")
    assert (made.period_end - made.period_start).days in (89, 90, 91)


@pytest.mark.parametrize("month", ["3", "มีนาคม", "มี.ค.", "03"])
def test_months_may_be_numbers_or_names(month: str) -> None:
    made = batch(SOURCE, answer(RECORD | {"month": month}), PULLED)
    assert (made.period_start, made.period_end) == (date(2023, 3, 1), date(2023, 3, 31))


@pytest.mark.parametrize("when", [{"year": "66"}, {"year": ""}, {"quarter": "ปีนี้"}, {"month": "13"}, {"year": "ปี 2566"}])
def test_a_time_that_cannot_be_read_is_told_and_never_guessed(when: dict[str, str]) -> None:
    made = batch(SOURCE, answer(RECORD, RECORD | when), PULLED)
    assert broken(SOURCE, made) == {"readable": ["1"]} and made.rows["interval_start_at"][1] is None


def test_the_table_is_the_one_that_was_asked_for() -> None:
    assert batch(SOURCE, answer(RECORD), PULLED).rows["table_id"].to_list() == ["SFD_SPB0802_66"]
    assert batch(SOURCE, answer(RECORD), "2026-03-20T02-LFS_02_20545_18.json").series == "table/LFS_02_20545_18"
    assert batch(SOURCE, answer(RECORD), "answer.json").series == "table/UNKNOWN"


def test_names_in_capitals_and_in_small_letters_are_the_same() -> None:
    capitals = {name.upper(): value for name, value in RECORD.items()}
    small, large = batch(SOURCE, answer(RECORD), PULLED).rows, batch(SOURCE, answer(capitals), PULLED).rows
    assert small.equals(large)


def test_dimensions_are_one_text_whatever_their_order() -> None:
    turned = dict(reversed(RECORD.items()))
    made = batch(SOURCE, answer(RECORD | {"size": "a"}, turned | {"size": "a"}, RECORD | {"size": "b"}), PULLED)
    assert made.rows["dimensions"].to_list() == [
        '{"size": "a", "soc_eco_class1": "ลูกจ้าง"}',
        '{"size": "b", "soc_eco_class1": "ลูกจ้าง"}',
    ]
    assert [(drop.rule, drop.n) for drop in made.drops] == [("same_record", 1)]


def test_a_figure_that_stands_twice_with_other_values_is_caught() -> None:
    made = batch(SOURCE, answer(RECORD, RECORD | {"value": 1.0}), PULLED)
    assert broken(SOURCE, made)["unique_key"] == ["0", "1"]


def test_a_zero_with_a_footnote_keeps_it() -> None:
    made = batch(SOURCE, answer(RECORD | {"value": 0.0, "attribute": feed.ZERO_NOTE}), PULLED)
    assert made.rows.select("value", "footnote").row(0) == (0.0, feed.ZERO_NOTE)


def test_values_may_be_numbers_or_text_with_commas_or_dashes() -> None:
    records = [
        RECORD | {"soc_eco_class1": str(n), "value": value} for n, value in enumerate([1, 2.5, "1,234.50", "-", None])
    ]
    assert batch(SOURCE, answer(*records), PULLED).rows["value"].to_list() == [1.0, 2.5, 1234.5, None, None]


def test_places_keep_their_level() -> None:
    records = [RECORD | {"province": name} for name in ("ลำปาง", "ภาคเหนือ", "ทั่วราชอาณาจักร", "ดาวอังคาร")]
    made = batch(SOURCE, answer(*records), PULLED)
    assert made.rows["native_place_level"].to_list() == ["province", "region", "country", "unknown"]
    assert broken(SOURCE, made) == {"place_known": ["3"]}


def test_csv_is_read_like_json() -> None:
    data = table('2568,ไตรมาสที่ 1,ภาคเหนือ,เหมืองแร่,"12,345.6",บาทต่อเดือน', "2568,2,ทั่วราชอาณาจักร,เหมืองแร่,-,บาทต่อเดือน")
    assert claims(SOURCE, data)
    made = batch(SOURCE, data, "LFS_02_20545_18.csv")
    assert made.rows.select("native_place_level", "dimensions", "value", "cell").rows() == [
        ("region", '{"industry": "เหมืองแร่"}', 12345.6, "2"),
        ("country", '{"industry": "เหมืองแร่"}', None, "3"),
    ]
    assert made.rows["interval_start_at"].to_list() == [local("2025-01-01 0:00"), local("2025-04-01 0:00")]


def test_a_figure_without_a_unit_is_flagged() -> None:
    bare = {name: value for name, value in RECORD.items() if name != "unit"}
    assert broken(SOURCE, batch(SOURCE, answer(bare), PULLED)) == {"unit_given": ["0"]}


def test_the_firewall_s_418_is_told_as_what_it_is() -> None:
    status, page = ask("curl/8.5", table=feed.INCOME, format="json")
    assert status == 418
    path = pulled_path(SOURCE, date(2026, 3, 20), AT, 1, "sfd_spb0802_66", status, "html", True)
    with pytest.raises(Refusal) as caught:
        refuse_failed_answer(Document(page, path))
    assert caught.value.rule == "http_error" and "418" in caught.value.reason_en and "418" in caught.value.reason_th
    assert refused(SOURCE, page, PULLED).rule == "html_page"  # a block page that came with status 200


def test_our_own_user_agent_passes_the_firewall() -> None:
    pull = contract(SOURCE).pull or {}
    for request in pull["requests"]:
        status, body = ask(pull["headers"]["User-Agent"], **request["query"])
        path = pulled_path(SOURCE, date(2026, 3, 20), AT, 1, request["label"], status, request["query"]["format"], True)
        made = batch(SOURCE, body, path)
        assert status == 200 and made.series == f"table/{request['query']['table']}" and broken(SOURCE, made) == {}


def test_a_table_nobody_publishes_is_no_data() -> None:
    assert ask("Mozilla/5.0", table="NOPE", format="json") == (200, b"[]")
    assert no_data(SOURCE, b"[]", PULLED).reason_en
    assert no_data(SOURCE, table(), "x.csv").reason_th


def test_lost_fields_flipped_types_and_broken_answers_are_refused() -> None:
    valueless = {name: value for name, value in RECORD.items() if name != "value"}
    assert refused(SOURCE, answer(valueless), PULLED).rule == "column_missing"
    words = [RECORD | {"soc_eco_class1": str(n), "value": "สูง"} for n in range(4)]
    assert refused(SOURCE, answer(*words), PULLED).rule == "type_flip"
    assert refused(SOURCE, b'{"error": "busy"}', PULLED).rule == "unexpected_json"
    assert refused(SOURCE, b'[{"year": ', PULLED).rule == "invalid_json"
    assert refused(SOURCE, table("2568,1,ภาคเหนือ"), "x.csv").rule == "malformed_csv"


def test_a_new_dimension_is_a_part_of_the_key_and_loses_nothing() -> None:
    made = batch(SOURCE, answer(RECORD | {"sex": "ชาย"}, RECORD | {"sex": "หญิง"}), PULLED)
    assert made.rows.height == 2 and broken(SOURCE, made) == {}


def test_every_saved_answer_of_the_feed_is_taken_without_a_fault() -> None:
    made = [one for path, data in feed.deliveries(WORLD) for one in batches(SOURCE, data, path)]
    assert [one.series for one in made] == [f"table/{feed.INCOME}", f"table/{feed.WAGES}"]
    assert (
        all(broken(SOURCE, one) == {} for one in made) and pl.concat([m.rows for m in made])["value"].null_count() == 32
    )
