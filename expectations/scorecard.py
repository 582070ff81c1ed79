"""The scorecard of a source: six dimensions, weighted into points and a grade as `score.yml` (versioned) says.

The one computation behind the reports and `ops.score`: verdicts that count now go in, points come out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import floor
from pathlib import Path
from typing import Protocol

import yaml

FILE = Path(__file__).with_name("score.yml")
PARTS = {"G1": "deliveries", "G2": "tables", "G3": "tables"}


class Judged(Protocol):
    """One rule summed over all that it judged for one source. `failed_batches`: those beyond what is tolerated."""

    @property
    def gate(self) -> str: ...
    @property
    def source_id(self) -> str | None: ...
    @property
    def dimension(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def evaluated(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def failed_batches(self) -> int: ...


@dataclass(frozen=True)
class Policy:
    """`score.yml`: weights per dimension (sum 100), of the parts of a dimension, shares for freshness, cap, grades best
    first, coverage threshold as a share."""

    version: str
    weights: dict[str, int]
    parts: dict[str, float]
    freshness: dict[str, float]
    critical_cap: int
    grades: tuple[tuple[str, float], ...]
    coverage_warning: float


@dataclass(frozen=True)
class DimensionScore:
    """`evaluated` and `failed` count what rules looked at; `share` (0..1) is what the points are made of, with freshness;
    None when nothing was measured."""

    dimension: str
    rules: int
    evaluated: int
    failed: int
    share: float | None


@dataclass(frozen=True)
class Score:
    """Points 0-100 with one decimal, rounded down; None when no rule evaluated anything."""

    source_id: str
    dimensions: tuple[DimensionScore, ...]
    points: float | None
    grade: str | None
    is_capped: bool


@cache
def policy() -> Policy:
    """The figures in force. ValueError when the weights do not add up to 100."""
    raw = yaml.safe_load(FILE.read_text("utf-8"))
    if sum(raw["weights"].values()) != 100:
        raise ValueError(f"score.yml: the weights add up to {sum(raw['weights'].values())}, not 100")
    grades = tuple((g["grade"], float(g["from"])) for g in raw["grades"])
    return Policy(
        raw["version"], raw["weights"], raw["parts"], raw["freshness"], raw["critical_cap"], grades,
        raw["coverage_warning"],
    )  # fmt: skip


def scorecard(
    rules: Iterable[Judged], source_ids: Iterable[str], freshness: Mapping[str, str] | None = None
) -> tuple[Score, ...]:
    """One score per source, in their order.

    Args:
        rules: results that count now. Of the gates over tables only those that name the source are its own.
        freshness: source id → on_time, late, stale or never, as in ops.freshness.
    """
    own: dict[str | None, list[Judged]] = defaultdict(list)
    for rule in rules:
        if rule.gate in PARTS:
            own[rule.source_id].append(rule)
    return tuple(_score(source_id, own[source_id], (freshness or {}).get(source_id)) for source_id in source_ids)


def _score(source_id: str, results: list[Judged], status: str | None) -> Score:
    card = policy()
    dimensions = tuple(_dimension(name, results, status) for name in card.weights)
    if not any(r.evaluated for r in results):
        return Score(source_id, dimensions, None, None, False)
    measured = [(card.weights[d.dimension], d.share) for d in dimensions if d.share is not None]
    points = 100 * sum(weight * share for weight, share in measured) / sum(weight for weight, _ in measured)
    is_capped = points > card.critical_cap and any(r.severity == "critical" and r.failed_batches for r in results)
    # to six digits first: 95 may come as 94.9999…
    points = float(card.critical_cap) if is_capped else floor(round(points * 10, 6)) / 10
    grade = next(name for name, bound in card.grades if points >= bound)
    return Score(source_id, dimensions, points, grade, is_capped)


def _dimension(name: str, results: list[Judged], status: str | None) -> DimensionScore:
    card = policy()
    mine = [r for r in results if r.dimension == name]
    shares = {part: _passed([r for r in mine if PARTS[r.gate] == part]) for part in ("deliveries", "tables")}
    shares["freshness"] = card.freshness.get(status or "") if name == "timeliness" else None
    measured = [(card.parts[part], share) for part, share in shares.items() if share is not None]
    weight = sum(weight for weight, _ in measured)
    share = sum(weight * share for weight, share in measured) / weight if weight else None
    return DimensionScore(name, len(mine), sum(r.evaluated for r in mine), sum(map(_failed, mine)), share)


def _passed(results: list[Judged]) -> float | None:
    evaluated = sum(r.evaluated for r in results)
    return (evaluated - sum(map(_failed, results))) / evaluated if evaluated else None


def _failed(result: Judged) -> int:
    """A rule on whole batches may count rows that fail; more than it evaluated does not fail."""
    return min(result.failed, result.evaluated)
