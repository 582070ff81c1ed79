"""The corrections ledger of a source: what a partner has confirmed to be wrong in a delivery and has not sent again yet.

`assets/sources/<source>/corrections.yml` is optional and discovered; its form is corrections.schema.json, with an example
beside it. Raw stays as it is: corrections are applied in every run, after reading and before the gate (corrected.py), so a
rebuilt lake has them too.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from jsonschema import Draft202012Validator

from assets.readers.typed import typed
from expectations.contract import LOADER, Contract, ContractError
from expectations.personal import EMAIL, MOBILE
from expectations.shapes import LINEAGE, Column

FILE = "corrections.yml"
EXAMPLE = "compare with assets/corrections.example.yml"
_LINEAGE = {column.name for column in LINEAGE}


@dataclass(frozen=True)
class Correction:
    """One entry. `expect` is the text that stands there (None: an empty cell); `value` what to put there, as text (None:
    nothing), or else `flag`, one of the partner's legend."""

    id: str
    reason_en: str
    reason_th: str
    reported_on: date
    by: str
    entity: str
    column: str
    path: str | None
    sha256: str | None
    sheet: str | None
    cell: str | None
    rows: tuple[tuple[str, str | None], ...]
    expect: str | None
    value: str | None
    flag: str | None

    def names(self, path: str, sha256: str) -> bool:
        """True for a delivery that it speaks of."""
        if self.sha256:
            return self.sha256 == sha256
        return fnmatch.fnmatchcase(_normal(path), _normal(self.path or ""))

    @property
    def place(self) -> tuple[Any, ...]:
        """What it corrects; two corrections of one place would contradict each other."""
        return (self.entity, self.path, self.sha256, self.sheet, self.cell, self.rows, self.column)


def of(contract: Contract) -> tuple[Correction, ...]:
    """The corrections of a source; none when it has no such file. Raises ContractError."""
    path = contract.path.parent / FILE
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return ()
    return _load(path, changed, _Known(contract))


def naming(all_of_them: Sequence[Correction], entity: str, path: str, sha256: str) -> tuple[Correction, ...]:
    """Those that speak of one delivery and one of its entities."""
    return tuple(one for one in all_of_them if one.entity == entity and one.names(path, sha256))


def fingerprint(named: Sequence[Correction]) -> str:
    """12 hex digits that change with what these corrections do, not with their words; empty when there are none."""
    if not named:
        return ""
    does = sorted(repr((*one.place, one.expect, one.value, one.flag, one.id)) for one in named)
    return hashlib.sha256("\n".join(does).encode()).hexdigest()[:12]


def readable(column: Column, texts: Sequence[str | None]) -> pl.Series:
    """Texts as values of a column; null where there is none or it cannot be read."""
    frame = pl.DataFrame({column.name: pl.Series(texts, dtype=pl.String)})
    return frame.select(typed(column, pl.col(column.name)).alias(column.name)).to_series()


def is_key(contract: Contract, entity: str, column: str) -> bool:
    """True for a column that says which row it is; such are never set."""
    return column in contract.entity(entity).key or column.startswith("interval_")


