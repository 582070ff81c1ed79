"""The stack workbook is read by its headers: blocks side by side and below each other, other years, more stacks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from assets.readers.result import Batch, Parsed, Refusal
from assets.readers.route import parse_delivery
from tests.unit.readers_books import PHP_ERROR, Formula, xlsx

MONTHS = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
STACKS = ["stack 45", "stack 8", "stack MM-T1"]
PATH = "ข้อมูลระบายมลสารทางอากาศ(ปล่อง)/มลสาร 2552-2553 FGD.xlsx"
Sheets = dict[str, list[list[Any]]]


def monthly(name: str, years: tuple[int, ...] = (2552, 2553), stacks: list[str] = STACKS) -> list[list[Any]]:
    """ppm beside g/s; g/s is ten times ppm."""
    width = len(stacks)
    rows: list[list[Any]] = [
        [f"ค่าเฉลี่ย ( {name}) , ppm 7%O2", *[None] * (width + 2), f"อัตราการระบาย ({name}) , g/s 7%O2"],
        [],
    ]
    rows.append(["Year", "Month", *stacks, None, "Year", "Month", *stacks])
    for year in years:
        for m, month in enumerate(MONTHS):
            first = year if m == 0 else None
            ppm = [m + s + 1 for s in range(width)]
            rows.append([first, month, *ppm, None, first, month, *(10 * x for x in ppm)])
    return rows


def annual(years: tuple[int, ...] = (2552, 2553)) -> list[list[Any]]:
    """mg/m3, and g/s below."""
    rows: list[list[Any]] = []
    for unit in ("mg/m3", "g/s"):
        rows += [[f"ฝุ่นละอองรวม (TSP) , {unit} 7%O2"], [], ["Year", *STACKS], *([y, 1.5, 2.5, 3.5] for y in years), []]
    return rows


def flow(years: tuple[int, ...] = (2552, 2553)) -> list[list[Any]]:
    rows: list[list[Any]] = [["อัตราการระบาย (Flow Rate) , Nm3/h"], ["ปี", "stack 45", "stack 8", "stack 14"]]
    return [*rows, *([year, 1390698.747436786, 1000000, None] for year in years)]


def sheets() -> Sheets:
    return {"SO2": monthly("SO2"), "NOx": monthly("NOx"), "TSP": annual(), "Flow rate": flow()}


def parse(book: Sheets, path: str = PATH) -> Parsed:
    return parse_delivery("egat", xlsx(*book.items()), path)


def emission(book: Sheets, path: str = PATH) -> Batch:
    return next(batch for batch in parse(book, path).batches if batch.entity == "emission")


def rules(batch: Batch) -> list[tuple[str, str | None, str | None, int]]:
    return [(f.rule, f.sheet, f.cell, f.n) for f in batch.findings]


def refused(book: Sheets) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(book)
    assert caught.value.source_id == "egat_stack"
    return caught.value


def test_a_whole_workbook_gives_emissions_and_flow() -> None:
    parsed = parse(sheets())
    assert parsed.source_id == "egat_stack"
    first, second = parsed.batches
    assert (first.entity, first.layout, first.series) == ("emission", "monthly", "all/SO2+NOX+TSP")
    assert (second.entity, second.layout, second.series) == ("flow", "annual", "all/FLOW")
    assert (first.period_start, first.period_end) == (date(2009, 1, 1), date(2010, 12, 31))
    counts = dict(first.rows["quantity"].value_counts().iter_rows())
    assert counts == {"SO2": 72, "SO2_RATE": 72, "NOX": 72, "NOX_RATE": 72, "TSP": 6, "TSP_RATE": 6}
    assert second.rows.height == 6 and first.findings == second.findings == ()
    units = dict(pl.concat([first.rows, second.rows]).select("quantity", "raw_unit").unique().iter_rows())
    assert units == {
        "SO2": "[ppm]",
        "NOX": "[ppm]",
        "TSP": "mg/m3",
        "FLOW": "m3/h",
        **dict.fromkeys(("SO2_RATE", "NOX_RATE", "TSP_RATE"), "g/s"),
    }


def test_months_are_local_months_and_the_year_is_filled_down() -> None:
    rows = emission(sheets()).rows.filter((pl.col("sheet") == "SO2") & (pl.col("cell") == "D17"))
    row = rows.row(0, named=True)  # February 2553, stack 8
    assert (row["station_key"], row["station_name"], row["value"]) == ("STACK-8", "stack 8", 3.0)
    assert row["interval_start_at"] == datetime(2010, 1, 31, 17, tzinfo=UTC)
    assert row["interval_end_at"] == datetime(2010, 2, 28, 17, tzinfo=UTC) and row["averaging_period"] == "P1M"


def test_numbers_keep_every_digit_and_years_are_years() -> None:
    rows = next(b for b in parse(sheets()).batches if b.entity == "flow").rows
    row = rows.row(by_predicate=pl.col("cell") == "B4", named=True)
    assert row["raw_value"] == repr(row["value"]) and abs(row["value"] - 1390698.747436786) < 1e-9
    assert row["interval_start_at"] == datetime(2009, 12, 31, 17, tzinfo=UTC) and row["averaging_period"] == "P1Y"


def test_a_renamed_column_is_a_label_and_no_value() -> None:
    book = sheets()
    book["SO2"][20][4] = "MM-RP1"
    one = emission(book)
    assert ("label_in_data", "SO2", "E21", 1) in rules(one)
    assert [(d.rule, d.n) for d in one.drops] == [("label_in_data", 1)]
    assert one.rows_in == 300 and "MM-RP1" not in one.rows["raw_value"]


def test_errors_are_flagged_and_spaces_are_blank() -> None:
    book = sheets()
    book["SO2"][4][2], book["SO2"][5][2], book["SO2"][6][2] = " ", "#VALUE!", Formula("=1/0", "#DIV/0!")
    rows = emission(book).rows.filter(pl.col("sheet") == "SO2")
    got = {r["cell"]: (r["raw_value"], r["value"], r["flag"]) for r in rows.iter_rows(named=True)}
    assert (
        got["C5"] == (" ", None, None) and got["C6"] == ("#VALUE!", None, "#") and got["C7"] == ("#DIV/0!", None, "#")
    )


def test_a_rate_of_zero_beside_a_blank_concentration_is_no_measurement() -> None:
    book = sheets()
    book["NOx"][5][3], book["NOx"][5][9] = None, 0
    book["NOx"][6][3], book["NOx"][6][9] = 0, 0
    one = emission(book)
    assert rules(one) == [("placeholder_zero", "NOx", "J6", 1)]
    rows = one.rows.filter((pl.col("sheet") == "NOx") & pl.col("cell").is_in(["J6", "J7"]))
    assert rows.select("raw_value", "value", "flag", "is_valid").rows() == [
        ("0", None, "~", False),
        ("0", 0.0, None, True),
    ]


def test_other_years_more_stacks_and_moved_blocks_are_read() -> None:
    table = monthly("SO2", (2565,), ["stack 8", "stack 15"])
    book = {"SO2": [[], [], *([None, None, *row] for row in table)]}
    one = emission(book, "ปล่อง/x.xlsx")
    assert one.rows["station_key"].unique().sort().to_list() == ["STACK-15", "STACK-8"]
    assert one.period_start == date(2022, 1, 1) and one.rows.height == 48
    assert {rule for rule, *_ in rules(one)} == {"station_unknown", "missing_table"}
    assert one.rows["cell"][0] == "F6"


def test_missing_sheets_are_told() -> None:
    book = sheets()
    del book["NOx"], book["Flow rate"]
    (one,) = parse(book).batches
    assert one.series == "all/SO2+TSP"
    (finding,) = [f for f in one.findings if f.rule == "missing_table"]
    assert "NOX, NOX_RATE, FLOW" in finding.reason_en


def test_only_annual_tables_make_an_annual_batch() -> None:
    (one,) = parse({"TSP": annual()}).batches
    assert (one.entity, one.layout, one.series) == ("emission", "annual", "all/TSP")


def test_months_missing_or_twice_are_told() -> None:
    book = sheets()
    del book["SO2"][8]
    assert ("missing_periods", "SO2", None, 1) in rules(emission(book))
    book = sheets()
    book["SO2"][15][0] = book["SO2"][15][6] = None  # the second year's number is lost
    one = emission(book)
    assert [n for rule, _, _, n in rules(one) if rule == "period_twice"] == [12, 12]


def test_a_garbled_year_makes_its_months_unreadable() -> None:
    book = sheets()
    book["SO2"][15][0] = "25S3"
    refusal = refused(book)
    assert refusal.rule == "unreadable_dates" and refusal.cell == "A16"


def test_one_unreadable_month_is_counted_not_lost() -> None:
    book = sheets()
    book["SO2"][7][1] = "??"
    one = emission(book)
    assert [(d.rule, d.n) for d in one.drops] == [("unreadable_date", 3)] and one.rows_in == 300


def test_totals_and_remarks_are_no_months() -> None:
    book = sheets()
    book["SO2"].insert(15, [None, "เฉลี่ย", 6, 7, 8])
    book["SO2"].append(["หมายเหตุ: ข้อมูลจาก CEMS"])
    one = emission(book)
    assert one.rows.height == 300 and one.drops == () and one.findings == ()


def test_a_block_that_does_not_say_what_it_holds_is_refused() -> None:
    book: Sheets = {"Sheet1": [["something"], ["Year", "stack 8"], [2552, 1]]}
    assert refused(book).rule == "block_not_named"


def test_an_unknown_stack_name_is_refused_with_its_cell() -> None:
    book: Sheets = {"SO2": monthly("SO2", stacks=["stack 8", "stack Alpha"])}
    assert (refused(book).rule, refused(book).cell) == ("station_unknown", "D3")


def test_a_copied_sheet_is_counted_once() -> None:
    book = sheets()
    book["SO2 (2)"] = book["SO2"]
    one = emission(book)
    assert one.rows.height == 300 and one.rows_in == 444 and any(rule == "duplicate_table" for rule, *_ in rules(one))


def test_sheets_that_are_no_tables_are_told() -> None:
    book = sheets()
    book["notes"] = [["made by somebody"]]
    book["SYNTHETIC"] = [["SYNTHETIC DATA ข้อมูลสังเคราะห์"]]
    assert [f.sheet for f in emission(book).findings if f.rule == "sheet_not_understood"] == ["notes"]


def test_formulas_without_a_value_are_told() -> None:
    book = sheets()
    book["SO2"][4][8] = Formula("=C5*10", None)
    assert ("formula_without_value", "SO2", "I5", 1) in rules(emission(book))


def test_years_in_the_path_are_compared() -> None:
    one = emission(sheets(), "ปล่อง/มลสาร 2552-2562.xlsx")
    assert [rule for rule, *_ in rules(one)] == ["path_disagrees"]


def test_an_error_instead_of_the_workbook_is_refused() -> None:
    assert refused({"x": [[PHP_ERROR]]}).rule == "php_error"
