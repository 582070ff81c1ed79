"""EPPO's oil prices: the page of brands with its frozen brand, and the price-structure workbook of three layouts."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.result import Batch, NoData
from assets.sources.moen_oil_price.products import product_of
from simulator.feed import Request
from simulator.feeds import _fuel
from simulator.feeds import moen_oil_price as feed
from simulator.feeds._workbook import as_xls
from tests.feeds.official import official
from tests.feeds.source import WORLD, batch, broken, claims, local, refused, sample, told

SOURCE = "moen_oil_price"
DAY = date(2026, 3, 20)
OLD = [
    ["PRICE STRUCTURE OF PETROLEUM PRODUCTS"],
    [43466],
    [top for top, _ in feed.OLD_HEADER],
    [below for _, below in feed.OLD_HEADER],
    ["ULG", 20.0, 6.5, 0.65, 6.0, 0.1, 33.25, 2.33, 35.58, 2.8, 0.2, 38.58],
    ["H-DIESEL", 20.0, 6.0, 0.6, -2.5, 0.1, 24.2, 1.69, 25.89, 2.0, 0.14, 28.03],
    ["FO 600 (1) 2%S", 14.0, 0.64, 0.06, 0.06, 0.07, 14.83, 1.04, 15.87, "", "", ""],
    ["LPG (UNIT:BAHT/KILO)", 20.0, 2.17, 0.22, -5.0, 0, 17.39, 1.22, 18.61, 3.0, 0.21, 21.82],
    ["Exchange Rate", "=", 32.5, "BAHT/$"],
]


def page() -> dict[str, Any]:
    return json.loads(feed.answer(WORLD, DAY))


def read_page(of: Any) -> Batch:
    return batch(SOURCE, json.dumps(of).encode(), "SYNTHETIC/page.json")


def old(*extra: list[Any], day: int = 43466, rows: list[list[Any]] | None = None) -> bytes:
    grid = [list(row) for row in (rows or OLD)]
    grid[1] = [day]
    return as_xls([*grid[:-1], *extra, grid[-1]])


def structure(data: bytes, path: str = "SYNTHETIC/pt-price-st-2019-1-1.xls") -> Batch:
    return batch(SOURCE, data, path)


def row(of: Batch, **where: str) -> dict[str, Any]:
    return of.rows.filter(*(pl.col(name) == value for name, value in where.items())).row(0, named=True)


# ── the page of brands ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_gives_the_reviewed_rows() -> None:
    assert claims(SOURCE, sample(SOURCE), "sample.json")
    found = batch(SOURCE, sample(SOURCE), "sample.json")
    assert (found.entity, found.series, found.rows.height, found.rows_in) == ("brand_price", "brands/TH", 120, 120)
    begin = local("2026-03-17 05:00")
    assert row(found, brand="ptt", product="ds") == {
        "interval_start_at": begin,
        "interval_end_at": begin,
        "brand": "ptt",
        "product": "ds",
        "place": "bangkok",
        "is_sold": True,
        "price_baht_per_litre": 29.54,
        "effective_date": date(2026, 3, 17),
        "published_date": date(2026, 3, 19),
        "problem": None,
        "raw_value": None,
        "sheet": "data.ptt",
        "cell": "oil_ptt_ds",
    }
    assert row(found, brand="irpc", product="e20")["price_baht_per_litre"] is None
    assert broken(SOURCE, found) == {}


def test_a_dash_means_not_sold_and_is_no_missing_price() -> None:
    found = read_page(page())
    not_sold = found.rows.filter(~pl.col("is_sold"))
    assert not_sold.height == sum(12 - len(sold.split()) for sold, _ in _fuel.BRANDS.values())
    assert not_sold["price_baht_per_litre"].null_count() == not_sold.height
    assert found.rows.filter("is_sold")["price_baht_per_litre"].null_count() == 0


def test_a_brand_without_price_and_without_dash_is_quarantined() -> None:
    changed = page()
    changed["data"]["ptt"]["oil_ptt_ds"] = ""
    assert broken(SOURCE, read_page(changed)) == {"price_where_sold": ["oil_ptt_ds"]}


def test_a_frozen_brand_is_told_and_stays_at_its_own_date() -> None:
    found = read_page(page())
    assert told(found) == {"frozen_brand": 1}
    frozen = found.findings[0]
    assert (frozen.sheet, frozen.cell) == ("data.esso", "oil_esso_date") and "esso since 2025-09-24" in frozen.reason_en
    rows = found.rows.filter(pl.col("brand") == "esso")
    assert rows["interval_start_at"].unique().to_list() == [local("2025-09-24 05:00")]


def test_the_time_of_a_row_is_the_brands_own_not_the_page_s() -> None:
    changed = page()
    changed["data"]["shell"] |= {"oil_shell_date": "2026-03-20", "oil_shell_time": "24:00"}
    changed["last_updated"] = "9 October 2026"
    found = read_page(changed)
    shell = row(found, brand="shell", product="ds")
    assert shell["interval_start_at"] == local("2026-03-21 00:00") and shell["published_date"] == date(2026, 10, 9)
    assert row(found, brand="ptt", product="ds")["interval_start_at"] == local("2026-03-17 05:00")


def test_a_page_date_that_is_none_is_told_and_refuses_nothing() -> None:
    found = read_page({**page(), "last_updated": "soon"})
    assert told(found)["last_updated_unreadable"] == 1 and found.rows["published_date"].null_count() == 120


def test_a_brand_without_a_readable_time_is_left_out_and_counted() -> None:
    changed = page()
    changed["data"]["pure"]["oil_pure_time"] = "-"
    found = read_page(changed)
    assert told(found)["brand_without_date"] == 1
    assert [(drop.rule, drop.n) for drop in found.drops] == [("brand_without_date", 12)]
    assert found.rows_in == 120 and "pure" not in found.rows["brand"].to_list()


def test_a_new_product_and_a_new_brand_are_taken_and_the_product_is_told() -> None:
    changed = page()
    changed["data"]["ptt"]["oil_ptt_b24"] = "33.10"
    changed["data"]["newco"] = {"oil_newco_ds": 31.5, "oil_newco_date": "2026-03-19", "oil_newco_time": "05:00"}
    found = read_page(changed)
    assert told(found)["new_column"] == 1
    assert row(found, product="b24")["price_baht_per_litre"] == 33.1
    assert row(found, brand="newco")["price_baht_per_litre"] == 31.5  # a bare number is as good as its text


def test_a_product_that_no_brand_lists_any_more_is_told() -> None:
    changed = page()
    for brand, cells in changed["data"].items():
        del cells[f"oil_{brand}_gl95p"]
    assert told(read_page(changed))["product_gone"] == 1


def test_a_page_that_lost_its_dates_is_refused() -> None:
    changed = page()
    for brand, cells in changed["data"].items():
        del cells[f"oil_{brand}_date"]
    assert refused(SOURCE, json.dumps(changed).encode()).rule == "column_missing"
    assert (
        refused(SOURCE, b'{"status": "success", "last_updated": "1 May 2026", "prices": {}}').rule == "column_missing"
    )


def test_prices_of_another_type_are_refused() -> None:
    changed = page()
    changed["data"]["ptt"]["oil_ptt_ds"] = {"price": "33.10"}
    assert refused(SOURCE, json.dumps(changed).encode()).rule == "type_flip"
    for brand, cells in page()["data"].items():
        changed["data"][brand] = {k: v if k.endswith(("_date", "_time")) else "n.a." for k, v in cells.items()}
    assert refused(SOURCE, json.dumps(changed).encode()).rule == "type_flip"
    assert refused(SOURCE, b'{"status": "success", "data": ["ptt"]}').rule == "type_flip"


def test_one_unreadable_price_is_quarantined_with_its_text() -> None:
    changed = page()
    changed["data"]["ptt"]["oil_ptt_ds"] = "33,1O"
    found = read_page(changed)
    assert row(found, brand="ptt", product="ds")["raw_value"] == "33,1O"
    assert broken(SOURCE, found) == {"readable": ["oil_ptt_ds"]}


def test_an_impossible_price_is_quarantined_and_an_unusual_one_flagged() -> None:
    changed = page()
    changed["data"]["ptt"] |= {"oil_ptt_ds": "3304", "oil_ptt_e20": "78.50"}
    wrong = broken(SOURCE, read_page(changed))
    assert wrong["hard_range"] == ["oil_ptt_ds"] and wrong["soft_range"] == ["oil_ptt_ds", "oil_ptt_e20"]


def test_a_price_far_from_the_other_brands_is_flagged_but_not_that_of_a_frozen_brand() -> None:
    changed = page()
    changed["data"]["shell"]["oil_shell_ds"] = "92.54"
    changed["data"]["esso"]["oil_esso_ds"] = "12.54"
    assert broken(SOURCE, read_page(changed))["far_from_other_brands"] == ["oil_shell_ds"]


def test_an_answer_that_is_no_success_is_refused_and_an_empty_one_is_no_data() -> None:
    assert refused(SOURCE, b'{"status": "error", "data": {}}').rule == "not_a_success"
    assert refused(SOURCE, b'{"status": "success", ').rule == "invalid_json"
    with pytest.raises(NoData):
        read_page({"status": "success", "data": {}, "last_updated": "9 October 2026"})


def test_eppo_s_own_page_parses() -> None:
    found = batch(SOURCE, official("eppo/eppo_oil_prices_2026-10-10.json").read_bytes(), "page.json")
    assert (found.rows.height, found.rows.filter("is_sold").height, told(found)) == (120, 64, {"frozen_brand": 1})
    assert row(found, brand="ptt", product="gl95")["price_baht_per_litre"] == 50.43
    assert set(found.rows["published_date"]) == {date(2026, 10, 9)}
    assert broken(SOURCE, found) == {}


# ── the price-structure workbook ──────────────────────────────────────────────────────────────────────────────────────


def test_a_header_over_two_rows_and_a_bare_day_number_are_read() -> None:
    assert claims(SOURCE, old(), "x.xls")
    found = structure(old())
    assert (found.entity, found.layout, found.period_start, found.rows.height) == (
        "price_structure",
        "price_structure",
        date(2019, 1, 1),
        4,
    )
    gasoline = row(found, product_code="gl95")
    assert (gasoline["interval_start_at"], gasoline["interval_end_at"]) == (
        datetime(2018, 12, 31, 17, tzinfo=UTC),
        datetime(2019, 1, 1, 17, tzinfo=UTC),
    )
    values = [gasoline[name] for name in feed.PARTS]
    assert values == OLD[4][1:] and gasoline["refinery_discount"] is None
    assert (gasoline["product_label"], gasoline["sheet"], gasoline["cell"]) == ("ULG", "Sheet1", "A5")
    assert told(found) == {} and broken(SOURCE, found) == {}


def test_the_two_columns_that_are_called_vat_are_told_apart() -> None:
    diesel = row(structure(old()), product_code="ds")
    assert (diesel["vat_wholesale"], diesel["vat_marketing_margin"]) == (1.69, 0.14)


def test_lpg_is_in_baht_per_kilogram_among_litres() -> None:
    found = structure(old())
    assert dict(found.rows.select("product_code", "per_unit").iter_rows()) == {
        "gl95": "L",
        "ds": "L",
        "fo600": "L",
        "lpg": "kg",
    }


def test_a_negative_oil_fund_is_a_subsidy_and_adds_up() -> None:
    found = structure(old())
    assert row(found, product_code="ds")["oil_fund"] == -2.5 and broken(SOURCE, found) == {}


def test_fuel_oil_has_no_retail_price() -> None:
    assert row(structure(old()), product_code="fo600")["retail"] is None


def test_the_exchange_rate_of_the_footer_stands_on_every_row_and_is_no_product() -> None:
    found = structure(old())
    assert found.rows["exchange_rate_baht_per_usd"].to_list() == [32.5] * 4 and found.rows_in == 4


@pytest.mark.parametrize(
    ("day", "rows", "expected", "findings"),
    [
        (date(2020, 9, 30), ["H-DIESEL"], ["ds"], {}),
        (date(2020, 10, 1), ["H-DIESEL B7", "H-DIESEL"], ["ds", "dsb10"], {}),
        (date(2023, 9, 30), ["H-DIESEL B7", "H-DIESEL"], ["ds", "dsb10"], {}),
        (date(2023, 10, 1), ["H-DIESEL"], ["ds"], {}),
        (date(2022, 5, 1), ["H-DIESEL"], ["dsb10"], {"h_diesel_unclear": 1}),
        (date(2024, 5, 1), ["H-DIESEL B7", "H-DIESEL"], ["ds", "dsb10"], {"h_diesel_unclear": 1}),
    ],
)
def test_h_diesel_means_b10_from_october_2020_to_september_2023(
    day: date, rows: list[str], expected: list[str], findings: dict[str, int]
) -> None:
    grid = [*OLD[:4], *([label, *OLD[5][1:]] for label in rows), OLD[-1]]
    found = structure(old(day=(day - date(1899, 12, 30)).days, rows=grid), "SYNTHETIC/x.xls")
    assert found.rows["product_code"].to_list() == expected and told(found) == findings


def test_the_new_layout_begins_in_another_column_after_a_report_and_has_a_discount() -> None:
    found = structure(feed.new_workbook(WORLD, DAY), "SYNTHETIC/pt-price-st-2026-3-20.xlsx")
    assert found.rows["product_code"].to_list() == ["gh95", "gh91", "e20", "e85", "gl95", "ds", "dsb20", "lpg"]
    diesel = row(found, product_code="ds")
    assert (diesel["refinery_discount"], diesel["sheet"], diesel["cell"]) == (-1.0, "Oil Price Structure", "B12")
    assert diesel["exchange_rate_baht_per_usd"] == _fuel.exchange_rate(WORLD, DAY)
    assert told(found) == {} and broken(SOURCE, found) == {}


def test_the_date_of_the_sheet_wins_over_the_name_and_the_difference_is_told() -> None:
    found = structure(old(), "SYNTHETIC/pt-price-st-2019-12-3.xls")
    assert found.period_start == date(2019, 1, 1) and told(found) == {"date_differs": 1}


def test_the_name_s_date_without_leading_zeros_stands_in_for_a_missing_one() -> None:
    found = structure(old(day=0), "SYNTHETIC/pt-price-st-2019-2-3.xls")
    assert found.period_start == date(2019, 2, 3) and told(found) == {"date_from_path": 1}
    assert refused(SOURCE, old(day=0), "SYNTHETIC/pt-price-st-2019-076-31.xls").rule == "date_missing"


def test_components_that_do_not_add_up_are_flagged() -> None:
    wrong = structure(old(["GASOHOL95 E10", 17.9, 5.85, 0.59, 9.72, 0.1, 25.16, 1.76, 26.92, 2.13, 0.15, 39.2]))
    assert broken(SOURCE, wrong) == {"wholesale_adds_up": ["A9"], "retail_adds_up": ["A9"]}


def test_a_new_column_and_a_new_product_are_told_and_the_rest_is_taken() -> None:
    grid = [list(line) for line in OLD]
    grid[2] += ["CARBON"]
    grid[3] += ["TAX"]
    found = structure(old(["SAF B1", *OLD[4][1:]], rows=grid))
    assert told(found) == {"new_column": 1, "new_product": 1} and found.rows["product_code"].to_list()[-1] == "saf_b1"


def test_a_workbook_without_retail_or_without_a_table_is_refused() -> None:
    without = [line[:11] for line in OLD]
    lost = refused(SOURCE, old(rows=without), "SYNTHETIC/pt-price-st-2018-5-2.xls")
    assert lost.rule == "column_missing" and "retail" in lost.reason_en
    assert not claims(SOURCE, as_xls([["JAN", 1.0]]), "x.xls")
    assert refused(SOURCE, as_xls([["JAN", 1.0]])).rule == "column_missing"


def test_another_unit_than_baht_per_litre_is_refused() -> None:
    grid = [list(line) for line in OLD]
    grid[2][0] = "UNIT:SATANG/LITRE"
    assert refused(SOURCE, old(rows=grid)).rule == "unit_unknown"


def test_words_where_the_prices_belong_are_refused_and_a_single_one_is_quarantined() -> None:
    words = [*OLD[:4], *([line[0], "n.a.", *line[2:]] for line in OLD[4:8]), OLD[-1]]
    assert refused(SOURCE, old(rows=words)).rule == "type_flip"
    one = structure(old(["GASOHOL91", "#VALUE!", *OLD[4][2:]]))
    assert broken(SOURCE, one) == {"readable": ["A9"]}


def test_a_workbook_with_a_header_alone_is_no_data_and_a_broken_one_is_refused() -> None:
    with pytest.raises(NoData):
        structure(old(rows=[*OLD[:4], OLD[-1]]))
    damaged = old()[:512] + bytes(1024) + old()[1536:]
    assert refused(SOURCE, damaged).rule == "corrupt_workbook"
    assert refused(SOURCE, feed.new_workbook(WORLD, DAY)[:3000]).rule == "truncated_zip"


def test_a_name_without_figures_is_counted_as_left_out() -> None:
    found = structure(old(["BIODIESEL"]))
    assert [(drop.rule, drop.n) for drop in found.drops] == [("no_record", 1)] and found.rows_in == 5


def test_eppo_s_sheet_of_2018_parses_from_a_real_xls() -> None:
    text = official("eppo/eppo_structure_sheet_grid_2018-07-19.json").read_text(encoding="utf-8")
    grid = json.loads(text)["structure_2018_07_19"]
    found = structure(as_xls(grid), "pt-price-st-2018-7-19.xls")
    assert (found.period_start, found.rows.height, told(found)) == (date(2018, 7, 19), 9, {})
    assert row(found, product_code="e85")["oil_fund"] == -8.98
    assert set(found.rows["exchange_rate_baht_per_usd"]) == {33.51}
    assert broken(SOURCE, found) == {}


def test_eppo_s_figures_of_2018_come_back_from_a_sheet_built_of_them() -> None:
    text = official("eppo/eppo_price_structure_2018-01-03_tidy.csv").read_text(encoding="utf-8")
    tidy = list(csv.DictReader(io.StringIO(text)))
    rows = [[line["product_label"], *(float(line[p]) if line[p] else "" for p in feed.PARTS)] for line in tidy]
    grid = [*OLD[:4], *rows, ["Exchange Rate", "=", float(tidy[0]["fx_thb_usd"]), "BAHT/$"]]
    found = structure(old(day=43103, rows=grid), "pt-price-st-2018-1-3.xls")
    for line in tidy:
        read = row(found, product_code=line["product_code"])
        assert read["interval_start_at"] == local(f"{line['date']} 00:00")
        assert [read[p] for p in feed.PARTS] == [float(line[p]) if line[p] else None for p in feed.PARTS]
    assert broken(SOURCE, found) == {}


@settings(max_examples=40)
@given(
    st.sampled_from(["ULG", "ULG 95", "GASOHOL95 E10", "H-DIESEL B20", "H-DIESEL 20", "LPG (BAHT/KILOGRAM )"]),
    st.data(),
)
def test_blanks_and_case_in_a_product_s_name_change_nothing(name: str, data: st.DataObject) -> None:
    blanks = data.draw(st.text(" \t\xa0", max_size=3))
    day = data.draw(st.dates(date(2002, 1, 1), date(2030, 1, 1)))
    spaced = f"{blanks}{name.replace(' ', ' ' + blanks)}{blanks}".lower()
    assert product_of(spaced, day) == product_of(name, day)
    assert not product_of(name, day).is_new


def test_premium_gasoline_alone_is_the_plain_gasoline_of_the_page() -> None:
    alone = structure(old(rows=[*OLD[:4], ["ULG95 PREMIUM", *OLD[4][1:]], OLD[-1]]))
    both = structure(old(["ULG95 PREMIUM", *OLD[4][1:]]))
    assert alone.rows["product_code"].to_list() == ["gl95"] and both.rows["product_code"].to_list()[-1] == "gl95p"


@pytest.mark.parametrize(("label", "code"), [("ULG 91", "gl91"), ("HSD", "ds"), ("H-DIESEL B5", "dsb5")])
def test_products_of_older_lists_keep_a_code(label: str, code: str) -> None:
    assert product_of(label, date(2010, 6, 1)).code == code


# ── the simulator ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_delivery_of_the_simulator_is_claimed_says_synthetic_and_passes_the_gate() -> None:
    made = list(feed.deliveries(WORLD))
    assert made == list(feed.deliveries(WORLD))
    for path, data in made:
        assert path.startswith("SYNTHETIC ") and claims(SOURCE, data, path)
        assert broken(SOURCE, batch(SOURCE, data, path)) == {}


def test_the_server_answers_with_the_prices_in_force() -> None:
    [route] = feed.routes(WORLD)
    assert route.match("GET", "www.eppo.go.th", "/wp-json/oil-api/v1/oil-prices") == {}
    answer = route.respond(Request("GET", route.path, {}, {}, {}))
    assert answer.body == feed.answer(WORLD, WORLD.today)
    early = replace(WORLD, until=WORLD.until.replace(hour=4))
    assert feed.routes(early)[0].respond(Request("GET", route.path, {}, {}, {})).body == feed.answer(
        WORLD, WORLD.dates[-1]
    )


def test_a_workbook_of_xlsxwriter_without_our_table_is_not_claimed() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write(0, 0, "EX")
    assert not claims(SOURCE, buffer.getvalue(), "x.xlsx")
