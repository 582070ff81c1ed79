"""EGAT Mae Moh generation: two kinds of CSV, power by unit and hour and lignite by unit and day.

The header tells which of the two it is; lines above it are titles. Units come under many names (MM-T8, Unit 8, MMRP1):
`unit_alias.csv` gives each its key, from the day on that the name means it. A name that is not there stays as written, for
the gate to hold back. The hour of the whole plant is no unit: its net power is put beside the units of the hour, for the
gate to compare it with their sum, and the row is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from assets.readers.declared import column_missing, new_columns, require
from assets.readers.delimited import header_of, read_delimited
from assets.readers.document import Document
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import Drop, Parsed, Refusal
from assets.readers.timing import LOCAL, times_of
from assets.readers.typed import MISSING, clean
from expectations.contract import Contract, Entity

PARSER_VERSION = "1"
TITLE_LINES = 5
DATES = ("%Y-%m-%d", "%d/%m/%Y")
PLANT = "MMPP"


@dataclass(frozen=True)
class Layout:
    """A kind of file: the columns that tell it apart, and the time of its rows."""

    entity: str
    mark: frozenset[str]
    time: dict[str, object]


LAYOUTS = (
    Layout(
        "unit_hour",
        frozenset({"UNIT", "HOUR"}),
        {"date": "DATE", "hour": "HOUR", "formats": DATES, "label": "ending", "period": "PT1H"},
    ),
    Layout("fuel_day", frozenset({"UNIT", "LIGNITE_T"}), {"date": "DATE", "formats": DATES, "period": "P1D"}),
)


def claims(document: Document) -> bool:
    """True when the first line that could be a header has the columns of one of the two kinds."""
    return document.kind == "text" and _layout(document) is not None


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch. Raises Refusal (column_missing, hour_label, malformed_csv, type_flip) and NoData."""
    found = _layout(document)
    if found is None:
        raise column_missing(["UNIT", "HOUR or LIGNITE_T"], header_of(document, {}))
    layout, skip = found
    entity = contract.entity(layout.entity)
    frame = read_delimited(document, {"skipRows": skip})
    there = [name for name in frame.columns if name != "cell"]
    known = _columns(entity, layout)
    require(known, there)
    if not frame.height:
        raise nothing_in_it()
    if "hour" in layout.time:
        _refuse_hour_zero(frame)
    rows = _named(frame, entity).with_columns(*times_of(frame, layout.time, MISSING), pl.lit("csv").alias("sheet"))
    rows = with_unit_ids(rows)
    drops: list[Drop] = []
    if layout.entity == "unit_hour":
        rows, drops = _without_plant(rows)
    batch = record_batch(
        contract,
        layout.entity,
        rows,
        layout=layout.entity,  # a part of the slot: the two kinds of file never take each other's place
        series=_series(rows),
        findings=new_columns([name for name in there if name not in known]),
        drops=drops,
    )
    return Parsed(contract.source_id, (batch,))


def with_unit_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """`unit_name` → `unit_id`: the key that the name means on the day of the row, else the name as it is written."""
    folded = (
        clean("unit_name")
        .str.to_lowercase()
        .str.replace(r"^เครื่อง(ที่)?\s*", "unit ")
        .str.replace(r"^unit\s*", "unit ")
        .str.replace_all(r"\s+", " ")
    )
    day = pl.col("interval_start_at").dt.convert_time_zone(LOCAL).dt.date()
    joined = rows.with_columns(folded.alias("alias")).join(_aliases(), on="alias", how="left", maintain_order="left")
    holds = pl.col("key").is_not_null() & (pl.col("valid_from").is_null() | (day >= pl.col("valid_from")))
    unit_id = pl.when(holds).then(pl.col("key")).otherwise(clean("unit_name"))
    return joined.with_columns(unit_id.alias("unit_id")).drop("alias", "key", "valid_from")


@cache
def _aliases() -> pl.DataFrame:
    """alias, key, valid_from; a key is its own alias."""
    listed = pl.read_csv(Path(__file__).with_name("unit_alias.csv"), try_parse_dates=True).select(
        "alias", pl.col("unit_id").alias("key"), "valid_from"
    )
    keys = listed.select(
        pl.col("key").str.to_lowercase().alias("alias"), "key", pl.lit(None, pl.Date).alias("valid_from")
    )
    return pl.concat([listed, keys]).unique("alias", keep="first")


def _layout(document: Document) -> tuple[Layout, int] | None:
    """The kind of file and the number of lines above its header."""
    for skip in range(TITLE_LINES):
        header = set(header_of(document, {"skipRows": skip}))
        for layout in LAYOUTS:
            if layout.mark <= header:
                return layout, skip
    return None


def _columns(entity: Entity, layout: Layout) -> list[str]:
    """The partner's names of the columns that are read."""
    own = [column.source for column in entity.own_columns if column.source]
    return [*(str(layout.time[part]) for part in ("date", "hour") if part in layout.time), *own]


def _named(frame: pl.DataFrame, entity: Entity) -> pl.DataFrame:
    own = [pl.col(c.source).alias(c.name) for c in entity.own_columns if c.source and c.name != "unit_id"]
    return frame.select(pl.col("UNIT").alias("unit_name"), *own, "cell")


def _refuse_hour_zero(frame: pl.DataFrame) -> None:
    zero = frame.filter(pl.col("HOUR").str.strip_chars().is_in(["0", "00", "0:00", "00:00"]))
    if zero.height:
        raise Refusal(
            "hour_label",
            f"Line {zero['cell'][0]} has the hour 0. Hours are 1 to 24 and name the end of the hour; with 0 to 23 every value "
            "would stand an hour off. Deliver the file with the hours 1 to 24.",
            f"บรรทัด {zero['cell'][0]} มีชั่วโมง 0 ทั้งที่ตกลงใช้ชั่วโมง 1 ถึง 24 (เวลาสิ้นสุดชั่วโมง) หากใช้ 0 ถึง 23 ทุกค่าจะเลื่อนไปหนึ่งชั่วโมง "
            "โปรดส่งไฟล์ใหม่โดยใช้ชั่วโมง 1 ถึง 24",
            sheet="csv",
            cell=zero["cell"][0],
        )


def _without_plant(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Drop]]:
    """Rows of units, with `plant_net_mw` of their hour; the rows of the whole plant as a drop."""
    is_plant = pl.col("unit_id") == PLANT
    plant = rows.filter(is_plant).select("interval_start_at", pl.col("net_mw").alias("plant_net_mw"))
    once = plant.unique("interval_start_at", keep="first")
    units = rows.filter(is_plant.not_().fill_null(True)).join(
        once, on="interval_start_at", how="left", maintain_order="left"
    )
    if not plant.height:
        return units, []
    return units, [
        Drop(
            "plant_row",
            f"{plant.height} hours of the whole plant were compared with the sum of the units and are no rows of their own.",
            f"แถวรวมทั้งโรงไฟฟ้า {plant.height} ชั่วโมงใช้ตรวจสอบผลรวมของเครื่อง และไม่นับเป็นแถวข้อมูล",
            n=plant.height,
        )
    ]


def _series(rows: pl.DataFrame) -> str:
    units = sorted(rows["unit_id"].drop_nulls().unique().to_list())
    return f"unit/{units[0]}..{units[-1]}" if len(units) > 1 else f"unit/{''.join(units)}"
