"""Sheet PER CAPITA: B place, C product in million baht, D population in thousands, E baht per head, for one year.

Totals of the regions stand above the provinces; only provinces have NESDC's code before their name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.readers.calendar import year_span
from assets.readers.cell_grid import VINTAGES, Grid, at, cell_text, plain_text
from assets.readers.places import level_of
from assets.readers.records import record_batch
from assets.readers.result import Batch, Finding, Refusal
from assets.readers.sheet_xml import address
from assets.sources.nesdc_gpp.names import province, tis_code, unknown_province
from expectations.contract import Contract

ENTITY = "per_capita"
SHEET = "PER CAPITA"
FIRST_FIGURE = 2  # column C
FIGURES = ("gpp_mthb", "population_thousand", "per_capita_thb")
HEADER_WITHIN = 12
# What the header above C, D and E must say, in English or Thai.
HEADS = (
    re.compile(r"GPP|GRP|product|ผลิตภัณฑ์", re.I),
    re.compile(r"population|ประชากร", re.I),
    re.compile(r"capita|หัว", re.I),
)

_YEAR = re.compile(r"\b(?P<year>(?:19|20)\d\d)\s*(?P<mark>[pr]?)\b", re.I)


def sheet_of(grids: Mapping[str, Grid]) -> str | None:
    return next((name for name in grids if name.strip().upper() == SHEET), None)


def read(
    sheet: str, grid: Grid, newest: tuple[int, str] | None, contract: Contract, findings: Sequence[Finding]
) -> Batch:
    """`newest` is the newest year of the region sheets, for a sheet that does not say its year.

    Raises Refusal: year_missing, column_missing, type_flip; NoData.
    """
    first = _first_row(grid)
    _check_heads(sheet, grid, first)
    year, vintage = _year(sheet, grid, first, newest)
    rows = []
    unknown = []
    for r in range(first, len(grid)):
        figures = [cell_text(at(grid[r], FIRST_FIGURE + i)) for i in range(len(FIGURES))]
        written = plain_text(at(grid[r], 1))
        if not written or not any(figures):
            continue
        place = province(written)
        code, name = place or (None, written)
        level = "province" if place else "country" if level_of(written)[0] == "country" else "region"
        tis = tis_code(name) if place else None
        if place and tis is None:
            unknown.append(name)
        rows.append((name, level, code, tis, *figures, address(r, 1)))
    start, end = year_span(year)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row").with_columns(
        pl.lit(vintage).alias("vintage"),
        pl.lit(start).alias("interval_start_at"),
        pl.lit(end).alias("interval_end_at"),
        pl.lit(sheet).alias("sheet"),
    )
    return record_batch(
        contract,
        ENTITY,
        frame,
        layout="per_capita",
        series=f"all/{vintage}",
        findings=[*findings, *unknown_province(unknown, sheet)],
    )


_COLUMNS = ("place_name", "native_place_level", "nesdc_code", "province_code", *FIGURES, "cell")


def _first_row(grid: Grid) -> int:
    """The first row with a place in B and a number in C."""
    for r, row in enumerate(grid):
        if plain_text(at(row, 1)) and isinstance(at(row, FIRST_FIGURE), int | float):
            return r
    return len(grid)


def _check_heads(sheet: str, grid: Grid, first: int) -> None:
    above = [" ".join(plain_text(at(row, FIRST_FIGURE + i)) for row in grid[:first]) for i in range(len(FIGURES))]
    lost = [figure for figure, words, text in zip(FIGURES, HEADS, above, strict=True) if not words.search(text)]
    if lost:
        raise Refusal(
            "column_missing",
            f"Sheet {sheet}: columns C, D and E should hold product, population and product per head; the header says "
            f"nothing of {', '.join(lost)}. If the layout changed, tell the platform team.",
            f"แผ่นงาน {sheet}: คอลัมน์ C, D และ E ควรเป็นผลิตภัณฑ์ ประชากร และผลิตภัณฑ์ต่อหัว แต่หัวตารางไม่ระบุ {', '.join(lost)} "
            "หากเปลี่ยนรูปแบบ โปรดแจ้งทีมแพลตฟอร์ม",
            sheet=sheet,
            cell="C1",
        )


def _year(sheet: str, grid: Grid, first: int, newest: tuple[int, str] | None) -> tuple[int, str]:
    """The year that the rows above the figures name, else the newest of the region sheets."""
    texts: list[Any] = [cell for row in grid[: min(first, HEADER_WITHIN)] for cell in row]
    found = next((year for cell in texts if (year := _YEAR.search(plain_text(cell)))), None)
    if found:
        return int(found["year"]), VINTAGES[found["mark"].lower()]
    if newest:
        return newest
    raise Refusal(
        "year_missing",
        f"Sheet {sheet} does not say of which year it is. Write the year into the title (2024p).",
        f"แผ่นงาน {sheet} ไม่ระบุปี โปรดเขียนปีในหัวตาราง (2024p)",
        sheet=sheet,
    )
