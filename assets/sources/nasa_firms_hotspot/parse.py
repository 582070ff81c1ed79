"""NASA FIRMS, area interface: one CSV a sensor, VIIRS and MODIS with columns of their own.

Times are UTC, `acq_time` is HHMM without leading zeros (`648` is 06:48, `5` is 00:05). No newline ends the file, so that a
file that was cut off shows only in its last line.
"""

from __future__ import annotations

import polars as pl

from assets.readers.declared import column_missing, new_columns
from assets.readers.delimited import header_of, read_delimited
from assets.readers.document import Document
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import Parsed, Refusal
from assets.readers.typed import clean, number
from expectations.contract import Contract

PARSER_VERSION = "1"

ENTITY = "hotspot"
SHARED = ("latitude", "longitude", "acq_date", "acq_time", "satellite", "instrument", "confidence", "frp", "daynight")
CHANNELS = {"VIIRS": ("bright_ti4", "bright_ti5"), "MODIS": ("brightness", "bright_t31")}
LETTERS = {"l": "low", "n": "nominal", "h": "high"}
LOW_BELOW, HIGH_FROM = 30, 80  # MODIS: per cent


def claims(document: Document) -> bool:
    """A CSV whose header has the columns of VIIRS or of MODIS."""
    return document.kind == "text" and _variant(header_of(document, {})) is not None


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch of detections. Raises Refusal: partner_error, malformed_csv, column_missing, type_flip; NoData."""
    header = header_of(document, {})
    if "latitude" not in header:
        raise _no_table(document)
    variant = _variant(header)
    if variant is None:
        needed = [*SHARED, *CHANNELS["MODIS" if "brightness" in header else "VIIRS"]]
        raise column_missing([name for name in needed if name not in header], header)
    frame = read_delimited(document, {})
    if not frame.height:
        raise nothing_in_it()
    own = {c.source or c.name: c.name for c in contract.entity(ENTITY).own_columns}
    strange = [name for name in header if name not in own and name not in SHARED]
    renamed = frame.rename({name: own[name] for name in header if name in own})
    rows = renamed.with_columns(*_times(frame), *_confidence(frame), pl.lit("csv").alias("sheet"))
    batch = record_batch(
        contract,
        ENTITY,
        rows.with_columns(_problem(rows), pl.coalesce("time_text", "confidence_text").alias("raw_value")),
        layout=variant.lower(),
        series=document.label or "+".join(sorted(frame["satellite"].drop_nulls().unique())),
        findings=new_columns(strange),
    )
    return Parsed(contract.source_id, (batch,))


def _variant(header: list[str]) -> str | None:
    if not set(SHARED) <= set(header):
        return None
    return next((name for name, channels in CHANNELS.items() if set(channels) <= set(header)), None)


def _times(frame: pl.DataFrame) -> list[pl.Series]:
    """Both ends of the instant, and its text where it is none."""
    text = pl.concat_str([clean("acq_date"), clean("acq_time").str.zfill(4)], separator=" ")
    at = text.str.to_datetime("%Y-%m-%d %H%M", time_unit="us", strict=False, time_zone="UTC")
    return frame.select(
        at.alias("interval_start_at"),
        at.alias("interval_end_at"),
        pl.when(at.is_null()).then(text.fill_null("?")).alias("time_text"),
    ).get_columns()


def _confidence(frame: pl.DataFrame) -> list[pl.Series]:
    """VIIRS has a letter, MODIS per cent; the class says both in one way. A mark of the other sensor is unreadable."""
    text, is_modis = clean("confidence"), clean("instrument") == "MODIS"
    percent = number(text)
    sound = percent.is_between(0, 100) & (percent == percent.round(0))
    by_percent = (
        pl.when(percent < LOW_BELOW)
        .then(pl.lit("low"))
        .when(percent < HIGH_FROM)
        .then(pl.lit("nominal"))
        .otherwise(pl.lit("high"))
    )
    by_letter = text.str.to_lowercase().replace_strict(LETTERS, default=None, return_dtype=pl.String)
    found = pl.when(is_modis & sound).then(by_percent).when(~is_modis).then(by_letter)
    return frame.select(
        text.alias("confidence"),
        found.alias("confidence_class"),
        pl.when(is_modis & sound).then(percent).cast(pl.Int64).alias("confidence_percent"),
        pl.when(found.is_null() & text.is_not_null()).then(text).alias("confidence_text"),
    ).get_columns()


def _problem(rows: pl.DataFrame) -> pl.Series:
    return rows.select(
        pl.coalesce(
            pl.format("acq_date, acq_time: “{}” is not a time", "time_text"),
            pl.format("confidence: “{}” is no confidence of {}", "confidence_text", clean("instrument").fill_null("?")),
        ).alias("problem")
    )["problem"]


def _no_table(document: Document) -> Refusal:
    """FIRMS answers in words when a key is wrong or too much was asked for."""
    said = " ".join(document.text.split())[:150]
    return Refusal(
        "partner_error",
        f"FIRMS sent no table but “{said}”. Check the key (MAEMOH_KEY_FIRMS) and the limit of 5,000 transactions in 10 "
        "minutes, then ask again.",
        f"FIRMS ไม่ได้ส่งตารางข้อมูล แต่ตอบว่า “{said}” โปรดตรวจสอบกุญแจ (MAEMOH_KEY_FIRMS) และจำนวนคำขอ (ไม่เกิน 5,000 ใน 10 นาที) "
        "แล้วลองใหม่",
    )
