"""Chulalongkorn's CUSense. No real answer has been seen: the shape is read from clients' code, every value is invented.

Every third device is one of CMU's DustBoys, shown here a second time: its name, its position and its readings are CMU's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from simulator.feed import Answer, Key, Request, Route, as_json
from simulator.feeds import cmu_dustboy
from simulator.world import BANGKOK, MARK, MARK_TH, World

HOST = "www.cusense.net:8082"
PER_SCALE = 6
MIRRORED = "Dustboy"  # the project that repeats CMU's sensors


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """An answer per whole day with all its hours, then the latest reading at every hour of the day that goes on."""
    for day in world.dates:
        yield (
            f"SYNTHETIC chula_cusense/daily/{day:%Y-%m-%d}.json",
            as_json(_answer(world, _hours(world, day)), indent=1),
        )
    for hour in world.hours:
        if hour.date() == world.today and hour.hour:
            yield f"SYNTHETIC chula_cusense/realtime/{hour:%Y-%m-%dT%H}.json", as_json(_answer(world, [hour]), indent=1)


def routes(world: World) -> list[Route]:
    key = Key(header="X-Gravitee-Api-Key")
    base = "/api/v1/sensorData"

    def realtime(request: Request) -> Answer:
        return Answer(as_json(_chosen(_answer(world, [world.last_hour]), request.body)))

    def daily(request: Request) -> Answer:
        hours = _hours(world, date.fromisoformat(request.params["date"]))
        return Answer(as_json(_answer(world, hours) if hours else {}))

    def info(request: Request) -> Answer:
        return Answer(as_json([_info(world, n) for n in range(PER_SCALE * world.scale)]))

    day = r"(?P<date>\d{4}-\d{2}-\d{2})"
    return [
        Route(HOST, base + r"/realtime/(pm|all)", realtime, key=key, source_id="chula_cusense"),
        Route(HOST, base + r"/realtime/(pm|all)", realtime, method="POST", key=key, source_id="chula_cusense"),
        Route(HOST, rf"{base}/allStation/daily/{day}", daily, key=key, source_id="chula_cusense"),
        Route(HOST, r"/api/v1/stationInfo/(all|active)", info, key=key, source_id="chula_cusense"),
    ]


def _hours(world: World, day: date) -> list[datetime]:
    first = datetime.combine(day, datetime.min.time(), BANGKOK)
    return [hour for n in range(1, 25) if (hour := first + timedelta(hours=n)) <= world.last_hour]


def _chosen(answer: dict[str, Any], body: bytes) -> dict[str, Any]:
    """A POST asks for one topic or one project."""
    asked = json.loads(body) if body else {}
    if "topic" in asked:
        return {topic: one for topic, one in answer.items() if topic == asked["topic"]}
    if "project" in asked:
        return {topic: one for topic, one in answer.items() if one["info"]["project"] == asked["project"]}
    return answer


def _topic(n: int) -> str:
    """The tail is the device's address; this one is of the range that no maker owns (02-…)."""
    return f"cusensor{2 + n % 2}/02005E{n:06X}"


def _dustboy(n: int) -> int | None:
    """The DustBoy that a device repeats."""
    return n // 3 if n % 3 == 2 else None


def _info(world: World, n: int) -> dict[str, Any]:
    draw = world.random("cusense place", n).random(2)
    info = {
        "id": _topic(n),  # the address stands here a second time
        "name": f"{MARK} {MARK_TH} {n + 1} ",
        "project": "Sensor for All",
        "province": "ลำปาง",
        "amphoe": "แม่เมาะ",
        "tambol": ("แม่เมาะ", "สบป้าด", "บ้านดง")[n % 3],
        "lat": round(18.22 + 0.3 * float(draw[0]), 6),
        "lon": round(99.62 + 0.3 * float(draw[1]), 6),
    }
    dustboy = _dustboy(n)
    if dustboy is None:
        return info
    name, position, _ = cmu_dustboy.mirrored(world, dustboy, [])
    lat, lon = (round(float(text), 6) if text else None for text in position)
    tambon = cmu_dustboy.TAMBON[dustboy % len(cmu_dustboy.TAMBON)][0]
    return info | {"name": f"{name} ", "project": MIRRORED, "tambol": tambon, "lat": lat, "lon": lon}


def _answer(world: World, hours: list[datetime]) -> dict[str, Any]:
    return {
        _topic(n): {"info": _info(world, n), "data": _readings(world, n, hours)} for n in range(PER_SCALE * world.scale)
    }


def _readings(world: World, n: int, hours: list[datetime]) -> list[dict[str, Any]]:
    """Some values are null, some 0, some far above 1000: all three mean that nothing was measured."""
    dustboy = _dustboy(n)
    if dustboy is not None:
        return _repeated(world, dustboy, hours)
    place = f"cusense {n}"
    pm25 = np.round(world.pm25(place, hours), 1)
    columns: dict[str, list[Any]] = {
        "time": [f"{hour:%Y-%m-%dT%H:%M:%S}+07:00" for hour in hours],
        "pm1": np.round(0.7 * pm25, 1).tolist(),
        "pm25": pm25.tolist(),
        "pm10": np.round(1.25 * pm25, 1).tolist(),
        "temp": world.temperature(place, hours).tolist(),
        "humid": world.humidity(place, hours).tolist(),
        "co2": np.round(420 + 40 * world.uniform(f"{place} co2", hours)).tolist(),
    }
    draw = world.uniform(f"{place} out", hours).tolist()
    for name in ("pm1", "pm25", "pm10"):
        columns[name] = [_spoilt(value, one) for value, one in zip(columns[name], draw, strict=True)]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _repeated(world: World, dustboy: int, hours: list[datetime]) -> list[dict[str, Any]]:
    """A DustBoy's readings as they are shown here: it has neither PM1 nor CO2, and hours of its own are missing."""
    frame = cmu_dustboy.mirrored(world, dustboy, hours)[2]
    return [
        {
            "time": f"{row['time']:%Y-%m-%dT%H:%M:%S}+07:00",
            "pm1": None,
            "pm25": float(row["pm25"]),
            "pm10": float(row["pm10"]),
            "temp": row["temp"],
            "humid": row["humid"],
            "co2": None,
        }
        for row in frame.iter_rows(named=True)
    ]


def _spoilt(value: float, draw: float) -> float | None:
    return None if draw < 0.02 else 0 if draw < 0.04 else 5000 if draw < 0.05 else value
