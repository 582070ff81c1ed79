"""GISTDA's PM2.5 by district: a satellite model's estimate. `dt` ends in Z but is the Thai clock; `timeThai` proves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from simulator.feed import Answer, Request, Route, as_json
from simulator.world import MARK, World

SOURCE_ID = "gistda_pm25"
HOST = "pm25.gistda.or.th"
DISTRICTS = (
    (5201, "เมืองลำปาง", "Mueang Lampang"),
    (5202, "แม่เมาะ", "Mae Mo"),
    (5203, "เกาะคา", "Ko Kha"),
    (5204, "เสริมงาม", "Soem Ngam"),
    (5205, "งาว", "Ngao"),
    (5206, "แจ้ห่ม", "Chae Hom"),
    (5207, "วังเหนือ", "Wang Nuea"),
    (5208, "เถิน", "Thoen"),
    (5209, "แม่พริก", "Mae Phrik"),
    (5210, "แม่ทะ", "Mae Tha"),
    (5211, "สบปราบ", "Sop Prap"),
    (5212, "ห้างฉัตร", "Hang Chat"),
    (5213, "เมืองปาน", "Mueang Pan"),
)
DAYS_TH = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
MONTHS_TH = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม".split()  # noqa: SIM905
)


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One answer for every hour."""
    hours = world.hours
    now, mean = _estimates(world, hours)
    for n, hour in enumerate(hours):
        yield f"SYNTHETIC {SOURCE_ID}/{hour:%Y-%m-%dT%H}.json", _answer(hour, now[:, n], mean[:, n])


def routes(world: World) -> list[Route]:
    """`getPm25byAmphoe?pv_idn=`: only Lampang is in this world; for others the list is empty."""

    def by_district(request: Request) -> Answer:
        now, mean = _estimates(world, [world.last_hour])
        is_ours = request.query.get("pv_idn") == "52"
        return Answer(_answer(world.last_hour, now[:, 0], mean[:, 0], DISTRICTS if is_ours else ()))

    return [Route(HOST, r"/rest/getPm25byAmphoe", by_district, source_id=SOURCE_ID)]


def _estimates(world: World, hours: list[datetime]) -> tuple[np.ndarray, np.ndarray]:
    """(districts x hours) of the hour and of the 24 hours up to it, with the long decimals of a model."""
    before = [hours[0] - timedelta(hours=n) for n in range(23, 0, -1)]
    every = [*before, *hours]
    fine = [world.pm25(f"amphoe {code}", every) + world.uniform(f"gistda {code}", every) for code, *_ in DISTRICTS]
    values = np.array(fine)
    windows = np.lib.stride_tricks.sliding_window_view(values, 24, axis=1)
    return values[:, 23:], windows.mean(axis=2)


def _answer(
    hour: datetime, now: np.ndarray, mean: np.ndarray, districts: tuple[tuple[int, str, str], ...] = DISTRICTS
) -> bytes:
    data: list[dict[str, Any]] = [
        {
            "ap_tn": thai,
            "ap_en": english,
            "ap_idn": code,
            "pm25": float(now[n]),
            "dt": f"{hour:%Y-%m-%dT%H}:00:00.000Z",  # the trap: Thai time
            "pm25Avg24hr": float(mean[n]),
        }
        for n, (code, thai, english) in enumerate(districts)
    ]
    thai_date = f"วัน{DAYS_TH[hour.weekday()]}ที่ {hour.day} {MONTHS_TH[hour.month - 1]} {hour.year + 543}"
    return as_json(
        {
            "status": 200,
            "errMsg": "",
            "note": f"{MARK} data",
            "data": data,
            "datetimeThai": {"dateThai": thai_date, "timeThai": f"เวลา {hour.hour}:00 น."},
            "datetimeEng": {"dateEng": f"{hour:%A} {hour.day} {hour:%B %Y}", "timeEng": f"{hour.hour}:00"},
        }
    )
