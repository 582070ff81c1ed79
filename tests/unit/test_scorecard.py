"""The scorecard: weights, cap and grades as score.yml says; shares never look better than they are."""

from __future__ import annotations

from expectations.report.model import Bilingual, RuleResult
from expectations.report.texts import percent
from expectations.scorecard import policy, scorecard


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


def test_a_source_that_nobody_checked_has_no_points_however_fresh() -> None:
    unread = rule("validity", 1, 1, "critical", gate="G0")  # nothing in a file that cannot be read was evaluated
    (score,) = scorecard([unread], ["s"], {"s": "on_time"})
    assert (score.points, score.grade, score.is_capped) == (None, None, False)


def test_a_comparison_of_tables_is_not_drowned_in_rows_that_kept_their_range() -> None:
    rules = [rule("accuracy", 1_000_000), rule("accuracy", 30, 12, gate="G2"), rule("validity", 1_000_000)]
    (score,) = scorecard(rules, ["s"])
    (accuracy,) = [d for d in score.dimensions if d.dimension == "accuracy"]
    assert accuracy.share == 0.8  # deliveries 1, tables 18 of 30 = .6
    assert (accuracy.rules, accuracy.evaluated, accuracy.failed) == (2, 1_000_030, 12)
    assert (score.points, score.grade) == (90.0, "B")  # (20 x 0.8 + 20 x 1) / 40


def test_freshness_counts_beside_the_rules_on_time() -> None:
    rules = [rule("timeliness", 100, 10), rule("validity", 100)]
    points = {
        status: scorecard(rules, ["s"], {"s": status})[0].points for status in ("on_time", "late", "stale", "never")
    }
    # validity weighs 20, timeliness 15: the mean of .9 and 1, .5 or 0; of a source that never sent, only the rules count
    assert points == {"on_time": 97.8, "late": 87.1, "stale": 76.4, "never": 95.7}


def test_more_failures_than_evaluations_are_no_less_than_nothing_passed() -> None:
    (score,) = scorecard([rule("validity", 1, 500), rule("uniqueness", 10)], ["s"])
    assert score.points == 33.3  # 10 of 30


def test_points_are_rounded_down_never_up_to_a_better_grade() -> None:
    (score,) = scorecard([rule("validity", 10_000, 501)], ["s"])
    assert (score.points, score.grade) == (94.9, "B")


def test_only_all_is_shown_as_100_percent_and_only_none_as_0() -> None:
    assert percent(999_999, 1_000_000) == ">99.9\u00a0%"
    assert percent(1, 1_000_000) == "<0.1\u00a0%"
    assert percent(7, 7) == "100\u00a0%"
    assert percent(0, 7) == "0\u00a0%"
    assert percent(0, 0) == "–"
