"""The registry of quantities, read once from ``quantities.yml``: names, units, what is possible and what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

import yaml

from expectations.units import UnitError, linear

REGISTRY = Path(__file__).with_name("quantities.yml")

Kind = Literal["gas", "particle", "weather", "emission"]
Aggregation = Literal["mean", "sum", "vector_mean"]


class QuantityError(ValueError):
    """The registry is written wrongly: which quantity, which field, what to change."""


@dataclass(frozen=True)
class Range:
    """Bounds of a value; None is open. A bound belongs to the range unless it is exclusive."""

    min: float | None = None
    max: float | None = None
    min_exclusive: bool = False
    max_exclusive: bool = False

    def contains(self, value: float) -> bool:
        """True when the value lies inside. NaN lies in no range."""
        above = self.min is None or (value > self.min if self.min_exclusive else value >= self.min)
        below = self.max is None or (value < self.max if self.max_exclusive else value <= self.max)
        return above and below and value == value

    def sql(self, column: str) -> str:
        """The same as a SQL condition on a column that is not NULL."""
        parts = []
        if self.min is not None:
            parts.append(f"{column} {'>' if self.min_exclusive else '>='} {self.min!r}")
        if self.max is not None:
            parts.append(f"{column} {'<' if self.max_exclusive else '<='} {self.max!r}")
        return " and ".join(parts) or "true"

    def converted(self, factor: float, offset: float) -> Range:
        """The range in another unit, ``value * factor + offset`` with a factor above 0."""

        def moved(bound: float | None) -> float | None:
            # 12 digits: 48 Cel is 118.4 [degF], not 118.39999999999999
            return None if bound is None else float(f"{bound * factor + offset:.12g}")

        return Range(moved(self.min), moved(self.max), self.min_exclusive, self.max_exclusive)


@dataclass(frozen=True)
class UnitRange:
    """What is possible (hard) and usual (soft) in one unit, and on what evidence."""

    unit: str
    hard: Range
    soft: Range
    evidence: str


@dataclass(frozen=True)
class Quantity:
    """One quantity. `unit` is the canonical unit, `units` are the accepted ones (UCUM), `molar_mass` is in g/mol."""

    key: str
    name_en: str
    name_th: str
    kind: Kind
    unit: str
    unit_at_stack: str | None
    units: tuple[str, ...]
    molar_mass: float | None
    aggregation: Aggregation
    zero_runs_are_normal: bool
    is_wind_vector: bool
    ranges: tuple[UnitRange, ...]

    def range_in(self, unit: str) -> UnitRange:
        """Ranges for values in an accepted unit: those stated for it, else those of the canonical unit converted.

        Raises:
            QuantityError: the unit is not accepted for this quantity.
        """
        if unit not in self.units:
            raise QuantityError(
                f"{self.key} is not accepted in {unit!r}, only in {', '.join(self.units)}; "
                f"correct the unit, or add it to {REGISTRY.name}"
            )
        stated = {entry.unit: entry for entry in self.ranges}
        if unit in stated:
            return stated[unit]
        base = stated[self.unit]
        factor, offset = linear(self.unit, unit, self.molar_mass)
        return UnitRange(unit, base.hard.converted(factor, offset), base.soft.converted(factor, offset), base.evidence)


@cache
def load_quantities() -> Mapping[str, Quantity]:
    """The registry by key, in the order of the file. Raises `QuantityError`."""
    return read_quantities(REGISTRY)


def read_quantities(path: Path) -> Mapping[str, Quantity]:
    """Reads a registry file. Raises `QuantityError`."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: dict[str, Quantity] = {}
    for position, entry in enumerate(document["quantities"]):
        place = f"{path.name}: quantity {entry.get('key', f'number {position + 1}')}"
        try:
            quantity = _quantity(entry)
            _check(quantity)
        except KeyError as error:
            raise QuantityError(f"{place}: {error.args[0]} is missing; add it") from error
        except (QuantityError, UnitError, TypeError) as error:
            raise QuantityError(f"{place}: {error}") from error
        if quantity.key in found:
            raise QuantityError(f"{place}: stands twice; remove one")
        found[quantity.key] = quantity
    return MappingProxyType(found)


def _quantity(entry: Mapping[str, Any]) -> Quantity:
    return Quantity(
        key=entry["key"],
        name_en=entry["name"]["en"],
        name_th=entry["name"]["th"],
        kind=entry["kind"],
        unit=entry["unit"],
        unit_at_stack=entry.get("unit_at_stack"),
        units=tuple(entry["units"]),
        molar_mass=entry.get("molar_mass"),
        aggregation=entry["aggregation"],
        zero_runs_are_normal=entry.get("zero_runs_are_normal", False),
        is_wind_vector=entry.get("is_wind_vector", False),
        ranges=tuple(
            UnitRange(r["unit"], Range(**r["hard"]), Range(**r.get("soft", {})), r["evidence"]) for r in entry["ranges"]
        ),
    )


def _check(quantity: Quantity) -> None:
    for key in (quantity.key, *quantity.units):
        if not isinstance(key, str):
            raise QuantityError(f"{key!r} is not text; put it in quotes")
    for name, allowed in (("kind", get_args(Kind)), ("aggregation", get_args(Aggregation))):
        if getattr(quantity, name) not in allowed:
            raise QuantityError(f"{name} is {getattr(quantity, name)!r}; write one of {', '.join(allowed)}")
    stated = [entry.unit for entry in quantity.ranges]
    needed = {quantity.unit, quantity.unit_at_stack or quantity.unit, *stated}
    if not needed <= set(quantity.units):
        raise QuantityError(f"units lacks {', '.join(sorted(needed - set(quantity.units)))}; add it")
    if quantity.unit not in stated:
        raise QuantityError(f"ranges has none for the canonical unit {quantity.unit}; add it")
    for entry in quantity.ranges:
        if entry.hard.min is None or entry.hard.max is None or entry.hard.min >= entry.hard.max:
            raise QuantityError(f"the hard range in {entry.unit} needs a min below a max")
    for unit in quantity.units:
        linear(unit, quantity.unit, quantity.molar_mass)
