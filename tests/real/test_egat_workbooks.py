"""The real workbooks: every one ends in exactly one outcome, and their own footers and calendars agree with the parse.

Only counts stand here; the workbooks themselves are no part of the project.
"""

from __future__ import annotations

import calendar
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from assets.readers.result import Batch, NoData, Parsed, Refusal
from assets.readers.route import parse_delivery

Outcome = Parsed | Refusal | NoData


@pytest.fixture(scope="module")
def outcomes(real_egat: Path) -> dict[str, Outcome]:
    """path → what became of it."""

    def outcome(file: Path) -> Outcome:
        try:
            return parse_delivery("egat", file.read_bytes(), file.relative_to(real_egat).as_posix())
        except (Refusal, NoData) as plain:
            return plain

    return {file.relative_to(real_egat).as_posix(): outcome(file) for file in sorted(real_egat.rglob("*.xlsx"))}


@pytest.fixture(scope="module")
def batches(outcomes: dict[str, Outcome]) -> dict[str, tuple[Batch, ...]]:
    return {path: result.batches for path, result in outcomes.items() if isinstance(result, Parsed)}


@pytest.fixture(scope="module")
def hourly(batches: dict[str, tuple[Batch, ...]]) -> dict[str, Batch]:
    return {path: found[0] for path, found in batches.items() if found[0].layout == "hourly_grid"}


def named(outcomes: dict[str, Outcome], kind: type) -> list[str]:
    return [path for path, result in outcomes.items() if isinstance(result, kind)]


def rules(batch: Batch) -> dict[str, int]:
    return dict(Counter(finding.rule for finding in batch.findings))


def one(of: dict[str, Batch], end: str) -> Batch:
    (found,) = (batch for path, batch in of.items() if path.endswith(end))
    return found


def test_every_workbook_ends_in_exactly_one_outcome(outcomes: dict[str, Outcome]) -> None:
    assert len(outcomes) == 51
    assert len(named(outcomes, Parsed)) == 47
    assert [(Path(p).name, o.rule) for p, o in outcomes.items() if isinstance(o, Refusal)] == [
        ("สถานีตรวจอากาศหลัก.xlsx", "php_error")
    ]
    assert sorted(Path(path).name for path in named(outcomes, NoData)) == [
        "Banhuafai.xlsx",
        "Bansopmoe.xlsx",
        "Pratupha.xlsx",
    ]


def test_the_sources_share_the_workbooks(outcomes: dict[str, Outcome]) -> None:
    assert Counter(result.source_id for result in outcomes.values()) == {
        "egat_ambient": 22,
        "egat_weather": 28,
        "egat_stack": 1,
    }


def test_the_refused_export_is_told_apart_from_no_data(outcomes: dict[str, Outcome]) -> None:
    (refusal,) = (result for result in outcomes.values() if isinstance(result, Refusal))
    assert refusal.cell == "A2" and refusal.source_id == "egat_ambient"
    assert all(word in refusal.reason_en for word in ("Main Station", "SO2", "2010-2020"))


def test_hourly_workbooks_hold_24_rows_for_every_day(hourly: dict[str, Batch]) -> None:
    assert len(hourly) == 42
    for path, batch in hourly.items():
        days = (batch.period_end - batch.period_start).days + 1
        missing = sum(f.n for f in batch.findings if f.rule == "missing_days")
        assert batch.rows.height == 24 * (days - missing), path
        assert not batch.drops, path
    assert sum(batch.rows.height for batch in hourly.values()) == 1_153_872


def test_no_hour_of_the_day_is_lost(hourly: dict[str, Batch]) -> None:
    for path, batch in hourly.items():
        local = batch.rows.select(hour=pl.col("interval_end_at").dt.convert_time_zone("Asia/Bangkok").dt.hour())
        counts = local["hour"].value_counts()
        assert counts.height == 24 and counts["count"].n_unique() == 1, path


