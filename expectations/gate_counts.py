"""What the rules looked at, counted: by batch for G1, over a whole table for G2 and G3. One scan for all rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from expectations.rules import SQL_EXPECTATION, GateBroken, Rule

# A query that is one condition on single rows, and what would make it more than that.
_CONDITION = re.compile(r"select\s+batch_id\s*,\s*row_id\s+from\s+\{(table|batch)\}\s+where\s(?P<sql>.*)", re.I | re.S)
_MORE = re.compile(
    r"\b(select|group|having|qualify|window|order|limit|offset|using|union|intersect|except|over)\b|--|/\*|;|\{", re.I
)


def _evaluated_sql(rule: Rule) -> str:
    """SQL that counts what a rule looked at: as the rule says, the values of its column, or all rows."""
    if "evaluated" in rule.kwargs:
        return str(rule.kwargs["evaluated"]).strip()
    if "column" in rule.kwargs and rule.expectation != "ExpectColumnValuesToNotBeNull":
        return f'count("{rule.kwargs["column"]}")'
    return "count(*)"


def evaluated_by_batch(
    conn: duckdb.DuckDBPyConnection, subject: str, rules: Sequence[Rule], share_of: str, share: str
) -> tuple[Mapping[str, tuple[list[int], int]], frozenset[int]]:
    """By batch: what each rule evaluated, and the rows that count for the quarantined share. Besides: the positions of
    rules that every row keeps to, as far as they are one condition on single rows or say when they cannot fail
    (`only_if`). One scan for all of it."""
    wanted = {rule.id: _evaluated_sql(rule) for rule in rules}
    distinct = list(dict.fromkeys(wanted.values()))
    counting = {share: f"count(*) filter (where {share_of})"}
    columns = ", ".join([*counting.values(), *distinct])
    conditions = _conditions(rules)
    broken = "".join(f", {sql}" for sql in conditions.values())
    try:
        rows = rows_of(conn, f"select batch_id, {columns}{broken} from {subject} group by batch_id")
    except duckdb.Error:  # whatever part of it broke: by itself it is found and named
        conditions = {}
        rows = _counted(
            conn, subject, f"select batch_id, {columns} from {subject} group by batch_id", wanted | counting
        )
    place = {sql: number for number, sql in enumerate(distinct, start=2)}
    counted = {row[0]: ([int(row[place[sql]]) for sql in wanted.values()], int(row[1])) for row in rows}
    numbered = enumerate(conditions, start=2 + len(distinct))
    return counted, frozenset(position for number, position in numbered if not any(row[number] for row in rows))


def _conditions(rules: Sequence[Rule]) -> dict[int, str]:
    """Position → an aggregate that is true where a row may fail, for the rules that say so or are one condition."""
    found: dict[int, str] = {}
    for position, rule in enumerate(rules):
        if "only_if" in rule.kwargs:
            found[position] = f"coalesce(({rule.kwargs['only_if']})::boolean, false)"
            continue
        query = str(rule.kwargs.get("unexpected_rows_query", "")) if rule.expectation == SQL_EXPECTATION else ""
        match = _CONDITION.fullmatch(query.strip().rstrip("; \n"))
        if match and not _MORE.search(match["sql"]):
            found[position] = f"bool_or(({match['sql']})::boolean)"
    return found


def evaluated(conn: duckdb.DuckDBPyConnection, subject: str, rules: Sequence[Rule]) -> list[int]:
    """What each rule evaluated in the whole table. One scan for all that are plain aggregates."""
    wanted = {rule.id: _evaluated_sql(rule).replace("{table}", subject).replace("{batch}", subject) for rule in rules}
    columns = [f"({sql})" if sql.lower().startswith(("select", "with")) else sql for sql in wanted.values()]
    # the plain count makes it an aggregate of one row even when all others are selects of their own
    counts = _counted(conn, subject, f"select {', '.join(columns)}, count(*) from {subject}", wanted)[0]
    return [int(count or 0) for count in counts[:-1]]


def _counted(
    conn: duckdb.DuckDBPyConnection, subject: str, sql: str, parts: Mapping[str, str]
) -> list[tuple[Any, ...]]:
    """Runs a count made of parts, by rule id; when it breaks, finds the part that does. Raises GateBroken."""
    try:
        return rows_of(conn, sql)
    except duckdb.Error as error:
        for rule_id, part in parts.items():
            try:
                rows_of(conn, f"select ({part}) from {subject}")
            except duckdb.Error as own:
                raise GateBroken(rule_id, f"counting what it looks at broke: {own}.") from own
        raise GateBroken("evaluated", f"counting what the rules look at broke: {error}.") from error


def rows_of(conn: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return conn.execute(sql).fetchall()
