"""The layout with codes: `YYMM|CC|CC-DESC|RCODE|RCODE-DESC|CCAATT|CCAATT-DESC|CCAATTMM|CCAATTMM-DESC|MALE|FEMALE|TOTAL|HOUSE|`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from assets.readers.result import Refusal

PLACES = ("province", "registrar", "tambon", "village")  # each as code and name
NUMBERS = ("male", "female", "total", "houses")
FIELDS = ("yymm", *(f"{place}_{what}" for place in PLACES for what in ("code", "name")), *NUMBERS)
HEADER = "YYMM"
BLANKS = " \t\xa0\u200b\ufeff"

_START = re.compile(r"\s*(?:YYMM\||\d{4}\|\d{2}\|)")
Lines = Sequence[tuple[int, str]]


def is_codes(lines: Lines) -> bool:
    return _START.match(lines[0][1]) is not None


def read(lines: Lines) -> pl.DataFrame:
    """One row a line; codes stay text. Raises Refusal: malformed_line, type_flip."""
    rows = [_row(number, line) for number, line in lines if not line.lstrip(BLANKS).upper().startswith(HEADER)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys((*FIELDS, "cell"), pl.String), orient="row")
    months = ~frame["yymm"].str.contains(r"^\d{4}$")
    if months.any():
        raise _malformed(int(frame.filter(months)["cell"][0]), f"begins with “{frame.filter(months)['yymm'][0]}”")
    named = pl.col("registrar_code", "tambon_code", "village_code")
    frame = frame.with_columns(pl.when(named.str.contains(r"^0*$")).then(None).otherwise(named).name.keep())
    level = (
        pl.when(pl.col("village_code").is_not_null())
        .then(pl.lit("village"))
        .when(pl.col("tambon_code").is_not_null())
        .then(pl.lit("tambon"))
        .when(pl.col("registrar_code").is_not_null())
        .then(pl.lit("registrar"))
        .otherwise(pl.lit("province"))
    )
    code = pl.coalesce("village_code", "tambon_code", "registrar_code", "province_code")
    name = pl.coalesce(_name("village_name"), _name("tambon_name"), _name("registrar_name"), _name("province_name"))
    return frame.with_columns(
        level.alias("native_place_level"),
        code.alias("place_code"),
        name.alias("place_name"),
        pl.concat_str("province_code", named, separator="/", ignore_nulls=True).alias("place_ref"),
    )


def _row(number: int, line: str) -> tuple[str, ...]:
    parts = [part.strip(BLANKS) for part in line.strip(BLANKS).removesuffix("|").split("|")]
    if len(parts) != len(FIELDS):
        raise _malformed(number, f"has {len(parts)} fields, {len(FIELDS)} were agreed")
    return (*parts, str(number))


def _name(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))


def _malformed(number: int, what: str) -> Refusal:
    return Refusal(
        "malformed_line",
        f"Line {number} {what}. Download the file again; if it stays so, the layout changed: tell the platform team.",
        f"บรรทัดที่ {number} ไม่ตรงรูปแบบ ({what}) โปรดดาวน์โหลดไฟล์ใหม่ หากยังเป็นเช่นเดิมแสดงว่ารูปแบบเปลี่ยน โปรดแจ้งทีมแพลตฟอร์ม",
        cell=str(number),
    )
