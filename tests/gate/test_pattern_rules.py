"""Patterns that no range sees: each is found, in exactly the rows that have it, and sound series raise nothing.

One batch a case, all judged in one pass: a batch is judged by itself, so that cases do not meet.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest

from expectations.gate import gate_batches
from expectations.observation_rules import standard_observation_rules
from expectations.pattern_sql import copied_days_sql, level_changes_sql
from expectations.quantities import load_quantities
from expectations.rules import GateVerdict
from expectations.suites import SERIES
from tests.gate.frames import blank, connection, hours, put

UNITS = {
    "PM10": "ug/m3",
    "PM25": "ug/m3",
    "SO2": "ug/m3",
    "NO2": "ug/m3",
    "WS": "m/s",
    "WD": "deg",
    "TEMP": "Cel",
    "RH": "%",
    "BP": "hPa",
    "RAIN": "mm",
    "SW": "W/m2",
}
PATTERNS = {
    "quantities_exchanged",
    "impossible_day",
    "placeholder_zeros",
    "days_copied",
    "unit_slip",
    "level_shift",
    "rain_of_a_day",
}
START = date(2015, 3, 1)
DAYS = 60


def series(batch: str, quantity: str = "PM10", days: int = DAYS, first_row: int = 0) -> pl.DataFrame:
    """A lively series as each quantity goes: dust in whole numbers, wind with decimals, SO2 and rain mostly zero."""
    chance = random.Random(quantity)
    draw = {
        "PM10": lambda h: float(round(40 + 12 * (h % 24 > 17) + chance.gauss(0, 9))),
        "PM25": lambda h: float(round(25 + chance.gauss(0, 5))),
        "NO2": lambda h: float(chance.choice((0, 0, 1, 2, 3))),
        "SO2": lambda h: float(chance.choice((0,) * 40 + (3, 8))),
        "WS": lambda h: round(0.2 + chance.random() * 3, 2),
        "WD": lambda h: float(chance.randrange(361)),
        "TEMP": lambda h: round(22 + 8 * (9 < h % 24 < 18) + chance.random(), 2),
        "RH": lambda h: round(75 - 30 * (9 < h % 24 < 18) + chance.random() * 5, 1),
        "BP": lambda h: float(round(968 + chance.gauss(0, 1.5))),
        "RAIN": lambda h: chance.choice((0.0,) * 30 + (2.5, 12.0)),
        "SW": lambda h: float(round(500 * chance.random())) if 6 <= h % 24 < 18 else 0.0,
    }[quantity]
    frame = hours(days, quantity, UNITS[quantity], batch, START, values=[max(draw(h), 0.0) for h in range(24 * days)])
    return frame.with_columns(pl.col("row_id") + first_row)


def values(frame: pl.DataFrame, change: pl.Expr | pl.Series, from_day: int, to_day: int = 10_000) -> pl.DataFrame:
    """The frame with other values on the days from_day..to_day (0 = the first, the last left out)."""
    here = pl.int_range(pl.len()).is_between(24 * from_day, 24 * to_day - 1)
    return frame.with_columns(pl.when(here).then(change).otherwise(pl.col("value")).alias("value"))


def swapped(batch: str, one: str, other: str) -> pl.DataFrame:
    """Two series of one batch that stand in each other's place on days 10 to 12."""
    first, second = series(batch, one), series(batch, other, first_row=24 * DAYS)
    theirs, ours = second["value"], first["value"]
    return pl.concat([values(first, theirs, 10, 13), values(second, ours, 10, 13)])


def rows_of_days(first: int, last: int, first_row: int = 0) -> set[int]:
    return set(range(first_row + 24 * first, first_row + 24 * last))


OTHER = 24 * DAYS
TWO_LEVELS = pl.concat([series("levels", "WS"), series("levels", "WS", first_row=OTHER)]).with_columns(
    pl.when(pl.col("row_id") < OTHER).then(pl.lit("L")).otherwise(pl.lit("H")).alias("level")
)
CALM = put(series("calm", "WS"), list(range(100, 147)), value=0.0)

