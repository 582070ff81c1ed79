"""The price index: rebased series are never mixed, months stand down or across, areas keep their level."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from simulator.feeds import moc_cpi as feed
from tests.feeds.source import WORLD, batch, batches, broken, claims, findings, local, no_data, refused, sample
from tests.unit.readers_books import book

SOURCE = "moc_cpi"
HEADER = ",".join(feed.HEADER)
Row = list[Any]


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def line(value: str, month: str = "1", base: str = "2566", area: str = "ลำปาง", year: str = "2569") -> str:
    return f"{year},{month},52,{area},รวมทุกรายการ,{value},{base},"


def across(*rows: Row, title: str = "ดัชนีราคาผู้บริโภค (ปีฐาน 2566 = 100)", months: Row | None = None) -> list[Row]:
    return [[title], [], ["พื้นที่", "หมวด", *(months or ["ม.ค. 2569", "ก.พ. 2569"])], *rows, [], ["ที่มา : สนค."]]


def test_the_sample_reads_as_reviewed() -> None:
    made = batch(SOURCE, sample(SOURCE))
    assert (made.rows.height, made.period_start, made.period_end) == (48, date(2026, 1, 1), date(2026, 2, 28))
    shown = made.rows.select("area_name", "native_place_level", "province_code", "group_name", "base_year")
    assert shown.rows()[0] == ("ประเทศ", "country", None, "รวมทุกรายการ", 2019)
    assert shown.rows()[8] == ("ลำปาง", "province", "52", "รวมทุกรายการ", 2019)
    assert made.rows["interval_start_at"][0] == local("2026-01-01 0:00")
    assert made.rows["interval_end_at"][0] == local("2026-01-31 24:00")
    assert broken(SOURCE, made, scan=True) == {}


def test_a_rebased_month_stands_once_for_each_base_year() -> None:
    made = batch(SOURCE, table(line("108.83", base="2562"), line("101.52", base="2566")))
    assert made.rows.select("base_year", "index_value").rows() == [(2019, 108.83), (2023, 101.52)]
    assert broken(SOURCE, made) == {}


def test_two_figures_on_the_same_base_are_caught() -> None:
    made = batch(SOURCE, table(line("101.5"), line("101.6")))
    assert broken(SOURCE, made)["unique_key"] == ["2", "3"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp874"])
def test_both_thai_encodings_are_read(encoding: str) -> None:
    data = table(line("101.5")).decode().encode(encoding)
    assert claims(SOURCE, data) and batch(SOURCE, data).rows["area_name"].to_list() == ["ลำปาง"]


def test_areas_keep_their_level_and_only_provinces_have_a_code() -> None:
    made = batch(SOURCE, table(*(line("100", area=area) for area in ("ประเทศ", "ภาคเหนือ", "ลำปาง"))))
    assert made.rows.select("native_place_level", "province_code").rows() == [
        ("country", None),
        ("region", None),
        ("province", "52"),
    ]
    unknown = batch(SOURCE, table(line("100", area="แม่เมาะ")))
    assert broken(SOURCE, unknown) == {"code_known": ["2"]}  # nothing is published for a district


def test_a_group_that_was_not_priced_is_empty() -> None:
    made = batch(SOURCE, table(line("-")))
    assert made.rows["index_value"].to_list() == [None] and broken(SOURCE, made) == {}


def test_a_jump_within_a_base_is_flagged_but_not_between_bases() -> None:
    jump = batch(SOURCE, table(line("100", month="1"), line("115", month="2"), line("90", month="2", base="2562")))
    assert broken(SOURCE, jump) == {"index_does_not_jump": ["3"]}


def test_months_across_and_the_base_year_of_the_title() -> None:
    rows: list[Row] = [
        ["ประเทศ", "รวมทุกรายการ", 101.5, 101.7],
        [None, "อาหาร", 103.1, None],
        ["ลำปาง", "รวมทุกรายการ", 100.9, 101.0],
    ]
    [made] = batches(SOURCE, book({"ปีฐาน": across(*rows)}))
    assert made.series == "base/2023" and made.rows["base_year"].unique().to_list() == [2023]
    shown = made.rows.select("area_name", "group_name", "index_value", "interval_start_at").rows()
    january, february = local("2026-01-01 0:00"), local("2026-02-01 0:00")
    assert shown == [
        ("ประเทศ", "รวมทุกรายการ", 101.5, january),
        ("ประเทศ", "รวมทุกรายการ", 101.7, february),
        ("ประเทศ", "อาหาร", 103.1, january),
        ("ประเทศ", "อาหาร", None, february),
        ("ลำปาง", "รวมทุกรายการ", 100.9, january),
        ("ลำปาง", "รวมทุกรายการ", 101.0, february),
    ]


def test_sheets_of_two_bases_claim_slots_of_their_own() -> None:
    rows: list[Row] = [["ประเทศ", "รวมทุกรายการ", 101.5, 101.7]]
    sheets = {"a": across(*rows), "b": across(*rows, title="ดัชนีราคาผู้บริโภค ปีฐาน พ.ศ. 2562")}
    made = batches(SOURCE, book(sheets))
    assert [one.series for one in made] == ["base/2023", "base/2019"]


def test_an_index_without_a_base_year_is_refused() -> None:
    rows: list[Row] = [["ประเทศ", "รวมทุกรายการ", 101.5, 101.7]]
    assert refused(SOURCE, book({"a": across(*rows, title="ดัชนีราคาผู้บริโภค")})).rule == "base_year_missing"
    made = batch(SOURCE, table(line("101.5", base="")))
    assert broken(SOURCE, made) == {"key_present": ["2"]}


def test_a_new_column_is_told_and_a_lost_one_refused() -> None:
    assert findings(batch(SOURCE, table(line("100") + ",1", header=HEADER + ",อัตราเงินเฟ้อ"))) == [("new_column", 1)]
    lost = table("2569,1,52,ลำปาง,รวมทุกรายการ,100,", header=HEADER.replace("ปีฐาน,", ""))
    assert refused(SOURCE, lost).rule == "column_missing"
    assert refused(SOURCE, book({"a": [["ดัชนีราคาผู้บริโภค"], ["เดือน", "ค่า"]]})).rule == "header_missing"


def test_words_months_that_are_none_and_empty_files() -> None:
    lines = [line("101", month=str(m)) for m in range(1, 5)]
    made = batch(SOURCE, table(line("สูง", month="12"), line("100", month="13"), *lines))
    assert broken(SOURCE, made, received=datetime(2027, 1, 1, tzinfo=UTC)) == {"readable": ["2", "3"]}
    assert refused(SOURCE, table(*(line("สูง", month=str(m)) for m in range(1, 5)))).rule == "type_flip"
    assert no_data(SOURCE, table()).reason_en


def test_other_files_are_not_claimed() -> None:
    assert (
        not claims(SOURCE, b"a,b\n1,2") and not claims(SOURCE, book({"a": [["ปริมาณ"]]})) and not claims(SOURCE, b"{}")
    )


def test_every_file_of_the_feed_is_taken_without_a_fault() -> None:
    made = [one for path, data in feed.deliveries(WORLD) for one in batches(SOURCE, data, path)]
    assert [one.layout for one in made] == ["csv", "workbook"] and all(broken(SOURCE, one) == {} for one in made)
    assert pl.concat([one.rows for one in made])["interval_start_at"].n_unique() == 13
