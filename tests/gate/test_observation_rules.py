"""Every G1 rule lets clean rows pass and catches its own fault, in exactly the rows that have it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from expectations.gate import gate_batches
from expectations.observation_rules import standard_observation_rules
from expectations.quantities import load_quantities
from expectations.rules import GateVerdict, Rule, RuleError
from tests.gate.frames import RECEIVED, blank, connection, hours, midnight, put

FLAGS = ("D", "F", "A", "C", "B", "P", "O", "u", "-", ".", "+")
AMBIENT = ("SO2", "NO2", "PM10", "TSP", "RH", "TEMP", "RAIN", "WS", "BP")


def rules(window_start: date = date(2000, 1, 1), **options: object) -> tuple[Rule, ...]:
    registry = load_quantities()
    return standard_observation_rules([registry[key] for key in AMBIENT], window_start, FLAGS, **options)  # type: ignore[arg-type]


def judge(frame: pl.DataFrame, checked: tuple[Rule, ...] | None = None, max_share: float = 1.0) -> GateVerdict:
    batches = frame["batch_id"].unique().sort().to_list()
    return gate_batches(connection(frame), "staged", checked or rules(), batches, max_share, "raw_value is not null")


def failed(verdict: GateVerdict, batch_id: str = "b1") -> dict[str, int]:
    """What failed in a batch: rule id to number of failing rows."""
    return {r.rule.id: r.failed for r in verdict.results if r.batch_id == batch_id and r.failed}


def held(verdict: GateVerdict, rule: str) -> list[int]:
    return verdict.quarantined.filter(pl.col("rule") == rule)["row_id"].to_list()


def test_clean_rows_pass_every_rule_and_every_pass_is_reported() -> None:
    frame = pl.concat([hours(), put(hours(batch_id="b2", quantity="SO2"), [4, 5], flag="D")])
    verdict = judge(frame)
    assert failed(verdict) == {} and failed(verdict, "b2") == {}
    assert verdict.quarantined.is_empty() and verdict.refused == {}
    assert {(r.batch_id, r.rule.id) for r in verdict.results} == {
        (batch, rule) for batch in ("b1", "b2") for rule in (*(r.id for r in rules()), "quarantined_share")
    }
    evaluated = {r.rule.id: r.evaluated for r in verdict.results if r.batch_id == "b2"}
    assert evaluated["unique_key"] == 48
    assert evaluated["hard_range"] == 46  # flagged rows have no value to judge
    assert evaluated["flag_known"] == 2
    assert evaluated["hours_complete"] == 2
    assert evaluated["spike"] == 0  # no PM10 in this batch


@pytest.mark.parametrize(
    "column", ["station_key", "quantity", "averaging_period", "interval_start_at", "interval_end_at"]
)
def test_a_row_without_its_key_is_quarantined(column: str) -> None:
    verdict = judge(put(hours(), 7, **{column: None}))
    assert held(verdict, "key_present") == [7]
    assert verdict.quarantined.height == 1
    assert verdict.refused == {}


@pytest.mark.parametrize(
    ("column", "content"), [("raw_unit", "[ppm]"), ("raw_unit", None), ("quantity", "SO3"), ("raw_unit", "")]
)
def test_a_unit_or_quantity_that_was_not_agreed_refuses_the_batch(column: str, content: str | None) -> None:
    verdict = judge(pl.concat([put(hours(), [3, 4], **{column: content}), hours(batch_id="b2")]))
    assert failed(verdict)["unit_accepted"] == 2
    assert {batch: rule.id for batch, rule in verdict.refused.items()} == {"b1": "unit_accepted"}


def test_a_contract_narrows_units_and_averaging_periods() -> None:
    narrow = rules(units={"PM10": ("mg/m3",)}, averaging_periods={"PM10": ("P1D",)})
    verdict = judge(hours(), narrow)
    assert failed(verdict)["unit_accepted"] == 48
    assert failed(verdict)["averaging_period_accepted"] == 48
    with pytest.raises(RuleError, match=r"PM10 is not accepted in '\[ppb\]'.*ug/m3"):
        rules(units={"PM10": ("[ppb]",)})


def test_all_rows_of_a_repeated_key_are_quarantined() -> None:
    frame = hours()
    again = frame.filter(pl.col("row_id") == 10).with_columns(pl.lit(48, dtype=pl.Int64).alias("row_id"))
    verdict = judge(pl.concat([frame, again, hours(batch_id="b2")]))
    assert held(verdict, "unique_key") == [10, 48]
    assert failed(verdict)["unique_key"] == 2
    assert "unique_key" not in failed(verdict, "b2")  # the same key in another batch is another delivery's


def test_tower_levels_are_series_of_their_own() -> None:
    low = hours(quantity="WS", unit="m/s", values=[1 + i % 7 / 10 for i in range(48)]).with_columns(level=pl.lit("L"))
    high = low.with_columns(pl.lit("H").alias("level"), pl.col("row_id") + 48)
    assert failed(judge(pl.concat([low, high]))) == {}


@pytest.mark.parametrize(
    "columns",
    [
        {"flag": "D", "value": 12.0},
        {"flag": "D", "is_valid": True},
        {"is_valid": False},
        {"value": None},
        {"is_valid": None},
    ],
)
def test_value_and_flag_that_contradict_each_other_are_quarantined(columns: dict[str, object]) -> None:
    assert held(judge(put(hours(), 5, **columns)), "value_matches_flag") == [5]


def test_a_flag_outside_the_legend_is_quarantined_and_letter_case_counts() -> None:
    frame = put(put(put(hours(), 1, flag="D"), 2, flag="u"), 3, flag="U")
    assert held(judge(put(frame, 4, flag="CAL")), "flag_known") == [3, 4]


@pytest.mark.parametrize(
    ("quantity", "unit", "inside", "outside"),
    [
        ("PM10", "ug/m3", [0.0, 1500.0], [-1.0, 1500.1]),
        ("PM10", "mg/m3", [0.0, 1.5], [1.6]),
        ("SO2", "ug/m3", [0.0, 5000.0], [5001.0]),
        ("SO2", "[ppm]", [0.0, 2000.0], [2001.0]),
        ("TEMP", "Cel", [0.1, 48.0], [0.0, 48.1, -3.0]),
        ("RH", "%", [0.1, 100.0, 103.0], [0.0, 103.1, 374.0]),
        ("BP", "mbar", [900.0, 1030.0], [0.0, 899.9, 1030.1]),
        ("BP", "hPa", [900.0], [62.0]),
        ("WS", "m/s", [0.0, 40.0], [-24.7, 516.0]),
        ("RAIN", "mm", [0.0, 150.0], [345.0]),
        ("PM10", "ug/m3", [1.0], [float("nan"), float("inf"), float("-inf")]),
    ],
)
def test_an_impossible_value_is_quarantined(
    quantity: str, unit: str, inside: list[float], outside: list[float]
) -> None:
    values = [*inside, *outside]
    rows = hours(1, quantity, unit, values=[values[i] if i < len(values) else 0.0 for i in range(24)])
    verdict = judge(blank(rows, list(range(len(values), 24))))
    assert held(verdict, "hard_range") == list(range(len(inside), len(values)))


def test_sums_over_a_day_are_not_judged_by_the_range_of_an_hour() -> None:
    rain = hours(1, "RAIN", "mm", values=[0.0] * 24).head(1)
    daily = put(rain, 0, value=220.0, averaging_period="P1D", interval_end_at=midnight(date(2015, 3, 2)))
    assert failed(judge(daily)) == {}


def test_an_unusual_value_is_flagged_and_stays() -> None:
    verdict = judge(put(put(hours(), 8, value=501.0), 9, value=1501.0))
    assert failed(verdict)["soft_range"] == 1  # the impossible one is not unusual as well
    assert held(verdict, "soft_range") == []
    assert held(verdict, "hard_range") == [9]


def test_rows_without_a_value_are_exempt_from_everything_that_judges_values() -> None:
    frame = blank(put(hours(10), list(range(100, 240)), flag="F"), list(range(100)))
    assert set(failed(judge(frame))) == {"flagged_share"}


@pytest.mark.parametrize(
    ("period", "start", "length", "is_right"),
    [
        ("PT1H", midnight(date(2015, 3, 1)), timedelta(hours=1), True),
        ("PT1H", midnight(date(2015, 3, 1)), timedelta(hours=2), False),
        ("P1D", midnight(date(2015, 3, 1)), timedelta(days=1), True),
        ("P1D", midnight(date(2015, 3, 1)) + timedelta(hours=7), timedelta(days=1), False),
        ("P1D", midnight(date(2015, 3, 1)), timedelta(hours=1), False),
        ("P1M", midnight(date(2016, 2, 1)), timedelta(days=29), True),
        ("P1M", midnight(date(2016, 2, 1)), timedelta(days=28), False),
        ("P1M", midnight(date(2016, 2, 2)), timedelta(days=29), False),
        ("P1Y", midnight(date(2016, 1, 1)), timedelta(days=366), True),
        ("P1Y", midnight(date(2015, 1, 1)), timedelta(days=366), False),
        ("P1W", midnight(date(2015, 3, 1)), timedelta(days=7), False),
    ],
)
def test_an_interval_is_as_long_as_its_averaging_period(
    period: str, start: object, length: timedelta, is_right: bool
) -> None:
    row = put(hours(1).head(1), 0, averaging_period=period, interval_start_at=start, interval_end_at=start + length)  # type: ignore[operator]
    assert held(judge(row), "interval_matches_period") == ([] if is_right else [0])


def test_rows_before_the_window_and_after_receipt_are_quarantined() -> None:
    opening = date(2015, 3, 2)
    verdict = judge(hours(2), rules(window_start=opening))
    assert held(verdict, "before_window") == list(range(24))  # hour 24:00 of 1 March belongs to 1 March
    last = RECEIVED - timedelta(hours=24)
    late = hours(2).with_columns(
        interval_start_at=pl.lit(last) + pl.duration(hours=pl.col("row_id")),
        interval_end_at=pl.lit(last) + pl.duration(hours=pl.col("row_id") + 1),
    )
    assert held(judge(late), "in_future") == list(range(25, 48))  # one hour of slack for clocks that differ


def test_a_day_without_its_24_hours_is_a_warning() -> None:
    verdict = judge(hours(3).filter(~pl.col("row_id").is_in([47])))
    result = next(r for r in verdict.results if r.rule.id == "hours_complete")
    assert (result.failed, result.evaluated) == (1, 3)
    assert result.sample == ({"sheet": "Sheet1", "cell": "B4", "raw_value": "32.0"},)
    assert verdict.quarantined.is_empty()


def test_a_gap_of_more_than_three_days_is_a_warning() -> None:
    frame = hours(9)
    day = pl.col("row_id") // 24
    assert "days_continuous" not in failed(judge(frame.filter(~day.is_in([2, 3, 4]))))
    assert failed(judge(frame.filter(~day.is_in([2, 3, 4, 5]))))["days_continuous"] == 1


@pytest.mark.parametrize("first", range(13, 20))
def test_a_flat_line_of_six_hours_is_flagged_wherever_it_starts(first: int) -> None:
    run = list(range(first, first + 6))
    verdict = judge(put(hours(), run, value=77.0))
    assert failed(verdict) == {"flat_line": 6}
    assert failed(judge(put(hours(), run[:-1], value=77.0))) == {}
    assert failed(judge(put(put(hours(), run, value=77.0), run[3], flag="C"))) == {}  # an hour between breaks the run


def test_long_flat_lines_are_flagged_whole_and_never_across_series_or_batches() -> None:
    assert failed(judge(put(hours(), list(range(5, 31)), value=77.0))) == {"flat_line": 26}
    three = [
        put(hours(1, batch_id=batch, station=station), list(range(21, 24)), value=77.0)
        for batch, station in (("b1", "EGAT-05"), ("b2", "EGAT-05"))
    ]
    later = hours(1, start=date(2015, 3, 2), batch_id="b2")
    after = put(later, [0, 1, 2], value=77.0).with_columns(pl.col("row_id") + 24)
    verdict = judge(pl.concat([*three, after]))
    assert failed(verdict) == {} and failed(verdict, "b2") == {"flat_line": 6}


def test_zeros_are_no_flat_line_and_damp_air_may_stand_for_eleven_hours() -> None:
    for quantity, unit in (("SO2", "ug/m3"), ("RAIN", "mm")):
        assert failed(judge(hours(2, quantity, unit, values=[0.0] * 48))) == {}
    damp = hours(2, "RH", "%", values=[40.0 + i % 13 for i in range(48)])
    assert failed(judge(put(damp, list(range(11)), value=99.0))) == {}
    assert failed(judge(put(damp, list(range(12)), value=99.0))) == {"flat_line": 12}
    assert failed(judge(put(damp, list(range(6)), value=60.0))) == {"flat_line": 6}


def test_a_spike_stands_above_300_and_five_times_both_neighbours() -> None:
    assert failed(judge(put(hours(), 20, value=301.0))) == {"spike": 1}
    assert failed(judge(put(hours(), 20, value=299.0))) == {}
    assert failed(judge(put(put(hours(), 20, value=400.0), 21, value=81.0))) == {}
    assert failed(judge(put(put(hours(), 20, value=400.0), 21, flag="C"))) == {}  # no hour after it to compare with
    assert failed(judge(put(hours(quantity="TSP"), 20, value=400.0))) == {}


def test_mostly_flagged_batches_are_a_warning() -> None:
    half = put(hours(), list(range(24)), flag="D")
    assert failed(judge(half)) == {}
    verdict = judge(put(half, 24, flag="D"))
    assert failed(verdict) == {"flagged_share": 1}
    result = next(r for r in verdict.results if r.rule.id == "flagged_share")
    assert (result.evaluated, result.sample) == (1, ({"sheet": "Sheet1", "cell": "B3", "raw_value": "D"},))
    assert failed(judge(blank(half, [47]))) == {"flagged_share": 1}  # blanks say nothing, so they do not count


def test_reasons_say_what_to_do_in_both_languages() -> None:
    for rule in rules():
        assert rule.reason_en.endswith(".") and any("\u0e00" <= letter <= "\u0e7f" for letter in rule.reason_th)
        assert len({rule.reason_en, rule.reason_th, rule.id}) == 3
