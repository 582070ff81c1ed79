"""NESDC's workbook: two tables, stacked blocks, years of mixed types that carry their vintage, names that are misspelt."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.places import PLACES, places
from assets.sources.nesdc_gpp.names import province, tis_code, year_of
from simulator.feeds import nesdc_gpp as feed
from simulator.feeds._places import PROVINCES
from tests.feeds.official import official
from tests.feeds.source import WORLD, batches, broken, claims, findings, local, refused, sample
from tests.unit.readers_books import book

SOURCE = "nesdc_gpp"
Row = list[Any]
CURRENT, VOLUME = feed.CURRENT, feed.VOLUME
INDUSTRIES: list[tuple[str, float, float]] = [
    ("Agriculture", 10.0, 12.0),
    ("Industrial", 30.0, 33.0),
    ("Services", 60.0, 65.0),
    ("Gross provincial product (GPP)", 100.0, 110.0),
]


def per_capita(*rows: Row, title: str = "GPP PER CAPITA 2024p") -> list[Row]:
    heads: list[Row] = [[title], [], ["No.", "Province", "GPP", "Population", "GPP per capita"]]
    return [*heads, [None, None, "(million baht)", "(1,000 persons)", "(baht)"], *rows]


def block(name: str, title: str = CURRENT, years: Row | None = None, scale: float = 1) -> list[Row]:
    lines: list[Row] = [[industry, *(x * scale for x in values)] for industry, *values in INDUSTRIES]
    return [[title], [name], ["(Millions of Baht)"], ["Industry", *(years or ["2023r", "2024p"])], *lines, [], []]


LAMPANG: Row = [1, "0203 LAMPANG", 72782.11, 681.911, 106732.53]


def both(*rows: Row, **sheets: list[Row]) -> bytes:
    return book({"PER CAPITA": per_capita(*rows), **sheets})


def test_the_sample_reads_as_reviewed() -> None:
    head, industry = batches(SOURCE, sample(SOURCE))
    assert (head.entity, head.series, head.period_start) == ("per_capita", "all/preliminary", date(2024, 1, 1))
    assert (industry.entity, industry.series) == ("industry", "all/edition-2024")
    assert (industry.period_start, industry.period_end) == (date(2021, 1, 1), date(2024, 12, 31))
    provinces = head.rows.filter(pl.col("native_place_level") == "province")
    assert provinces.select("place_name", "nesdc_code", "province_code", "cell").rows() == [
        ("AMNAT CHAREON", "0108", "37", "B8"),
        ("LAMPANG", "0203", "52", "B9"),
        ("PHACHUAP KHIRI KHAN", "0506", "77", "B10"),
    ]
    assert industry.rows.height == 3 * 2 * 4 * 11  # provinces, price bases, years, lines
    assert broken(SOURCE, head) == {} and broken(SOURCE, industry) == {}


def test_columns_c_d_e_are_product_population_and_product_per_head() -> None:
    [made] = batches(SOURCE, both(LAMPANG))
    row = made.rows.row(0, named=True)
    assert (row["gpp_mthb"], row["population_thousand"], row["per_capita_thb"]) == (72782.11, 681.911, 106732.53)
    assert (row["nesdc_code"], row["province_code"], row["native_place_level"]) == ("0203", "52", "province")
    assert row["interval_start_at"] == local("2024-01-01 0:00") and row["interval_end_at"] == local("2024-12-31 24:00")
    assert broken(SOURCE, made) == {} and findings(made) == [("missing_table", 1)]


def test_totals_of_regions_have_no_code() -> None:
    region: Row = [None, "Northern", 1_500_000.0, 11_000.0, 136363.636]
    [made] = batches(SOURCE, both(region, LAMPANG))
    assert made.rows.select("native_place_level", "nesdc_code", "province_code").row(0) == ("region", None, None)


@pytest.mark.parametrize("factor", [1.0005, 1.002, 0.998, 1000.0])
def test_product_by_population_is_product_per_head_within_a_thousandth(factor: float) -> None:
    [made] = batches(SOURCE, both([*LAMPANG[:4], LAMPANG[4] * factor]))
    assert ("per_capita_agrees" in broken(SOURCE, made)) == (abs(factor - 1) > 0.001)


def test_the_year_comes_from_the_title_else_from_the_region_sheets() -> None:
    named, _ = batches(SOURCE, both(LAMPANG, NO=block("0203 - LAMPANG", years=["2022r", "2023r"])))
    assert (named.period_start.year, named.rows["vintage"][0]) == (2024, "preliminary")
    sheets = {"PER CAPITA": per_capita(LAMPANG, title="GPP PER CAPITA"), "NO": block("0203 - LAMPANG")}
    silent, _ = batches(SOURCE, book(sheets))
    assert (silent.period_start.year, silent.rows["vintage"][0]) == (2024, "preliminary")
    alone = book({"PER CAPITA": per_capita(LAMPANG, title="GPP PER CAPITA")})
    assert refused(SOURCE, alone).rule == "year_missing"


def test_current_prices_and_chain_volumes_on_one_sheet_are_kept_apart() -> None:
    stacked = [*block("0203 - LAMPANG"), *block("0203 - LAMPANG", VOLUME, scale=0.6)]
    [made] = batches(SOURCE, book({"NO": stacked}))
    shown = made.rows.filter((pl.col("line_no") == 4) & (pl.col("vintage") == "preliminary"))
    assert shown.select("price_basis", "reference_year", "value_mthb").rows() == [
        ("current", None, 110.0),
        ("chain_volume", 2002, 66.0),
    ]
    assert made.rows.height == 2 * 4 * 2 and broken(SOURCE, made) == {}


def test_blocks_of_several_provinces_under_each_other_keep_their_names() -> None:
    stacked = [*block("0203 - LAMPANG"), *block("0205 – PHRAE", years=[2023, "2024p"])]
    [made] = batches(SOURCE, book({"NO": stacked}))
    assert made.rows.select("place_name", "province_code").unique(maintain_order=True).rows() == [
        ("LAMPANG", "52"),
        ("PHRAE", "54"),
    ]


def test_year_labels_of_mixed_types_carry_their_vintage() -> None:
    rows: list[Row] = [[CURRENT], ["0203 - LAMPANG"], [None, 2019, "2020r", "2024p"], ["Agriculture", 1, 2, 3]]
    [made] = batches(SOURCE, book({"NO": rows}))
    assert made.rows.select("vintage", "value_mthb", "interval_start_at").rows() == [
        ("final", 1.0, local("2019-01-01 0:00")),
        ("revised", 2.0, local("2020-01-01 0:00")),
        ("preliminary", 3.0, local("2024-01-01 0:00")),
    ]


def test_a_revision_keeps_the_older_figure() -> None:
    """Each edition claims a slot of its own, and a year's vintage is a part of the key."""
    [first] = batches(SOURCE, book({"NO": block("0203 - LAMPANG")}))
    [second] = batches(SOURCE, book({"NO": block("0203 - LAMPANG", years=["2024r", "2025p"])}))
    assert (first.series, second.series) == ("all/edition-2024", "all/edition-2025")
    of_2024 = pl.concat([first.rows, second.rows]).filter(pl.col("interval_start_at") == local("2024-01-01 0:00"))
    assert of_2024["vintage"].unique(maintain_order=True).to_list() == ["preliminary", "revised"]


