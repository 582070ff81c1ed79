"""EPPO's electricity statistics: blocks of years, sums that are compared and left out, growth rates that are no GWh."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from assets.readers.calendar import month_span
from assets.readers.document import Document
from assets.readers.result import Batch, NoData, Refusal
from simulator.feeds import moen_electricity as feed
from simulator.feeds._workbook import as_xls
from tests.feeds.source import WORLD, batch, broken, claims, contract, parser, sample

SOURCE = "moen_electricity"
PATH = "SYNTHETIC/T05_02_01.xls"
HEAD = [["Table 5.2-1M: Power Generation"], ["Unit: GWh"], []]
HEADER = ["MONTH", "HYDRO", "COAL & LIGNITE", "TOTAL"]
Row = list[Any]


def months(n: int = 12, first: float = 10.0) -> list[Row]:
    return [[label, first + i, 2 * (first + i), 3 * (first + i)] for i, label in enumerate(feed.MONTHS[:n])]


def ytd(rows: list[Row]) -> Row:
    return ["YTD", *(sum(column) for column in list(zip(*rows, strict=True))[1:])]


def block(year: Any, n: int = 12) -> list[Row]:
    return [[year], HEADER, *months(n), ytd(months(n))]


def read(*rows: Row, path: str = PATH, head: list[Row] = HEAD) -> Batch:
    return batch(SOURCE, as_xls([*head, *rows], "T05_02_01"), path)


def refused(*rows: Row, head: list[Row] = HEAD) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(*rows, head=head)
    assert caught.value.reason_en and caught.value.reason_th
    return caught.value


def findings(of: Batch) -> dict[str, tuple[str | None, int]]:
    return {finding.rule: (finding.cell, finding.n) for finding in of.findings}


def drops(of: Batch) -> dict[str, int]:
    return {drop.rule: drop.n for drop in of.drops}


def test_the_sample_gives_the_reviewed_rows() -> None:
    assert claims(SOURCE, sample(SOURCE), "sample.xls")
    found = batch(SOURCE, sample(SOURCE), "sample.xls")
    assert (found.entity, found.series, found.period_start, found.period_end) == (
        "statistic",
        "table/5.2-1M",
        date(2024, 1, 1),
        date(2026, 2, 28),
    )
    assert found.rows.row(0, named=True) == {
        "interval_start_at": datetime(2023, 12, 31, 17, tzinfo=UTC),
        "interval_end_at": datetime(2024, 1, 31, 17, tzinfo=UTC),
        "table_id": "5.2-1M",
        "table_title": "Table 5.2-1M: Power Generation Classified by Fuel Type",
        "category": "HYDRO",
        "vintage": "final",
        "value": 687.0,
        "unit": "GW.h",
        "problem": None,
        "raw_value": None,
        "sheet": "T05_02_01",
        "cell": "B6",
    }
    assert found.rows.height == 26 * 6 and findings(found) == {} and broken(SOURCE, found) == {}


def test_the_year_stands_in_a_cell_of_its_own_above_the_months() -> None:
    found = read(*block(2024), *block(2025, 2))
    assert (found.period_start, found.period_end, found.rows.height) == (date(2024, 1, 1), date(2025, 2, 28), 28)


def test_a_buddhist_year_and_thai_months_are_read() -> None:
    thai = [["2568"], ["เดือน", "HYDRO"], ["ม.ค.", 1.0], ["กุมภาพันธ์", 2.0]]
    found = read(*thai)
    assert (found.period_start, found.period_end) == (date(2025, 1, 1), date(2025, 2, 28))


def test_the_total_is_compared_then_left_out_and_counted() -> None:
    found = read(*block(2024))
    assert set(found.rows["category"]) == {"HYDRO", "COAL & LIGNITE"}
    assert findings(found) == {} and drops(found) == {"total_column": 12, "ytd_row": 3}
    assert found.rows_in == 24 + 12 + 3


def test_a_total_that_is_not_the_sum_is_told_with_its_cell() -> None:
    wrong = block(2024)
    wrong[4][3] += 7
    assert findings(read(*wrong)) == {"total_differs": ("D8", 1), "ytd_differs": ("D18", 1)}


def test_the_rows_ytd_are_compared_with_the_months_then_left_out() -> None:
    wrong = block(2024)
    wrong[-1][1] += 20
    found = read(*wrong)
    assert findings(found) == {"ytd_differs": ("B18", 1)} and drops(found)["ytd_row"] == 3


def test_a_ytd_of_peaks_is_no_sum_and_is_not_compared() -> None:
    peaks = [[2024], ["MONTH", "EGAT SYSTEM"], ["JAN", 33_000.0], ["FEB", 34_000.0], ["YTD", 34_000.0]]
    found = read(*peaks, head=[["Table 5.1-4M: Peak Demand"], ["Unit: MW"]])
    assert findings(found) == {} and drops(found) == {"ytd_row": 1} and set(found.rows["unit"]) == {"MW"}


def test_a_table_of_growth_rates_after_a_blank_row_is_left_out_and_counted() -> None:
    found = read(*block(2024), [], ["GROWTH RATE (%)"], [2024], HEADER, ["JAN", 1.5, 2.5, 2.0], [], ["Source: EGAT"])
    assert found.rows.height == 24 and drops(found)["growth_table"] == 3
    assert found.rows["value"].max() == 42.0


def test_a_blank_row_between_the_years_breaks_nothing() -> None:
    assert read(*block(2024), [], *block(2025)).rows.height == 48


def test_a_blank_row_within_a_year_loses_no_month() -> None:
    rows = block(2024)
    rows.insert(5, [])
    found = read(*rows)
    assert found.rows.height == 24 and findings(found) == {}


def test_a_row_of_figures_that_is_no_month_is_told_and_counted() -> None:
    rows = block(2024)
    rows.insert(5, ["JAN-MAR", 1.0, 2.0, 3.0])
    found = read(*rows, [], ["GROWTH RATE (%)"], ["JAN", 1.5, 2.5, 2.0])
    assert findings(found) == {"row_not_understood": ("A9", 2)} and drops(found)["row_not_understood"] == 6
    assert found.rows.height == 24


def test_groups_beside_the_year_tell_categories_of_the_same_name_apart() -> None:
    rows = [[2024, "EGAT", "", "IPP", ""], ["MONTH", "GAS", "COAL", "GAS", "COAL"], ["JAN", 1.0, 2.0, 3.0, 4.0]]
    assert read(*rows).rows["category"].to_list() == ["EGAT: GAS", "EGAT: COAL", "IPP: GAS", "IPP: COAL"]


def test_months_to_come_are_no_zeros() -> None:
    found = read([2025], HEADER, *months(2), *([label] for label in feed.MONTHS[2:]))
    assert found.rows.height == 4 and drops(found)["month_to_come"] == 20 and found.period_end == date(2025, 2, 28)


def test_a_dash_in_a_month_that_is_out_is_a_row_without_value() -> None:
    found = read([2025], ["MONTH", "OIL", "HYDRO"], ["JAN", "-", 5.0])
    assert found.rows.select("category", "value").rows() == [("OIL", None), ("HYDRO", 5.0)]
    assert broken(SOURCE, found) == {}


def test_a_month_that_is_missing_within_is_told() -> None:
    rows = block(2024)
    del rows[5]
    assert findings(read(*rows))["missing_periods"] == (None, 1)


def test_a_preliminary_year_is_another_vintage() -> None:
    found = read(["2025p"], HEADER, *months(1))
    assert set(found.rows["vintage"]) == {"preliminary"} and found.period_start == date(2025, 1, 1)


def test_a_figure_without_a_unit_is_refused_and_so_is_an_unknown_unit() -> None:
    assert refused(*block(2024), head=[["Table 5.2-1M"], []]).rule == "unit_missing"
    assert refused(*block(2024), head=[["Table 5.2-1M"], ["Unit: Furlong"]]).rule == "unit_unknown"


@pytest.mark.parametrize(
    ("head", "path", "table"),
    [
        ([["Table 5.2-1M: Power"], ["Unit: GWh"]], "a/T05_02_01.xls", "5.2-1M"),
        ([["Power Generation"], ["Unit: GWh"]], "a/T05_02_01.xls", "T05_02_01"),
        ([["Power Generation"], ["(Unit: GWh)"]], "a/b.xls", "T05_02_01"),
    ],
)
def test_the_table_is_named_by_its_title_then_its_file_then_its_sheet(head: list[Row], path: str, table: str) -> None:
    assert read(*block(2024), head=head, path=path).series == f"table/{table}"


def test_months_without_a_year_are_refused() -> None:
    assert refused(HEADER, *months()).rule == "year_missing"


def test_a_category_that_stands_twice_is_refused() -> None:
    assert refused([2024], ["MONTH", "OIL", "OIL"], ["JAN", 1.0, 2.0]).rule == "column_twice"


def test_a_new_category_becomes_rows_and_a_lost_header_is_refused() -> None:
    found = read([2024], ["MONTH", "HYDRO", "HYDROGEN"], ["JAN", 1.0, 2.0])
    assert found.rows["category"].to_list() == ["HYDRO", "HYDROGEN"]
    assert refused([2024], ["JAN", 1.0, 2.0]).rule == "column_missing"
    assert not claims(SOURCE, as_xls([[2024], ["JAN", 1.0]]), "x.xls")


def test_words_where_the_figures_belong_are_refused_and_a_single_one_is_quarantined() -> None:
    words = [[label, "n.a.", "n.a.", "n.a."] for label in feed.MONTHS]
    assert refused([2024], HEADER, *words).rule == "type_flip"
    one = block(2024)
    one[2][1] = "#REF!"
    assert broken(SOURCE, read(*one)) == {"readable": ["B6"]}


def test_a_negative_figure_is_quarantined() -> None:
    assert broken(SOURCE, read([2024], ["MONTH", "OIL"], ["JAN", -1.0])) == {"hard_range": ["B6"]}


def test_a_year_without_a_single_figure_is_no_data_and_a_damaged_book_is_refused() -> None:
    with pytest.raises(NoData):
        read([2026], HEADER, *([label] for label in feed.MONTHS))
    data = as_xls([*HEAD, *block(2024)])
    with pytest.raises(Refusal, match="corrupt_workbook"):
        batch(SOURCE, data[:512] + bytes(1024) + data[1536:])


def test_a_book_of_several_sheets_gives_a_batch_for_each_table() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for number in ("5.2-1M", "5.3-2M"):
            sheet = book.add_worksheet(number)
            for r, line in enumerate([[f"Table {number}"], ["Unit: GWh"], *block(2024)]):
                sheet.write_row(r, 0, line)
        book.add_worksheet("Notes").write(0, 0, "SYNTHETIC")
    parsed = parser(SOURCE).parse(Document(buffer.getvalue(), "x.xlsx"), contract(SOURCE))
    assert [one.series for one in parsed.batches] == ["table/5.2-1M", "table/5.3-2M"]


@given(st.integers(1950, 2100), st.integers(1, 12))
def test_a_month_begins_and_ends_at_local_midnight(year: int, month: int) -> None:
    start, end = month_span(year, month)
    assert (start.hour, start.minute, end.hour) == (17, 0, 17)
    assert 28 <= (end - start).days <= 31 and month_span(year + month // 12, month % 12 + 1)[0] == end


def test_every_delivery_of_the_simulator_is_claimed_says_synthetic_and_passes_the_gate() -> None:
    made = list(feed.deliveries(WORLD))
    assert made == list(feed.deliveries(WORLD)) and len(made) == 3
    for path, data in made:
        found = batch(SOURCE, data, path)
        assert path.startswith("SYNTHETIC ") and claims(SOURCE, data, path)
        assert findings(found) == {} and broken(SOURCE, found) == {}
        assert found.rows.filter(pl.col("value").is_null()).is_empty() and found.period_end < WORLD.today
