"""EGAT's workbooks of the last years: the grids of simulator/egat, with what the stations measure in the world that all
feeds tell of, in the units and roundings of EGAT's files.

Where EGAT and PCD measure in one village they measure the same air, each with its own noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np

from simulator.egat import GridSpec
from simulator.egat.distributions import LEVEL_WIND, Hours
from simulator.egat.paths import grid_path, named
from simulator.feeds._air import air
from simulator.world import Floats, World, day_hours

SAME_VILLAGE = {"EGAT-02": "39t", "EGAT-09": "38t"}
TURNED_BY_HEIGHT = {None: 0.0, "L": 0.0, "M": 6.0, "H": 12.0}  # degrees
PPB_SO2, PPB_NO2 = 2.62, 1.88  # µg/m³ at 25 °C and 1 atm


def grids(world: World, wanted: Iterable[tuple[str, str, str | None]]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of one workbook for each (quantity, station, level), up to the last whole day of the world. PM10 goes
    back to the first of January of the year before, the others to the first day of the world."""
    last = world.dates[-1]
    for quantity, station, level in wanted:
        first = date(last.year - 1, 1, 1) if quantity == "PM10" else world.dates[0]
        days = (last - first).days + 1
        values = hours_of(world, quantity, station, first, days, level)
        spec = GridSpec(quantity, station, first, days, level, seed=world.seed, values=values)
        path, spec = named(grid_path(quantity, station, first.year, last.year, level=level), spec)
        yield path, spec.build().data


def hours_of(world: World, quantity: str, station_key: str, start: date, days: int, level: str | None = None) -> Hours:
    """`days` × 24 values. ValueError for a quantity that the world does not know."""
    if quantity not in _MADE:
        raise ValueError(f"the world does not know {quantity}; use one of {', '.join(_MADE)}")
    hours = day_hours(start, days)
    place = SAME_VILLAGE.get(station_key, station_key)
    measured = air(world, place, hours, [_FROM.get(quantity, quantity)])[_FROM.get(quantity, quantity)]
    own = world.noise(f"egat {quantity} {station_key} {level}", hours)
    if quantity in ("PM10", "TSP"):  # a sampler reads a little off, some days more than others
        drift = world.noise(f"egat dust {station_key}", hours[::24]).repeat(24)
        measured = measured * np.exp(0.05 * drift - 0.06)
    values = _MADE[quantity](measured, own, level)
    return np.asarray(np.round(values, 2) + 0.0, dtype=np.float64).reshape(days, 24)


_FROM = {"TSP": "PM10"}
_MADE: dict[str, Callable[[Floats, Floats, str | None], Floats]] = {
    "PM10": lambda pm10, own, _: np.round(pm10 * np.exp(0.08 * own)),
    "TSP": lambda pm10, own, _: np.round(pm10 * (1.35 + 0.05 * np.abs(own)) + 4),
    "SO2": lambda ppb, own, _: np.round(np.maximum(ppb + (np.abs(own) > 2) - 1, 0) * PPB_SO2),
    "NO2": lambda ppb, own, _: np.round(np.maximum(np.round(ppb + own), 0) * PPB_NO2),
    "WS": lambda speed, own, level: np.minimum(speed * LEVEL_WIND[level] * np.exp(0.1 * own), 13.5),
    "WD": lambda degrees, own, level: np.round(degrees + TURNED_BY_HEIGHT[level] + 4 * own) % 360,
    "RAIN": lambda mm, own, _: np.ceil(mm * 4) / 4,
    "TEMP": lambda celsius, own, _: celsius + 0.1 * own,
    "RH": lambda percent, own, _: np.clip(np.round(percent + 0.5 * own), 12, 99),
    "BP": lambda mbar, own, _: np.round(mbar + 0.2 * own),
    "SW": lambda watts, own, _: np.round(watts),
}
