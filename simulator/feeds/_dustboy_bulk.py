"""DustBoy histories in bulk, for benchmarks: all fields of the real answers, written column by column. Every value, name
and caption is invented and says so.

One answer is one sensor's history: `stations` × `hours` readings in all, about 880 bytes each, as the real ones have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from simulator.feeds.cmu_dustboy import TH_AQI, TH_PM25, US_AQI, US_PM25
from simulator.world import BANGKOK, MARK, MARK_TH, World

UNTIL = datetime(2026, 1, 1, tzinfo=BANGKOK)
FIRST_ID = 100_000
COLOURS = ("0, 153, 107", "253,192,78", "235, 132, 63", "255,17,17")
TITLES = ("คุณภาพอากาศดี", "คุณภาพอากาศปานกลาง", "คุณภาพอากาศไม่ดีต่อกลุ่มเสี่ยง", "คุณภาพอากาศไม่ดี")
TITLES_EN = ("Good", "Moderate", "Unhealthy for Sensitive Groups", "Unhealthy")
CAPTION = f"{MARK_TH} คำแนะนำที่แต่งขึ้นเพื่อทดสอบ ความยาวเท่ากับของจริง "
CAPTION_EN = f"{MARK} advice, made up for a test, as long as the real one; "
LENGTHS, LENGTHS_EN = (40, 150, 330, 360), (82, 174, 108, 160)  # characters of the captions, by level


def histories(stations: int, hours: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """(sensor id, its history as the service answers it), oldest reading first; the same bytes for the same seed."""
    world = World(UNTIL, days=1 + hours // 24, seed=seed)
    ends = [UNTIL - timedelta(hours=n) for n in range(hours - 1, -1, -1)]
    times = pl.Series([end.replace(tzinfo=None) for end in ends], dtype=pl.Datetime("us"))
    written = times.dt.strftime("%Y-%m-%d %H:%M:%S")
    haze = 0.6 * world.pm25("basin", ends)  # one haze for all sensors
    warmth, damp = world.temperature("basin", ends), world.humidity("basin", ends)
    for n in range(stations):
        draw = world.random("dustboy bulk", n)
        pm25 = np.round(haze * draw.uniform(0.8, 1.2) * np.exp(0.1 * draw.standard_normal(hours))).astype(np.int64)
        frame = pl.DataFrame(
            {
                "time": written,
                "pm25": pm25,
                "pm10": np.round(pm25 * draw.uniform(1.0, 1.3, hours)).astype(np.int64),
                "us_aqi": np.round(np.interp(pm25, US_PM25, US_AQI)).astype(np.int64),
                "th_aqi": np.round(np.interp(pm25, TH_PM25, TH_AQI)).astype(np.int64),
                "temp": np.round(warmth + draw.uniform(0, 1, hours), 2),
                "humid": np.round(np.clip(damp - draw.uniform(0, 3, hours), 1, 100), 2),
            }
        )
        yield str(FIRST_ID + n), _history(n, frame)


def _history(n: int, frame: pl.DataFrame) -> bytes:
    level = pl.lit(pl.Series(np.searchsorted([50, 100, 150], frame["us_aqi"].to_numpy())))
    fields = {
        "datetime": pl.lit('"') + pl.col("time") + '"',
        "pm25": pl.col("pm25"),
        "pm10": pl.col("pm10"),
        "us_aqi": pl.col("us_aqi"),
        "th_aqi": pl.col("th_aqi"),
        "us_color": _words(COLOURS, level),
        "temp": pl.lit('"') + pl.col("temp").cast(pl.String) + '"',
        "humid": pl.lit('"') + pl.col("humid").cast(pl.String) + '"',
        "us_title": _words(TITLES, level),
        "us_title_en": _words(TITLES_EN, level),
        "us_caption": _words([(CAPTION * 9)[:length] for length in LENGTHS], level),
        "us_caption_en": _words([(CAPTION_EN * 4)[:length] for length in LENGTHS_EN], level),
    }
    parts = [part for name, value in fields.items() for part in (pl.lit(f'   "{name}": '), value, pl.lit(",\n"))]
    record = pl.concat_str(pl.lit("  {\n"), *parts[:-1], pl.lit("\n  }"))
    readings = frame.select(record.str.join(",\n")).item()
    station = {
        "id": str(FIRST_ID + n),
        "dustboy_id": f"synb{n:07d}",
        "name_th": f"เครื่องวัดสังเคราะห์ {n + 1} ต.แม่เมาะ",
        "name_en": f"{MARK} sensor {n + 1}, Mae Mo",
        "province_id": "52",
        "lat": f"{18.22 + n % 300 / 1000:.7f}",
        "lon": f"{99.62 + n % 271 / 1000:.7f}",
    }
    head = json.dumps({"station": station}, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{head},\n "readings": [\n{readings}\n ],\n "last_updated": "{UNTIL:%Y-%m-%dT%H:%M:%S}.130Z"\n}}'.encode()


def _words(texts: tuple[str, ...] | list[str], level: pl.Expr) -> pl.Expr:
    """The text of each row's level, quoted."""
    return pl.lit(pl.Series([json.dumps(text, ensure_ascii=False) for text in texts])).gather(level)
