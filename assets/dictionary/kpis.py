"""The key figures of the city, as their seed defines them: the marts compute by it, BI and dictionary show it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.catalogue import Words
from assets.warehouse_dbt import PROJECT_DIR


@dataclass(frozen=True)
class Kpi:
    """One key figure. `target` is in `unit`; `not_computable_reason` is a code, empty where it is computed."""

    kpi_id: str
    kpi_no: str
    pillar: str
    name: Words
    formula: Words
    grain: Words
    unit: str
    period_kind: str
    direction: str
    target: str
    target_source: str
    threshold: str
    needed_completeness: float
    reference: str
    owner: str
    inputs: tuple[str, ...]
    source_ids: tuple[str, ...]
    is_computable: bool
    not_computable_reason: str
    is_verified: bool
    source: str


def kpis(project: Path = PROJECT_DIR) -> list[Kpi]:
    """Every key figure, in the order of the seed."""
    sources: dict[str, list[str]] = {}
    for row in _rows(project, "seed_kpi_input"):
        sources.setdefault(row["kpi_id"], []).append(row["source_id"])
    return [_kpi(row, tuple(sorted(sources.get(row["kpi_id"], ())))) for row in _rows(project, "seed_kpi")]


def units(project: Path = PROJECT_DIR) -> dict[str, Words]:
    """Unit (UCUM) → its names."""
    return {row["unit"]: Words(row["name_th"], row["name_en"]) for row in _rows(project, "seed_unit_of_measure")}


def _kpi(row: dict[str, str], source_ids: tuple[str, ...]) -> Kpi:
    same = (
        "kpi_id", "kpi_no", "pillar", "unit", "period_kind", "direction", "target", "target_source", "threshold",
        "reference", "owner", "not_computable_reason", "source",
    )  # fmt: skip
    return Kpi(
        **{name: row[name] for name in same},
        name=Words(row["name_th"], row["name_en"]),
        formula=Words(row["formula_th"], row["formula_en"]),
        grain=Words(row["grain_th"], row["grain"]),
        needed_completeness=float(row["needed_completeness"]),
        inputs=tuple(name.strip() for name in row["inputs"].split(",") if name.strip()),
        source_ids=source_ids,
        is_computable=row["is_computable"] == "true",
        is_verified=row["is_verified"] == "true",
    )


def _rows(project: Path, seed: str) -> Iterator[dict[str, str]]:
    with (project / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