# case → its rows, and what is to be found: rule → rows that are quarantined or (for flags) how many are shown
CASES: dict[str, tuple[pl.DataFrame, dict[str, set[int] | int]]] = {
    **{f"sound {quantity}": (series(f"sound {quantity}", quantity), {}) for quantity in UNITS},
    "two tower levels alike": (TWO_LEVELS.with_columns(batch_id=pl.lit("two tower levels alike")), {}),
    "calm for two days less an hour": (CALM.with_columns(batch_id=pl.lit("calm for two days less an hour")), {}),
    "speed and direction": (
        swapped("speed and direction", "WS", "WD"),
        {"quantities_exchanged": rows_of_days(10, 13) | rows_of_days(10, 13, OTHER)},
    ),
    "temperature and humidity": (
        swapped("temperature and humidity", "TEMP", "RH"),
        {"quantities_exchanged": rows_of_days(10, 13) | rows_of_days(10, 13, OTHER)},
    ),
    "speeds alone as directions": (
        values(series("speeds alone as directions", "WD"), series("x", "WS")["value"], 4, 6),
        {"quantities_exchanged": rows_of_days(4, 6)},
    ),
    "directions alone as speeds": (  # what a speed can be is left on such a day; it goes too
        values(series("directions alone as speeds", "WS"), pl.Series([7.0, 200.0, 300.0, 90.0] * 6 * DAYS), 4, 5),
        {
            "hard_range": {24 * 4 + h for h in range(24) if h % 4},
            "impossible_day": {24 * 4 + h for h in range(0, 24, 4)},
        },
    ),
    "a few impossible hours": (
        put(series("a few impossible hours"), [50, 51, 52, 53], value=1600.0),
        {"hard_range": {50, 51, 52, 53}},
    ),
    "zeros between dusty hours": (
        put(series("zeros between dusty hours"), list(range(30, 36)), value=0.0),
        {"placeholder_zeros": set(range(30, 36))},
    ),
    "zeros for five hours": (put(series("zeros for five hours"), list(range(30, 35)), value=0.0), {}),
    "zeros beside blanks for a day": (
        blank(put(series("zeros beside blanks for a day"), list(range(30, 54)), value=0.0), [29, 54]),
        {"placeholder_zeros": set(range(30, 54))},
    ),
    "zeros beside blanks for six hours": (
        blank(put(series("zeros beside blanks for six hours"), list(range(30, 36)), value=0.0), [29]),
        {},
    ),
    "no sun for two days": (
        put(series("no sun for two days", "SW"), list(range(66, 126)), value=0.0),
        {"placeholder_zeros": set(range(66, 126))},
    ),
    "SO2 zero for weeks": (values(series("SO2 zero for weeks", "SO2"), pl.lit(0.0), 5, 40), {}),
    "a month copied": (
        values(series("a month copied"), series("x")["value"].shift(24 * 31), 31, 59),
        {"days_copied": rows_of_days(31, 59)},
    ),
    "sluggish pressure copied": (
        values(series("sluggish pressure copied", "BP"), series("x", "BP")["value"].shift(24 * 20), 20, 40),
        {"days_copied": rows_of_days(20, 40)},
    ),
    "one day alike": (values(series("one day alike"), series("x")["value"].shift(24 * 20), 20, 21), {}),
    "copied but for an hour a day": (
        put(
            values(series("copied but for an hour a day"), series("x")["value"].shift(24 * 20), 20, 23),
            [24 * d + 5 for d in (20, 21, 22)],
            value=77.0,
        ),
        {},
    ),
    "ten times from day 30": (
        values(series("ten times from day 30"), pl.col("value") * 10, 30),
        {"unit_slip": 1},
    ),
    "milligrams for a fortnight": (
        values(series("milligrams for a fortnight"), pl.col("value") / 1000, 30, 44),
        {"unit_slip": 2},  # where it begins and where it ends
    ),
    "a new level": (values(series("a new level"), pl.col("value") * 3, 30), {"level_shift": 1}),
    "six degrees warmer": (values(series("six degrees warmer", "TEMP"), pl.col("value") + 6, 30), {"level_shift": 1}),
    "a slow rise": (
        series("a slow rise").with_columns(pl.col("value") * (1 + pl.int_range(pl.len()) / 400)),
        {},
    ),
    "400 mm in a day": (
        put(series("400 mm in a day", "RAIN"), list(range(48, 56)), value=50.0),
        {"rain_of_a_day": 1},
    ),
}


@pytest.fixture(scope="module")
def verdict() -> GateVerdict:
    frame = pl.concat(
        rows.with_columns(batch_id=pl.lit(name), is_valid=pl.col("value").is_not_null())
        for name, (rows, _) in CASES.items()
    )
    registry = load_quantities()
    rules = standard_observation_rules([registry[key] for key in UNITS], date(2000, 1, 1), ("D",))
    return gate_batches(connection(frame), "staged", rules, list(CASES), 1.0, "true")


@pytest.mark.parametrize("case", CASES)
def test_a_pattern_is_found_in_exactly_its_rows_and_a_sound_series_raises_nothing(
    verdict: GateVerdict, case: str
) -> None:
    expected = CASES[case][1]
    held = verdict.quarantined.filter(pl.col("batch_id") == case)
    found: dict[str, set[int] | int] = {
        rule: set(held.filter(pl.col("rule") == rule)["row_id"]) for rule in held["rule"].unique()
    }
    shown = PATTERNS - {"quantities_exchanged", "impossible_day", "placeholder_zeros", "days_copied"}
    found |= {r.rule.id: r.failed for r in verdict.results if r.batch_id == case and r.failed and r.rule.id in shown}
    assert found == expected


def test_the_first_row_of_a_slip_is_that_of_its_day(verdict: GateVerdict) -> None:
    (slip,) = [r for r in verdict.results if (r.rule.id, r.batch_id) == ("unit_slip", "ten times from day 30")]
    assert [sample["cell"] for sample in slip.sample] == ["B33"]  # day 30 stands in row 33, its first hour in column B


def test_every_pattern_was_looked_for(verdict: GateVerdict) -> None:
    assert {r.rule.id for r in verdict.results} >= PATTERNS
    assert {rule for _, expected in CASES.values() for rule in expected} >= PATTERNS


def test_between_deliveries_only_what_spans_them_is_told() -> None:
    """The same SQL over silver: a copy from another batch counts, one within a batch is G1's."""
    first, second = series("one", days=30), series("two", days=30)
    second = second.with_columns(pl.col("interval_start_at") + timedelta(days=30))
    copied = pl.concat([first, second]).with_columns(source_id=pl.lit("egat_ambient"))
    slipped = copied.with_columns(pl.when(pl.col("batch_id") == "two").then(pl.col("value") * 10).otherwise("value"))
    conn = connection(copied)
    conn.register("slipped", slipped.to_arrow())
    days = copied_days_sql(SERIES, across="earlier_batch <> batch_of_day").replace("{table}", "staged")
    assert len(conn.execute(days).fetchall()) == 30
    within = days.replace("staged", "(select * replace ('one' as batch_id) from staged)")
    assert conn.execute(within).fetchall() == []
    levels = level_changes_sql(SERIES, SERIES, across="first_batch <> last_batch").replace("{table}", "slipped")
    (change,) = conn.execute(levels).pl().iter_rows(named=True)
    assert change["source_id"] == "egat_ambient" and change["is_unit_slip"] and 9 < change["ratio"] < 11
