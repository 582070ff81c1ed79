"""Delimited text → columns of text. Encoding is found out (UTF-8 with or without mark, cp874); `cell` is the line."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from assets.readers.document import Document
from assets.readers.result import Refusal

_TWIN = re.compile(r"(.*)_duplicated_\d+")  # what Polars calls a second column of one name


def header_of(document: Document, read: Mapping[str, Any]) -> list[str]:
    """Names of the columns, without reading the rows. Empty when the text has no such header."""
    lines = document.text.splitlines()[read.get("skipRows", 0) :]
    if not lines:
        return []
    if not read.get("header", True):
        names = list(read.get("columns", ()))
        return names if len(lines[0].split(read.get("separator", ","))) >= len(names) else []
    return [_plain(name) for name in lines[0].split(read.get("separator", ","))]


def read_delimited(document: Document, read: Mapping[str, Any]) -> pl.DataFrame:
    """Every field as text, named by the header (or by `columns`), and `cell`: the line, counted from 1.

    Raises Refusal: not_text, malformed_csv, column_twice.
    """
    has_header = read.get("header", True)
    skip = read.get("skipRows", 0)
    text = document.text
    if not text.strip():
        return pl.DataFrame(schema={"cell": pl.String})
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            separator=read.get("separator", ","),
            has_header=has_header,
            skip_rows=skip,
            infer_schema=False,
            truncate_ragged_lines=False,
        )
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema={"cell": pl.String})
    except pl.exceptions.PolarsError as error:
        raise _malformed(str(error)) from error
    names = [_plain(name) for name in frame.columns] if has_header else _named(frame, read.get("columns", ()))
    if has_header:
        _refuse_twins(names)
    frame.columns = names
    first = skip + (2 if has_header else 1)
    numbered = frame.with_columns((pl.int_range(pl.len()) + first).cast(pl.String).alias("cell"))
    nothing = pl.all_horizontal(pl.col(names).fill_null("").str.strip_chars() == "")
    return numbered.filter(~nothing)  # a line in which nothing is filled in is no record


def _refuse_twins(names: list[str]) -> None:
    """Raises Refusal for a column that stands twice. Columns without a name may: they are what a trailing comma leaves."""
    known = set(names) - {""}
    twins = {match[1] for name in names if (match := _TWIN.fullmatch(name))} & known
    if twins:
        shown = ", ".join(sorted(twins))
        raise Refusal(
            "column_twice",
            f"The columns {shown} stand twice in the header, so nobody can tell which one counts. Leave one of each and "
            "deliver the file again.",
            f"คอลัมน์ {shown} ปรากฏซ้ำในหัวตาราง จึงไม่ทราบว่าควรใช้คอลัมน์ใด โปรดเหลือไว้เพียงคอลัมน์เดียวแล้วส่งไฟล์มาใหม่",
        )


def _named(frame: pl.DataFrame, names: Any) -> list[str]:
    given = list(names)
    if len(given) > frame.width:
        raise _malformed(f"{frame.width} fields in a line, {len(given)} were agreed")
    return given + [f"field_{i + 1}" for i in range(len(given), frame.width)]


def _plain(name: str) -> str:
    return name.strip(' \t\r\n\xa0\ufeff"')


def _malformed(what: str) -> Refusal:
    first = what.splitlines()[0][:200]
    return Refusal(
        "malformed_csv",
        f"The text is not a table of the agreed layout: {first}. Export it again (one record a line, the same number of "
        "fields in each).",
        f"ข้อความไม่เป็นตารางตามรูปแบบที่ตกลงกัน: {first} โปรดส่งออกใหม่ (หนึ่งรายการต่อหนึ่งบรรทัด จำนวนช่องเท่ากันทุกบรรทัด)",
    )
