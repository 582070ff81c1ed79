"""Tourism workbooks: revisions stay beside each other, cumulative sheets are not counted, the header takes three rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.document import Document
from assets.readers.thai_dates import MONTHS_TH_SHORT
from assets.sources.tat_visitors.monthly import Month, sheet_month
from simulator.feeds import tat_visitors as feed
from tests.feeds.source import WORLD, batches, broken, claims, findings, local, no_data, parser, refused, sample
from tests.unit.readers_books import book

SOURCE = "tat_visitors"
LAMPANG = ["ลำปาง", 58.2, 57.1, 1.1, "83,913", "80,000", 4.9, "182,419", "170,000", 7.3]
LAMPANG += ["173,299", "161,000", 7.6, "9,120", "9,000", 1.3, 558.02, 500.0, 11.6, 494.42, 450.0, 9.9, 63.6, 50.0, 27.2]
Row = list[Any]


def sheet(*rows: Row, year: int = 2569, head: Row | None = None) -> list[Row]:
    """A sheet as published: title, a blank row, three rows of header, provinces."""
    groups: Row = head or [
        "จังหวัด",
        *("อัตราการเข้าพัก (ร้อยละ)", None, None),
        *("จำนวนผู้เข้าพัก (คน)", None, None),
        *("จำนวนผู้เยี่ยมเยือน (คน)", *[None] * 8),
        *("รายได้จากการเยี่ยมเยือน (ล้านบาท)", *[None] * 8),
    ]
    who: Row = [*[None] * 7, "ผู้เยี่ยมเยือนทั้งหมด", None, None, "ผู้เยี่ยมเยือนคนไทย", None, None, "ผู้เยี่ยมเยือนต่างชาติ", None, None]
    who += ["รายได้ทั้งหมด", None, None, "รายได้จากคนไทย", None, None, "รายได้จากต่างชาติ", None, None]
    years: Row = [None, *[year, year - 1, "∆ (%)"] * 8]
    return [["สถิติด้านการท่องเที่ยว"], [], groups, who, years, *rows, [], ["ที่มา : กระทรวงการท่องเที่ยวและกีฬา"]]


def with_row(**changes: Any) -> Row:
    """Lampang's line with some cells changed: visitors, thai, foreign, receipts, guests, occupancy."""
    places = {"occupancy": 1, "guests": 4, "visitors": 7, "thai": 10, "foreign": 13, "receipts": 16}
    row = list(LAMPANG)
    for name, value in changes.items():
        row[places[name]] = value
    return row


# ── monthly workbook ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_reads_as_reviewed() -> None:
    made = batches(SOURCE, sample(SOURCE))
    assert [one.series for one in made] == [
        "2025-01/revised",
        "2025-02/revised",
        "2025-03/preliminary",
        "2025-04/preliminary",
        "2025-05/preliminary",
    ]
    march = made[2]
    assert (march.period_start, march.period_end) == (date(2025, 3, 1), date(2025, 3, 31))
    lampang = march.rows.filter(pl.col("province_code") == "52").row(0, named=True)
    assert {name: lampang[name] for name in ("place_name", "native_place_level", "vintage", "sheet", "cell")} == {
        "place_name": "ลำปาง",
        "native_place_level": "province",
        "vintage": "preliminary",
        "sheet": "มี.ค.2568p",
        "cell": "A9",
    }
    assert lampang["visitors"] == lampang["visitors_thai"] + lampang["visitors_foreign"]
    assert lampang["interval_start_at"] == local("2025-03-01 0:00")
    assert lampang["interval_end_at"] == local("2025-03-31 24:00")
    assert all(broken(SOURCE, one) == {} for one in made)


def test_a_line_is_read_into_its_ten_figures() -> None:
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(LAMPANG)}))
    shown = made.rows.row(0, named=True)
    assert (shown["occupancy_pct"], shown["occupancy_previous_pct"], shown["occupancy_change_pp"]) == (58.2, 57.1, 1.1)
    assert (shown["guests"], shown["visitors"], shown["visitors_thai"]) == (83913, 182419, 173299)
    assert (shown["visitors_foreign"], shown["receipts_mthb"]) == (9120, 558.02)
    assert (shown["receipts_thai_mthb"], shown["receipts_foreign_mthb"]) == (494.42, 63.6)


