"""Invented values with the seasons and the days of Mae Moh; none of them was measured.

Every calendar year of a series is drawn by itself from a generator keyed by (seed, quantity, station, level, year), so
workbooks whose periods overlap agree on the hours they share. Haze comes in February to April, SO2 is zero in nine
hours of ten, wind is mostly calm.
"""

from __future__ import annotations

import math
import zlib
from calendar import isleap
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from .stations import STATIONS, Station

Hours = NDArray[np.float64]  # days × 24; column h-1 is the hour ending at h

HOUR = np.arange(1, 25)
# twelve monthly means each, January first
PM10_MONTHS = (52, 98, 116, 78, 38, 22, 18, 17, 22, 30, 37, 47)
TEMP_MONTHS = (21.5, 24.5, 28.0, 30.0, 28.5, 27.8, 27.2, 27.0, 26.6, 26.0, 24.0, 21.2)
SWING_MONTHS = (7.5, 8.5, 8.0, 7.0, 5.0, 3.8, 3.4, 3.4, 3.8, 4.5, 5.8, 7.0)  # half of the day's range, degrees
BP_MONTHS = (4.5, 3.0, 1.0, -1.0, -2.5, -4.0, -4.5, -4.0, -2.0, 1.0, 3.5, 5.0)
WET_DAYS = (0.02, 0.03, 0.07, 0.16, 0.36, 0.34, 0.36, 0.43, 0.45, 0.27, 0.08, 0.03)
LEVEL_WIND = {None: 1.0, "L": 1.1, "M": 2.2, "H": 3.6}


def generator(seed: int, *key: object) -> np.random.Generator:
    """A generator that depends on the seed and on the words of the key, and on nothing else."""
    return np.random.default_rng([seed, *(zlib.crc32(str(part).encode()) for part in key)])


def hourly(
    quantity: str, station_key: str, start: date, days: int, *, level: str | None = None, seed: int = 0
) -> Hours:
    """`days` × 24 values in the unit and rounding of EGAT's own files (µg/m³, mbar, °C, %, mm, W/m², m/s, degrees)."""
    end = start + timedelta(days=days)
    years = [
        _YEARS[quantity](STATIONS[station_key], year, level, seed)
        for year in range(start.year, (end - timedelta(1)).year + 1)
    ]
    first = (start - date(start.year, 1, 1)).days
    return np.concatenate(years)[first : first + days]


def _round(values: Hours, decimals: int = 0) -> Hours:
    """Rounded as the files show it, and never minus zero."""
    rounded: Hours = np.round(values, decimals) + 0.0
    return rounded


def _days(year: int) -> int:
    return 366 if isleap(year) else 365


def _season(year: int, months: tuple[float, ...]) -> NDArray[np.float64]:
    """Daily values through the twelve mid-months, without a step at New Year."""
    mid = (np.arange(-1, 13) + 0.5) * 365.25 / 12
    return np.interp(np.arange(_days(year)), mid, (months[-1], *months, months[0]))


def _weather_noise(rng: np.random.Generator, days: int, memory: float, sigma: float) -> NDArray[np.float64]:
    """Day-to-day noise with memory: a warm or hazy spell lasts some days."""
    steps = rng.normal(0, sigma, days).tolist()
    out, now = [], 0.0
    for step in steps:
        now = memory * now + step
        out.append(now)
    return np.array(out)


def _peak(centre: float, width: float) -> NDArray[np.float64]:
    """One bump over the hours of a day, height 1, around midnight too."""
    away = np.abs(HOUR - centre)
    return np.exp(-0.5 * (np.minimum(away, 24 - away) / width) ** 2)


def _dust(station: Station, year: int, seed: int) -> Hours:
    """PM10 before rounding. The haze is the region's, the hours are the station's."""
    days = _days(year)
    haze = np.exp(_weather_noise(generator(seed, "haze", year), days, 0.75, 0.26))
    day = _season(year, PM10_MONTHS) * haze * station.dust
    hours = 0.80 + 0.55 * _peak(8.5, 1.6) + 0.45 * _peak(20.5, 2.2)
    noise = generator(seed, "PM10", station.key, year).lognormal(-0.03, 0.28, (days, 24))
    return np.minimum(day[:, None] * hours * noise, 900)


def _pm10(station: Station, year: int, level: str | None, seed: int) -> Hours:
    return _round(_dust(station, year, seed))


def _tsp(station: Station, year: int, level: str | None, seed: int) -> Hours:
    dust = _dust(station, year, seed)
    coarse = generator(seed, "TSP", station.key, year).gamma(1.4, 5.0, dust.shape) * (0.6 + 0.8 * _peak(13, 4))
    return _round(dust * 1.18 + coarse)


def _so2(station: Station, year: int, level: str | None, seed: int) -> Hours:
    """Zero in about nine hours of ten; plumes come down mid-morning. Whole ppb shown as µg/m³, hence 0, 3, 5, 8 …"""
    rng = generator(seed, "SO2", station.key, year)
    shape = (_days(year), 24)
    chance = 0.045 + 0.13 * _peak(10, 1.8)
    plume = np.ceil(rng.lognormal(0.1, 1.05, shape))
    return _round(np.where(rng.random(shape) < chance, np.minimum(plume, 160), 0) * 2.62)


