"""CSV copies of the monthly figures, as provincial offices publish them: a line for each province, month and origin.

`จังหวัด,ปี,เดือน,ผู้เยี่ยมเยือน,จำนวน(คน),รายได้(ล้านบาท)`: Buddhist year, thousands commas in quotes, UTF-8 or Windows-874.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from assets.readers.declared import new_columns, require
from assets.readers.delimited import header_of, read_delimited
from assets.readers.document import Document
from assets.readers.places import level_of
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import Batch
from assets.readers.timing import times_of
from assets.readers.typed import MISSING
from expectations.contract import Contract

ENTITY = "visitor_origin"
HEADS = ("จังหวัด", "ปี", "เดือน", "ผู้เยี่ยมเยือน", "จำนวน(คน)", "รายได้(ล้านบาท)")
ORIGINS = {"ไทย": "thai", "ชาวไทย": "thai", "คนไทย": "thai", "ต่างชาติ": "foreign", "ชาวต่างชาติ": "foreign", "รวม": "all"}
TIME: dict[str, Any] = {"year": "ปี", "month": "เดือน", "era": "buddhist", "period": "P1M"}


def is_origin(document: Document) -> bool:
    """True when the first four heads are there; a lost figure is told when the file is read."""
    return set(HEADS[:4]) <= set(header_of(document, {}))


def read(document: Document, contract: Contract) -> Batch:
    """Raises Refusal: malformed_csv, column_missing, type_flip; NoData."""
    frame = read_delimited(document, {})
    there = [name for name in frame.columns if name != "cell"]
    require(HEADS, there)
    if not frame.height:
        raise nothing_in_it()
    names = {text: level_of(text or "") for text in frame["จังหวัด"].unique().to_list()}
    made = frame.select(
        pl.col("จังหวัด").alias("place_name"),
        _looked_up("จังหวัด", {text: level for text, (level, _) in names.items()}).alias("native_place_level"),
        _looked_up("จังหวัด", {text: code for text, (_, code) in names.items()}).alias("province_code"),
        pl.col("ผู้เยี่ยมเยือน").str.strip_chars().replace(ORIGINS).alias("origin"),
        pl.col("จำนวน(คน)").alias("visitors"),
        pl.col("รายได้(ล้านบาท)").alias("receipts_mthb"),
        "cell",
    ).with_columns(*times_of(frame, TIME, MISSING), pl.lit("csv").alias("sheet"))
    places = sorted(frame["จังหวัด"].drop_nulls().unique().to_list())
    series = places[0] if len(places) == 1 else f"{places[0]}..{places[-1]}"
    findings = new_columns([name for name in there if name not in HEADS])
    return record_batch(contract, ENTITY, made, layout="origin", series=series, findings=findings)


def _looked_up(column: str, known: dict[Any, str | None]) -> pl.Expr:
    return pl.col(column).replace_strict(list(known), list(known.values()), return_dtype=pl.String)
