"""The reader of ordinary feeds: the contract's `read` says how bytes become rows, no Python is written for them.

Text comes out of the delivery in columns (Polars for CSV, DuckDB for JSON); names and types are compared with the
contract: a field more is told, a field less or of another type refuses the delivery.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from assets.readers.delimited import header_of, read_delimited
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.observed import observed_rows
from assets.readers.records import nothing_in_it, observation_batch, record_batch
from assets.readers.result import Batch, Finding, Parsed, Refusal
from assets.readers.timing import fields_of, times_of
from assets.readers.typed import MISSING
from expectations.contract import Contract

PARSER_VERSION = "1"


class Declared:
    """The parser of one source without a parse.py."""

    PARSER_VERSION = PARSER_VERSION

    def __init__(self, contract: Contract) -> None:
        assert contract.read is not None
        self.contract, self.read = contract, contract.read
        self.entity = contract.entity(self.read["entity"])

    def claims(self, document: Document) -> bool:
        """Content decides: all fields that every record needs are there (and hold what `claims` says)."""
        if self.read["format"] != "csv" or document.kind != "text":
            return False
        header = header_of(document, self.read)
        return set(self._needed()) <= set(header) and _holds(document, self.read.get("claims", {}))

    def parse(self, document: Document, contract: Contract) -> Parsed:
        """Rows of the one entity. Raises Refusal: not_text, invalid_json, column_missing, type_flip, …; NoData."""
        frame, fields, section = self._texts(document)
        if not frame.height:
            raise nothing_in_it()
        findings = [*self._compare(fields)]
        missing = tuple(self.read.get("missing", ())) or MISSING
        if self.entity.shape == "observation":
            batch = self._observations(document, frame, section, missing, findings)
        else:
            batch = self._records(document, frame, section, missing, findings)
        return Parsed(contract.source_id, (batch,))

    def _texts(self, document: Document) -> tuple[pl.DataFrame, Sequence[str], str]:
        """(every field as text, the names that were there, what to call the place)."""
        if self.read["format"] == "csv":
            frame = read_delimited(document, self.read)
            return frame, [name for name in frame.columns if name != "cell"], "csv"
        names = [*self._fields(), *self.read.get("ignore", ())]
        return read_records(document, self.read.get("rows", ""), names, self.read.get("parent", {}))

    def _records(
        self, document: Document, frame: pl.DataFrame, section: str, missing: Sequence[str], findings: list[Finding]
    ) -> Batch:
        times = times_of(frame, self.read["time"], missing)
        own = {c.name: c.source or c.name for c in self.entity.own_columns}
        made = frame.select(
            *(pl.col(source).alias(name) for name, source in own.items() if source in frame.columns), "cell"
        ).with_columns(*times, pl.lit(section).alias("sheet"))
        return record_batch(
            self.contract,
            self.entity.name,
            made,
            layout=self.read["format"],
            series=_series(self.read.get("series", ""), frame, document),
            missing=missing,
            findings=findings,
        )

    def _observations(
        self, document: Document, frame: pl.DataFrame, section: str, missing: Sequence[str], findings: list[Finding]
    ) -> Batch:
        rows = observed_rows(frame, self.read, section, missing)
        return observation_batch(
            self.entity.name,
            rows,
            layout=self.read["format"],
            series=_series(self.read.get("series", ""), frame, document),
            findings=findings,
        )

    # ── what the contract expects ─────────────────────────────────────────────────────────────────────────────────────

    def _fields(self) -> list[str]:
        """The partner's names of all fields that are read."""
        named = [c.source or c.name for c in self.entity.own_columns]
        named += fields_of(self.read["time"])
        if observed := self.read.get("observations"):
            named += [observed["station"], *([observed["name"]] if "name" in observed else [])]
            named += [quantity["from"] for quantity in observed["quantities"]]
        return list(dict.fromkeys(named))

    def _needed(self) -> list[str]:
        """Fields without which a delivery is not this source's: those of the key, the required ones and the time."""
        named = [c.source or c.name for c in self.entity.own_columns if c.required]
        named += fields_of(self.read["time"])
        if observed := self.read.get("observations"):
            named += [observed["station"], *(quantity["from"] for quantity in observed["quantities"])]
        return list(dict.fromkeys(named))

    def _compare(self, fields: Sequence[str]) -> list[Finding]:
        """Refuses a delivery that lost a field, and tells of new ones."""
        require(self._needed(), fields)
        known = {*self._fields(), *self.read.get("ignore", ()), *self.read.get("parent", {})}
        return new_columns([name for name in fields if name not in known])


def require(needed: Iterable[str], there: Sequence[str]) -> None:
    """Raises Refusal (column_missing) when a needed field is not there."""
    if lost := [name for name in needed if name not in there]:
        raise column_missing(lost, there)


def column_missing(lost: Sequence[str], there: Sequence[str]) -> Refusal:
    """The refusal of a delivery that lost fields."""
    return Refusal(
        "column_missing",
        f"The delivery lacks {', '.join(lost)} (it has {', '.join(there[:20])}). Deliver it again with these fields, or "
        "tell us that the layout changed.",
        f"ข้อมูลที่ส่งมาขาดช่อง {', '.join(lost)} (มี {', '.join(there[:20])}) โปรดส่งใหม่ให้ครบ หรือแจ้งเราว่ามีการเปลี่ยนรูปแบบ",
    )


def new_columns(names: Sequence[str]) -> list[Finding]:
    """A finding for fields that the contract does not know; they are kept in raw and not taken."""
    if not names:
        return []
    listed = ", ".join(names[:10])
    return [
        Finding(
            "new_column",
            f"New fields that the contract does not know: {listed}. They stay in the raw delivery; tell us what they mean.",
            f"พบช่องใหม่ที่ไม่อยู่ในข้อตกลง: {listed} ระบบเก็บไว้ในข้อมูลดิบ โปรดแจ้งความหมาย",
            n=len(names),
        )
    ]


def left_out_columns(names: Sequence[str], sheet: str | None = None) -> list[Finding]:
    """A finding for columns of a published table that are not read."""
    if not names:
        return []
    listed = ", ".join(names)
    en = f"New columns: {listed}. They were left out; tell us what they mean."
    th = f"พบคอลัมน์ใหม่: {listed} ระบบไม่ได้รับไว้ โปรดแจ้งความหมาย"
    return [Finding("new_column", en, th, sheet=sheet, n=len(names))]


def _holds(document: Document, wanted: Mapping[str, str]) -> bool:
    head = document.text[:20_000]
    return all(text in head for text in wanted.values())


def _series(template: str, frame: pl.DataFrame, document: Document) -> str:
    """What the delivery's slot is about: `{column}` stands for the column's values (first..last when there are several).
    An answer that was fetched claims a slot of its own (see stage.py)."""
    values: dict[str, Any] = {}
    for name in frame.columns:
        if f"{{{name}}}" in template:
            found = sorted(frame[name].drop_nulls().unique().to_list())
            values[name] = "" if not found else found[0] if len(found) == 1 else f"{found[0]}..{found[-1]}"
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template or document.label or "all"
