"""Fires of the invented world as satellites see them: one set of detections that both GISTDA and NASA tell of.

Names and codes of places are real (TIS 1099); fires are not. A fire lies within `radius` degrees of its place's middle,
so that it is inside the tambon (or the neighbouring country) that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
import polars as pl

from simulator.world import BANGKOK, World


@dataclass(frozen=True)
class Place:
    """A tambon, or with code 0 a spot beyond the border."""

    tambon_code: int
    tambon_th: str | None
    tambon_en: str | None
    district_th: str | None
    district_en: str | None
    lat: float
    lon: float
    radius: float
    country_th: str = "ราชอาณาจักรไทย"
    country_en: str = "Thailand"

    @property
    def district_code(self) -> int:
        return self.tambon_code // 100

    @property
    def province_code(self) -> int:
        return self.tambon_code // 10_000


PLACES = (
    Place(520201, "บ้านดง", "Ban Dong", "แม่เมาะ", "Mae Mo", 18.482, 99.787, 0.042),
    Place(520202, "นาสัก", "Na Sak", "แม่เมาะ", "Mae Mo", 18.343, 99.832, 0.038),
    Place(520203, "จางเหนือ", "Chang Nuea", "แม่เมาะ", "Mae Mo", 18.462, 99.936, 0.080),
    Place(520204, "แม่เมาะ", "Mae Mo", "แม่เมาะ", "Mae Mo", 18.296, 99.670, 0.038),
    Place(520205, "สบป้าด", "Sop Pat", "แม่เมาะ", "Mae Mo", 18.237, 99.783, 0.033),
    Place(520109, "บ้านแลง", "Ban Laeng", "เมืองลำปาง", "Mueang Lampang", 18.520, 99.689, 0.059),
    Place(520403, "เสริมซ้าย", "Soem Sai", "เสริมงาม", "Soem Ngam", 17.991, 99.154, 0.055),
    Place(520509, "บ้านหวด", "Ban Huat", "งาว", "Ngao", 18.629, 99.903, 0.071),
    Place(520510, "แม่ตีบ", "Mae Tip", "งาว", "Ngao", 18.606, 100.044, 0.061),
    Place(520603, "ปงดอน", "Pong Don", "แจ้ห่ม", "Chae Hom", 18.780, 99.682, 0.070),
    Place(520707, "วังแก้ว", "Wang Kaeo", "วังเหนือ", "Wang Nuea", 19.325, 99.636, 0.059),
    Place(520805, "เวียงมอก", "Wiang Mok", "เถิน", "Thoen", 17.424, 99.346, 0.089),
    Place(521008, "หัวเสือ", "Hua Suea", "แม่ทะ", "Mae Tha", 18.170, 99.716, 0.054),
    Place(521302, "บ้านขอ", "Ban Kho", "เมืองปาน", "Mueang Pan", 18.694, 99.465, 0.057),
    Place(0, None, None, None, None, 19.40, 97.45, 0.150, "สาธารณรัฐแห่งสหภาพเมียนมา", "Myanmar"),
    Place(0, None, None, None, None, 19.90, 102.40, 0.150, "สาธารณรัฐประชาธิปไตยประชาชนลาว", "Laos"),
)
# Heat that is no fire, always at the same spot: latitude, longitude, place, how often it is seen of a night.
STATIC = (
    (18.296, 99.752, 3, 0.6),  # the power station
    (18.470, 99.780, 0, 0.2),  # a lime kiln, invented
)


@dataclass(frozen=True)
class Sensor:
    """One satellite's instrument; `passes` are about the local times of day at which it flies over."""

    satellite: str
    instrument: str
    passes: tuple[time, time]
    version: str


SENSORS = {
    "VIIRS_SNPP_NRT": Sensor("N", "VIIRS", (time(1, 30), time(13, 20)), "2.0NRT"),
    "VIIRS_NOAA20_NRT": Sensor("N20", "VIIRS", (time(0, 45), time(12, 40)), "2.0NRT"),
    "VIIRS_NOAA21_NRT": Sensor("N21", "VIIRS", (time(2, 10), time(13, 50)), "2.0NRT"),
    "MODIS_NRT": Sensor("Aqua", "MODIS", (time(2, 0), time(14, 5)), "6.1NRT"),
}
PER_PASS = 36  # detections by day on the haziest day, at scale 1
SEEN_AFTER = timedelta(hours=3)  # near real time: an overpass is public some three hours later


