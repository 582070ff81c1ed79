"""Seeds as they are written, for the tests that hold them against something."""

from __future__ import annotations

import csv
from pathlib import Path

from assets.warehouse_dbt import PROJECT_DIR

SEEDS = PROJECT_DIR / "seeds"


def seed(name: str) -> list[dict[str, str]]:
    """Rows of a seed, each value as text."""
    return read_csv(SEEDS / f"{name}.csv")


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
