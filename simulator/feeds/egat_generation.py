"""EGAT Mae Moh generation: hourly power by unit and daily lignite by unit, as CSV. The shape is our assumption.

A month is two files. Units are named as people of the plant name them, not alike in both: MM-T8 and MM-T1 by the hour,
Unit 8 and MMRP1 in the fuel sheet. Hours are 1..24, hour ending; `-` stands where the meter was read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.feeds._energy import Cell, csv_bytes, days_by_month
from simulator.world import MARK, MARK_TH, World, day_hours

HOUR_HEADER = ("DATE", "HOUR", "UNIT", "GROSS_MW", "NET_MW", "AUX_MW", "STATUS")
FUEL_HEADER = ("DATE", "UNIT", "LIGNITE_T", "NCV_MJ_KG", "NET_MWH")
MOST = 0.95  # of its capacity: a unit is never run at all it could give


@dataclass(frozen=True)
class Unit:
    """A unit in service: `meter` is its name in the hourly file, `yard` in the fuel file; fuel is t per net MW.h."""

    meter: str
    yard: str
    capacity_mw: float
    aux_share: float
    fuel_rate: float


UNITS = (
    *(Unit(f"MM-T{n}", f"Unit {n}", 300.0, 0.085 + 0.002 * (n % 4), 1.0 + 0.01 * (n % 5)) for n in range(8, 14)),
    Unit("MM-T1", "MMRP1", 655.0, 0.07, 0.83),
)
PLANT = Unit("MMPP", "MMPP", 2455.0, 0.0, 0.0)


@dataclass(frozen=True)
class Day:
    """24 hours of one unit. NaN where the meter was not read."""

    gross: np.ndarray
    aux: np.ndarray
    status: list[str]
    net: np.ndarray


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for month, days in days_by_month(world):
        made = {(day, unit.meter): unit_day(world, unit, day) for day in days for unit in UNITS}
        title = f"{MARK} {MARK_TH} กำลังผลิตรายชั่วโมง โรงไฟฟ้าแม่เมาะ {month}"
        rows = (row for day in days for row in _day_rows(day, [(unit, made[day, unit.meter]) for unit in UNITS]))
        yield f"{MARK} generation/unit_hour_{month}.csv", csv_bytes(HOUR_HEADER, rows, title=title)
        title = f"{MARK} {MARK_TH} การใช้ลิกไนต์รายวัน โรงไฟฟ้าแม่เมาะ {month}"
        fuel = (_fuel_row(world, day, unit, made[day, unit.meter]) for day in days for unit in UNITS)
        yield f"{MARK} generation/fuel_day_{month}.csv", csv_bytes(FUEL_HEADER, fuel, title=title)


history = deliveries  # a month is a file, also of a long past


def unit_day(world: World, unit: Unit, day: date) -> Day:
    """What the unit did that day: in service after the load curve, out of service, or starting up."""
    hours = day_hours(day)
    draw = world.random("egat_generation", unit.meter, day)
    share = np.clip(0.45 + 0.55 * world.load(hours), 0.45, MOST)
    gross = np.round(unit.capacity_mw * share * (1 + draw.normal(0, 0.008, 24)), 2)
    aux = np.round(gross * unit.aux_share, 2)
    status = ["ON"] * 24
    fate = draw.random()
    if fate < 0.03:  # forced out from some hour on: the station is fed from the grid, net is below zero
        start = int(draw.integers(2, 20))
        gross[start:], aux[start:] = 0.0, np.round(unit.capacity_mw * 0.012, 2)
        status[start:] = ["FORCED"] * (24 - start)
    elif fate < 0.07:  # cold start: first the mills, then power
        gross[:4], aux[:4] = 0.0, np.round(unit.capacity_mw * 0.025, 2)
        gross[4:8] = np.round(gross[4:8] * np.array([0.25, 0.45, 0.65, 0.85]), 2)
        aux[4:8] = np.round(gross[4:8] * unit.aux_share, 2)
        status[:8] = ["STARTUP"] * 8
    elif fate < 0.12:
        gross, aux = np.round(gross * 0.7, 2), np.round(aux * 0.72, 2)
        status = ["DERATED"] * 24
    if draw.random() < 0.02:
        unread = int(draw.integers(0, 24))
        gross[unread] = aux[unread] = np.nan
    return Day(gross, aux, status, np.round(gross - aux, 2))


def _day_rows(day: date, units: list[tuple[Unit, Day]]) -> Iterator[list[Cell]]:
    """All units by the hour, and at the end the plant: what its own meters say of the units together."""
    for unit, made in units:
        yield from _hour_rows(day, unit, made)
    gross, net, aux = (np.sum([getattr(m, name) for _, m in units], axis=0) for name in ("gross", "net", "aux"))
    yield from _hour_rows(day, PLANT, Day(gross, aux, ["ON"] * 24, net))


def _hour_rows(day: date, unit: Unit, made: Day) -> Iterator[list[Cell]]:
    columns = zip(made.gross.tolist(), made.net.tolist(), made.aux.tolist(), made.status, strict=True)
    for hour, (gross, net, aux, status) in enumerate(columns, 1):
        yield [day.isoformat(), hour, unit.meter, _number(gross), _number(net), _number(aux), status]


def _fuel_row(world: World, day: date, unit: Unit, made: Day) -> list[Cell]:
    draw = world.random("egat_generation fuel", unit.yard, day)
    net = max(float(np.nansum(made.net)), 0.0)
    tonnes = net * unit.fuel_rate * (1 + draw.normal(0, 0.02))
    # a sheet for people: thousands commas, and a dash where nothing was burnt
    return [
        day.isoformat(),
        unit.yard,
        f"{tonnes:,.1f}" if tonnes > 0 else "-",
        f"{10.47 + draw.normal(0, 0.25):.2f}",
        f"{net:,.2f}",
    ]


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2f}"
