"""What air monitors of the invented Mae Moh measure by the hour: shared by the feeds of several partners, so they agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np

from simulator.world import Floats, World

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


def hours_until(end: datetime, count: int) -> list[datetime]:
    """The `count` hours that end with `end`."""
    return [end - timedelta(hours=n) for n in range(count - 1, -1, -1)]


def air(world: World, place: str, hours: list[datetime]) -> dict[str, Floats]:
    """Hourly means at a place: PM µg/m³, gases ppb, CO ppm, WS m/s, WD deg, TEMP °C, RH %, BP mbar, RAIN mm, SW W/m²."""
    pm25 = world.pm25(place, hours)
    sun = world.sun(hours)
    clock = np.array([hour.hour for hour in hours])
    traffic = np.exp(-(((clock - 8) / 2.5) ** 2)) + np.exp(-(((clock - 19) / 3.0) ** 2))
    no2 = np.round(np.clip(3 + 11 * traffic + 2 * world.noise(f"no2 {place}", hours), 0, None))
    no = np.round(np.clip(1 + 5 * traffic + world.noise(f"no {place}", hours), 0, None))
    # sulphur comes down with the morning's mixing (fumigation), and on few mornings only
    fumigates = (world.uniform(f"so2 {place}", hours) < 0.06) & (clock >= 8) & (clock <= 12)
    so2 = np.where(fumigates, np.round(20 + 90 * world.uniform(f"so2 height {place}", hours)), np.round(traffic))
    speed, direction = world.wind(place, hours)
    measured = {
        "PM25": pm25,
        "PM10": np.round(pm25 * (1.35 + 0.1 * world.uniform(f"pm10 {place}", hours)) + 8, 1),
        "O3": np.round(np.clip(8 + 0.055 * sun + 3 * world.noise(f"o3 {place}", hours), 0, None)),
        "CO": np.round(np.clip(0.25 + pm25 / 160 + 0.05 * world.noise(f"co {place}", hours), 0.05, None), 2),
        "NO": no,
        "NO2": no2,
        "NOX": no + no2,
        "SO2": so2,
        "WS": speed,
        "WD": direction,
        "TEMP": world.temperature(place, hours),
        "RH": world.humidity(place, hours),
        "BP": np.round(974 + 1.5 * np.cos(2 * np.pi * (clock - 10) / 12) + world.noise(f"bp {place}", hours)),
        "RAIN": world.rain(place, hours),
        "SW": sun,
    }
    return {name: np.asarray(values, dtype=np.float64) for name, values in measured.items()}


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
