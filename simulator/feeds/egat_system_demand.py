"""Demand of the whole country as EGAT's system operator shows it: one answer a day, a value a minute, by the clock of Bangkok.

Items have two or three entries; the third, a temperature, is there by the quarter of an hour only. A day without values
is answered with `"list"` unquoted, which is no JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np

from simulator.feed import Answer, Request, Route, as_json
from simulator.world import BANGKOK, MARK, World, day_hours

HOST = "www.sothailand.com"
PATH = "/sysgen/api/hist/actual"
OPENED = date(2024, 7, 1)
COUNTRY_MW = 34_500.0
REFUSED = b"<html><body><h1>403 Forbidden</h1></body></html>"


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    for day in world.dates:
        yield f"{MARK} egat_system_demand/{day:%Y-%m-%d}.json", answer(world, day)


def routes(world: World) -> list[Route]:
    def respond(request: Request) -> Answer:
        if "referer" not in request.headers:
            return Answer(REFUSED, "text/html", 403)
        asked = request.query.get("timestamp", "")
        if not re.fullmatch(r"\d\d-\d\d-\d{4}", asked):
            return Answer(nothing(asked))
        return Answer(answer(world, datetime.strptime(asked, "%d-%m-%Y").date()))

    return [Route(HOST, re.escape(PATH), respond, source_id="egat_system_demand")]


def answer(world: World, day: date) -> bytes:
    """The partner's answer for a day: all minutes, those up to now, or its own way of saying that there are none."""
    if day < OPENED or day > world.today:
        return nothing(f"{day:%d-%m-%Y}")
    items = minutes(world, day)
    if day == world.today:
        now = int((world.last_hour - datetime.combine(day, datetime.min.time(), BANGKOK)).total_seconds())
        items = [item for item in items if item[0] <= now]
    return as_json({"day": f"{day:%d-%m-%Y}", "list": items})


def nothing(day: str) -> bytes:
    """Not JSON: the name of the list has no quotes."""
    return f'{{"day":"{day}",list:[]}}'.encode()


def minutes(world: World, day: date) -> list[list[float]]:
    """[seconds from midnight, MW] for each minute; every quarter of an hour has the temperature besides."""
    ends = day_hours(day)
    knots = [ends[0] - timedelta(hours=1), *ends]
    seconds = np.arange(0, 86_400, 60)
    load = np.interp(seconds, np.arange(25) * 3600, world.load(knots))
    noise = world.random("egat_system_demand", day).normal(0, 25, len(seconds))
    power = np.round(COUNTRY_MW * load + noise, 1).tolist()
    warmth = np.round(np.interp(seconds, np.arange(25) * 3600, world.temperature("Bangkok", knots)), 1).tolist()
    return [
        [second, mw, degrees] if second % 900 == 0 else [second, mw]
        for second, mw, degrees in zip(seconds.tolist(), power, warmth, strict=True)
    ]
