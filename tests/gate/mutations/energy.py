"""G1: records of generation, fuel, renewable plants and the country's load."""

from __future__ import annotations

import polars as pl

from .edits import all_of, line, line_twice, put, removed, without_line
from .mutation import Rows, harmless, rows


def _without_sign(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("energy_kwh").abs())


def _backwards(frame: pl.DataFrame) -> pl.DataFrame:
    end, start = pl.col("interval_end_at"), pl.col("interval_start_at")
    return frame.with_columns(
        interval_end_at=pl.when(pl.col("cell") == "5").then(start - pl.duration(hours=1)).otherwise(end)
    )


# The second unit's first hour stands in line 27: 24 hours of one unit below a title and a header.
KINDS = (
    # ── generation by the hour ──
    rows("net above gross", "units", "net_le_gross", "critical", line(5, GROSS_MW="215.05", AUX_MW="0"), ("5",)),
    rows(
        "gross and net exchanged",
        "units",
        "net_le_gross",
        "critical",
        line(5, GROSS_MW="215.15", NET_MW="235.14"),
        ("5",),
        also={"units_add_up": 7, "net_is_gross_less_auxiliary": 1},
    ),
    rows(
        "kilowatts in the place of megawatts",
        "units",
        "gross_within_capacity",
        "critical",
        line(5, GROSS_MW="235140"),
        ("5",),
        also={"hard_range": 1, "net_is_gross_less_auxiliary": 1},
    ),
    rows(
        "a unit above its plate",
        "units",
        "gross_within_capacity",
        "critical",
        line(5, GROSS_MW="320", AUX_MW="104.85"),
        ("5",),
    ),
    rows(
        "a unit that was closed in 2019 generates",
        "units",
        "zero_after_retirement",
        "critical",
        line(5, UNIT="MM-T4"),
        ("5",),
        also={"gross_within_capacity": 1, "hours_complete": 24},
    ),
    rows(
        "units that do not make the plant",
        "units",
        "units_add_up",
        "critical",
        line(5, GROSS_MW="255.14", NET_MW="235.15"),
        ("5", "29", "53", "77", "101"),
        n=7,
    ),
    rows(
        "auxiliary power that does not fit",
        "units",
        "net_is_gross_less_auxiliary",
        "minor",
        line(5, AUX_MW="39.99"),
        ("5",),
    ),
    rows("in service without power", "units", "status_fits_power", "minor", line(5, STATUS="RESERVE"), ("5",)),
    rows(
        "an hour of a unit left out",
        "units",
        "units_add_up",
        "critical",
        without_line(5),
        ("28", "52", "76", "100", "124"),
        n=6,
        also={"hours_complete": 23},
    ),
    rows(
        "an hour of all units left out",
        "units",
        "hours_complete",
        "minor",
        all_of(*(without_line(5 + 24 * unit - unit) for unit in range(7))),
        ("3", "4", "5", "6", "7"),
        n=161,
    ),
    rows("a status that nobody knows", "units", "code_known", "major", line(5, STATUS="SLEEPING"), ("5",)),
    rows("words where a number belongs", "units", "readable", "major", line(5, AUX_MW="n/a?"), ("5",)),
    rows(
        "the 31st of February",
        "units",
        "readable",
        "major",
        line(5, DATE="2026-02-31"),
        ("5",),
        also={"units_add_up": 6, "hours_complete": 23},
    ),
    rows(
        "a record without its unit",
        "units",
        "key_present",
        "critical",
        line(5, UNIT=""),
        ("5",),
        also={"hours_complete": 24},
    ),
    rows(
        "the same hour twice with different content",
        "units",
        "unique_key",
        "major",
        all_of(line_twice(5), line(6, STATUS="RESERVE")),
        ("5", "6"),
        also={"units_add_up": 8, "status_fits_power": 1},
    ),
    rows(
        "the year in B.E. where C.E. was agreed",
        "units",
        "in_future",
        "major",
        line(5, DATE="2569-03-19"),
        ("5",),
        also={"units_add_up": 6, "hours_complete": 24},
    ),
    rows(
        "a day before the feed began",
        "units",
        "before_window",
        "major",
        line(5, DATE="1999-03-19"),
        ("5",),
        also={"units_add_up": 6, "hours_complete": 24},
    ),
    rows("a record that ends before it begins", "units", "interval_runs_forward", "major", Rows(_backwards), ("5",)),
    rows(
        "power that no unit has",
        "units",
        "hard_range",
        "major",
        line(5, AUX_MW="-900"),
        ("5",),
        also={"net_is_gross_less_auxiliary": 1},
    ),
    rows(
        "an engineer's e-mail in a cell",
        "units",
        "no_personal_data",
        "critical",
        line(5, UNIT="someone@example.org"),
        ("5",),
        also={"code_known": 1, "hours_complete": 24},
    ),
    # ── fuel ──
    rows(
        "kilotonnes in the place of tonnes", "lignite", "fuel_per_energy", "major", line(5, LIGNITE_T="5.7087"), ("5",)
    ),
    rows(
        "a calorific value of black coal",
        "lignite",
        "calorific_value",
        "major",
        line(5, NCV_MJ_KG="20"),
        ("5",),
        also={"soft_range": 1},
    ),
    rows("a calorific value that is unusual", "lignite", "soft_range", "minor", line(5, NCV_MJ_KG="7.5"), ("5",)),
    # ── renewable plants ──
    rows(
        "a solar plant that takes energy",
        "renewable",
        "only_batteries_take_energy",
        "major",
        line(14, ENERGY_KWH="-20"),
        ("14",),
    ),
    rows("solar power at midnight", "renewable", "sun_for_solar_power", "minor", line(3, ENERGY_KWH="900"), ("3",)),
    rows("no power under a high sun", "renewable", "power_for_sun", "minor", line(13, ENERGY_KWH="0"), ("13",)),
    rows(
        "an hour of a plant left out",
        "renewable",
        "hours_of_a_day",
        "minor",
        without_line(5),
        ("2", "3", "4", "5", "6"),
        n=23,
    ),
    rows("a technology that nobody knows", "renewable", "code_known", "major", line(14, TECHNOLOGY="TIDAL"), ("14",)),
    rows(
        "a battery whose sign was lost",
        "renewable week",
        "battery_gives_no_more_than_it_took",
        "minor",
        Rows(_without_sign),
        ("74", "75", "76", "77", "78"),
        n=192,
    ),
    # ── the country's load ──
    rows(
        "a load that jumps by 4,000 MW in a minute",
        "demand",
        "minute_step",
        "minor",
        put("list", 700, 1, value=27000.0),
        ("700", "701"),
    ),
    rows(
        "minutes left out",
        "demand",
        "minutes_complete",
        "minor",
        all_of(*(removed("list", 300) for _ in range(100))),
        ("0",),
    ),
    rows(
        "a load that no grid has",
        "demand",
        "hard_range",
        "major",
        put("list", 700, 1, value=99999.0),
        ("700",),
        also={"minute_step": 2, "soft_range": 1},
    ),
    # ── what only looks like a fault ──
    harmless("the same hour twice, word for word: it is taken once", "units", line_twice(5)),
    harmless("a unit that takes power from the grid while it starts", "units", line(5, GROSS_MW="235.14")),
)
