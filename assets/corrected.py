"""A source's corrections, applied to the rows of one batch between reading and gate: joins of columns, no loop over rows.

The delivered text stays in `raw_value`. Only a cell that still holds what was expected is changed; what happened, either way,
is a finding of the batch. (A record names its first unreadable cell only: correcting that one leaves a second one empty.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from assets.corrections import Correction, readable
from assets.readers.result import Batch, Finding
from assets.readers.rows import is_blank
from assets.readers.typed import number
from expectations.contract import Contract, Entity

CORRECTED = "corrected"
OBSOLETE = "correction_obsolete"
_EDGES = " \t\r\n\xa0\u200b\ufeff"


def correct(batch: Batch, named: Sequence[Correction], contract: Contract) -> Batch:
    """The batch with the corrections that name its delivery, and a finding for each that met one of its rows."""
    entity = contract.entity(batch.entity)
    hits = _hits(batch.rows, named, entity)
    if hits.is_empty():
        return batch
    rows, met = batch.rows, []
    for column in dict.fromkeys(one.column for one in named):
        own = [position for position, one in enumerate(named) if one.column == column]
        found = _compared(rows, hits.filter(pl.col("correction").is_in(own)), named, entity, column)
        rows = _set(rows, found.filter("holds"), named, entity, column)
        met.append(found)
    findings = [
        _finding(named[position], places, is_personal=contract.classification == "personal")
        for (position,), places in pl.concat(met).group_by("correction", maintain_order=True)
    ]
    blank = is_blank(rows) if entity.shape == "observation" else batch.is_blank
    return replace(batch, rows=rows, findings=(*batch.findings, *findings), is_blank=blank)


def _hits(rows: pl.DataFrame, named: Sequence[Correction], entity: Entity) -> pl.DataFrame:
    """correction, row (positions): every row that a correction's `where` describes; a row belongs to one per column."""
    columns = {column.name: column for column in entity.columns}
    alike: dict[tuple[str, ...], list[tuple[int, dict[str, str | None]]]] = defaultdict(list)
    for position, one in enumerate(named):
        wanted = dict(one.rows)
        wanted |= {name: text for name, text in (("sheet", one.sheet), ("cell", one.cell)) if text is not None}
        alike[tuple(wanted)].append((position, wanted))
    found = [pl.DataFrame(schema={"correction": pl.Int64, "row": pl.UInt32, "column": pl.String})]
    numbered = rows.with_row_index("row")
    for names, some in alike.items():
        texts = {name: [wanted[name] for _, wanted in some] for name in names}
        wanted_rows = pl.DataFrame([readable(columns[name], texts[name]) for name in names]).with_columns(
            pl.Series("correction", [position for position, _ in some], pl.Int64),
            pl.Series("column", [named[position].column for position, _ in some], pl.String),
        )
        joined = wanted_rows.join(numbered.select("row", *names), on=list(names), nulls_equal=True)
        found.append(joined.select("correction", "row", "column"))
    return pl.concat(found).sort("correction", "row").unique(["row", "column"], keep="first", maintain_order=True)


def _compared(
    rows: pl.DataFrame, hits: pl.DataFrame, named: Sequence[Correction], entity: Entity, column: str
) -> pl.DataFrame:
    """`hits` with sheet, cell, `before` (the text that stands there) and `holds`: whether it is what was expected."""
    at = hits.with_columns(rows.select("sheet", "cell", _before(entity, column).alias("before"))[hits["row"]])
    expected = pl.Series("expected", [named[n].expect for n in hits["correction"]], pl.String)
    text = pl.col("before").str.strip_chars(_EDGES)
    compared = at.with_columns(expected).with_columns(
        pl.when(pl.col("expected").is_null())
        .then(text.fill_null("") == "")
        .otherwise((text == pl.col("expected")) | (number(text) == number(pl.col("expected"))).fill_null(False))
        .fill_null(False)
        .alias("holds")
    )
    return compared.select("correction", "row", "sheet", "cell", "before", "holds")


def _before(entity: Entity, column: str) -> pl.Expr:
    """The delivered text: of an observation its cell, of a record the value as it was read, or what could not be read."""
    if entity.shape == "observation":
        return pl.col("raw_value")
    is_unreadable = pl.col("problem").str.starts_with(f"{column}: ").fill_null(False)
    return pl.when(is_unreadable).then(pl.col("raw_value")).otherwise(pl.col(column).cast(pl.String))


