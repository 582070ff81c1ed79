"""The G1 scorecard: share passed per dimension, weighted into points and a grade as `score.yml` (versioned) says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import floor

import yaml

from expectations.report.model import RuleResult
from expectations.report.texts import FOLDER


@dataclass(frozen=True)
class Policy:
    """`score.yml`: weights per dimension (sum 100), cap, grades best first, coverage threshold as a share."""

    version: str
    weights: dict[str, int]
    critical_cap: int
    grades: tuple[tuple[str, float], ...]
    coverage_warning: float


@dataclass(frozen=True)
class DimensionScore:
    dimension: str
    rules: int
    evaluated: int
    failed: int

    @property
    def share(self) -> float | None:
        """Passed / evaluated, None when no rule of the dimension evaluated anything."""
        return (self.evaluated - self.failed) / self.evaluated if self.evaluated else None


@dataclass(frozen=True)
class Score:
    """Points 0-100 with one decimal, rounded down; None when nothing was measured."""

    source_id: str
    dimensions: tuple[DimensionScore, ...]
    points: float | None
    grade: str | None
    is_capped: bool


@cache
def policy() -> Policy:
    """The weights in force. ValueError when they do not add up to 100."""
    raw = yaml.safe_load((FOLDER / "score.yml").read_text("utf-8"))
    if sum(raw["weights"].values()) != 100:
        raise ValueError(f"score.yml: the weights add up to {sum(raw['weights'].values())}, not 100")
    grades = tuple((g["grade"], float(g["from"])) for g in raw["grades"])
    return Policy(raw["version"], raw["weights"], raw["critical_cap"], grades, raw["coverage_warning"])


def scorecard(rules: Iterable[RuleResult], source_ids: Iterable[str]) -> tuple[Score, ...]:
    """One score per source from the results of gate G1; sources that were never evaluated have no points."""
    results = [r for r in rules if r.gate == "G1"]
    return tuple(_score(source_id, [r for r in results if r.source_id == source_id]) for source_id in source_ids)


def _score(source_id: str, results: list[RuleResult]) -> Score:
    rules = policy()
    dimensions = []
    for name in rules.weights:
        mine = [r for r in results if r.dimension == name]
        dimensions.append(DimensionScore(name, len(mine), sum(r.evaluated for r in mine), sum(r.failed for r in mine)))
    measured = [(rules.weights[d.dimension], d.share) for d in dimensions if d.share is not None]
    if not measured:
        return Score(source_id, tuple(dimensions), None, None, False)
    points = 100 * sum(weight * share for weight, share in measured) / sum(weight for weight, _ in measured)
    is_capped = points > rules.critical_cap and any(r.severity == "critical" and r.failed_batches for r in results)
    points = float(rules.critical_cap) if is_capped else floor(round(points * 10, 6)) / 10
    grade = next(name for name, bound in rules.grades if points >= bound)
    return Score(source_id, tuple(dimensions), points, grade, is_capped)