class _Known:
    """A contract as the key of a cache: contracts hold mappings, so they cannot be hashed."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.contract == other.contract

    def __hash__(self) -> int:
        return hash((self.contract.path, self.contract.version))


@lru_cache(maxsize=256)
def _load(path: Path, changed: int, known: _Known) -> tuple[Correction, ...]:
    try:
        document = _plain(yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise ContractError(path, where, f"is not YAML: {getattr(error, 'problem', error)}", "mend the line") from error
    errors = sorted(_validator().iter_errors(document), key=lambda e: [str(part) for part in e.absolute_path])
    if errors:
        first = errors[0]
        hint = first.schema.get("description") if isinstance(first.schema, dict) else None
        raise ContractError(path, _field(document, first.absolute_path), first.message, hint or EXAMPLE)
    given = document["corrections"]
    found = tuple(
        _correction(path, f"corrections[{i}] ({one['id']})", one, known.contract) for i, one in enumerate(given)
    )
    for position, one in enumerate(found):
        for other in found[:position]:
            if one.id == other.id or one.place == other.place:
                what = "has the id" if one.id == other.id else "speaks of the place"
                raise ContractError(path, f"corrections[{position}]", f"{what} of {other.id}", "remove one of the two")
    return found


def _correction(path: Path, field: str, given: Mapping[str, Any], contract: Contract) -> Correction:
    where, to = given["where"], given["set"]
    if re.search(f"{EMAIL}|{MOBILE}", given["by"]):
        raise ContractError(
            path, f"{field}.by", "holds an address or a telephone number", "name a role or an organisation"
        )
    entity = contract.entity(_entity(path, f"{field}.where.entity", where.get("entity"), contract))
    columns = {column.name: column for column in entity.columns if column.name not in _LINEAGE}
    rows = tuple(sorted((name, _text(value)) for name, value in where.get("rows", {}).items()))
    for name, value in rows:
        if name not in columns:
            raise ContractError(
                path, f"{field}.where.rows.{name}", f"is no column of {entity.name}", f"use one of {', '.join(columns)}"
            )
        _check_readable(path, f"{field}.where.rows.{name}", columns[name], value)
    is_observation = entity.shape == "observation"
    name = where.get("column", "value" if is_observation else None)
    settable = (
        ["value"]
        if is_observation
        else [c.name for c in entity.own_columns if not is_key(contract, entity.name, c.name)]
    )
    if name not in settable:
        raise ContractError(
            path, f"{field}.where.column", f"is {name!r}", f"use one of {', '.join(settable)}; what is part of the key cannot "
            "be set: withdraw such a delivery instead"
        )  # fmt: skip
    value, flag = _text(to.get("value")), to.get("flag")
    _check_readable(path, f"{field}.set.value", columns[name], value)
    legend = [mark.flag for mark in contract.flags] if is_observation else []
    if flag is not None and flag not in legend:
        raise ContractError(
            path, f"{field}.set.flag", f"{flag!r} is not in the legend of the contract",
            f"use one of {', '.join(legend)}" if legend else "set a value; only observations have flags",
        )  # fmt: skip
    if flag is None and value is None and columns[name].required:
        raise ContractError(
            path, f"{field}.set.value", f"{name} may not be empty", "set a value, or withdraw the delivery"
        )
    return Correction(
        id=given["id"],
        reason_en=given["reason"]["en"].strip(),
        reason_th=given["reason"]["th"].strip(),
        reported_on=date.fromisoformat(given["reportedOn"]),
        by=given["by"].strip(),
        entity=entity.name,
        column=name,
        path=where.get("path"),
        sha256=where.get("sha256"),
        sheet=where.get("sheet"),
        cell=where.get("cell"),
        rows=rows,
        expect=_text(given["expect"]),
        value=value,
        flag=flag,
    )


def _entity(path: Path, field: str, name: str | None, contract: Contract) -> str:
    names = [entity.name for entity in contract.entities]
    if name is None and len(names) == 1:
        return names[0]
    if name not in names:
        raise ContractError(
            path, field, "is missing" if name is None else f"is {name!r}", f"use one of {', '.join(names)}"
        )
    return name


def _check_readable(path: Path, field: str, column: Column, text: str | None) -> None:
    if text is not None and readable(column, [text]).null_count():
        raise ContractError(
            path, field, f"{text!r} cannot be read as {column.type}", f"write a {column.type} for {column.name}"
        )


def _text(value: Any) -> str | None:
    """What YAML read, as the text of a cell: 374 and "374" are the same."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value).strip()


def _plain(value: Any) -> Any:
    """YAML's dates as text, which is what the schema knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def _field(document: Any, parts: Any) -> str:
    """`corrections[0] (id).set.value`: a person finds the entry by its id."""
    said = ""
    for part in parts:
        document = document[part]
        said += f"[{part}]" if isinstance(part, int) else f".{part}"
        if isinstance(part, int) and isinstance(document, dict) and "id" in document:
            said += f" ({document['id']})"
    return said.lstrip(".") or "(whole file)"


def _normal(path: str) -> str:
    """Thai names come composed in more than one way."""
    return unicodedata.normalize("NFC", path)


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(Path(__file__).with_name("corrections.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
