"""EGAT Mae Moh renewables and storage by the hour, as CSV: solar on water and on land, biomass, battery. An assumed shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.feeds._energy import Cell, csv_bytes, days_by_month
from simulator.world import MARK, Floats, World, day_hours

HEADER = ("DATE", "HOUR", "PLANT_ID", "PLANT_NAME", "TECHNOLOGY", "ENERGY_KWH", "IRRADIANCE_W_M2")
KINDS = ("SOLAR_FLOATING", "SOLAR_GROUND", "BIOMASS_COFIRING", "BATTERY")
NAMES = {
    "SOLAR_FLOATING": "โซลาร์ลอยน้ำแม่เมาะ (สังเคราะห์)",
    "SOLAR_GROUND": "โซลาร์บนพื้นดินแม่เมาะ (สังเคราะห์)",
    "BIOMASS_COFIRING": "ชีวมวลเผาร่วมเครื่องที่ 12-13 (สังเคราะห์)",
    "BATTERY": "ระบบกักเก็บพลังงานแม่เมาะ (สังเคราะห์)",
}
PEAK_KW = {"SOLAR_FLOATING": 3_000.0, "SOLAR_GROUND": 5_000.0, "BIOMASS_COFIRING": 6_000.0, "BATTERY": 2_000.0}


@dataclass(frozen=True)
class Plant:
    id: str
    name: str
    kind: str


def plants(world: World) -> list[Plant]:
    """One of each kind, times the scale of the world."""
    return [
        Plant(f"SYN-{kind.split('_')[-1][:3]}-{n:02d}", f"{NAMES[kind]} {n}", kind)
        for n in range(1, world.scale + 1)
        for kind in KINDS
    ]


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for month, days in days_by_month(world):
        rows = (row for day in days for plant in plants(world) for row in plant_day(world, plant, day))
        yield f"{MARK} renewable/renewable_hour_{month}.csv", csv_bytes(HEADER, rows)


history = deliveries  # a month is a file, also of a long past


def plant_day(world: World, plant: Plant, day: date) -> Iterator[list[Cell]]:
    """24 rows of a plant. Only solar plants have a pyranometer, and it is out now and then."""
    energy = _energy(world, plant, day)
    sun = world.sun(day_hours(day)) if plant.kind.startswith("SOLAR") else None
    out = int(world.random("egat_renewable", plant.id, day).integers(0, 24 * 8))
    for hour in range(24):
        light = "" if sun is None else "-" if hour == out else f"{sun[hour]:.1f}"
        yield [day.isoformat(), hour + 1, plant.id, plant.name, plant.kind, f"{energy[hour]:.1f}", light]


def _energy(world: World, plant: Plant, day: date) -> Floats:
    """kWh of each hour; a battery is charged at noon (below zero) and discharged in the evening (above)."""
    hours = day_hours(day)
    draw = world.random("egat_renewable energy", plant.id, day)
    peak = PEAK_KW[plant.kind]
    if plant.kind == "BATTERY":
        plan = np.zeros(24)
        plan[10:14], plan[18:22] = -0.8, 0.7
        return np.asarray(np.round(peak * plan * draw.uniform(0.9, 1.0, 24), 1) + 0.0, dtype=np.float64)
    if plant.kind == "BIOMASS_COFIRING":
        return np.asarray(np.round(peak * draw.uniform(0.5, 0.9, 24), 1), dtype=np.float64)
    # panels on water are cooler, so they give a little more of the same light
    yield_of_light = 0.84 if plant.kind == "SOLAR_FLOATING" else 0.80
    return np.asarray(np.round(peak * world.sun(hours) / 1000 * yield_of_light, 1), dtype=np.float64)
