"""What kind of table each sheet of a workbook holds, worked out once from its content."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Literal

from assets.readers.document import Document
from assets.readers.facts import (
    PathFacts,
    is_mark,
    is_no_data,
    is_php_error,
    quantities_in_php_error,
    read_path,
    read_title,
)
from assets.readers.hour_header import HourlyTable, find_hourly_tables
from assets.readers.quantities import Named, named_quantities
from assets.readers.result import Refusal
from assets.readers.thai_dates import SPACES
from assets.readers.workbook import Sheet, Workbook

Kind = Literal["hourly", "all_stations", "two_columns", "stack", "notice", "mark", "blank", "unknown"]

_DATE_HEADER = re.compile(r"date|วันที่|วัน/เดือน", re.I)
_VALUE_HEADER = re.compile(r"ค่า|value|result|conc", re.I)
_REMARK_HEADER = re.compile(r"หมายเหตุ|remark|note", re.I)
_TEMP_OR_BP = re.compile(r"temp|bp", re.I)
_YEAR = re.compile(r"year|ปี|ปี พ\.?ศ\.?|พ\.?ศ\.?", re.I)
_STACK = re.compile(r"stack\s*\S+|MM-?\w+|ปล่อง\s*\S+", re.I)


@dataclass(frozen=True)
class View:
    """One sheet as understood. `header` is the row number of the table's header, for kinds without hours."""

    sheet: Sheet
    kind: Kind
    named: tuple[Named, ...] = ()
    hourly: tuple[HourlyTable, ...] = ()
    header: int | None = None
    errors: tuple[tuple[int, str], ...] = field(default=())  # rows (from 0) that hold the export page's own error
    no_data: tuple[tuple[int, str], ...] = field(default=())  # rows that say there is no data
    refusal: Refusal | None = None  # a table is there, but it cannot be read


def survey(workbook: Workbook) -> tuple[View, ...]:
    """One view per sheet, in the order of the workbook."""
    if "survey" not in workbook.notes:
        workbook.notes["survey"] = tuple(_view(sheet) for sheet in workbook.sheets)
    return workbook.notes["survey"]


def is_about(document: Document, quantities: Container[str]) -> bool:
    """Is it a workbook of measured quantities, one of `quantities` among them, and not one of stacks? Its path is asked only
    where its content is silent."""
    if document.kind != "xlsx":
        return False
    facts = read_path(document.path)
    if is_stack_workbook(document.workbook, facts):
        return False
    return any(quantity in quantities for quantity in claimed_quantities(document.workbook, facts))


def claimed_quantities(workbook: Workbook, path: PathFacts) -> frozenset[str]:
    """The quantities that the workbook is about; by content, and only where content is silent by path."""
    views = survey(workbook)
    tables = [view for view in views if view.kind in ("hourly", "all_stations", "two_columns")]
    if tables:
        by_content = {quantity for view in tables for quantity, _ in view.named}
        silent = any(not view.named for view in tables)
        return frozenset(by_content | ({quantity for quantity, _ in path.named} if silent else set()))
    if any(view.kind == "unknown" for view in views) and not any(view.errors or view.no_data for view in views):
        return frozenset()  # something else lies in the folder of a quantity
    by_error = {quantity for view in views for _, text in view.errors for quantity, _ in quantities_in_php_error(text)}
    return frozenset(by_error or {quantity for quantity, _ in path.named})


def is_stack_workbook(workbook: Workbook, path: PathFacts) -> bool:
    views = survey(workbook)
    if any(view.kind == "stack" for view in views):
        return True
    has_table = any(view.kind in ("hourly", "all_stations", "two_columns") for view in views)
    has_notice = any(view.errors or view.no_data for view in views)
    return path.is_stack and has_notice and not has_table and not path.named


def _view(sheet: Sheet) -> View:
    texts = [
        (i, text) for i, row in enumerate(sheet.head) if (text := next((c for c in row if c and c.strip(SPACES)), None))
    ]
    if not texts:
        empty = sheet.height == 0 or sheet.grid.null_count().sum_horizontal().item() == sheet.height * sheet.width
        return View(sheet, "blank" if empty else "unknown")
    errors = tuple((i, text) for i, text in texts if is_php_error(text))
    no_data = tuple((i, text) for i, text in texts if is_no_data(text) and not is_php_error(text))
    try:
        hourly = find_hourly_tables(sheet)
    except Refusal as refusal:
        return View(sheet, "hourly", _named_above(texts), errors=errors, no_data=no_data, refusal=refusal)
    if hourly:
        named = tuple(dict.fromkeys(named for table in hourly if table.title for named in table.title.named))
        return View(sheet, "hourly", named or _named_sheet(sheet), hourly, errors=errors, no_data=no_data)
    for i, row in enumerate(sheet.head):
        cells = [(c, text.strip(SPACES)) for c, text in enumerate(row) if text and text.strip(SPACES)]
        if _is_stack_header(cells):
            return View(sheet, "stack", header=i, errors=errors, no_data=no_data)
        if cells and _DATE_HEADER.search(cells[0][1]) and not re.search(r"\d", cells[0][1]):
            below = sheet.head[i + 1] if i + 1 < len(sheet.head) else ()
            if sum(bool(text and _TEMP_OR_BP.search(text)) for text in below) >= 2:
                named = (("TEMP", None), ("BP", None))
                return View(sheet, "all_stations", named, header=i, errors=errors, no_data=no_data)
            has_remarks = all(_REMARK_HEADER.search(text) for _, text in cells[2:])
            if len(cells) >= 2 and has_remarks and (_VALUE_HEADER.search(cells[1][1]) or named_quantities(cells[1][1])):
                named = _named_above([*texts[: i + 1], (i, cells[1][1])]) or _named_sheet(sheet)
                return View(sheet, "two_columns", named, header=i, errors=errors, no_data=no_data)
    if errors or no_data:
        return View(sheet, "notice", _named_above(texts), errors=errors, no_data=no_data)
    if all(is_mark(text) for _, text in texts):
        return View(sheet, "mark")
    return View(sheet, "unknown")


def _is_stack_header(cells: list[tuple[int, str]]) -> bool:
    return any(_YEAR.fullmatch(text) for _, text in cells) and any(_STACK.fullmatch(text) for _, text in cells)


def _named_above(texts: list[tuple[int, str]]) -> tuple[Named, ...]:
    plain = [text for _, text in texts[:6] if not is_php_error(text) and not is_no_data(text)]
    return next((named for text in plain if (named := read_title(text).named)), ())


def _named_sheet(sheet: Sheet) -> tuple[Named, ...]:
    return named_quantities(sheet.name)
