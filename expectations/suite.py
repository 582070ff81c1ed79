"""Rules compiled to one Great Expectations suite, run in one pass on a DuckDB connection of the caller's.

The only module that imports Great Expectations. The import costs seconds, so callers import this module where they need
it, and only when there is something to judge.

How it is kept cheap. Great Expectations counts all expectations on columns in one bundled query; asked for a bare
verdict and the query of the failing rows, it reads none of them into Python. Its own `UnexpectedRowsExpectation` runs
a query twice and hands over 200 rows as Python dicts; `ExpectNoRowsFound` below runs it once and leaves the rows where
they are.
"""
# ruff: noqa: TID251

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

import duckdb

from expectations.rules import OWN_KWARGS, SQL_EXPECTATION, GateBroken, Rule, RuleError

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read while the package is imported
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import sqlalchemy as sa
    from duckdb_engine import ConnectionWrapper
    from great_expectations.core.batch import Batch
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
    from great_expectations.expectations.expectation import ColumnMapExpectation, ColumnPairMapExpectation
    from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value
    from great_expectations.validator.validator import Validator

# What it would log as an error comes back as GateBroken; nothing is spilled on the terminal.
logging.getLogger("great_expectations").addHandler(logging.NullHandler())
logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
# Some of its modules set a level of their own, and dbt gives the root logger a handler.
logging.getLogger("great_expectations").propagate = False

Keep = Callable[[int, str], int]
"""Takes the position of a rule and the SQL of its failing rows, keeps them, and returns how many there are."""

# Judged over all batches as one heap, whatever the batch: one batch's fault would fall on another.
_ACROSS_BATCHES = frozenset({"ExpectColumnValuesToBeUnique"})


