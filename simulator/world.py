"""The invented Mae Moh that all feeds tell of: one haze, one wind, one load curve, so that their numbers agree.

Everything follows from (seed, names, time): the same world gives the same bytes, in whatever order it is asked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BANGKOK = timezone(timedelta(hours=7))
MARK = "SYNTHETIC"
MARK_TH = "ข้อมูลสังเคราะห์"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """`days` whole local days (Asia/Bangkok) that end with the day before `until`, and the hours of `until` itself.

    `scale` multiplies what can be many (stations, sessions, detections, plants), not the length of time.
    """

    until: datetime
    days: int = 3
    scale: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.until.tzinfo is None:
            raise ValueError("`until` needs a time zone; write e.g. 2026-11-20T09:00+07:00")

    @property
    def last_hour(self) -> datetime:
        """The last full hour, local."""
        return self.until.astimezone(BANGKOK).replace(minute=0, second=0, microsecond=0)

    @property
    def today(self) -> date:
        return self.last_hour.date()

    @property
    def dates(self) -> list[date]:
        """The whole days, oldest first; without the day that is still going on."""
        return [self.today - timedelta(days=n) for n in range(self.days, 0, -1)]

    @property
    def hours(self) -> list[datetime]:
        """Ends of all hours (local, aware), from 01:00 of the first whole day to the last full hour."""
        first = datetime.combine(self.dates[0], datetime.min.time(), BANGKOK) + timedelta(hours=1)
        n = int((self.last_hour - first).total_seconds() // 3600) + 1
        return [first + timedelta(hours=h) for h in range(n)]

    def random(self, *names: object) -> np.random.Generator:
        """A generator of its own for every name: one feed's draws never shift another's."""
        return _random(self.seed, *names)

    def uniform(self, name: str, hours: list[datetime]) -> Floats:
        """0..1 for every hour, the same for the same hour whatever window is asked for."""
        start = int.from_bytes(hashlib.sha256(f"{self.seed}|{name}".encode()).digest()[:8], "big")
        mixed = np.array([int(h.timestamp()) // 60 for h in hours], dtype=np.uint64) + np.uint64(start)
        with np.errstate(over="ignore"):  # splitmix64
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2.0**53

    def noise(self, name: str, hours: list[datetime]) -> Floats:
        """Standard normal for every hour, the same for the same hour whatever window is asked for."""
        one, two = self.uniform(f"{name} 1", hours), self.uniform(f"{name} 2", hours)
        return np.asarray(np.sqrt(-2 * np.log(1 - one)) * np.cos(2 * np.pi * two), dtype=np.float64)

    # ── what all feeds share ──────────────────────────────────────────────────────────────────────────────────────────

    def haze(self, day: date) -> float:
        """0..1: how hazy a day is. High from February to April, in spells of some days; thin in the rains."""
        return _haze(self.seed, day)

    def pm25(self, place: str, hours: list[datetime]) -> Floats:
        """µg/m³ of each hour at a place: haze of the day, worse at night in the basin, noise of the place."""
        level = np.array([6 + 85 * self.haze((h - timedelta(minutes=1)).date()) for h in hours])
        night = np.array([1.25 - 0.35 * np.sin(np.pi * ((h.hour - 4) % 24) / 24) for h in hours])
        noise = np.exp(0.12 * self.noise(f"pm25 {place}", hours))
        return np.round(level * night * noise * _place_factor(place), 1)

    def temperature(self, place: str, hours: list[datetime]) -> Floats:
        """°C: warmest at 15:00, coolest before sunrise, by season."""
        base = np.array([26 + 4 * np.sin(2 * np.pi * (h.timetuple().tm_yday - 40) / 365) for h in hours])
        day = np.array([5.5 * np.cos(2 * np.pi * (h.hour - 15) / 24) for h in hours])
        return np.round(base + day + 0.4 * self.noise(f"temp {place}", hours), 1)

    def humidity(self, place: str, hours: list[datetime]) -> Floats:
        """% relative humidity, against the temperature."""
        dry = (self.temperature(place, hours) - 22) * 3.2
        return _floats(np.round(np.clip(88 - dry + 2 * self.noise(f"rh {place}", hours), 18, 99), 1))

    def wind(self, place: str, hours: list[datetime]) -> tuple[Floats, Floats]:
        """(m/s, degrees from which it blows): calm nights and the cool season from the north-east, else southerly days.

        The direction is the region's, a little off at each place: what the plant sends out arrives where the wind blows.
        """
        speed = np.array([0.5 + 2.2 * max(0.0, np.sin(np.pi * (h.hour - 7) / 12)) for h in hours], dtype=np.float64)
        gusty = np.round(np.clip(speed * np.exp(0.3 * self.noise(f"ws {place}", hours)), 0, 12), 2)
        southerly = np.array([8 < h.hour < 20 and 3 <= h.month <= 10 for h in hours], dtype=bool)
        turned = 50 * self.noise("wd", hours) + 10 * self.noise(f"wd {place}", hours)
        return _floats(gusty), np.round(np.where(southerly, 200, 30) + turned) % 360

    def rain(self, place: str, hours: list[datetime]) -> Floats:
        """mm in the hour: mostly none; May to October more."""
        chance = np.array([0.06 if 5 <= h.month <= 10 else 0.01 for h in hours])
        falls = self.uniform(f"falls {place}", hours) < chance
        return _floats(np.round(np.where(falls, -4 * np.log(1 - self.uniform(f"rain {place}", hours)), 0.0), 1))

    def load(self, hours: list[datetime]) -> Floats:
        """0..1: the country's load curve, two humps by day, lower at week-ends."""
        curve = np.array([0.72 + 0.18 * np.sin(np.pi * (h.hour - 6) / 14) + 0.06 * (h.hour in (19, 20)) for h in hours])
        week = np.array([0.9 if h.weekday() >= 5 else 1.0 for h in hours])
        return _floats(np.clip(curve * week + 0.01 * self.noise("load", hours), 0.4, 1.0))

    def sun(self, hours: list[datetime]) -> Floats:
        """W/m² on a level plane, with clouds by the hour."""
        height = np.array([max(0.0, np.sin(np.pi * (h.hour - 6) / 12)) for h in hours], dtype=np.float64)
        clouds = np.clip(1.05 - 0.5 * self.uniform("sun", hours) ** 3, 0.15, 1)
        return _floats(np.round(980 * height * clouds, 1))


