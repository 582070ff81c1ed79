"""Lists of the latest value of every station: names as they should read, and stations that stay listed after their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from assets.readers.calendar import LOCAL
from assets.readers.document import Document
from assets.readers.records import observation_batch
from assets.readers.result import Batch, Drop, Finding
from assets.readers.wide import SPACES

DEAD_AFTER = timedelta(days=1)

# A Thai vowel or tone mark that has no consonant to stand on: `ฺBan Klang`.
_STRAY_MARK = r"(^|[^\u0e00-\u0e7f])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+"


def clean_name(name: str) -> pl.Expr:
    """A column of names without blanks around them and without stray combining marks; empty becomes null."""
    text = pl.col(name).cast(pl.String).str.replace_all(_STRAY_MARK, "${1}").str.strip_chars(SPACES)
    return pl.when(text != "").then(text)


def newest(frame: pl.DataFrame, document: Document) -> datetime:
    """The latest `at` of the list; not before the day that was asked for, when it was fetched."""
    latest = frame["at"].max()
    asked = document.pulled.day if document.pulled else date(1970, 1, 1)
    floor = datetime.combine(asked, time(), LOCAL).astimezone(UTC)
    return max(latest, floor) if isinstance(latest, datetime) else floor


def dead_stations(frame: pl.DataFrame, now: datetime) -> list[Finding]:
    """Stations whose last value is more than a day older than the newest of the list. Their rows keep their own time."""
    dead = frame.filter(pl.col("at") < now - DEAD_AFTER).unique("station_key", maintain_order=True)
    if dead.is_empty():
        return []
    named = ", ".join(dead["station_key"].head(10))
    first = dead.row(0, named=True)
    return [
        Finding(
            "dead_station",
            f"{dead.height} stations are listed with a value more than a day old: {named}. Nothing to do unless one of them "
            "should be running.",
            f"มี {dead.height} สถานีที่ค่าล่าสุดเก่ากว่าหนึ่งวัน: {named} ไม่ต้องดำเนินการ เว้นแต่สถานีนั้นควรทำงานอยู่",
            sheet=first["sheet"],
            cell=first["cell"],
            n=dead.height,
        )
    ]


def latest_batches(
    document: Document,
    frame: pl.DataFrame,
    rows: pl.DataFrame,
    layout: str,
    findings: Sequence[Finding] = (),
    drops: Sequence[Drop] = (),
) -> tuple[Batch, ...]:
    """Batches of `observation` from a list of latest values: `rows` as made from `frame`.

    Rows of stations that stopped are a batch of their own: in one file with today's they would stretch it over all the
    months between, and each of those would be built again at every hour.
    """
    now = newest(frame, document)
    local = now.astimezone(LOCAL)
    told = [*findings, *dead_stations(frame, now)]
    is_old = (pl.col("interval_end_at") < now - DEAD_AFTER).fill_null(False)
    fresh, stopped = rows.filter(~is_old), rows.filter(is_old)
    made: list[Batch] = []
    if fresh.height:
        series = f"latest/{local:%Y-%m-%dT%H%M}"
        period = (local.date(), local.date())
        made.append(
            observation_batch(
                "observation", fresh, layout=layout, series=series, period=period, findings=told, drops=drops
            )
        )
    if stopped.height:
        # what is to be told stands with the fresh rows, if there are any
        told, drops = ([], ()) if made else (told, drops)
        made.append(
            observation_batch(
                "observation", stopped, layout=layout, series="latest/stopped", findings=told, drops=drops
            )
        )
    return tuple(made)