class HeldConnection(ConnectionWrapper):
    """The caller's own connection. It may be neither closed nor taken into a transaction by anybody but the caller.

    Without this, Great Expectations (1.24.1) fails on DuckDB with `list index out of range`: it closes its connection
    after each query and reads the answer afterwards, and the rollback that goes with the closing empties the answer.
    A test says so when that has been mended.
    """

    def close(self) -> None: ...

    def begin(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...


class GateEngine(SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine on one held DuckDB connection; it knows where failing rows are to be kept."""

    keep: Keep
    subject: str

    @classmethod
    def on(cls, connection: duckdb.DuckDBPyConnection, subject: str, keep: Keep) -> GateEngine:
        engine = sa.create_engine("duckdb://", creator=lambda: HeldConnection(connection), poolclass=sa.StaticPool)
        made = cls(engine=engine, create_temp_table=False)
        made.keep, made.subject = keep, subject
        return made


class RowsFound(MetricProvider):
    """How many rows a rule's query returns. It runs once; the rows go where the gate keeps them."""

    metric_name = "maemoh.rows_found"
    value_keys = ("unexpected_rows_query", "position")

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,
        execution_engine: GateEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> int:
        query = metric_value_kwargs["unexpected_rows_query"].format(batch=execution_engine.subject)
        return execution_engine.keep(metric_value_kwargs["position"], query)


class ExpectNoRowsFound(gxe.UnexpectedRowsExpectation):
    """`UnexpectedRowsExpectation` whose query runs once and whose rows stay in the database."""

    position: int

    metric_dependencies: ClassVar[tuple[str, ...]] = ("maemoh.rows_found",)
    success_keys: ClassVar[tuple[str, ...]] = ("unexpected_rows_query", "position")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        found = metrics["maemoh.rows_found"]
        return {"success": found == 0, "result": {"observed_value": found}}


def validate(
    connection: duckdb.DuckDBPyConnection, subject: str, rules: Sequence[Rule], keep: Keep, by_batch: bool
) -> Mapping[int, int]:
    """Runs all rules in one pass over `subject`.

    Args:
        connection: used as it is; its transactions are left alone.
        subject: name of the view or table that the rules call ``{table}``.
        keep: called once for each rule that has a query, with the query of its failing rows (columns ``batch_id`` and
            ``row_id`` when `by_batch`).
        by_batch: the failing rows must be told apart by batch; rules that cannot are a broken gate.

    Returns:
        Number of failing rows by position of the rule; 1 for a rule about the whole table that failed.

    Raises:
        GateBroken: an expectation raised, or a rule cannot be compiled.
    """
    found: dict[int, int] = {}

    def counting(position: int, query: str) -> int:
        found[position] = keep(position, query)
        return found[position]

    expectations = [_compile(position, rule, by_batch) for position, rule in enumerate(rules)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = _run(GateEngine.on(connection, subject, counting), subject, expectations, by_batch)
    _raise_if_broken(results, rules)
    for result in results:
        position = result.expectation_config.meta["position"]
        query = result.result.get("unexpected_index_query")
        if result.success:
            found[position] = 0
        elif query is not None:
            found[position] = _kept(keep, rules[position], position, query.rstrip("; \n"))
        else:
            found.setdefault(position, 1)
    return found


@cache
def _context() -> Any:
    """Great Expectations' own settings, made once a process: nothing is ever put into them."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _run(engine: GateEngine, subject: str, expectations: Sequence[Any], by_batch: bool) -> list[Any]:
    data: Any = SqlAlchemyBatchData(engine, table_name=subject, create_temp_table=False)
    validator = Validator(execution_engine=engine, batches=[Batch(data=data)], data_context=_context())
    suite = gx.ExpectationSuite(name="gate", expectations=list(expectations))
    result_format: dict[str, Any] = {"result_format": "BOOLEAN_ONLY", "return_unexpected_index_query": True}
    if by_batch:
        result_format["unexpected_index_column_names"] = ["batch_id", "row_id"]
    return validator.graph_validate(suite.expectation_configurations, {"result_format": result_format})


def _compile(position: int, rule: Rule, by_batch: bool) -> Any:
    kwargs = {name: value for name, value in rule.kwargs.items() if name not in OWN_KWARGS}
    if "row_condition" in kwargs:
        # its query of failing rows leaves the condition out, so rows that were never judged would be quarantined
        raise GateBroken(rule.id, f"it has a row_condition, which cannot be trusted here; write a {SQL_EXPECTATION}.")
    meta = {"position": position, "rule": rule.id}
    try:
        if rule.expectation == SQL_EXPECTATION:
            query = _query(rule, kwargs.pop("unexpected_rows_query", ""))
            return ExpectNoRowsFound(unexpected_rows_query=query, position=position, meta=meta, **kwargs)
        kind = getattr(gxe, rule.expectation, None)
        if kind is None:
            raise GateBroken(rule.id, f"Great Expectations {gx.__version__} has no {rule.expectation}.")
        if by_batch and (
            not issubclass(kind, ColumnMapExpectation | ColumnPairMapExpectation) or rule.expectation in _ACROSS_BATCHES
        ):
            raise GateBroken(
                rule.id, f"{rule.expectation} does not say which batch fails; write a {SQL_EXPECTATION} with batch_id."
            )
        return kind(meta=meta, **kwargs)
    except (ValueError, TypeError) as error:
        raise GateBroken(rule.id, f"{rule.expectation} does not take these arguments: {error}.") from error


def _query(rule: Rule, sql: str) -> str:
    """The rule's SQL with ``{table}`` (or ``{batch}``) as Great Expectations writes it; all other braces are text."""
    marked = sql.replace("{table}", "{batch}").split("{batch}")
    if len(marked) == 1:
        raise GateBroken(rule.id, "its query names neither {table} nor {batch}, so it does not look at the data.")
    return "{batch}".join(part.replace("{", "{{").replace("}", "}}") for part in marked).rstrip("; \n")


def _kept(keep: Keep, rule: Rule, position: int, query: str) -> int:
    try:
        return keep(position, query)
    except (duckdb.Error, RuleError) as error:
        raise GateBroken(rule.id, f"the query of its failing rows broke: {error}") from error


def _raise_if_broken(results: Sequence[Any], rules: Sequence[Rule]) -> None:
    broken: dict[int, str] = {}
    for result in results:
        message = _exception_text(result.exception_info)
        if message is not None:
            broken[result.expectation_config.meta["position"]] = message
    if broken:
        position = min(broken)
        others = ", ".join(f"'{rules[other].id}'" for other in sorted(broken) if other != position)
        raise GateBroken(rules[position].id, broken[position] + (f" (so did {others})" if others else ""))
    missing = set(range(len(rules))) - {result.expectation_config.meta["position"] for result in results}
    if missing:
        raise GateBroken(rules[min(missing)].id, "Great Expectations returned no result for it.")


def _exception_text(info: Mapping[str, Any]) -> str | None:
    """The text of what an expectation raised: one report, or one for each metric that broke; None when nothing did."""
    reports = [info] if "raised_exception" in info else list(info.values())
    for report in reports:
        if report.get("raised_exception"):
            lines = [line.strip() for line in str(report["exception_message"]).splitlines() if line.strip()]
            return " ".join(lines)
    return None
