"""Text → the type that the contract gives a column, in columns; what cannot be read is named, never guessed."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.readers.result import UTC_US, Refusal
from expectations.shapes import Column

MISSING = ("", "-", "--", "N/A", "n/a", "NULL", "null", "None")
TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y")
TIME_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%#z")
LOCAL_TIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
FLIP_FROM_ROWS = 3
FLIP_SHARE = 0.5

_KINDS = {
    "DOUBLE": ("a number", "ตัวเลข"),
    "BIGINT": ("a whole number", "จำนวนเต็ม"),
    "BOOLEAN": ("yes or no", "ค่าจริงเท็จ"),
    "DATE": ("a date", "วันที่"),
    "TIMESTAMPTZ": ("a time", "เวลา"),
}


def clean(name: str, missing: Sequence[str] = MISSING) -> pl.Expr:
    """A text column without blanks around it; what says that there is nothing is null."""
    text = pl.col(name).cast(pl.String).str.strip_chars(" \t\r\n\xa0\u200b\ufeff")
    return pl.when(text.is_in([*missing, ""])).then(None).otherwise(text).alias(name)


def number(text: pl.Expr) -> pl.Expr:
    """Float64 of texts such as `1,234.5`, `-3` or `๑๒`; null where it is none. A comma counts only between thousands."""
    plain = text.str.replace_many(list("๐๑๒๓๔๕๖๗๘๙"), list("0123456789"))
    grouped = plain.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
    value = pl.when(grouped).then(plain.str.replace_all(",", "")).otherwise(plain).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)  # NaN and inf are words


def typed(column: Column, text: pl.Expr) -> pl.Expr:
    """The column's values; null where a text cannot be read as its type."""
    if column.type == "VARCHAR":
        return text
    if column.type == "DOUBLE":
        return number(text)
    if column.type == "BIGINT":
        value = number(text)
        return pl.when(value == value.round(0)).then(value).cast(pl.Int64, strict=False)
    if column.type == "BOOLEAN":
        low = text.str.to_lowercase()
        return pl.when(low.is_in(TRUE)).then(True).when(low.is_in(FALSE)).then(False)
    if column.type == "DATE":
        day = text.str.replace(r"[T ].*$", "")  # a time of the day may follow
        whole = pl.when(day.str.contains(r"^\d{4}\D|\D\d{4}$")).then(day)  # 05/03/26 is not the year 5, nor any other
        return pl.coalesce(whole.str.to_date(f, strict=False) for f in DATE_FORMATS)
    return instant(text)


def instant(text: pl.Expr, formats: Sequence[str] = (), zone: str = "Asia/Bangkok") -> pl.Expr:
    """UTC instants: a text with an offset keeps it, one without is a time of `zone`."""
    zoned = [text.str.to_datetime(f, time_unit="us", strict=False).dt.convert_time_zone("UTC") for f in TIME_FORMATS]
    local = [
        at_zone(text.str.to_datetime(f, time_unit="us", strict=False), zone) for f in (formats or LOCAL_TIME_FORMATS)
    ]
    return pl.coalesce([*local, *([] if formats else zoned)])


def at_zone(local: pl.Expr, zone: str) -> pl.Expr:
    """UTC instants of local times; null for one that the clocks left out or showed twice."""
    return local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.convert_time_zone("UTC")


def type_columns(frame: pl.DataFrame, columns: Sequence[Column], missing: Sequence[str] = MISSING) -> pl.DataFrame:
    """`frame` with every text column of `columns` typed, and `problem`, `raw_value` of the first cell that could not be.

    A column that is not there becomes null; one that is typed already stays. Raises Refusal: type_flip.
    """
    texts = [c for c in columns if c.name in frame.columns and frame.schema[c.name] == pl.String]
    cleaned = frame.with_columns(clean(c.name, missing) for c in texts)
    read = cleaned.select(typed(c, pl.col(c.name)).alias(c.name) for c in texts) if texts else pl.DataFrame()
    problems: list[pl.Series] = []
    raws: list[pl.Series] = []
    for column in texts:
        if column.type == "VARCHAR":
            continue
        bad = cleaned[column.name].is_not_null() & read[column.name].is_null()
        if not bad.any():
            continue
        _refuse_flip(column, cleaned[column.name], bad)
        what = pl.format("{}: “{}” is not " + _KINDS[column.type][0], pl.lit(column.name), pl.col(column.name))
        problems.append(cleaned.select(pl.when(bad).then(what)).to_series())
        raws.append(cleaned.select(pl.when(bad).then(pl.col(column.name))).to_series())
    made = frame.with_columns(*read.get_columns())
    absent = [c for c in columns if c.name not in frame.columns]
    return made.with_columns(
        *(pl.lit(None, polars_type(c.type)).alias(c.name) for c in absent),
        _first("problem", frame, problems),
        _first("raw_value", frame, raws),
    )


def _first(name: str, frame: pl.DataFrame, found: list[pl.Series]) -> pl.Series:
    """What the frame says already, else the first of `found`, row by row."""
    parts = ([frame[name].cast(pl.String)] if name in frame.columns else []) + found
    if not parts:
        return pl.Series(name, [None] * frame.height, pl.String)
    table = pl.DataFrame([part.alias(str(i)) for i, part in enumerate(parts)])
    return table.select(pl.coalesce(pl.all())).to_series().alias(name)


def _refuse_flip(column: Column, text: pl.Series, bad: pl.Series) -> None:
    there, wrong = text.len() - text.null_count(), int(bad.sum())
    if there < FLIP_FROM_ROWS or wrong <= FLIP_SHARE * there:
        return
    en, th = _KINDS[column.type]
    example = text.filter(bad)[0]
    field = column.source or column.name
    raise Refusal(
        "type_flip",
        f"The field {field} should hold {en}, but {wrong:,} of {there:,} entries do not (for example “{example}”). If the "
        "layout changed, tell the platform team; else export it again.",
        f"ช่อง {field} ควรเป็น{th} แต่มี {wrong:,} จาก {there:,} รายการที่ไม่ใช่ (เช่น “{example}”) หากเปลี่ยนรูปแบบโปรดแจ้งทีมแพลตฟอร์ม "
        "มิฉะนั้นโปรดส่งออกใหม่",
    )


def polars_type(duckdb_type: str) -> pl.DataType:
    types: dict[str, pl.DataType] = {
        "VARCHAR": pl.String(),
        "DOUBLE": pl.Float64(),
        "BIGINT": pl.Int64(),
        "BOOLEAN": pl.Boolean(),
        "DATE": pl.Date(),
        "TIMESTAMPTZ": UTC_US,
    }
    return types[duckdb_type]
