"""What air monitors of the invented Mae Moh measure by the hour: shared by the feeds of several partners, so they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.world import Floats, World

Made = NDArray[np.floating[Any]]

# Thai AQI, version of B.E. 2566: upper ends of the bands 25, 50, 100, 200 (PM over 24 h in µg/m³, gases in ppb, CO in ppm).
BANDS: Mapping[str, tuple[float, float, float, float]] = {
    "PM25": (15.0, 25.0, 37.5, 75.0),
    "PM10": (50, 80, 120, 180),
    "O3": (35, 50, 70, 120),
    "CO": (4.4, 6.4, 9.0, 30.0),
    "NO2": (60, 106, 170, 340),
    "SO2": (100, 200, 300, 400),
}
AQI_ENDS = (0, 25, 50, 100, 200)
# Stations of PCD near the plant: the direction from which the wind blows there when it comes from the plant.
FROM_PLANT = {"38t": 345.0, "39t": 170.0, "40t": 80.0}
PLUME_WIDTH = 22.5


def hours_until(end: datetime, count: int) -> list[datetime]:
    """The `count` hours that end with `end`."""
    return [end - timedelta(hours=n) for n in range(count - 1, -1, -1)]


def air(world: World, place: str, hours: list[datetime], names: Iterable[str] = ()) -> dict[str, Floats]:
    """Hourly means at a place: PM µg/m³, gases ppb, CO ppm, WS m/s, WD deg, TEMP °C, RH %, BP mbar, RAIN mm, SW W/m²;
    all of them, or those that are named."""
    clock = np.array([hour.hour for hour in hours])
    traffic = np.exp(-(((clock - 8) / 2.5) ** 2)) + np.exp(-(((clock - 19) / 3.0) ** 2))
    pm25 = cache(lambda: world.pm25(place, hours))
    sun = cache(lambda: world.sun(hours))
    wind = cache(lambda: world.wind(place, hours))

    def no2() -> Made:
        return np.round(np.maximum(3 + 11 * traffic + 2 * world.noise(f"no2 {place}", hours), 0))

    def no() -> Made:
        return np.round(np.maximum(1 + 5 * traffic + world.noise(f"no {place}", hours), 0))

    def bp() -> Made:
        return np.round(974 + 1.5 * np.cos(2 * np.pi * (clock - 10) / 12) + world.noise(f"bp {place}", hours))

    def co() -> Made:
        return np.round(np.maximum(0.25 + pm25() / 160 + 0.05 * world.noise(f"co {place}", hours), 0.05), 2)

    measured: dict[str, Callable[[], Made]] = {
        "PM25": pm25,
        "PM10": lambda: np.round(pm25() * (1.35 + 0.1 * world.uniform(f"pm10 {place}", hours)) + 8, 1),
        "O3": lambda: np.round(np.clip(8 + 0.055 * sun() + 3 * world.noise(f"o3 {place}", hours), 0, None)),
        "CO": co,
        "NO": no,
        "NO2": no2,
        "NOX": lambda: no() + no2(),
        "SO2": lambda: np.where(
            under_the_plume(world, place, hours, clock, wind()[1]), plume_ppb(world, place, hours), np.round(traffic)
        ),
        "WS": lambda: wind()[0],
        "WD": lambda: wind()[1],
        "TEMP": lambda: world.temperature(place, hours),
        "RH": lambda: world.humidity(place, hours),
        "BP": bp,
        "RAIN": lambda: world.rain(place, hours),
        "SW": sun,
    }
    return {name: np.asarray(measured[name](), dtype=np.float64) for name in names or measured}


def under_the_plume(
    world: World, place: str, hours: list[datetime], clock: Made, direction: Floats
) -> NDArray[np.bool_]:
    """Hours in which the plant's plume comes down at a place: with the morning's mixing (fumigation), on few mornings
    only, and where the place's bearing is known only when the wind blows from the plant."""
    chance = world.uniform(f"so2 {place}", hours)
    if place not in FROM_PLANT:
        return (chance < 0.06) & (clock >= 8) & (clock <= 12)
    off = np.abs((direction - FROM_PLANT[place] + 180) % 360 - 180)
    return np.asarray((off <= PLUME_WIDTH) & (chance < 0.3) & (clock >= 8) & (clock <= 13))


def plume_ppb(world: World, place: str, hours: list[datetime]) -> Floats:
    """Sulphur dioxide of a plume that comes down: mostly little, now and then much."""
    return np.asarray(np.round(6 + np.exp(2.0 + 0.9 * world.noise(f"so2 height {place}", hours))), dtype=np.float64)


def running_mean(values: Floats, width: int) -> Floats:
    """Mean of the last `width` values at every place that has so many before it: len(values) - width + 1 values."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((total[width:] - total[:-width]) / width, dtype=np.float64)


def thai_aqi(quantity: str, value: float) -> tuple[int, int]:
    """(AQI, colour 1..5) of a concentration. Above the last band PCD states no upper end: 201."""
    low, ends = 0.0, BANDS[quantity]
    for colour, high in enumerate(ends, start=1):
        if value <= high:
            first, last = AQI_ENDS[colour - 1], AQI_ENDS[colour]
            return round(first + (last - first) * (value - low) / (high - low)), colour
        low = high
    return 201, 5
