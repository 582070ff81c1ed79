"""One entity of a contract: its shape, its columns, and what it measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from open_data_contract_standard.model import SchemaObject, SchemaProperty

from expectations.shapes import LINEAGE, RECORD_PLACE, RECORD_TIME, SHAPES, Column, columns_of

TYPES = {
    "string": "VARCHAR",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}
COLUMN_EXTRAS = ("titleTh", "from", "unit", "softMinimum", "softMaximum", "allowed")
_TAKEN = {column.name for column in (*RECORD_TIME, *RECORD_PLACE, *LINEAGE)}


class ContractError(Exception):
    """A contract that cannot be used."""

    def __init__(self, path: Path, field: str, what: str, to_do: str) -> None:
        super().__init__(f"{path}: {field}: {what}\n  What to do: {to_do}")
        self.path, self.field, self.what, self.to_do = path, field, what, to_do


@dataclass(frozen=True)
class Measure:
    """What one quantity of this source may look like when it arrives."""

    quantity: str
    raw_units: tuple[str, ...]
    averaging_periods: tuple[str, ...]


@dataclass(frozen=True)
class Entity:
    """One table of rows that the source yields."""

    name: str
    title_en: str
    title_th: str
    grain: str
    shape: str
    columns: tuple[Column, ...]
    measures: tuple[Measure, ...]

    @property
    def quantities(self) -> tuple[str, ...]:
        return tuple(measure.quantity for measure in self.measures)

    @property
    def own_columns(self) -> tuple[Column, ...]:
        """The columns that the contract lists (record entities; none for observations)."""
        return () if self.shape == "observation" else tuple(c for c in self.columns if c.name not in _TAKEN)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes a row unique within a batch."""
        if self.shape == "observation":
            return ("station_key", "quantity", "level", "averaging_period", "interval_start_at")
        return (*(column.name for column in self.own_columns if column.is_key), "interval_start_at")


def read_entity(path: Path, position: int, obj: SchemaObject, measures: Mapping[str, Any]) -> Entity:
    """One `schema` object of a contract. Raises ContractError."""
    field = f"schema[{position}]"
    if not obj.name:
        raise ContractError(path, field, "has no name", "name the entity")
    extra = {p.property: p.value for p in obj.customProperties or [] if p.property}
    shape = str(extra.get("rowShape"))
    if shape not in SHAPES:
        raise ContractError(
            path, f"{field}.customProperties.rowShape", f"is {shape!r}", f"use one of {', '.join(SHAPES)}"
        )
    names = list(extra.get("quantities") or [])
    if shape == "observation":
        _check_quantities(path, field, names, measures)
    own = tuple(_column(path, f"{field}.properties[{i}]", p) for i, p in enumerate(obj.properties or []))
    if shape == "record" and not any(column.is_key for column in own):
        raise ContractError(path, f"{field}.properties", "has no primaryKey", "mark the columns that name a record")
    return Entity(
        name=obj.name,
        title_en=obj.businessName or obj.name,
        title_th=str(extra.get("titleTh") or obj.name),
        grain=obj.dataGranularityDescription or "",
        shape=shape,
        columns=columns_of(shape, own),
        measures=tuple(
            Measure(name, tuple(measures[name]["rawUnits"]), tuple(measures[name]["averagingPeriods"]))
            for name in names
        ),
    )


def _check_quantities(path: Path, field: str, names: list[str], measures: Mapping[str, Any]) -> None:
    unknown = [name for name in names if name not in measures]
    if unknown or not names:
        raise ContractError(
            path,
            f"{field}.customProperties.quantities",
            f"names {unknown or 'nothing'}, which has no entry in measures",
            "list the entity's quantities; each needs an entry in customProperties.measures",
        )


def _column(path: Path, field: str, prop: SchemaProperty) -> Column:
    name = prop.name
    if not name or not name.isidentifier() or name in _TAKEN:
        what = "stands in every record table" if name in _TAKEN else "is no column name"
        raise ContractError(path, f"{field}.name", f"{name!r} {what}", "use a name of lower-case letters of its own")
    if prop.logicalType not in TYPES:
        raise ContractError(path, f"{field}.logicalType", f"is {prop.logicalType!r}", f"use one of {', '.join(TYPES)}")
    extra = {p.property: p.value for p in prop.customProperties or [] if p.property}
    if unknown := sorted(set(extra) - set(COLUMN_EXTRAS)):
        raise ContractError(
            path, f"{field}.customProperties.{unknown[0]}", "is not known", f"use one of {', '.join(COLUMN_EXTRAS)}"
        )
    if "titleTh" not in extra:
        raise ContractError(path, f"{field}.customProperties.titleTh", "is missing", "name the column in Thai")
    options = prop.logicalTypeOptions or {}
    return Column(
        name=name,
        type=TYPES[prop.logicalType],
        title_en=prop.businessName or name,
        title_th=str(extra["titleTh"]),
        required=bool(prop.required or prop.primaryKey),
        unit=extra.get("unit"),
        minimum=_number(options.get("minimum")),
        maximum=_number(options.get("maximum")),
        soft_minimum=_number(extra.get("softMinimum")),
        soft_maximum=_number(extra.get("softMaximum")),
        allowed=tuple(map(str, extra.get("allowed") or ())),
        source=extra.get("from"),
        is_key=bool(prop.primaryKey),
        description=prop.description or "",
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
