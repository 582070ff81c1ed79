"""Wide records → rows of the shape `observation`, for sources with a parse.py: what was written in a cell stays beside it.

A frame holds one record per row: `station_key`, `station_name`, `at` (UTC, the end of the interval), `sheet`, `cell`, and
a text column for every channel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from assets.readers.result import PLACEHOLDER, ROW_SCHEMA, UTC_US, Drop, Finding, Refusal
from assets.readers.timing import LENGTHS
from assets.readers.typed import FLIP_FROM_ROWS, FLIP_SHARE, number

NO_VALUE = "-"  # the partner's own way of saying that nothing was measured, however it is spelt
SPACES = " \t\r\n\xa0\u200b\ufeff"


@dataclass(frozen=True)
class Channel:
    """One column of a record and what it measures. `unit` is UCUM. Where the Boolean column `disowned` is true, the partner
    says beside the value that there is none."""

    column: str
    quantity: str
    unit: str
    period: str = "PT1H"
    disowned: str | None = None


def json_cell(channel: Channel) -> pl.Expr:
    """`12.PM25.value`: the record's place and the field."""
    return pl.col("cell") + pl.lit(f".{channel.column}")


def wide_rows(
    frame: pl.DataFrame,
    channels: Sequence[Channel],
    nothing: Sequence[str] = (NO_VALUE,),
    cell: Callable[[Channel], pl.Expr] = json_cell,
    decimals: int | None = None,
) -> pl.DataFrame:
    """Rows with the columns of ROW_SCHEMA, channel by channel, sorted by series and time.

    Args:
        nothing: texts that say that nothing was measured; they get the flag `-`. An empty cell gets none.
        cell: how to name the cell of a channel.
        decimals: places to round values to, where a partner's export is known to add noise behind them.

    Raises Refusal: type_flip, when most entries of a channel are no numbers.
    """
    rows = pl.concat([_channel_rows(frame, channel, nothing, cell(channel), decimals) for channel in channels])
    _refuse_flips(rows)
    return rows.sort("station_key", "quantity", "averaging_period", "interval_start_at", maintain_order=True)


def _channel_rows(
    frame: pl.DataFrame, channel: Channel, nothing: Sequence[str], cell: pl.Expr, decimals: int | None
) -> pl.DataFrame:
    # A mark of nothing may come as a number: -1 and -1.0 are one.
    marks = [*nothing, *(f"{mark}.0" for mark in nothing if mark.lstrip("-").isdigit())]
    raw = pl.col(channel.column).cast(pl.String)
    text = raw.str.strip_chars(SPACES)
    is_mark = text.is_in(marks)
    is_disowned = pl.col(channel.disowned).fill_null(False) if channel.disowned else pl.lit(False)
    found = _numbers(frame, text, text.is_null() | (text == "") | is_mark)
    is_number = pl.col("found").is_finite().fill_null(False)
    value = pl.col("found") if decimals is None else pl.col("found").round(decimals)
    read = frame.with_columns(found).select(
        raw.alias("raw_value"),
        pl.when(is_number & ~is_mark & ~is_disowned).then(value).alias("value"),
        pl.when(raw.is_null() | (text == ""))
        .then(None)
        .when(is_mark)
        .then(pl.lit(NO_VALUE))
        .when(is_disowned)
        .then(pl.lit(PLACEHOLDER))
        .when(~is_number)
        .then(text)
        .alias("flag"),
    )
    step = pl.duration(seconds=LENGTHS[channel.period])
    from_path = pl.col("from_path") if "from_path" in frame.columns else pl.lit(None, pl.String)
    shared = frame.select(
        "station_key",
        "station_name",
        pl.lit(channel.quantity).alias("quantity"),
        pl.lit(None, pl.String).alias("level"),
        pl.lit(channel.period).alias("averaging_period"),
        (pl.col("at") - step).cast(UTC_US).alias("interval_start_at"),
        pl.col("at").cast(UTC_US).alias("interval_end_at"),
        pl.lit(channel.unit).alias("raw_unit"),
        from_path.alias("from_path"),
        "sheet",
        cell.alias("cell"),
    )
    return shared.hstack(read).select(
        pl.col("value").is_not_null().alias(name) if name == "is_valid" else pl.col(name) for name in ROW_SCHEMA
    )