def test_random_file_names_do_not_matter() -> None:
    data = book({"ม.ค.2569R": sheet(LAMPANG)})
    assert claims(SOURCE, data, "v2022_84449624-a42a-4e8b-8c2f-eb983373f91b.xlsx")
    assert claims(SOURCE, data, "b.xlsx")
    assert not claims(SOURCE, book({"Sheet1": [["จังหวัด"], ["ลำปาง"]]}), "ม.ค.2569R.xlsx")


def test_a_revision_keeps_the_older_figure() -> None:
    """Preliminary and revised figures claim slots of their own and differ in their key: neither replaces the other."""
    [first] = batches(SOURCE, book({"เม.ย.2569p": sheet(LAMPANG)}))
    [second] = batches(SOURCE, book({"เม.ย.2569R": sheet(with_row(visitors="182,420", thai="173,300"))}))
    [final] = batches(SOURCE, book({"เม.ย.2569": sheet(LAMPANG)}))
    assert len({one.series for one in (first, second, final)}) == 3
    assert first.period_start == second.period_start == date(2026, 4, 1)
    both = pl.concat([first.rows, second.rows, final.rows])
    assert both["vintage"].to_list() == ["preliminary", "revised", "final"]
    assert both.select("place_name", "vintage", "interval_start_at").is_unique().all()


def test_a_cumulative_sheet_is_never_added_but_its_lines_are_accounted_for() -> None:
    sheets = {"ม.ค.2569R": sheet(LAMPANG), "ก.พ.2569p": sheet(LAMPANG), "สะสมม.ค.-ก.พ. 2569p": sheet(LAMPANG, LAMPANG)}
    first, second = batches(SOURCE, book(sheets))
    assert first.drops == () and [(d.rule, d.n) for d in second.drops] == [("cumulative_sheet", 2)]
    assert pl.concat([first.rows, second.rows])["visitors"].sum() == 2 * 182419


def test_months_that_do_not_add_up_to_the_cumulative_sheet_are_told() -> None:
    total = with_row(visitors="364,838", thai="346,598", foreign="18,240")
    more = with_row(visitors="370,838", thai="352,598", foreign="18,240")
    months = {"ม.ค.2569R": sheet(LAMPANG), "ก.พ.2569p": sheet(LAMPANG)}
    assert findings(batches(SOURCE, book({**months, "สะสมม.ค.-ก.พ. 2569p": sheet(total)}))[-1]) == []
    differs = batches(SOURCE, book({**months, "สะสมม.ค.-ก.พ. 2569p": sheet(more)}))[-1]
    assert findings(differs) == [("cumulative_differs", 1)] and differs.findings[0].cell == "A6"
    other = batches(SOURCE, book({**months, "สะสมม.ค.-มี.ค. 2569p": sheet(more)}))[-1]  # March is not at hand
    assert findings(other) == []


def test_last_years_figures_are_no_rows_of_their_own() -> None:
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(LAMPANG)}))
    assert made.rows.height == 1 and 170000 not in made.rows.row(0)


def test_regions_and_provinces_are_told_apart() -> None:
    rows = [["ภาคเหนือ", *LAMPANG[1:]], LAMPANG, ["รวมทั้งประเทศ", *LAMPANG[1:]], ["จ.เชียงใหม่", *LAMPANG[1:]]]
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(*rows)}))
    shown = made.rows.select("native_place_level", "province_code").rows()
    assert shown == [("region", None), ("province", "52"), ("country", None), ("province", "50")]


def test_a_place_nobody_knows_is_kept_and_told() -> None:
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(["แอตแลนติส", *LAMPANG[1:]])}))
    assert made.rows["native_place_level"].to_list() == ["unknown"] and findings(made) == [("unknown_place", 1)]


def test_dashes_are_nothing_measured() -> None:
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(with_row(guests="-", foreign="-", occupancy=None))}))
    assert made.rows.select("guests", "visitors_foreign", "occupancy_pct").rows() == [(None, None, None)]
    assert broken(SOURCE, made) == {}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"visitors": "182,420"}, "visitors_add_up"),
        ({"receipts": 5.0}, "receipts_per_visitor"),
        ({"receipts": 558020.0}, "receipts_per_visitor"),
        ({"guests": "999,999"}, "guests_within_visitors"),
        ({"occupancy": 158.2}, "hard_range"),
        ({"occupancy": 99.0}, "soft_range"),
        ({"guests": "83.913"}, "readable"),
    ],
)
def test_figures_that_contradict_each_other_are_caught(changes: dict[str, Any], rule: str) -> None:
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(with_row(**changes), ["แพร่", *LAMPANG[1:]])}))
    assert rule in broken(SOURCE, made) and broken(SOURCE, made)[rule] == ["A6"]


