"""What a mutation is: one clean delivery or table, one thing done to it, and what the gates must say of it, no more and no less."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import polars as pl

from expectations.rules import Severity

Gate = Literal["G0", "G1", "G2", "G3"]


class Delivery(NamedTuple):
    """What a partner sends: the source it is meant for, the partner's own path, the bytes."""

    source_id: str
    path: str
    data: bytes


class Rows(NamedTuple):
    """A change of the rows that were read, where no file could bring it about: the readers stand before the gate."""

    change: Callable[[pl.DataFrame], pl.DataFrame]


Edit = Callable[[Delivery], Delivery]


@dataclass(frozen=True)
class Mutation:
    """One kind of corruption.

    `of` is a clean delivery of `clean.py`, or a table with its schema. `how` changes the delivery, or the rows read from it;
    for a table it is SQL, `{t}` standing for the table. `at` says where it must be found: cells of the delivery, or words of
    each failing row of a table; the first five at most, and `n` how many there are when it is more. `also` are the other
    rules that it breaks by consequence, with the number of rows, `told` the findings of the readers beside it.
    """

    kind: str
    of: str
    gate: Gate
    rule: str
    severity: Severity
    how: Edit | Rows | str
    at: tuple[str, ...] = ()
    n: int | None = None
    also: Mapping[str, int] = field(default_factory=dict)
    told: Collection[str] = ()

    @property
    def count(self) -> int:
        return len(self.at) if self.n is None else self.n


def accident(
    kind: str, of: str, rule: str, how: Edit, at: tuple[str, ...] = (), severity: Severity = "critical"
) -> Mutation:
    """G0: a delivery that the readers refuse."""
    return Mutation(kind, of, "G0", rule, severity, how, at, n=1)


def oddity(kind: str, of: str, rule: str, how: Edit, at: tuple[str, ...] = (), n: int = 1, **more: object) -> Mutation:
    """G0: something that the readers take, and tell."""
    return Mutation(kind, of, "G0", rule, "minor", how, at, n, **more)  # type: ignore[arg-type]


def harmless(kind: str, of: str, how: Edit | Rows, **more: object) -> Mutation:
    """What looks like a fault and is none: no gate may say a word about it."""
    return Mutation(kind, of, "G1", "", "minor", how, **more)  # type: ignore[arg-type]


def rows(
    kind: str, of: str, rule: str, severity: Severity, how: Edit | Rows, at: tuple[str, ...], **more: object
) -> Mutation:
    """G1: rows of a delivery that a rule of its contract does not let through, or marks."""
    return Mutation(kind, of, "G1", rule, severity, how, at, **more)  # type: ignore[arg-type]


def table(kind: str, of: str, rule: str, severity: Severity, how: str, at: tuple[str, ...], **more: object) -> Mutation:
    """G2 (silver) or G3 (gold): rows of a table that a rule of its suite finds."""
    gate: Gate = "G2" if of.startswith("silver.") else "G3"
    return Mutation(kind, of, gate, rule, severity, how, at, **more)  # type: ignore[arg-type]
