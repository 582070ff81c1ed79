"""Gate counts of the visitor sites at Mae Moh: one CSV per month, one line per site and day.

The shape is our assumption: EGAT publishes no such file. In it: a broken counter as `-`, thousands commas, a site that is
open in the cool season only, and the festival in November.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from simulator.world import MARK, World

# Site id, name, visitors of an ordinary weekday.
SITES = (
    ("MM-GARDEN", "สวนพฤกษชาติ กฟผ. แม่เมาะ", 420),
    ("MM-MUSEUM", "ศูนย์ถ่านหินลิกไนต์ศึกษา", 160),
    ("MM-VIEW", "จุดชมวิวเหมืองแม่เมาะ", 260),
    ("MM-CAMP", "ลานกางเต็นท์แม่เมาะ", 90),
)
CAMP_MONTHS = (11, 12, 1)
FESTIVAL = "เทศกาลท่องเที่ยวแม่เมาะ"
HEADER = ("visit_date", "site_id", "site_name", "place_level", "tambon_code", "entered", "left", "event_name", "remark")
PLACE = ("site", "520204")


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """`SYNTHETIC visitors/maemoh-gate-counts-2026-03.csv`: the days of each month that the world has."""
    for year, month in sorted({(day.year, day.month) for day in world.dates}):
        days = [day for day in world.dates if (day.year, day.month) == (year, month)]
        yield f"{MARK} visitors/maemoh-gate-counts-{year}-{month:02d}.csv", _file(world, days)


history = deliveries  # a month is a file, also of a long past


def _file(world: World, days: list[date]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for day in days:
        for number in range(world.scale):
            for site_id, name, usual in SITES:
                if site_id == "MM-CAMP" and day.month not in CAMP_MONTHS:
                    continue
                suffix = f"-{number + 1}" if number else ""
                writer.writerow(_line(world, day, site_id + suffix, name, usual))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _line(world: World, day: date, site_id: str, name: str, usual: int) -> tuple[str, ...]:
    rng = world.random("site visits", site_id, day)
    event = FESTIVAL if day.month == 11 and 7 <= day.day <= 16 else ""
    factor = (2.4 if day.weekday() >= 5 else 1.0) * (7.0 if event else 1.0) * (1 - 0.5 * world.haze(day))
    entered = int(usual * factor * rng.lognormal(0, 0.15))
    left = max(0, int(entered * rng.normal(0.985, 0.01)))
    if rng.random() < 0.02:
        return day.isoformat(), site_id, name, *PLACE, "-", "-", event, f"เครื่องนับขัดข้อง ({MARK})"
    return day.isoformat(), site_id, name, *PLACE, f"{entered:,}", f"{left:,}", event, MARK
