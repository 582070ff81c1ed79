"""Ministry of Energy (EPPO): electricity statistics workbooks (.xls). The layout is assumed from reader code of a like table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from simulator.feeds._workbook import as_xls
from simulator.world import BANGKOK, MARK, MARK_TH, World

SOURCE_ID = "moen_electricity"
FOLDER = f"{MARK} {SOURCE_ID}"
NOTE = f"{MARK} · {MARK_TH}"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
YEARS = 3
Row = list[Any]


@dataclass(frozen=True)
class Table:
    """One workbook: `shares` are the categories with their usual share of `level`, in a month of usual demand."""

    code: str
    title: str
    unit: str
    level: float
    shares: dict[str, float]
    has_total: bool = True


TABLES = (
    Table(
        "T05_02_01",
        "Table 5.2-1M: Power Generation Classified by Fuel Type",
        "GWh",
        18_400,
        {
            "HYDRO": 0.035,
            "COAL & LIGNITE": 0.17,
            "OIL": 0.004,
            "NATURAL GAS": 0.56,
            "IMPORTED": 0.13,
            "RENEWABLE": 0.101,
        },
    ),
    Table(
        "T05_03_02",
        "Table 5.3-2M: Electricity Consumption for the Whole Country (Classified by Sector)",
        "GWh",
        16_500,
        {
            "RESIDENTIAL": 0.27,
            "SMALL GENERAL SERVICE": 0.11,
            "BUSINESS": 0.13,
            "INDUSTRIAL": 0.45,
            "GOVERNMENT & NON-PROFIT": 0.01,
            "AGRICULTURE": 0.005,
            "OTHER": 0.025,
        },
    ),
    Table("T05_01_04", "Table 5.1-4M: Peak Electricity Demand", "MW", 33_000, {"EGAT SYSTEM": 1.0}, has_total=False),
)


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for table in TABLES:
        yield f"{FOLDER}/{table.code}.xls", as_xls(grid(world, table), table.code)


history = deliveries  # the workbooks hold three years


def grid(world: World, table: Table) -> list[Row]:
    """Titles, then one block a year (year, MONTH, months, YTD), a blank row, and the growth table that follows."""
    rows: list[Row] = [[table.title], [f"Unit: {table.unit}"], [NOTE]]
    names = list(table.shares)
    header = ["MONTH", *names, *(["TOTAL"] if table.has_total else [])]
    published = world.today.replace(day=1) - timedelta(days=1)  # a month comes out after its end
    for year in range(published.year - YEARS + 1, published.year + 1):
        rows += [[year], header]
        months = [month(world, table, year, m) for m in range(1, 13) if date(year, m, 1) <= published]
        rows += [[label, *values] for label, values in zip(MONTHS, months, strict=False)]
        rows += [[label] for label in MONTHS[len(months) :]]  # months to come stand there, blank
        rows += [["YTD", *_ytd(table, months)]]
    rows += [[], ["GROWTH RATE (%)"], [published.year], header]
    rows += [["JAN", *(round(1.5 + 0.3 * n, 1) for n in range(len(header) - 1))]]
    return [*rows, [], ["Source: EGAT, MEA, PEA"], ["Compiled by: EPPO"]]


def month(world: World, table: Table, year: int, number: int) -> list[float]:
    """The cells of a month: each category, then their sum."""
    hour = [datetime(year, number, 15, 12, tzinfo=BANGKOK)]
    warm = float(world.temperature("Thailand", hour)[0]) - 26
    level = table.level * (1 + 0.018 * warm) * (1 + 0.012 * (year - 2024))
    values = []
    for name, share in table.shares.items():
        wet = 1.6 if name == "HYDRO" and 8 <= number <= 11 else 1.0
        noise = 1 + 0.02 * float(world.noise(f"{table.code} {name}", hour)[0])
        values.append(round(level * share * wet * noise, 1))
    return [*values, round(sum(values), 1)] if table.has_total else values


def _ytd(table: Table, months: list[list[float]]) -> list[float]:
    """Sums, but for a table of peaks: there the greatest."""
    columns = list(zip(*months, strict=True))
    return [round(sum(column) if table.unit == "GWh" else max(column), 1) for column in columns]
