"""What the tests of all suites do alike: tables in memory that break no rule, a fault in one of them, the rules that see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import duckdb

from expectations.gate import gate_table
from expectations.rules import Rule
from expectations.suites import load_suites


@cache
def _suites(table: str | None, previous: str | None) -> Mapping[str, Sequence[Rule]]:
    """All suites: reading them takes longer than to judge a small table."""
    return load_suites({table: previous} if table and previous else None)


class CleanTables:
    """Tables in a DuckDB of their own; `schemas` says in which schema each one is that a suite judges."""

    def __init__(self, sql: str, schemas: Mapping[str, str]) -> None:
        self.schemas = schemas
        self.conn = duckdb.connect()
        self.conn.execute("set TimeZone = 'UTC'")
        self.conn.execute(sql)

    def address(self, table: str) -> str:
        return f"{self.schemas[table]}.{table}"

    def failing(self, table: str, previous: str | None = None) -> dict[str, int]:
        """Rule → rows that broke it; `previous` is what was published last."""
        rules = _suites(table if previous else None, previous)[table]
        return {r.rule.id: r.failed for r in gate_table(self.conn, self.address(table), rules) if not r.passed}

    def failing_with(self, table: str, fault: str) -> dict[str, int]:
        """The same with a fault, which is undone. `fault` is SQL, with `{t}` for the table."""
        self.conn.execute("begin")
        try:
            self.conn.execute(fault.format(t=self.address(table)))
            return self.failing(table)
        finally:
            self.conn.execute("rollback")

    def rules_by_action(self) -> dict[str, set[str]]:
        """Ids of the rules of these tables by what they do, those that need a last publication among them."""
        suites = load_suites(dict.fromkeys(self.schemas, "before"))
        found: dict[str, set[str]] = {"withhold_publish": set(), "warn": set()}
        for rule in [rule for table in self.schemas for rule in suites[table]]:
            found.setdefault(rule.action, set()).add(rule.id)
        return found
