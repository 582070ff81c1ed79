"""Grids of values → the old .xls, which the Ministry of Energy still publishes."""

from __future__ import annotations

import io
from typing import Any

import xlwt


def as_xls(grid: list[list[Any]], sheet: str = "Sheet1") -> bytes:
    """One sheet; empty texts and None stay blank cells."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    for r, row in enumerate(grid):
        for c, value in enumerate(row):
            if value not in ("", None):
                page.write(r, c, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