def test_industries_add_up_at_current_prices_only() -> None:
    wrong = block("0203 - LAMPANG")
    wrong[4] = ["Agriculture", 10.0, 50.0]
    [made] = batches(SOURCE, book({"NO": wrong}))
    assert broken(SOURCE, made) == {"industries_add_up": ["C8"]}
    volumes = block("0203 - LAMPANG", VOLUME)
    volumes[4] = ["Agriculture", 10.0, 50.0]
    [made] = batches(SOURCE, book({"NO": volumes}))
    assert broken(SOURCE, made) == {}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("AMNAT CHAREON", "37"),
        ("PHACHUAP KHIRI KHAN", "77"),
        ("PHRA NAKHON SRI AYUTHAYA", "14"),
        ("BANGKOK METROPOLIS", "10"),
        ("Lop Buri", "16"),
        ("LAMPANG", "52"),
        ("LAMPHUN", "51"),
    ],
)
def test_misspelt_names_find_their_tis_code(written: str, code: str) -> None:
    assert tis_code(written) == code


def test_every_province_is_known_in_both_languages() -> None:
    with PLACES.open(encoding="utf-8") as lines:
        known = [row for row in csv.DictReader(lines) if row["level"] == "province"]
    assert len(known) == len(PROVINCES) == 77
    for row in known:
        assert {places().province(name) for name in (row["name_th"], row["name_en"], row["name_en"].upper())} == {
            row["place_code"]
        }
        assert places().province(f"จังหวัด{row['name_th']}") == row["place_code"]


