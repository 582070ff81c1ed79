"""G1: measured values of stations and stacks. What a cell can hold wrongly, and what neighbouring hours betray."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from simulator.egat import Traps

from .edits import cell, cells, hour_cell, hours, put, trapped
from .mutation import Edit, Rows, harmless, rows

START = date(2019, 1, 1)
CITIZEN = "1101700230708"
"""Thirteen digits of which the last is the check digit of the others; nobody's."""


def dated(*days: tuple[int, date]) -> Edit:
    """An hourly workbook with other dates before some of its days."""
    return trapped(traps=Traps(outages=False, odd_dates=days))


def day(number: int) -> tuple[str, ...]:
    """The first five cells of a day."""
    return tuple(hour_cell(number, hour) for hour in range(1, 6))


def row(number: int, **columns: object) -> Rows:
    """Other content in one row as it was read."""
    return where(pl.int_range(pl.len()) == number, **columns)


def where(condition: pl.Expr, **columns: object) -> Rows:
    """Other content in some rows as they were read."""
    made = [
        pl.when(condition)
        .then(content if isinstance(content, pl.Expr) else pl.lit(content))
        .otherwise(pl.col(name))
        .alias(name)
        for name, content in columns.items()
    ]
    return Rows(lambda frame: frame.with_columns(made))


def _spike(tall: float, beside: float) -> Edit:
    return hours({(4, 9): beside, (4, 10): tall, (4, 11): beside})


def _six_days_later(number: int) -> tuple[int, date]:
    return number, START + timedelta(days=number + 6)