def test_receipts_of_lampang_in_the_yearbook_are_ordinary() -> None:
    """5,566.26 million baht for 1,753,658 visitors are 3,174 baht each."""
    row = with_row(visitors="1,753,658", thai="1,653,658", foreign="100,000", receipts=5566.26)
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(row)}))
    assert "receipts_per_visitor" not in broken(SOURCE, made)


def test_columns_in_another_order_are_found_by_their_header() -> None:
    rows = sheet(LAMPANG)
    moved = [[*row[:1], *row[4:7], *row[1:4], *row[7:]] if len(row) > 7 else row for row in rows]
    [made] = batches(SOURCE, book({"ม.ค.2569R": moved}))
    assert made.rows.select("occupancy_pct", "guests").rows() == [(58.2, 83913)]


def test_a_new_column_is_told_and_a_lost_one_refused() -> None:
    rows = sheet([*LAMPANG, 7])
    rows[2] = [*rows[2], "จำนวนห้องพัก"]
    [made] = batches(SOURCE, book({"ม.ค.2569R": rows}))
    assert findings(made) == [("new_column", 1)]
    lost = [row[:7] + row[16:] if len(row) > 7 else row for row in sheet(LAMPANG)]
    refusal = refused(SOURCE, book({"ม.ค.2569R": lost}))
    assert refusal.rule == "column_missing" and "visitors" in refusal.reason_en and refusal.sheet == "ม.ค.2569R"


def test_words_in_the_place_of_figures_refuse_the_sheet() -> None:
    rows = [[name, *["ไม่ทราบ"] * 24] for name in ("ลำปาง", "แพร่", "น่าน", "พะเยา")]
    assert refused(SOURCE, book({"ม.ค.2569R": sheet(*rows)})).rule == "type_flip"


def test_a_month_sheet_without_a_header_refuses_the_workbook() -> None:
    sheets = {"ม.ค.2569R": sheet(LAMPANG), "ก.พ.2569R": [["โปรดดูไฟล์แนบ"]]}
    assert refused(SOURCE, book(sheets)).rule == "header_missing"


def test_a_sheet_that_is_no_month_is_told() -> None:
    [made] = batches(SOURCE, book({"ม.ค.2569R": sheet(LAMPANG), "คำอธิบาย": [["R = ปรับปรุง"]]}))
    assert findings(made) == [("sheet_not_read", 1)]


def test_a_month_without_provinces_is_no_data() -> None:
    assert no_data(SOURCE, book({"ม.ค.2569R": sheet()})).reason_en


@settings(max_examples=60)
@given(
    st.integers(2551, 2599), st.integers(1, 12), st.sampled_from(["R", "r", "p", "P", ""]), st.sampled_from(["", " "])
)
def test_sheet_names_say_month_year_and_vintage(year: int, month: int, mark: str, space: str) -> None:
    vintage = {"r": "revised", "p": "preliminary", "": "final"}[mark.lower()]
    name = f"{MONTHS_TH_SHORT[month - 1]}{space}{year}{mark}"
    assert sheet_month(name) == Month(year - 543, month, vintage)
    assert sheet_month(f"สะสม{name}") is None


# ── the feed ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_months_of_the_feed_come_again_revised() -> None:
    vintages: dict[str, list[str]] = {}
    for newest in ((2025, 12), (2026, 1)):
        for one in batches(SOURCE, feed.workbook(WORLD, 2025, newest, ("52",))):
            month, vintage = one.series.split("/")
            vintages.setdefault(month, []).append(vintage)
            assert broken(SOURCE, one) == {} and findings(one) == []
    assert vintages["2025-09"] == ["revised", "revised"] and vintages["2025-10"] == ["preliminary", "revised"]


def test_what_the_feed_delivers_is_taken_without_a_fault() -> None:
    *_, newest, abroad, copies = feed.deliveries(WORLD)
    made = [one for path, data in (newest, abroad, copies) for one in batches(SOURCE, data, path)]
    assert [one.entity for one in made] == ["province_month", "inbound_year", "visitor_origin"]
    assert made[0].rows.filter(pl.col("native_place_level") == "province").height == 77
    assert all(parser(SOURCE).claims(Document(data, path)) for path, data in (newest, abroad, copies))
    assert all(broken(SOURCE, one) == {} for one in made)
