"""How a run works: decided by the settings, read by the steps."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`full` builds every month anew, changed or not; `again` are ids of deliveries to judge once more (replay.py)."""

    threads: int
    full: bool = False
    again: AbstractSet[str] = frozenset()