def test_full_years_have_twelve_months_of_all_their_days(hourly: dict[str, Batch]) -> None:
    for path, batch in hourly.items():
        days = batch.rows.select(
            day=pl.col("interval_start_at").dt.convert_time_zone("Asia/Bangkok").dt.date()
        ).unique()
        months = days.group_by(pl.col("day").dt.year().alias("year"), pl.col("day").dt.month().alias("month")).len()
        short = [(y, m) for y, m, n in months.iter_rows() if n != calendar.monthrange(y, m)[1]]
        assert short == ([(2009, 4)] if path.endswith("Banhanghung.xlsx") and "SO2" in path else []), path
        assert months.group_by("year").len()["len"].to_list().count(12) >= months["year"].n_unique() - 1, path


def test_intervals_are_unique_hours(hourly: dict[str, Batch]) -> None:
    for path, batch in hourly.items():
        assert batch.rows["interval_start_at"].n_unique() == batch.rows.height, path
        assert (batch.rows["interval_end_at"] - batch.rows["interval_start_at"]).n_unique() == 1, path


def test_letters_agree_with_every_footer_or_a_finding_says_so(hourly: dict[str, Batch]) -> None:
    differing = {path: n for path, batch in hourly.items() if (n := rules(batch).get("footer_count"))}
    assert differing == {}
    assert [Path(path).name for path, batch in hourly.items() if "no_footer" in rules(batch)] == [
        "Government center.xlsx"
    ]


def test_valid_hours_agree_with_the_footers_but_for_two(hourly: dict[str, Batch]) -> None:
    differing = {path[-40:]: f.n for path, b in hourly.items() for f in b.findings if f.rule == "footer_hours"}
    assert sorted(differing.values()) == [3, 24]
    assert not any("footer_max" in rules(batch) for batch in hourly.values())


def test_flags_are_those_that_were_counted(hourly: dict[str, Batch]) -> None:
    flags = pl.concat([batch.rows.select("flag") for batch in hourly.values()])["flag"].drop_nulls().value_counts()
    counted = dict(flags.iter_rows())
    assert set(counted) == {"D", "F", "C", "A", "P", "B", "-", "+", ".", "u", "~"}
    assert (counted["~"], counted["+"], counted["."], counted["u"], counted["B"]) == (1095, 1, 1, 1, 4)


def test_a_glued_number_is_never_a_value(hourly: dict[str, Batch]) -> None:
    for path, batch in hourly.items():
        glued = batch.rows.filter(pl.col("raw_value").str.contains(r"^[\d.]+[A-Z.]$"))
        assert glued["value"].null_count() == glued.height and glued["flag"].null_count() == 0, path
    assert rules(one(hourly, "2009/BP/Banhuafai.xlsx")) == {"footer_hours": 1}


def test_values_and_flags_exclude_each_other(batches: dict[str, tuple[Batch, ...]]) -> None:
    rows = pl.concat(
        [b.rows.select("value", "flag", "is_valid", "raw_value") for found in batches.values() for b in found]
    )
    assert rows.filter(pl.col("value").is_not_null() & pl.col("flag").is_not_null()).height == 0
    assert rows.filter(pl.col("is_valid") != pl.col("value").is_not_null()).height == 0
    assert (
        rows.filter(
            pl.col("raw_value").is_null() & (pl.col("value").is_not_null() | pl.col("flag").is_not_null())
        ).height
        == 0
    )


def test_raw_text_and_value_are_the_same_number(batches: dict[str, tuple[Batch, ...]]) -> None:
    for path, found in batches.items():
        for batch in found:
            numbers = batch.rows.filter("is_valid").select(
                "value", raw=pl.col("raw_value").cast(pl.Float64, strict=False)
            )
            assert numbers.filter(pl.col("value") != pl.col("raw")).height == 0, path


def test_placeholder_zeros_are_no_data(hourly: dict[str, Batch]) -> None:
    batch = one(hourly, "DEV/Banhuayking.xlsx")
    assert rules(batch) == {"day_without_summary": 1} and not batch.rows["is_valid"].any()


def test_the_blank_grid_is_blank(hourly: dict[str, Batch]) -> None:
    assert [Path(path).parts[-2:] for path, batch in hourly.items() if batch.is_blank] == [("BP", "Banhanghung.xlsx")]


def test_the_main_stations_levels_are_series_of_their_own(hourly: dict[str, Batch]) -> None:
    series = {batch.series for path, batch in hourly.items() if "Main station W" in path}
    assert series == {"EGAT-05/WS/L", "EGAT-05/WS/H", "EGAT-05/WD/L", "EGAT-05/WD/H"}


