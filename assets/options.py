"""How a run works: decided by the settings, read by the steps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`full` builds every month anew, changed or not."""

    threads: int
    full: bool = False
