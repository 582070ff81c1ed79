"""The words of acceptance: a rule, what came of checking it, and the verdict on a set of batches.

Plain dataclasses and no I/O, so that contracts, suites, gates and reports share one vocabulary.

A rule is judged by Great Expectations (``suite.py``); three of its ``kwargs`` are ours and are kept from there:

``evaluated``  SQL that counts what the rule looked at (default: all rows; for a rule on one column, its values), in
               the same things as its failures: rows, days, or 1 for a batch. Per batch an aggregate such as
               ``count(value)``; for a table also a whole ``select``.
``mostly``     the share (0..1) that must be right before the rule passes (default 1). It is applied to each batch
               by itself; Great Expectations would apply it to all pending batches as one heap.
``only_if``    SQL of an aggregate (per batch): where it is false for every batch no row can break the rule, and its query
               is not run. A dear query is so spared wherever there is nothing to find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import polars as pl

Dimension = Literal["completeness", "validity", "accuracy", "consistency", "timeliness", "uniqueness"]
Scope = Literal["row", "series", "batch", "table"]
Severity = Literal["critical", "major", "minor"]
Action = Literal["flag", "quarantine_row", "refuse_batch", "withhold_publish", "warn"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SQL_EXPECTATION = "UnexpectedRowsExpectation"
OWN_KWARGS = frozenset({"evaluated", "mostly", "only_if"})
QUARANTINE_SCHEMA = {"batch_id": pl.Utf8, "row_id": pl.Int64, "rule": pl.Utf8}

_CHOICES: dict[str, tuple[str, ...]] = {
    "dimension": get_args(Dimension),
    "scope": get_args(Scope),
    "severity": SEVERITIES,
    "action": get_args(Action),
}


class RuleError(ValueError):
    """A rule is written wrongly: where, which rule, what to change. Found at load, before any data is looked at."""


class GateBroken(Exception):
    """The gate itself failed. Says nothing about the data, and is never shown to a partner as bad data."""

    def __init__(self, rule_id: str, detail: str) -> None:
        super().__init__(
            f"The gate broke on rule '{rule_id}': {detail} "
            "The data was not judged and nothing was accepted. Correct the rule, then run again."
        )
        self.rule_id = rule_id
        self.detail = detail


@dataclass(frozen=True)
class Rule:
    """One rule. ``expectation`` is the name of a Great Expectations class, ``kwargs`` its arguments.

    The reasons are for the person who has to act: what is wrong and what to do, in English and Thai.

    Raises:
        RuleError: a word is not one of the house's, a reason is empty, or an aggregate would quarantine rows.
    """

    id: str
    dimension: Dimension
    scope: Scope
    severity: Severity
    action: Action
    expectation: str
    kwargs: Mapping[str, Any] = field(hash=False)
    reason_en: str
    reason_th: str

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise RuleError(
                    f"rule '{self.id}': {name} is '{getattr(self, name)}'; write one of {', '.join(allowed)}"
                )
        for name in ("id", "reason_en", "reason_th"):
            if not getattr(self, name).strip():
                raise RuleError(f"rule '{self.id}': {name} is empty; write it")
        if self.action == "quarantine_row" and self.scope in ("batch", "table"):
            raise RuleError(
                f"rule '{self.id}': scope '{self.scope}' cannot quarantine rows, an aggregate does not know which row "
                "is wrong; use scope row or series, or action refuse_batch, withhold_publish or warn"
            )
        if not 0 <= self.mostly <= 1:
            raise RuleError(f"rule '{self.id}': mostly is {self.mostly}; write a share between 0 and 1")

    @property
    def mostly(self) -> float:
        """The share that must be right, 0..1."""
        return float(self.kwargs.get("mostly", 1))

    @property
    def weight(self) -> int:
        """0 for critical, 1 for major, 2 for minor."""
        return SEVERITIES.index(self.severity)


@dataclass(frozen=True)
class CheckResult:
    """What came of one rule on one batch, or on a whole table (``batch_id`` None). Passes are kept as well.

    ``sample`` holds at most 5 of the failing rows as ``{"sheet", "cell", "raw_value"}``; a table has no cells, there
    ``raw_value`` is the failing row as text.
    """

    rule: Rule
    batch_id: str | None
    evaluated: int
    failed: int
    sample: tuple[dict[str, Any], ...] = ()
    failed_by_source: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Of a whole table: failing rows by source, where the rule's query says it; a partner is told of its own only."""

    @property
    def passed(self) -> bool:
        """True when nothing failed, or no more than the rule tolerates (``mostly``)."""
        if self.failed == 0:
            return True
        # the tiny allowance: 1 - 0.95 is a little more than 0.05 in binary
        return self.evaluated > 0 and self.failed / self.evaluated <= 1 - self.rule.mostly + 1e-12

    @property
    def outcome(self) -> Literal["pass", "fail"]:
        return "pass" if self.passed else "fail"


@dataclass(frozen=True, eq=False)
class GateVerdict:
    """What the gate decided on all pending batches of an entity.

    ``quarantined``: one line per row, batch_id Utf8, row_id Int64, rule Utf8; a row that breaks several rules is listed
    under the gravest, the first in the order of the rules where they are equally grave. Rows of refused batches that
    broke a row rule are listed too. ``refused``: batch id to the rule that refused it, the gravest first.
    """

    results: tuple[CheckResult, ...]
    quarantined: pl.DataFrame
    refused: Mapping[str, Rule]


def rule_from_mapping(mapping: Mapping[str, Any], where: str = "rule") -> Rule:
    """Read a rule from a contract or a suite.

    Accepted keys are the fields of `Rule`, with two short cuts: ``sql`` stands for the expectation
    `UnexpectedRowsExpectation` with that query, and ``reason: {en, th}`` for the two reasons. ``mostly`` and
    ``evaluated`` may stand beside ``sql``.

    Args:
        mapping: the rule as read from YAML.
        where: what to name in an error, such as a file name and a position.

    Raises:
        RuleError: a key is missing or unknown, or a value is wrong.
    """
    given = dict(mapping)
    place = f"{where}, rule '{given.get('id', '?')}'"
    kwargs = dict(given.pop("kwargs", None) or {})
    for own in OWN_KWARGS & given.keys():
        kwargs[own] = given.pop(own)
    if "sql" in given:
        if "expectation" in given:
            raise RuleError(f"{place}: has both 'sql' and 'expectation'; keep one")
        kwargs["unexpected_rows_query"] = str(given.pop("sql")).strip()
        given["expectation"] = SQL_EXPECTATION
    reason = given.pop("reason", None)
    if isinstance(reason, Mapping):
        given |= {f"reason_{language}": str(text).strip() for language, text in reason.items()}
    names = ("id", "dimension", "scope", "severity", "action", "expectation", "reason_en", "reason_th")
    missing = [name for name in names if name not in given]
    unknown = sorted(given.keys() - set(names))
    if missing or unknown:
        parts = [f"'{name}' is missing" for name in missing] + [f"'{name}' is not known" for name in unknown]
        raise RuleError(f"{place}: {'; '.join(parts)}. Known: {', '.join((*names, 'kwargs', 'sql', 'reason'))}")
    try:
        return Rule(**{name: str(given[name]) for name in names}, kwargs=kwargs)  # type: ignore[arg-type]
    except RuleError as error:
        raise RuleError(f"{where}, {error}") from None
