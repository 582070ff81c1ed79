"""DOPA registered population: pipe-delimited text in two layouts, entity `registered`.

`stat_t…txt`: codes and names from province to village, totals (code 0) among their parts, a municipality's share of a tambon
on a line of its own. `YYMMccPP.txt`: names without codes and without a month in it; the file name says both.
The files are UTF-8 with BOM though documented as Thai (Windows); both are read.
"""

from __future__ import annotations

import re

import polars as pl

from assets.readers.calendar import month_span
from assets.readers.document import Document
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import Batch, Parsed, Refusal
from assets.readers.thai_dates import BUDDHIST_OFFSET
from assets.sources.dopa_population import ages, codes
from expectations.contract import Contract

PARSER_VERSION = "1"
ENTITY = "registered"
FIRST_BUDDHIST_YEAR = 36  # the series begins in 2536

_FIRST_LINE = re.compile(r"\s*(?:YYMM\||\d{4}\|\d{2}\||(?:จังหวัด|อำเภอ|ตำบล|เทศบาล|ท้องถิ่น)[^|]*\|\d)")


def claims(document: Document) -> bool:
    """Text whose first line is a header, a line of codes, or a name followed by numbers."""
    return document.kind == "text" and _FIRST_LINE.match(document.text[:400].lstrip("\ufeff")) is not None


def parse(document: Document, contract: Contract) -> Parsed:
    """Raises Refusal: malformed_line, month_missing, year_unclear, type_flip; NoData."""
    lines = [
        (n, line) for n, line in enumerate(document.text.lstrip("\ufeff").splitlines(), 1) if line.strip(" \t\x1a")
    ]
    if not lines:
        raise nothing_in_it()
    if codes.is_codes(lines):
        batch = _batch(codes.read(lines), contract, "codes")
    else:
        batch = _batch(ages.read(lines, document.path), contract, "ages")
    return Parsed(contract.source_id, (batch,))


def _batch(frame: pl.DataFrame, contract: Contract, layout: str) -> Batch:
    """Adds the month of every line. `frame` has the text column `yymm`."""
    if not frame.height:
        raise nothing_in_it()
    spans = {yymm: month_span(*month_of(yymm)) for yymm in frame["yymm"].unique().to_list()}
    made = frame.with_columns(
        pl.col("yymm").replace_strict({k: v[0] for k, v in spans.items()}, return_dtype=UTC).alias("interval_start_at"),
        pl.col("yymm").replace_strict({k: v[1] for k, v in spans.items()}, return_dtype=UTC).alias("interval_end_at"),
        pl.lit(layout).alias("sheet"),
    )
    provinces = sorted(frame["province_code"].drop_nulls().unique().to_list())
    series = f"province/{provinces[0]}" if len(provinces) == 1 else f"province/{provinces[0]}..{provinces[-1]}"
    return record_batch(contract, ENTITY, made, layout=layout, series=series)


UTC = pl.Datetime("us", "UTC")


def month_of(yymm: str) -> tuple[int, int]:
    """`6903` → (2026, 3): two digits of the Buddhist year, as DOPA agrees. Raises Refusal: year_unclear."""
    year, month = int(yymm[:2]), int(yymm[2:])
    if len(yymm) != 4 or year < FIRST_BUDDHIST_YEAR or not 1 <= month <= 12:
        raise Refusal(
            "year_unclear",
            f"“{yymm}” is no month of DOPA's: two digits of the Buddhist year (36 to 99) and two of the month, as in 6903.",
            f"“{yymm}” ไม่ใช่เดือนตามรูปแบบของกรมการปกครอง: ปี พ.ศ. สองหลัก (36 ถึง 99) และเดือนสองหลัก เช่น 6903",
        )
    return 2500 + year - BUDDHIST_OFFSET, month