def _no2(station: Station, year: int, level: str | None, seed: int) -> Hours:
    rng = generator(seed, "NO2", station.key, year)
    day = _season(year, (1.4, 1.5, 1.5, 1.2, 0.8, 0.7, 0.7, 0.7, 0.8, 0.9, 1.1, 1.3))
    hours = 0.7 + 0.6 * _peak(8, 1.5) + 1.1 * _peak(20, 2.5)
    ppb = rng.gamma(0.85, 3.2, (_days(year), 24)) * day[:, None] * hours
    return _round(np.minimum(np.round(ppb), 120) * 1.88)


def _temp_day(year: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The region's mean and half range per day."""
    rng = generator(seed, "TEMP", year)
    mean = _season(year, TEMP_MONTHS) + _weather_noise(rng, _days(year), 0.7, 0.9)
    return mean, _season(year, SWING_MONTHS) * rng.uniform(0.7, 1.15, _days(year))


def _temp(station: Station, year: int, level: str | None, seed: int) -> Hours:
    mean, swing = _temp_day(year, seed)
    wave = np.cos((HOUR - 15) / 24 * 2 * math.pi) + 0.2 * np.cos((HOUR - 13) / 12 * 2 * math.pi)
    noise = generator(seed, "TEMP", station.key, year).normal(0, 0.35, (_days(year), 24))
    offset = (970 - station.bp_base) * -0.06  # higher sites are cooler
    return _round(np.clip(mean[:, None] + offset + swing[:, None] * wave * 0.95 + noise, 10, 40), 2)


def _rh(station: Station, year: int, level: str | None, seed: int) -> Hours:
    temp = _temp(station, year, level, seed)
    dry = _season(year, (2, 8, 14, 12, 4, 1, 0, 0, 0, 0, 1, 2))
    noise = generator(seed, "RH", station.key, year).normal(0, 1.5, temp.shape)
    return _round(np.clip(96 - dry[:, None] - 3.3 * (temp - temp.min(axis=1, keepdims=True)) + noise, 12, 99))


def _bp(station: Station, year: int, level: str | None, seed: int) -> Hours:
    day = _season(year, BP_MONTHS) + _weather_noise(generator(seed, "BP", year), _days(year), 0.8, 0.9)
    tide = 1.6 * np.cos((HOUR - 10) / 12 * 2 * math.pi)  # the half-day pressure tide of the tropics
    noise = generator(seed, "BP", station.key, year).normal(0, 0.25, (_days(year), 24))
    return _round(station.bp_base + day[:, None] + tide + noise)


def _rain(station: Station, year: int, level: str | None, seed: int) -> Hours:
    """Showers fall on the region, mostly late in the day; a bucket counts quarter millimetres."""
    days = _days(year)
    region = generator(seed, "RAIN", year)
    wet = region.random(days) < _season(year, WET_DAYS)
    begin, length = np.round(region.normal(17, 3.5, days)) % 24, region.integers(1, 6, days)
    falls = wet[:, None] & ((HOUR[None, :] - 1 - begin[:, None]) % 24 < length[:, None])
    rng = generator(seed, "RAIN", station.key, year)
    here = falls & (rng.random((days, 24)) < 0.8)
    return np.where(here, np.minimum(np.ceil(rng.exponential(2.6, (days, 24)) * 4) / 4, 60), 0.0)


def _sw(station: Station, year: int, level: str | None, seed: int) -> Hours:
    rng = generator(seed, "SW", station.key, year)
    top = _season(year, (720, 800, 870, 920, 880, 800, 780, 780, 800, 780, 730, 690))
    cloud = generator(seed, "SW", year).uniform(0.45, 1.05, _days(year))
    sun = np.clip(np.sin((HOUR - 6.5) / 12 * math.pi), 0, None) ** 1.2 * ((HOUR > 6) & (HOUR < 19))
    day = top[:, None] * cloud[:, None] * sun * rng.uniform(0.8, 1.1, (_days(year), 24))
    night = -rng.integers(0, 3, (_days(year), 24))  # the sensor's zero drifts a little below
    return _round(np.where(sun > 0, np.minimum(day, 1100), night))


def _ws(station: Station, year: int, level: str | None, seed: int) -> Hours:
    """Mostly calm: the basin's median is below 1 m/s; the tower's upper levels blow harder."""
    rng = generator(seed, "WS", station.key, level, year)
    hours = 0.55 + 1.1 * _peak(15, 3.0)
    return _round(np.minimum(rng.gamma(1.3, 0.42, (_days(year), 24)) * hours * LEVEL_WIND[level], 13.5), 2)


def _wd(station: Station, year: int, level: str | None, seed: int) -> Hours:
    """Down-valley from the north-east by night, from the south by day; 0 to 359."""
    rng = generator(seed, "WD", station.key, level, year)
    shape = (_days(year), 24)
    centre, width = np.where((HOUR > 8) & (HOUR < 20), 190, 45), np.where((HOUR > 8) & (HOUR < 20), 60, 75)
    return _round(rng.normal(centre, width, shape)) % 360


def _dev(station: Station, year: int, level: str | None, seed: int) -> Hours:
    rng = generator(seed, "DEV", station.key, year)
    return _round(np.clip(rng.normal(46, 14, (_days(year), 24)), 5, 81))


_YEARS: dict[str, Callable[[Station, int, str | None, int], Hours]] = {
    "SO2": _so2,
    "NO2": _no2,
    "PM10": _pm10,
    "TSP": _tsp,
    "BP": _bp,
    "DEV": _dev,
    "RAIN": _rain,
    "RH": _rh,
    "SW": _sw,
    "TEMP": _temp,
    "WD": _wd,
    "WS": _ws,
}