def test_a_name_nobody_knows_is_kept_without_a_code_and_told() -> None:
    [made] = batches(SOURCE, both([1, "0299 LAMPANGG", *LAMPANG[2:]]))
    assert made.rows["province_code"].to_list() == [None] and ("unknown_place", 1) in findings(made)
    assert broken(SOURCE, made) == {"province_has_code": ["B5"]}


def test_the_code_of_nesdc_is_never_taken_for_the_tis_code() -> None:
    assert province("0203 LAMPANG") == province("0203 - LAMPANG") == province("0203 – LAMPANG") == ("0203", "LAMPANG")
    assert province("LAMPANG") is None and province(2019) is None


@settings(max_examples=60)
@given(st.integers(1995, 2099), st.sampled_from(["", "p", "r", "P", "R"]), st.sampled_from(["", " "]))
def test_year_labels_are_read_as_numbers_and_as_text(year: int, mark: str, space: str) -> None:
    vintage = {"": "final", "p": "preliminary", "r": "revised"}[mark.lower()]
    assert year_of(f"{year}{space}{mark}") == (year, vintage)
    assert year_of(float(year)) == year_of(year) == (year, "final")
    assert year_of(year * 10) is None


def test_a_lost_column_and_figures_that_are_words_refuse_the_workbook() -> None:
    rows = per_capita(LAMPANG)
    rows[2] = ["No.", "Province", "GPP", "GPP per capita", "Share"]
    rows[3] = []
    assert refused(SOURCE, book({"PER CAPITA": rows})).rule == "column_missing"
    words = [[CURRENT], ["0203 - LAMPANG"], ["", 2019, 2020, 2021], ["Agriculture", "a", "b", "c"]]
    assert refused(SOURCE, book({"NO": words})).rule == "type_flip"


def test_other_workbooks_are_not_claimed() -> None:
    assert claims(SOURCE, both(LAMPANG)) and claims(SOURCE, book({"NO": block("0203 - LAMPANG")}))
    assert not claims(SOURCE, book({"Sheet1": [["Gross provincial product (GPP)", 1]]})) and not claims(SOURCE, b"a,b")


def test_the_official_figures_of_the_upper_north_pass_through_a_sheet() -> None:
    path = official("nesdc/nesdc_gpp_2024p_upper_north.csv")
    with path.open(encoding="utf-8") as lines:
        figures = list(csv.DictReader(lines))
    rows: list[Row] = [
        [
            number,
            f"02{number:02d} {row['bot_spelling' if number % 2 else 'name_en'].upper()}",
            float(row["gpp_total_baht"]) / 1e6,
            float(row["gpp_population_denominator"]) / 1e3,
            float(row["gpp_per_capita_baht"]),
        ]
        for number, row in enumerate(figures, 1)
    ]
    [made] = batches(SOURCE, both(*rows))
    assert made.rows["vintage"].unique().to_list() == ["preliminary"] and broken(SOURCE, made) == {}
    lampang = made.rows.filter(pl.col("province_code") == "52").row(0, named=True)
    assert lampang["gpp_mthb"] == pytest.approx(72782.1104) and lampang["per_capita_thb"] == 106732.5347
    assert made.rows["province_code"].to_list() == [row["tis1099_code"] for row in figures]


def test_the_newest_edition_of_the_feed_is_taken_without_a_fault() -> None:
    *_, (path, data) = feed.deliveries(WORLD)
    head, industry = batches(SOURCE, data, path)
    named = head.rows.filter(pl.col("native_place_level") == "province")
    assert named["province_code"].n_unique() == 77 and industry.rows["province_code"].n_unique() == 77
    assert broken(SOURCE, head) == {} and broken(SOURCE, industry) == {}