@lru_cache(maxsize=4096)
def _haze(seed: int, day: date) -> float:
    of_days = [_smoke(seed, day - timedelta(days=n)) for n in range(3)]
    spell = 0.5 * of_days[0] + 0.3 * of_days[1] + 0.2 * of_days[2]
    n = day.timetuple().tm_yday
    burning = np.exp(-(((n - 80) / 35.0) ** 2))
    inversions = 0.2 * np.exp(-((min(abs(n - 5), 365 - abs(n - 5)) / 40.0) ** 2))  # of the cool season
    return float(np.clip((burning + inversions + 0.06) * spell, 0.01, 1.0))


@lru_cache(maxsize=4096)
def _smoke(seed: int, day: date) -> float:
    """What one day brings, 1 in the mean."""
    return float(_random(seed, "haze", day).gamma(2.5, 0.4))


def _random(seed: int, *names: object) -> np.random.Generator:
    text = "|".join(map(str, (seed, *names)))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def day_hours(first: date, days: int = 1) -> list[datetime]:
    """Ends of the hours of whole local days: 01:00 of the first to 24:00 of the last."""
    midnight = datetime.combine(first, datetime.min.time(), BANGKOK)
    return [midnight + timedelta(hours=h) for h in range(1, 24 * days + 1)]


def _floats(values: object) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _place_factor(place: str) -> float:
    """Every place has a level of its own, from 0.8 to 1.2."""
    return 0.8 + 0.4 * (hashlib.sha256(place.encode()).digest()[0] / 255)
