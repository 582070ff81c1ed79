"""PEA electricity use: a month of branches × classes of user; each branch ends with its total row.

The total row is no record: its figures are put beside the classes of its branch, for the gate to compare them with the
sum, and the row is dropped. A starred cell is one that the source suppressed, not one that is missing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from assets.readers.declared import new_columns, require
from assets.readers.delimited import header_of, read_delimited
from assets.readers.document import Document
from assets.readers.records import nothing_in_it, record_batch
from assets.readers.result import Drop, Finding, Parsed
from assets.readers.timing import times_of
from assets.readers.typed import MISSING, clean
from expectations.contract import Contract

PARSER_VERSION = "1"
YEAR, MONTH, BRANCH = "ปี", "เดือน", "รหัสการไฟฟ้า"
CLASS, ENERGY, CUSTOMERS = "ประเภทผู้ใช้ไฟ", "หน่วยจำหน่าย (kWh)", "จำนวนผู้ใช้ไฟ (ราย)"
TIME = {"year": YEAR, "month": MONTH, "era": "buddhist", "period": "P1M"}
TOTALS = ("รวม", "รวมทั้งหมด", "รวมทั้งสิ้น", "total")
SUPPRESSED = ("*", "**", "<10")
TOTAL_OF = {"branch_total_kwh": ENERGY, "branch_total_customers": CUSTOMERS}


def claims(document: Document) -> bool:
    """True when the header speaks of energy sold by class of user."""
    return document.kind == "text" and {CLASS, ENERGY} <= set(header_of(document, {}))


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch. Raises Refusal (column_missing, malformed_csv, type_flip) and NoData."""
    frame = read_delimited(document, {})
    there = [name for name in frame.columns if name != "cell"]
    own = {c.source: c.name for c in contract.entity("use").own_columns if c.source}
    require([YEAR, MONTH, *own], there)
    is_total = clean(CLASS).str.to_lowercase().is_in(TOTALS).fill_null(False)
    totals, classes = frame.filter(is_total), frame.filter(~is_total)
    if not classes.height:
        raise nothing_in_it()
    batch = record_batch(
        contract,
        "use",
        _records(classes, own).with_columns(_totals_of(classes, totals)),
        layout="csv",
        series=_series(classes),
        missing=(*MISSING, *SUPPRESSED),
        findings=[*new_columns([n for n in there if n not in (YEAR, MONTH, *own)]), *_contradictions(totals)],
        drops=_dropped(totals),
    )
    return Parsed(contract.source_id, (batch,))


def _records(classes: pl.DataFrame, own: dict[str, str]) -> pl.DataFrame:
    starred = pl.any_horizontal(pl.col(name).str.strip_chars().is_in(SUPPRESSED) for name in (ENERGY, CUSTOMERS))
    known = clean(CLASS).str.replace_all(r"\s+", " ")
    return classes.select(
        *(pl.col(source).alias(name) for source, name in own.items() if source != CLASS),
        known.replace(_user_classes()).alias("user_class"),
        starred.fill_null(False).alias("is_suppressed"),
        pl.lit("csv").alias("sheet"),
        "cell",
        *times_of(classes, TIME, MISSING),
    )


def _totals_of(classes: pl.DataFrame, totals: pl.DataFrame) -> list[pl.Series]:
    """The figures of the branch's own total row, beside each of its classes; null where there is no such row."""
    key = [BRANCH, YEAR, MONTH]
    one = totals.unique(key, keep="first").select(*key, *(pl.col(c).alias(name) for name, c in TOTAL_OF.items()))
    return classes.join(one, on=key, how="left", maintain_order="left").select(*TOTAL_OF).get_columns()


def _contradictions(totals: pl.DataFrame) -> list[Finding]:
    """Branches with two total rows that say different things; the first was taken."""
    figures = totals.unique([BRANCH, YEAR, MONTH, ENERGY, CUSTOMERS])
    twice = figures.filter(pl.len().over(BRANCH, YEAR, MONTH) > 1)
    if not twice.height:
        return []
    names = ", ".join(twice[BRANCH].unique(maintain_order=True).to_list()[:5])
    return [
        Finding(
            "two_totals",
            f"There are several total rows that differ for {names}; the first was compared. Keep the right one.",
            f"มีแถวรวมหลายแถวที่ต่างกันของ {names} ระบบใช้แถวแรกในการตรวจสอบ โปรดเหลือแถวที่ถูกต้อง",
            sheet="csv",
            cell=twice["cell"][0],
            n=twice.height,
        )
    ]


def _dropped(totals: pl.DataFrame) -> list[Drop]:
    if not totals.height:
        return []
    return [
        Drop(
            "total_row",
            f"{totals.height} total rows were compared with the sum of their classes and are no rows of their own.",
            f"แถวรวม {totals.height} แถวใช้ตรวจสอบผลรวมของประเภทผู้ใช้ และไม่นับเป็นแถวข้อมูล",
            n=totals.height,
        )
    ]


@cache
def _user_classes() -> dict[str, str]:
    """The partner's name of a class → its code. A name that is not there stays as it is, for the gate to hold back."""
    listed = pl.read_csv(Path(__file__).with_name("user_class.csv"))
    return dict(listed.select("name", "user_class").iter_rows())


def _series(classes: pl.DataFrame) -> str:
    codes = sorted(classes[BRANCH].drop_nulls().unique().to_list())
    return f"branch/{codes[0]}..{codes[-1]}" if len(codes) > 1 else f"branch/{''.join(codes)}"
