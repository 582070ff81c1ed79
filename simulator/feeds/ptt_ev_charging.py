"""PTT OR EV charging sessions by the month, as CSV. An assumed shape, with the personal fields such an export would carry.

People, telephones and number plates are made up, in the form of real ones, so that taking them out can be tested. A
session may run past midnight; one may end at once with nothing charged; a remark may hold a telephone number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from simulator.feeds._energy import Cell, csv_bytes, days_by_month
from simulator.world import BANGKOK, MARK, World

HEADER = (
    "SESSION_ID",
    "STATION_ID",
    "STATION_NAME",
    "CONNECTOR_ID",
    "CONNECTOR_TYPE",
    "START_TIME",
    "END_TIME",
    "ENERGY_KWH",
    "AMOUNT_THB",
    "USER_ID",
    "PHONE",
    "LICENSE_PLATE",
    "REMARK",
)
SESSIONS_A_DAY = 9
BAHT, BAHT_OFF_PEAK = 7.5, 5.5  # per kWh; off-peak from 22:00 to 09:00
NIGHT_MINUTES = 60  # a session of the day before is over by one o'clock
CONNECTORS = (("1", "CCS2", 120.0), ("2", "CCS2", 50.0), ("3", "AC_TYPE2", 22.0))


@dataclass(frozen=True)
class Station:
    id: str
    name: str


def stations(world: World) -> list[Station]:
    """Three stations, times the scale of the world."""
    places = ("แม่เมาะ", "ลำปาง", "เกาะคา")
    return [Station(f"SYN-EV-{n + 1:03d}", f"EV Station {places[n % 3]} (สังเคราะห์)") for n in range(3 * world.scale)]


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for month, days in days_by_month(world):
        rows = (row for day in days for station in stations(world) for row in station_day(world, station, day))
        yield f"{MARK} ev/ev_sessions_{month}.csv", csv_bytes(HEADER, rows)


history = deliveries  # a month is a file, also of a long past


def station_day(world: World, station: Station, day: date) -> Iterator[list[Cell]]:
    """The sessions that began that day, one after the other at each connector."""
    draw = world.random("ptt_ev_charging", station.id, day)
    midnight = datetime.combine(day, datetime.min.time(), BANGKOK)
    n = 0
    for connector, kind, kilowatt in CONNECTORS:
        free = midnight + timedelta(minutes=NIGHT_MINUTES + float(draw.uniform(5, 60)))
        for _ in range(int(draw.poisson(SESSIONS_A_DAY / len(CONNECTORS)))):
            start = free + timedelta(minutes=float(draw.exponential(5 * 60)))
            if start.date() != day:
                break
            minutes = float(draw.uniform(15, 70)) if kilowatt > 22 else float(draw.uniform(60, 240))
            minutes = min(minutes, (midnight - start).total_seconds() / 60 + 24 * 60 + NIGHT_MINUTES)
            broken = draw.random() < 0.04
            end = start + timedelta(minutes=1 if broken else minutes)
            kwh = 0.0 if broken else round(kilowatt * minutes / 60 * float(draw.uniform(0.35, 0.8)), 2)
            price = BAHT_OFF_PEAK if start.hour >= 22 or start.hour < 9 else BAHT
            person = int(draw.integers(0, 40 * world.scale))
            n += 1
            yield [
                f"SYN-{station.id[-3:]}-{day:%Y%m%d}-{n:03d}",
                station.id,
                station.name,
                f"{station.id}-{connector}",
                kind,
                f"{start:%Y-%m-%d %H:%M:%S}",
                f"{end:%Y-%m-%d %H:%M:%S}",
                f"{kwh:.2f}",
                f"{kwh * price:,.2f}",
                *_person(person),
                f"ลูกค้าขอให้โทรกลับ {_phone(person)}" if draw.random() < 0.05 else "",
            ]
            free = end + timedelta(minutes=5)


def _person(number: int) -> tuple[str, str, str]:
    return f"U{100_000 + number}", _phone(number), f"{number % 9 + 1}กข {1000 + number} ลำปาง"


def _phone(number: int) -> str:
    """In the form of a mobile number."""
    return f"08{number % 10}0000{number:03d}"
