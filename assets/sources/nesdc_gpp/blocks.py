"""Region sheets: blocks of provinces under each other, each at current prices and then in chain volumes.

A block is a title, `0508 - LAMPANG`, a row of years and a line for each industry, closed by the product itself. Chain
volumes are not additive: their lines do not sum up, and no rule asks them to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from assets.readers.calendar import year_span
from assets.readers.cell_grid import Grid, at, cell_text, plain_text
from assets.readers.records import record_batch
from assets.readers.result import UTC_US, Batch
from assets.readers.sheet_xml import address
from assets.sources.nesdc_gpp.names import province, tis_code, unknown_province, year_of
from expectations.contract import Contract

ENTITY = "industry"
TITLE = re.compile(r"GROSS (?:PROVINCIAL|REGIONAL) PRODUCT", re.I)
CURRENT, VOLUME = re.compile(r"CURRENT", re.I), re.compile(r"CHAIN", re.I)
REFERENCE_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
NAME_WITHIN = 4
Place = tuple[str, str | None]  # name as written, NESDC's code

_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("place_name", "native_place_level", "nesdc_code", "province_code"), pl.String),
    **dict.fromkeys(("price_basis", "reference_year", "industry", "line_no", "vintage", "value_mthb"), pl.String),
    "interval_start_at": UTC_US,
    "interval_end_at": UTC_US,
    "sheet": pl.String,
    "cell": pl.String,
}


def has_blocks(grids: Mapping[str, Grid]) -> bool:
    """True when some sheet has the title of a block above the name of a province."""
    return any(place[1] for grid in grids.values() for _, _, place in _blocks(grid))


def read(grids: Mapping[str, Grid], contract: Contract) -> Batch:
    """Every line, every year. Raises Refusal: type_flip; NoData."""
    rows: list[tuple[Any, ...]] = []
    unknown: dict[str, str] = {}
    for sheet, grid in grids.items():
        for start, stop, (name, code) in _blocks(grid):
            tis = tis_code(name) if code else None
            if code and tis is None:
                unknown.setdefault(name, sheet)
            level = "province" if code else "region"
            rows += _lines(sheet, grid, start, stop, (name, level, code, tis))
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    findings = unknown_province(list(unknown), next(iter(unknown.values()), ""))
    last = frame["interval_end_at"].max()
    edition = last.year if isinstance(last, datetime) else 0
    return record_batch(contract, ENTITY, frame, layout="industry", series=f"all/edition-{edition}", findings=findings)


def newest(batch: Batch) -> tuple[int, str]:
    """The newest year of the blocks and its vintage."""
    last = batch.rows.sort("interval_start_at").row(-1, named=True)
    return last["interval_end_at"].year, last["vintage"]


def _blocks(grid: Grid) -> Iterator[tuple[int, int, Place]]:
    """(first row, row behind the last, place) of every block; a region's block has no code."""
    titles = [r for r, row in enumerate(grid) if TITLE.match(plain_text(at(row, 0))) and not _is_line(grid, r)]
    for i, start in enumerate(titles):
        stop = titles[i + 1] if i + 1 < len(titles) else len(grid)
        place = _place_within(grid, start, stop)
        if place:
            yield start, stop, place


def _is_line(grid: Grid, row: int) -> bool:
    """`Gross provincial product (GPP)` closes a block: figures stand beside it."""
    return any(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in grid[row][1:])


def _place_within(grid: Grid, start: int, stop: int) -> Place | None:
    """The name under the title: with NESDC's code a province, without it a region."""
    for r in range(start + 1, min(stop, start + NAME_WITHIN)):
        found = province(at(grid[r], 0))
        if found:
            return found[1], found[0]
    texts = [plain_text(at(grid[r], 0)) for r in range(start + 1, min(stop, start + NAME_WITHIN))]
    name = next((text for text in texts if text and not text.startswith("(")), None)
    return (name, None) if name else None


def _lines(
    sheet: str, grid: Grid, start: int, stop: int, place: tuple[str, str, str | None, str | None]
) -> Iterator[tuple[Any, ...]]:
    title = plain_text(at(grid[start], 0))
    basis = "chain_volume" if VOLUME.search(title) else "current" if CURRENT.search(title) else "unknown"
    named = REFERENCE_YEAR.search(title) if basis == "chain_volume" else None
    years: dict[int, tuple[int, str]] = {}
    number = 0
    for r in range(start + 1, stop):
        if not years:
            years = {c: label for c, cell in enumerate(grid[r]) if c and (label := year_of(cell))}
            continue
        industry = plain_text(at(grid[r], 0))
        values = {c: cell_text(at(grid[r], c)) for c in years}
        if not industry or not any(values.values()):
            continue
        number += 1
        for c, (year, vintage) in years.items():
            what = (basis, named[0] if named else None, industry, str(number), vintage, values[c])
            yield (*place, *what, *year_span(year), sheet, address(r, c))