def test_the_daily_max_column_finds_the_one_wrong_day(hourly: dict[str, Batch]) -> None:
    found = [(f.cell, f.n, f.reason_en) for batch in hourly.values() for f in batch.findings if f.rule == "daily_max"]
    assert len(found) == 1 and found[0][1] == 1 and "2015-08-18" in found[0][2]


def test_where_path_and_content_disagree_it_is_told(batches: dict[str, tuple[Batch, ...]]) -> None:
    differing = {
        "/".join(Path(path).parts[-2:])
        for path, found in batches.items()
        for b in found
        if "path_disagrees" in rules(b)
    }
    assert differing == {
        "NO2 2009-2019/Government center.xlsx",
        "SO2 2009/Maechang.xlsx",
        "TEMP BP/Bansoppad.xlsx",
        "TEMP BP/Main station.xlsx",
        "TEMP BP/สถานีตรวจอากาศหลัก.xlsx",
        "TSP 2009-2019/Banthasii.xlsx",
    }


def test_the_two_column_samples_take_their_name_from_the_path(batches: dict[str, tuple[Batch, ...]]) -> None:
    (batch,) = batches[next(path for path in batches if path.endswith("TSP 2009-2019/Banthasii.xlsx"))]
    assert (batch.layout, batch.series, batch.rows.height) == ("daily_samples", "EGAT-02/TSP", 492)
    assert batch.rows["from_path"].unique().to_list() == ["station,quantity"]
    assert dict(batch.rows["flag"].drop_nulls().value_counts().iter_rows()) == {"F": 17}


def test_temp_bp_holds_eleven_stations_and_is_cut_in_one_file(batches: dict[str, tuple[Batch, ...]]) -> None:
    found = [found[0] for path, found in batches.items() if "TEMP BP" in path]
    assert [batch.rows["station_key"].n_unique() for batch in found] == [11, 11, 11]
    what = ["station_key", "quantity", "interval_start_at", "raw_value"]
    assert found[0].rows.select(what).equals(found[1].rows.select(what))
    assert [rules(batch).get("last_row_cut") for batch in found] == [None, None, 1]
    assert [batch.rows.height for batch in found] == [8030, 8030, 17_006]


def test_stack_months_and_years_are_complete(batches: dict[str, tuple[Batch, ...]]) -> None:
    (found,) = (found for path, found in batches.items() if "FGD" in path)
    emission, flow = found
    assert (emission.series, flow.series) == ("all/SO2+NOX+TSP", "all/FLOW")
    per_quantity = emission.rows.group_by("quantity").agg(pl.len(), pl.col("interval_start_at").n_unique().alias("n"))
    counts = {quantity: (rows, periods) for quantity, rows, periods in per_quantity.iter_rows()}
    assert {q: n for q, (_, n) in counts.items()} == {
        "SO2": 132, "SO2_RATE": 132, "NOX": 132, "NOX_RATE": 132, "TSP": 11, "TSP_RATE": 11,
    }  # fmt: skip
    assert emission.rows_in == 4 * 9 * 132 + 2 * 9 * 11 and flow.rows.height == 9 * 11
    assert rules(emission) == {"label_in_data": 4, "placeholder_zero": 2} and flow.findings == ()
    assert sum(f.n for f in emission.findings if f.rule == "placeholder_zero") == 38
    assert emission.rows["station_key"].n_unique() == flow.rows["station_key"].n_unique() == 9


def test_wind_speed_carries_a_wrong_unit_label(hourly: dict[str, Batch]) -> None:
    labelled = {batch.series.split("/")[1] for batch in hourly.values() if "unit_label" in rules(batch)}
    assert labelled == {"WS"}
    units = {(batch.rows["quantity"][0], batch.rows["raw_unit"][0]) for batch in hourly.values()}
    assert ("WS", "m/s") in units and ("BP", "mbar") in units and ("SO2", "ug/m3") in units


def test_all_findings_speak_both_languages_and_point_somewhere(batches: dict[str, tuple[Batch, ...]]) -> None:
    for found in batches.values():
        for finding in (finding for batch in found for finding in batch.findings):
            assert finding.reason_en and any("\u0e00" <= letter <= "\u0e7f" for letter in finding.reason_th)
            assert finding.sheet and finding.n >= 1