KINDS = (
    # ── a value by itself ──
    rows("a value below zero", "pm10", "hard_range", "major", hours({(4, 10): -9}), (hour_cell(4, 10),)),
    rows(
        "a value that no air holds",
        "pm10",
        "hard_range",
        "major",
        hours({(4, 10): 9999}),
        (hour_cell(4, 10),),
        also={"spike": 1},
    ),
    rows("humidity of 374 %", "humidity", "hard_range", "major", hours({(7, 3): 374}), (hour_cell(7, 3),)),
    rows("wind of 516 m/s", "wind", "hard_range", "major", hours({(7, 3): 516}), (hour_cell(7, 3),)),
    rows(
        "wind speeds that are directions",
        "wind",
        "hard_range",
        "major",
        hours({(7, h): 90.0 + 10 * h for h in range(1, 6)}),
        tuple(hour_cell(7, h) for h in range(1, 6)),
    ),
    rows("a stack of 2,500 ppm", "stack", "hard_range", "major", cell("E5", 2500.0), ("E5",)),
    rows(
        "a satellite's estimate of 1,200",
        "satellite pm25",
        "hard_range",
        "major",
        put("data", 1, "pm25", value=1200.0),
        ("1",),
    ),
    rows(
        "wind from 482 degrees",
        "weather",
        "hard_range",
        "major",
        put("Stations", "Station", 0, "Observation", "WindDirection", value="482"),
        ("0.Observation.WindDirection",),
    ),
    rows("rain of 7 inches in an hour", "air4thai months", "hard_range", "major", cell("J29", 7.0), ("J29",)),
    rows("a value that is high but possible", "pm10", "soft_range", "minor", _spike(600, 200), (hour_cell(4, 10),)),
    rows("a stack of 400 ppm", "stack", "soft_range", "minor", cell("E5", 400.0), ("E5",)),
    # ── a cell ──
    rows("a letter outside the legend", "pm10", "flag_known", "major", cell(hour_cell(6, 4), "Q"), (hour_cell(6, 4),)),
    rows("a remark in a cell", "pm10", "flag_known", "major", cell(hour_cell(6, 4), "ปิดซ่อม"), (hour_cell(6, 4),)),
    rows("a value beside its own flag", "pm10", "value_matches_flag", "major", row(30, flag="D"), (hour_cell(1, 7),)),
    rows(
        "a blank that is called valid", "pm10", "value_matches_flag", "major", row(30, value=None), (hour_cell(1, 7),)
    ),
    rows(
        "a telephone number in a cell",
        "pm10",
        "no_personal_data",
        "critical",
        cell(hour_cell(6, 4), "โทร 081-234-5678"),
        (hour_cell(6, 4),),
        also={"flag_known": 1},
    ),
    rows(
        "a citizen id in a cell",
        "humidity",
        "no_personal_data",
        "critical",
        cell(hour_cell(6, 4), CITIZEN + " ผู้ตรวจ"),
        (hour_cell(6, 4),),
        also={"flag_known": 1},
        told={"footer_hours"},
    ),
    rows(
        "a row without its station",
        "pm10",
        "key_present",
        "critical",
        row(30, station_key=None),
        (hour_cell(1, 7),),
        also={"hours_complete": 2},
    ),
    # ── units and averages ──
    rows(
        "a unit that this quantity does not come in",
        "pm10",
        "unit_accepted",
        "critical",
        row(30, raw_unit="[ppb]"),
        (hour_cell(1, 7),),
    ),
    rows(
        "a quantity that was not agreed",
        "pm10",
        "unit_accepted",
        "critical",
        row(30, quantity="H2S"),
        (hour_cell(1, 7),),
        also={"hours_complete": 2, "averaging_period_accepted": 1},
    ),
    rows(
        "an average over a time that was not agreed",
        "pm10",
        "averaging_period_accepted",
        "critical",
        row(30, averaging_period="PT3H"),
        (hour_cell(1, 7),),
        also={"interval_matches_period": 1, "hours_complete": 1},
    ),
    rows(
        "an hour that lasts 90 minutes",
        "pm10",
        "interval_matches_period",
        "major",
        row(30, interval_end_at=pl.col("interval_end_at") + pl.duration(minutes=30)),
        (hour_cell(1, 7),),
    ),
    # ── dates ──
    rows(
        "a day of the year 2090",
        "pm10",
        "in_future",
        "major",
        dated((19, date(2090, 1, 20))),
        day(19),
        n=24,
        also={"days_continuous": 1},
        told={"missing_days"},
    ),
    rows(
        "a day of the year 1985",
        "pm10",
        "before_window",
        "major",
        dated((0, date(1985, 1, 1))),
        day(0),
        n=24,
        also={"days_continuous": 1},
        told={"missing_days"},
    ),
    rows(
        "a Buddhist year taken for another: 2752",
        "humidity",
        "in_future",
        "major",
        dated((19, date(2209, 1, 20))),
        day(19),
        n=24,
        also={"days_continuous": 1},
        told={"missing_days", "footer_period"},
    ),
    rows(
        "a day twice",
        "pm10",
        "unique_key",
        "major",
        dated((5, date(2019, 1, 5))),
        day(4),
        n=48,
        also={"hours_complete": 1, "quarantined_share": 1},
        told={"day_twice", "missing_days"},
    ),
    rows(
        "one hour twice",
        "pm10",
        "unique_key",
        "major",
        Rows(lambda frame: frame.vstack(frame[30:31])),
        (hour_cell(1, 7), hour_cell(1, 7)),
        also={"hours_complete": 1},
    ),
    rows(
        "six days missing",
        "pm10",
        "days_continuous",
        "major",
        dated(*map(_six_days_later, range(10, 20))),
        (hour_cell(10, 1),),
        told={"missing_days"},
    ),
    rows(
        "an hour missing",
        "pm10",
        "hours_complete",
        "minor",
        Rows(lambda frame: frame.filter(pl.int_range(pl.len()) != 30)),
        (hour_cell(1, 1),),
    ),
    # ── what neighbours betray ──
    rows("an analyser that jumps once", "pm10", "spike", "minor", _spike(400, 20), (hour_cell(4, 10),)),
    rows(
        "an instrument that is stuck",
        "pm10",
        "flat_line",
        "minor",
        hours({(4, h): 33 for h in range(5, 11)}),
        tuple(hour_cell(4, h) for h in range(5, 10)),
        n=6,
    ),
    rows(
        "an instrument that is stuck over midnight",
        "pm10",
        "flat_line",
        "minor",
        hours({(4, 22): 33, (4, 23): 33, (4, 24): 33, (5, 1): 33, (5, 2): 33, (5, 3): 33}),
        tuple(hour_cell(*at) for at in ((4, 22), (4, 23), (4, 24), (5, 1), (5, 2))),
        n=6,
    ),
    rows(
        "an instrument that was down most of the time",
        "pm10",
        "flagged_share",
        "minor",
        where(pl.int_range(pl.len()) < 250, flag="D", value=None, is_valid=False, raw_value="D"),
        (hour_cell(0, 1),),
        n=1,
    ),
    rows(
        "nitrogen oxides that do not add up",
        "air4thai months",
        "no_no2_nox_agree",
        "major",
        cells({f"G{n}": 60.0 + n for n in range(29, 49)}),
        ("G29", "G30", "G31", "G33", "G34"),
        n=19,
    ),
    # ── too much of it ──
    rows(
        "more impossible values than the contract bears",
        "pm10",
        "hard_range",
        "major",
        hours({(d, h): -9 - h for d in range(3, 8) for h in range(1, 7)}),
        tuple(hour_cell(3, h) for h in range(1, 6)),
        n=30,
        also={"quarantined_share": 1},
    ),
    # ── what only looks like a fault ──
    harmless("days of no sulphur dioxide at all", "so2", hours(lambda table: table.__setitem__(slice(3, 9), 0.0))),
    harmless(
        "humidity that stays near saturation for eleven hours", "humidity", hours({(4, h): 99 for h in range(5, 16)})
    ),
    harmless("a high hour among high hours", "pm10", hours({(4, 9): 180, (4, 10): 320, (4, 11): 170})),
    harmless("a tall hour beside one that was not measured", "pm10", Rows(lambda frame: _tall_beside_blank(frame))),
    harmless("one hour of nitrogen oxides that do not add up", "air4thai months", cell("G29", 90.0)),
    harmless("five equal hours", "pm10", hours({(4, h): 33 for h in range(5, 10)} | {(4, 4): 30, (4, 10): 40})),
    harmless("an hour that was flagged by the partner", "pm10", cell(hour_cell(6, 4), "D"), told={"footer_count"}),
    harmless(
        "three days without a row",
        "pm10",
        dated(*((n, START + timedelta(days=n + 3)) for n in range(10, 20))),
        told={"missing_days"},
    ),
    harmless("an empty cell", "pm10", row(30, value=None, is_valid=False, raw_value=None)),
)


def _tall_beside_blank(frame: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(pl.len())
    return frame.with_columns(
        value=pl.when(number == 31).then(420.0).when(number == 30).then(None).otherwise("value"),
        is_valid=pl.when(number == 30).then(False).otherwise("is_valid"),
        raw_value=pl.when(number == 30).then(None).otherwise("raw_value"),
    )