def _set(
    rows: pl.DataFrame, found: pl.DataFrame, named: Sequence[Correction], entity: Entity, column: str
) -> pl.DataFrame:
    if found.is_empty():
        return rows
    kind = next(one for one in entity.columns if one.name == column)
    which = found["correction"].to_list()
    new = pl.DataFrame(
        [
            found["row"],
            readable(kind, [named[n].value for n in which]).alias("_value"),
            pl.Series("_flag", [named[n].flag for n in which], pl.String),
            found["before"].alias("_before"),
        ]
    ).with_columns(pl.lit(True).alias("_is_set"))
    joined = rows.with_row_index("row").join(new, on="row", how="left", maintain_order="left")
    is_set = pl.col("_is_set").fill_null(False)
    if entity.shape == "observation":
        changes = {
            "value": pl.when(is_set).then(pl.col("_value")).otherwise(pl.col("value")),
            "flag": pl.when(is_set).then(pl.col("_flag")).otherwise(pl.col("flag")),
            "is_valid": pl.when(is_set).then(pl.col("_value").is_not_null()).otherwise(pl.col("is_valid")),
        }
    else:
        is_cleared = is_set & pl.col("problem").str.starts_with(f"{column}: ").fill_null(False)
        changes = {
            column: pl.when(is_set).then(pl.col("_value")).otherwise(pl.col(column)),
            "problem": pl.when(is_cleared).then(None).otherwise(pl.col("problem")),
            "raw_value": pl.when(is_set).then(pl.coalesce("raw_value", "_before")).otherwise(pl.col("raw_value")),
        }
    return joined.with_columns(**changes).select(rows.columns)


def _finding(one: Correction, places: pl.DataFrame, *, is_personal: bool) -> Finding:
    """What came of a correction that met rows: applied where they hold what was expected; obsolete when none does."""
    held = places.filter("holds")
    first = (held if held.height else places).row(0, named=True)
    where = {"sheet": first["sheet"], "cell": first["cell"]}
    said_en = f"Reported on {one.reported_on} by {one.by}."
    said_th = f"แจ้งเมื่อ {one.reported_on} โดย {one.by}"
    if held.height:
        change_en = "" if is_personal else f" {_quoted(first['before'], 'empty')} → {_after(one, 'empty', 'flag')}."
        change_th = "" if is_personal else f" {_quoted(first['before'], 'ว่าง')} → {_after(one, 'ว่าง', 'สัญลักษณ์')}"
        return Finding(
            CORRECTED,
            f"Corrected by us ({one.id}):{change_en} {one.reason_en} {said_en} Deliver a corrected file; this correction is "
            "then no longer applied.",
            f"แพลตฟอร์มแก้ไขค่าให้แล้ว ({one.id}):{change_th} {one.reason_th} {said_th} เมื่อส่งไฟล์ที่แก้ไขแล้วมา ระบบจะไม่ใช้การแก้ไขนี้อีก",
            n=held.height,
            subject=one.id,
            **where,
        )
    now_en = (
        "" if is_personal else f": it holds {_quoted(first['before'], 'empty')}, not {_quoted(one.expect, 'empty')}"
    )
    now_th = "" if is_personal else f" เซลล์มีค่า {_quoted(first['before'], 'ว่าง')} ไม่ใช่ {_quoted(one.expect, 'ว่าง')}"
    return Finding(
        OBSOLETE,
        f"The correction {one.id} was not applied, the cell is no longer what it was{now_en}. If the file is right now, "
        "nothing is left to do: we take the correction out.",
        f"ไม่ได้ใช้การแก้ไข {one.id} เพราะข้อมูลในเซลล์เปลี่ยนไปแล้ว{now_th} หากข้อมูลในไฟล์ถูกต้องแล้วไม่ต้องดำเนินการใด ทีมแพลตฟอร์มจะยกเลิกการแก้ไขนี้",
        n=places.height,
        subject=one.id,
        **where,
    )


def _quoted(text: str | None, empty: str) -> str:
    return f"“{text}”" if text not in (None, "") else f"({empty})"


def _after(one: Correction, empty: str, flag: str) -> str:
    return f"{flag} {one.flag}" if one.flag is not None else _quoted(one.value, empty)
