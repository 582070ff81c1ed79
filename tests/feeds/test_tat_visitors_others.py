"""Two more layouts of tat_visitors: visitors from abroad by year (NSO and Ministry), and the CSV copies of provincial offices."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from tests.feeds.official import official
from tests.feeds.source import batches, broken, claims, findings, local, no_data, refused
from tests.unit.readers_books import book

SOURCE = "tat_visitors"
ORIGIN_HEADER = "จังหวัด,ปี,เดือน,ผู้เยี่ยมเยือน,จำนวน(คน),รายได้(ล้านบาท)"
Row = list[Any]


# ── visitors from abroad ──────────────────────────────────────────────────────────────────────────────────────────────


def inbound(*rows: Row, years: Row | None = None, metadata: str | None = "License not specified") -> bytes:
    heads = ["ทวีป", "ประเทศ", "รายการ", "หน่วย", *(years or [2563, "2564P"])]
    sheets: dict[str, list[Row]] = {
        "ข้อมูล": [["จำนวนนักท่องเที่ยว"], ["หน่วย: คน"], [], heads, *rows, [], ["หมายเหตุ: 1. P หมายถึง ..."]]
    }
    if metadata:
        sheets["Metadata"] = [["No.", "ชื่อรายการไทย", "รายละเอียด"], [14, "สัญญาอนุญาตให้ใช้ข้อมูล", metadata]]
    return book(sheets)


BLOCK: list[Row] = [
    ["เอเชีย", "เอเชีย", "จำนวนนักท่องเที่ยว", "คน", 100, 10],
    [None, None, "ค่าใช้จ่ายต่อคน", "บาท/วัน", 4187.12, 2310.59],
    [None, None, None, "ดอลลาร์สหรัฐ/วัน", 137.33, None],
    [None, "\xa0\xa0\xa0\xa0กลุ่มอาเซียน", "จำนวนนักท่องเที่ยว", "คน", 60, 6],
    [None, "\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0ลาว", "จำนวนนักท่องเที่ยว", "คน", 40, 4],
]


def test_labels_on_the_first_row_only_hold_for_the_rows_below() -> None:
    [made] = batches(SOURCE, inbound(*BLOCK))
    shown = made.rows.filter(pl.col("vintage") == "final").select(
        "continent", "country", "country_level", "item", "unit"
    )
    assert shown.rows() == [
        ("เอเชีย", "เอเชีย", "continent", "จำนวนนักท่องเที่ยว", "คน"),
        ("เอเชีย", "เอเชีย", "continent", "ค่าใช้จ่ายต่อคน", "บาท/วัน"),
        ("เอเชีย", "เอเชีย", "continent", "ค่าใช้จ่ายต่อคน", "ดอลลาร์สหรัฐ/วัน"),
        ("เอเชีย", "กลุ่มอาเซียน", "group", "จำนวนนักท่องเที่ยว", "คน"),
        ("เอเชีย", "ลาว", "country", "จำนวนนักท่องเที่ยว", "คน"),
    ]


def test_mixed_units_stay_with_their_rows_and_blank_cells_are_rows() -> None:
    [made] = batches(SOURCE, inbound(*BLOCK))
    dollars = made.rows.filter(pl.col("unit") == "ดอลลาร์สหรัฐ/วัน")["value"].to_list()
    assert dollars == [137.33, None] and made.rows.height == 10 and broken(SOURCE, made) == {}


def test_buddhist_years_in_the_header_become_whole_local_years_with_their_vintage() -> None:
    [made] = batches(SOURCE, inbound(*BLOCK))
    shown = made.rows.head(2).select("vintage", "interval_start_at", "interval_end_at").rows()
    assert shown == [
        ("final", local("2020-01-01 0:00"), local("2020-12-31 24:00")),
        ("preliminary", local("2021-01-01 0:00"), local("2021-12-31 24:00")),
    ]


def test_what_the_metadata_sheet_says_of_the_licence_is_told() -> None:
    [made] = batches(SOURCE, inbound(*BLOCK))
    assert findings(made) == [("licence_stated", 1)] and "License not specified" in made.findings[0].reason_en
    [without] = batches(SOURCE, inbound(*BLOCK, metadata=None))
    assert findings(without) == []


def test_a_header_without_years_is_refused() -> None:
    assert refused(SOURCE, inbound(*BLOCK, years=["a", "b"])).rule == "year_missing"


def test_the_official_workbook_is_read_whole() -> None:
    path = official("tourism/nso_mots_international_visitors_2554_2564.xlsx")
    data = path.read_bytes()
    assert claims(SOURCE, data, path.name)
    [made] = batches(SOURCE, data, path.name)
    assert (made.layout, made.period_start, made.period_end) == ("inbound", date(2011, 1, 1), date(2021, 12, 31))
    assert made.rows.height == 372 * 11 and made.rows["problem"].null_count() == made.rows.height
    assert made.rows["unit"].n_unique() == 6 and made.rows["continent"].n_unique() == 8
    total = made.rows.filter((pl.col("country") == "รวม") & (pl.col("unit") == "คน"))["value"].to_list()
    assert (total[0], total[-1]) == (19230470.0, 427869.0)
    assert made.rows.filter(pl.col("country_level") == "group")["country"].unique(maintain_order=True).to_list() == [
        "กลุ่มอาเซียน",
        "กลุ่มยุโรปตะวันออก",
    ]
    assert findings(made) == [("licence_stated", 1)] and broken(SOURCE, made, scan=True) == {}


# ── CSV copies of provincial offices ──────────────────────────────────────────────────────────────────────────────────


def origin(*lines: str, header: str = ORIGIN_HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_quoted_thousands_and_buddhist_years_of_the_copies_are_read(encoding: str) -> None:
    text = origin('ลำปาง,2568,1,ไทย,"126,649","1,152.39"', "ลำปาง,2568,1,ต่างชาติ,649,-").decode()
    [made] = batches(SOURCE, text.encode(encoding), "x.csv")
    shown = made.rows.select("province_code", "origin", "visitors", "receipts_mthb", "interval_start_at").rows()
    start = local("2025-01-01 0:00")
    assert shown == [("52", "thai", 126649, 1152.39, start), ("52", "foreign", 649, None, start)]
    assert made.series == "ลำปาง" and broken(SOURCE, made) == {}


def test_an_origin_nobody_knows_and_a_month_that_is_none_are_caught() -> None:
    [made] = batches(SOURCE, origin("ลำปาง,2568,13,ไทย,1,1", "ลำปาง,2568,1,เอเลี่ยน,1,1"), "x.csv")
    assert broken(SOURCE, made) == {"readable": ["2"], "code_known": ["3"]}


def test_copies_that_grow_or_lose_a_column() -> None:
    [made] = batches(SOURCE, origin("ลำปาง,2568,1,ไทย,1,1,x", header=ORIGIN_HEADER + ",หมายเหตุ"), "x.csv")
    assert findings(made) == [("new_column", 1)]
    lost = origin("ลำปาง,2568,1,ไทย,1", header=ORIGIN_HEADER.rsplit(",", 1)[0])
    assert refused(SOURCE, lost, "x.csv").rule == "column_missing"
    assert no_data(SOURCE, origin(), "x.csv").reason_en