def detections(world: World, sensor_name: str, since: datetime, until: datetime) -> pl.DataFrame:
    """What one sensor saw in (since, until], oldest first; nothing later than a few hours before the world's now."""
    until = min(until, world.until - SEEN_AFTER)
    first, last = since.astimezone(BANGKOK).date(), until.astimezone(BANGKOK).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    seen = [frame for day in days for frame in _passes(world, sensor_name, day)]
    if not seen:
        return _frame(np.array([], dtype=np.int64), np.random.default_rng(0), SENSORS[sensor_name], until, [])
    return pl.concat(seen).filter((pl.col("acq_at") > since) & (pl.col("acq_at") <= until))


@lru_cache(maxsize=2048)
def _passes(world: World, sensor_name: str, day: date) -> list[pl.DataFrame]:
    sensor = SENSORS[sensor_name]
    frames = []
    for n, about in enumerate(sensor.passes):
        rng = world.random("fires", sensor_name, day, n)
        local = datetime.combine(day, about, BANGKOK) + timedelta(minutes=int(rng.integers(-24, 25)))
        by_day = n == 1
        mean = PER_PASS * world.scale * world.haze(day) ** 1.5 * (1.0 if by_day else 0.35)
        mean *= 0.3 if sensor.instrument == "MODIS" else 1.0
        mean *= float(rng.lognormal(-0.08, 0.4))  # clouds hide some, on one day more than on another
        places = rng.integers(0, len(PLACES), rng.poisson(mean))
        static = [] if by_day else [i for i, spot in enumerate(STATIC) if rng.random() < spot[3]]
        frames.append(_frame(places, rng, sensor, local.astimezone(UTC), static))
    return frames


def _frame(
    places: np.ndarray, rng: np.random.Generator, sensor: Sensor, at: datetime, static: list[int]
) -> pl.DataFrame:
    """Rows of one overpass, and those of the static sources that were seen by night."""
    n = places.size + len(static)
    spots = np.array([STATIC[i][:3] for i in static]).reshape(-1, 3)
    middle = np.array([(place.lat, place.lon, place.radius) for place in PLACES])[places]
    angle, reach = rng.uniform(0, 2 * np.pi, places.size), np.sqrt(rng.random(places.size))
    lat = np.append(middle[:, 0] + 0.95 * middle[:, 2] * reach * np.sin(angle), spots[:, 0])
    lon = np.append(middle[:, 1] + 0.95 * middle[:, 2] * reach * np.cos(angle), spots[:, 1])
    jitter = rng.normal(0, 0.0004, (2, len(static)))
    lat[places.size :] += jitter[0]
    lon[places.size :] += jitter[1]
    hour = at.astimezone(BANGKOK).hour
    by_day = 6 <= hour < 18
    frp = np.round(np.exp(rng.normal(1.6 if by_day else 0.7, 0.8, n)), 2)
    hot = np.clip((330 if by_day else 312) + 8 * np.log1p(frp) + rng.normal(0, 6, n), 300, 367)
    scan = np.round(rng.uniform(0.32, 0.62, n) * (3 if sensor.instrument == "MODIS" else 1), 2)
    draw = rng.random(n)
    return pl.DataFrame(
        {
            "place": np.append(places, spots[:, 2]).astype(np.int64),
            "latitude": np.round(lat, 5),
            "longitude": np.round(lon, 5),
            "acq_at": pl.Series([at] * n, dtype=pl.Datetime("us", "UTC")),
            "bright": np.round(hot, 2),
            "bright_far": np.round(np.clip(hot - 38 - rng.exponential(6, n), 265, 330), 2),
            "scan": scan,
            "track": np.round(np.clip(scan * rng.uniform(0.85, 1.2, n), 0.32, 2), 2),
            "frp": frp,
            # letters of VIIRS: 0 low, 1 nominal, 2 high; MODIS counts to 100
            "confidence": np.where(draw < 0.1, 0, np.where(draw < 0.92, 1, 2)).astype(np.int64),
            "percent": np.round(100 * np.sqrt(draw)).astype(np.int64),
            "is_day": np.full(n, by_day),
            "is_static": np.arange(n) >= places.size,
        }
    )
