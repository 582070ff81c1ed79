"""Daily means straight from the workbooks, without a line of the pipeline's code: what gold is held against.

Read with calamine, judged with Polars. What it knows of the files is what any reader of them sees: 24 hour columns after the
date, letters beside or instead of numbers, a footer below the last date; 18 of 24 hours make a day.
"""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

# What no instrument reads (domain.md 7.2): held back by the gate, so no part of a mean.
POSSIBLE = {"PM10": (0, 1500), "TSP": (0, 2000), "SO2": (0, 5000), "NO2": (0, 1000)}
SCHEMA = {"station_key": pl.Utf8, "quantity": pl.Utf8, "observed_date": pl.Date, "hour": pl.Int64, "value": pl.Float64}


def egat_days(folder: Path) -> pl.DataFrame:
    """station_key, quantity, observed_date, n_valid, mean_value of every day of every hourly workbook of air quality."""
    hours = pl.concat([_egat_hours(file) for file in sorted(folder.rglob("*.xlsx"))])
    return _days(hours)


def _egat_hours(file: Path) -> pl.DataFrame:
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    title = re.match(r"(SO2|NO2|PM10|TSP) Station no\.(\d+)", str(rows[0][0]))
    if title is None:  # a notice, an error page, or a sheet of daily samples
        return pl.DataFrame(schema=SCHEMA)
    quantity, station = title[1], f"EGAT-{int(title[2]):02d}"
    first = next(number for number, row in enumerate(rows) if isinstance(row[0], date))
    days = itertools.takewhile(lambda row: isinstance(row[0], date), rows[first:])  # a cell of the footer is a date too
    found = [(station, quantity, row[0], hour, _number(row[hour], quantity)) for row in days for hour in range(1, 25)]
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def pcd_days(file: Path) -> pl.DataFrame:
    """The same for a PCD workbook of one station (`yymmdd`, `hmm` to 2400): PM10 in µg/m³, gases in the unit delivered."""
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    names = [str(name).strip() for name in rows[0]]
    found = []
    for row in rows[2:]:
        day = f"{int(row[0]):06d}"
        observed = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
        for quantity in ("PM10", "SO2", "NO2", "O3", "CO"):
            value = row[names.index(quantity)]
            # The export stores some tenths as 0.0999999: the instrument gives no more than three places.
            number = round(float(value), 3) if isinstance(value, int | float) else None
            found.append(("37t", quantity, observed, int(row[1]) // 100, number))
    return _days(pl.DataFrame(found, schema=SCHEMA, orient="row"))


def _days(hours: pl.DataFrame) -> pl.DataFrame:
    return (
        hours.group_by("station_key", "quantity", "observed_date")
        .agg(pl.col("value").count().alias("n_valid"), pl.col("value").mean().alias("mean_value"))
        .sort("station_key", "quantity", "observed_date")
    )


def _number(cell: object, quantity: str) -> float | None:
    if isinstance(cell, date | timedelta | str) or not isinstance(cell, int | float):
        return None
    low, high = POSSIBLE[quantity]
    return float(cell) if low <= cell <= high else None
