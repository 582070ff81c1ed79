"""Frames → batches: the last step of every reader of records, and of declared observations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from assets.readers.result import ROW_SCHEMA, UTC_US, Batch, Drop, Finding, NoData
from assets.readers.typed import MISSING, type_columns
from expectations.contract import Contract, Entity

LOCAL = "Asia/Bangkok"


def record_batch(
    contract: Contract,
    entity: str,
    frame: pl.DataFrame,
    *,
    layout: str,
    series: str,
    period: tuple[date, date] | None = None,
    missing: Sequence[str] = MISSING,
    findings: Sequence[Finding] = (),
    drops: Sequence[Drop] = (),
) -> Batch:
    """A batch of the shape `record`.

    Args:
        frame: own columns of the entity as text (then typed by the contract) or typed already; `interval_start_at` and
            `interval_end_at` (UTC, microseconds); `sheet` and `cell`; `problem` and `raw_value` if something was found
            unreadable before. Own columns that are absent become null.
        layout, series: with the period, what the delivery's slot is about.
        period: local days, both included; default: those of the rows.

    Records that stand twice with the same content are taken once (a Drop says so). Raises Refusal: type_flip; NoData
    when there is no row.
    """
    shape = contract.entity(entity)
    rows = type_columns(frame, shape.own_columns, missing)
    rows = _with_columns(rows, shape)
    rows, again = _once(rows, shape)
    return _batch(entity, rows, layout, series, period, tuple(findings), (*drops, *again))


def observation_batch(
    entity: str,
    rows: pl.DataFrame,
    *,
    layout: str,
    series: str,
    period: tuple[date, date] | None = None,
    findings: Sequence[Finding] = (),
    drops: Sequence[Drop] = (),
) -> Batch:
    """A batch of the shape `observation` from rows that have the columns of ROW_SCHEMA (absent ones become null)."""
    absent = [pl.lit(None, kind).alias(name) for name, kind in ROW_SCHEMA.items() if name not in rows.columns]
    whole = rows.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in ROW_SCHEMA.items())
    blank = whole["value"].null_count() == whole.height and whole["flag"].null_count() == whole.height
    return _batch(entity, whole, layout, series, period, tuple(findings), tuple(drops), is_blank=blank)


def _batch(
    entity: str,
    rows: pl.DataFrame,
    layout: str,
    series: str,
    period: tuple[date, date] | None,
    findings: tuple[Finding, ...],
    drops: tuple[Drop, ...],
    is_blank: bool = False,
) -> Batch:
    if not rows.height:
        raise nothing_in_it()
    first, last = period or period_of(rows)
    return Batch(entity, layout, series, first, last, rows, findings, drops, is_blank)


def nothing_in_it() -> NoData:
    """A sound delivery without a record."""
    return NoData("The delivery holds no record.", "ไม่มีรายการใดในข้อมูลที่ส่งมา")


def period_of(rows: pl.DataFrame) -> tuple[date, date]:
    """First and last local day that the rows speak of. An interval that ends at midnight belongs to the day before."""
    start, end = pl.col("interval_start_at"), pl.col("interval_end_at")
    last = pl.max_horizontal(start, end - pl.duration(microseconds=1))
    first_day, last_day = rows.select(
        start.min().dt.convert_time_zone(LOCAL).dt.date(),
        last.max().dt.convert_time_zone(LOCAL).dt.date().alias("last"),
    ).row(0)
    if first_day is None:  # not one time could be read: the gate quarantines every row
        return date(1970, 1, 1), date(1970, 1, 1)
    return first_day, last_day


def _with_columns(rows: pl.DataFrame, entity: Entity) -> pl.DataFrame:
    wanted = ["interval_start_at", "interval_end_at", *(c.name for c in entity.own_columns)]
    wanted += ["problem", "raw_value", "sheet", "cell"]
    return rows.select(wanted).with_columns(
        pl.col("interval_start_at", "interval_end_at").cast(UTC_US), pl.col("sheet", "cell").cast(pl.String)
    )


def _once(rows: pl.DataFrame, entity: Entity) -> tuple[pl.DataFrame, list[Drop]]:
    """Of records with the same content one is taken: a page that was sent twice is no contradiction."""
    what = ["interval_start_at", "interval_end_at", *(c.name for c in entity.own_columns)]
    kept = rows.unique(subset=what, keep="first", maintain_order=True)
    n = rows.height - kept.height
    if not n:
        return rows, []
    return kept, [
        Drop(
            "same_record",
            f"{n:,} records stand twice in the delivery with the same content; one of each was taken.",
            f"มี {n:,} รายการซ้ำในข้อมูลที่ส่งมาโดยมีเนื้อหาเหมือนกัน ใช้เพียงรายการเดียว",
            n=n,
        )
    ]