def _numbers(frame: pl.DataFrame, text: pl.Expr, is_none: pl.Expr) -> pl.Series:
    """Float64 `found`. Thousands commas and Thai digits are looked for only where a plain number was not found."""
    plain = frame.select(text.cast(pl.Float64, strict=False).alias("found"), is_none.alias("none"))
    if (plain["found"].is_null() & ~plain["none"]).any():
        return frame.select(number(text).alias("found"))["found"]
    return plain["found"]


def _refuse_flips(rows: pl.DataFrame) -> None:
    """A field that held numbers and now holds words is another field."""
    known = (NO_VALUE, PLACEHOLDER)
    seen = rows.group_by("quantity", "averaging_period").agg(
        pl.col("raw_value").is_not_null().sum().alias("there"),
        (pl.col("flag").is_not_null() & ~pl.col("flag").is_in(known)).sum().alias("wrong"),
        pl.col("flag").filter(~pl.col("flag").is_in(known)).first().alias("example"),
    )
    flipped = seen.filter((pl.col("wrong") > FLIP_SHARE * pl.col("there")) & (pl.col("there") >= FLIP_FROM_ROWS))
    if flipped.is_empty():
        return
    quantity, _, there, wrong, example = flipped.sort("quantity").row(0)
    raise Refusal(
        "type_flip",
        f"{quantity} should hold numbers, but {wrong:,} of {there:,} entries do not (for example “{example[:40]}”). If the "
        "layout changed, tell the platform team; else ask or export again.",
        f"{quantity} ควรเป็นตัวเลข แต่มี {wrong:,} จาก {there:,} รายการที่ไม่ใช่ (เช่น “{example[:40]}”) หากเปลี่ยนรูปแบบโปรดแจ้งทีมแพลตฟอร์ม "
        "มิฉะนั้นโปรดขอหรือส่งออกใหม่",
    )


def once(frame: pl.DataFrame, channels: Sequence[Channel]) -> tuple[pl.DataFrame, list[Drop]]:
    """Of records of one station and time that say the same, one is taken; those that differ stay, for the gate to ask about."""
    key = ["station_key", "at"]
    if not frame.select(key).is_duplicated().any():
        return frame, []
    columns = dict.fromkeys(channel.column for channel in channels)
    kept = frame.unique(subset=[*key, *columns], keep="first", maintain_order=True)
    again = frame.height - kept.height
    if not again:
        return frame, []
    cells = again * len(channels)
    return kept, [
        Drop(
            "same_record",
            f"{again:,} records ({cells:,} cells) stand twice with the same content; one of each was taken.",
            f"มี {again:,} รายการ ({cells:,} ค่า) ซ้ำกันโดยมีเนื้อหาเหมือนกัน ใช้เพียงรายการเดียว",
            n=cells,
        )
    ]


def unreadable_times(frame: pl.DataFrame, written: str) -> list[Finding]:
    """A finding where `at` is empty; the gate holds those rows back. `written` names the column of the time's text."""
    lost = frame.filter(pl.col("at").is_null())
    if lost.is_empty():
        return []
    first = lost.row(0, named=True)
    return [
        Finding(
            "unreadable_time",
            f"{lost.height:,} records have no time that can be read; the first says “{first[written] or ''}”.",
            f"มี {lost.height:,} รายการที่อ่านเวลาไม่ได้ รายการแรกเขียนว่า “{first[written] or ''}”",
            sheet=first["sheet"],
            cell=first["cell"],
            n=lost.height,
        )
    ]
