"""What an hourly workbook says about itself checks the parse: footer, daily MAX, formulas, errors of the export."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from tests.unit.readers_books import (
    NEW_YEAR,
    PHP_ERROR,
    Formula,
    at,
    batch,
    days,
    found,
    hourly,
    thai,
)


def test_footer_counts_that_differ_are_findings() -> None:
    hours = [["F"] * 3 + [1] * 21, ["D"] * 24]
    assert found(batch(hourly(days(NEW_YEAR, 2), hours))) == {}
    one = batch(hourly(days(NEW_YEAR, 2), hours, footer={"F": 5, "A": 1}))
    assert [(f.rule, f.cell, f.n) for f in one.findings if f.rule == "footer_count"] == [
        ("footer_count", "C5", 2),
        ("footer_count", "E5", 1),
    ]


def test_glued_letters_may_or_may_not_be_in_the_footers_count() -> None:
    hours = [["F", "000F", "12.5F", *[1] * 21]]
    assert found(batch(hourly(days(NEW_YEAR, 1), hours, footer={"F": 1}))) == {}
    assert found(batch(hourly(days(NEW_YEAR, 1), hours, footer={"F": 3}))) == {}
    assert "footer_count" in found(batch(hourly(days(NEW_YEAR, 1), hours, footer={"F": 2})))


def test_footer_statistics_check_the_parse() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    rows[-1][2], rows[-1][4] = 77.0, 40
    one = batch(rows)
    assert found(one) == {"footer_max": ("C9", 1), "footer_hours": ("E9", 8)}
    rows[-1][2] = 0  # a maximum of 0 means that it was not calculated
    assert set(found(batch(rows))) == {"footer_hours"}


def test_counts_in_one_text_are_read_too() -> None:
    rows = hourly(days(NEW_YEAR, 2), footer=None)
    rows.append(["Station Down (D)=83 ,Fail (F)=0 ,Audit (A)=0 ,Calibrate (C)=35"])
    one = batch(rows)
    assert one.rows.height == 48
    assert [(f.cell, f.n) for f in one.findings if f.rule == "footer_count"] == [("A5", 83), ("A5", 35)]


def test_the_footers_period_and_unit_are_compared() -> None:
    rows = hourly(days(NEW_YEAR, 31), title="WS Station No.9 Ban Soppad")
    rows[-2][1:4] = ["(Degree.)"] * 3
    rows[-1][0] = "2009/01 - 2009/12"
    one = batch(rows, "2009/WS/Bansoppad.xlsx")
    assert found(one) == {"unit_label": ("C37", 1), "footer_period": ("A38", 1)}
    assert one.rows["raw_unit"][0] == "m/s"


def test_another_unit_that_can_be_is_taken_and_told() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    rows[-2][1:4] = ["(ppb)"] * 3
    one = batch(rows)
    assert one.rows["raw_unit"][0] == "[ppb]" and "unit_label" in found(one)


def test_a_table_without_a_footer_was_probably_cut() -> None:
    assert found(batch(hourly(days(NEW_YEAR, 2), footer=None))) == {"no_footer": (None, 1)}
    cut = [[1] * 24, [1] * 9 + [None] * 15]
    assert found(batch(hourly(days(NEW_YEAR, 2), cut, footer=None)))["last_row_cut"] == ("K4", 15)


def test_the_daily_max_column_is_compared_with_the_day() -> None:
    one = batch(hourly(days(NEW_YEAR, 4), maxima=[0.24, 1.56, 2.24, 9.0]))
    assert found(one) == {"daily_max": ("AA4", 2)}
    (finding,) = [f for f in one.findings if f.rule == "daily_max"]
    assert "2009-01-02: MAX 1.56, highest 1.24" in finding.reason_en


def test_zeros_that_the_export_did_not_summarise_never_become_data() -> None:
    hours = [[0, 0, 0, *[None] * 21] for _ in range(5)]
    one = batch(hourly(days(NEW_YEAR, 5), hours, maxima=[None] * 5))
    assert found(one)["day_without_summary"] == ("AA3", 5)
    assert one.rows["value"].null_count() == one.rows.height and not one.rows["is_valid"].any()
    assert one.rows.filter(pl.col("flag") == "~")["raw_value"].to_list() == ["0"] * 15
    assert not one.is_blank


def test_a_full_day_of_zeros_without_a_summary_is_told_and_stays_data() -> None:
    """SO2 is 0 in most hours: only zeros beside blank hours are placeholders."""
    one = batch(hourly(days(NEW_YEAR, 2), [[0] * 24, [0] * 24], maxima=[0, None]))
    assert found(one) == {"day_without_summary": ("AA4", 1)} and one.rows["is_valid"].all()


def test_numbers_without_a_summary_are_told_but_kept() -> None:
    one = batch(hourly(days(NEW_YEAR, 3), maxima=[0.24, None, 2.24]))
    assert found(one) == {"day_without_summary": ("AA4", 1)}
    assert one.rows["is_valid"].all()


def test_summaries_that_were_never_calculated_prove_nothing() -> None:
    rows = hourly(days(NEW_YEAR, 2), [[0] * 24, [0] * 24])
    rows[2][26] = Formula("=MAX(B3:Y3)", None)
    rows[3][26] = Formula("=MAX(B4:Y4)", None)
    one = batch(rows)
    assert one.rows["is_valid"].all() and found(one) == {}


def test_formula_cells_count_with_their_cached_value_and_are_told_without() -> None:
    hours: list[list[Any]] = [[1] * 24 for _ in range(3)]
    hours[0][0], hours[1][2], hours[2][3] = Formula("=1+1", 2), Formula("=1+2", None), Formula("=1+3", None)
    one = batch(hourly(days(NEW_YEAR, 3), hours, maxima=[2, 1, 1], footer=None))
    assert at(one, "B3")["value"] == 2.0 and at(one, "D4")["raw_value"] is None
    assert found(one)["formula_without_value"] == ("D4", 2)


def test_error_cells_are_flagged_with_their_text() -> None:
    hours: list[list[Any]] = [[1] * 24]
    hours[0][5] = Formula("=1/0", "#DIV/0!")
    row = at(batch(hourly(days(NEW_YEAR, 1), hours, maxima=[1], footer=None)), "G3")
    assert (row["raw_value"], row["value"], row["flag"]) == ("#DIV/0!", None, "#")


def test_a_php_error_above_a_good_table_is_a_finding() -> None:
    rows = hourly(days(NEW_YEAR, 2))
    one = batch([rows[0], [PHP_ERROR], *rows[1:]])
    assert found(one) == {"php_error_row": ("A2", 1)} and one.rows.height == 48
    assert found(batch([[PHP_ERROR], *rows])) == {"php_error_row": ("A1", 1)}


def test_a_blank_grid_is_a_blank_batch() -> None:
    one = batch(hourly([thai(day) for day in days(NEW_YEAR, 3)], [[None] * 24] * 3, footer={}))
    assert one.is_blank and one.rows.height == 72 and one.rows["raw_value"].null_count() == 72


def test_days_below_a_footer_are_read_and_told() -> None:
    rows = [*hourly(days(NEW_YEAR, 3)), *hourly(days(date(2009, 1, 4), 2), title=None, footer=None)[1:]]
    one = batch(rows)
    assert one.rows.height == 120 and found(one)["rows_below_footer"] == ("A11", 2)
