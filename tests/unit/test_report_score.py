"""The scorecard: weights, cap and grades as score.yml says; shares never look better than they are."""

from __future__ import annotations

from expectations.report.model import Bilingual, RuleResult
from expectations.report.score import policy, scorecard
from expectations.report.texts import percent


def rule(dimension: str, evaluated: int, failed: int = 0, severity: str = "major", gate: str = "G1") -> RuleResult:
    return RuleResult(
        gate, "s", f"{dimension}_{severity}", dimension, "row", severity, "flag", evaluated, failed, 1, int(failed > 0),
        Bilingual("เหตุผล", "reason"),
    )  # fmt: skip


def test_points_are_the_weighted_shares_passed() -> None:
    rules = [rule(name, 100) for name in policy().weights]
    rules[1] = rule("validity", 100, 50)
    (score,) = scorecard(rules, ["s"])
    assert (score.points, score.grade) == (90.0, "B")  # validity weighs 20, half of it is lost


def test_dimensions_that_nobody_evaluated_do_not_count() -> None:
    (score,) = scorecard([rule("validity", 100, 25), rule("uniqueness", 10)], ["s"])
    assert score.points == 83.3  # (20 x 0.75 + 10 x 1) / 30
    assert [d.share for d in score.dimensions if d.dimension == "timeliness"] == [None]


def test_a_critical_failure_caps_the_score() -> None:
    (score,) = scorecard([rule("validity", 1_000_000, 1, "critical")], ["s"])
    assert (score.points, score.grade, score.is_capped) == (59.0, "F", True)


def test_only_acceptance_is_scored_and_an_unchecked_source_has_no_points() -> None:
    (score,) = scorecard([rule("validity", 10, 10, "critical", gate="G2")], ["s"])
    assert (score.points, score.grade) == (None, None)


def test_points_are_rounded_down_never_up_to_a_better_grade() -> None:
    (score,) = scorecard([rule("validity", 10_000, 501)], ["s"])
    assert (score.points, score.grade) == (94.9, "B")


def test_only_all_is_shown_as_100_percent_and_only_none_as_0() -> None:
    assert percent(999_999, 1_000_000) == ">99.9\u00a0%"
    assert percent(1, 1_000_000) == "<0.1\u00a0%"
    assert percent(7, 7) == "100\u00a0%"
    assert percent(0, 7) == "0\u00a0%"
    assert percent(0, 0) == "–"
