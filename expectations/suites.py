"""The rules of silver and of the marts (G2, G3), read from ``suites/*.yml``: one file a table.

A file names its table and lists rules; a rule is the SQL of its failing rows, or a Great Expectations class with kwargs
(`rules.rule_from_mapping`). In the SQL stand for
    {table}            the table that is judged
    {previous}         the same table as last published; the rule is left out when there is none
    {outside}          true where `value` is impossible for `quantity` in `unit` (quantities.yml)
    {outside:TEMP:c}   true where column c is impossible for the quantity TEMP in its canonical unit
Other tables are named schema.table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from expectations.observation_rules import outside_sql
from expectations.quantities import load_quantities
from expectations.rules import Rule, RuleError, rule_from_mapping

FOLDER = Path(__file__).with_name("suites")
_OUTSIDE = re.compile(r"\{outside:(\w+):(\w+)\}")


@dataclass(frozen=True)
class Suite:
    """The rules of one table, in the order of the file. `table` is ``schema.name``."""

    table: str
    rules: tuple[Rule, ...]


def load_suites(previous: Mapping[str, str] | None = None, folder: Path = FOLDER) -> dict[str, tuple[Rule, ...]]:
    """Rules of every table, by its name without the schema.

    Args:
        previous: by the same names, SQL for the rows as last published, such as a table name or a snapshot of it.
        folder: where the suites lie.

    Raises:
        RuleError: a file is written wrongly: which file, which rule, what to change.
    """
    suites = (read_suite(path, previous or {}) for path in sorted(folder.glob("*.yml")))
    return {suite.table.rsplit(".", 1)[-1]: suite.rules for suite in suites}


def read_suite(path: Path, previous: Mapping[str, str] | None = None) -> Suite:
    """One suite file. Raises `RuleError`."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        table, entries = str(document["table"]), list(document["rules"])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise RuleError(f"{path.name}: is not a suite ({error}); it needs 'table' and a list 'rules'") from error
    before = (previous or {}).get(table.rsplit(".", 1)[-1])
    rules = tuple(
        rule_from_mapping(_filled(entry, before, path.name), f"{path.name}, rule {number}")
        for number, entry in enumerate(entries, 1)
        if before is not None or "{previous}" not in str(entry)
    )
    ids = [rule.id for rule in rules]
    twice = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
    if twice:
        raise RuleError(f"{path.name}: {', '.join(twice)} stands twice; give each rule an id of its own")
    return Suite(table, rules)


def _filled(entry: Any, previous: str | None, where: str) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        raise RuleError(f"{where}: {entry!r} is not a rule; write its id, sql, reason and the rest as keys")
    return {key: _sql(value, previous, where) if key in ("sql", "evaluated") else value for key, value in entry.items()}


def _sql(text: str, previous: str | None, where: str) -> str:
    registry = load_quantities()

    def outside(match: re.Match[str]) -> str:
        key, column = match.groups()
        if key not in registry:
            raise RuleError(f"{where}: {match.group()} names no quantity of quantities.yml")
        quantity = registry[key]
        return f"({column} is not null and not ({quantity.range_in(quantity.unit).hard.sql(column)}))"

    filled = _OUTSIDE.sub(outside, text)
    if "{outside}" in filled:
        filled = filled.replace("{outside}", _outside_any())
    return filled.replace("{previous}", previous or "")


def _outside_any() -> str:
    """Hours only: of what is kept by the hour, every quantity in its canonical unit."""
    bounds = {(q.key, q.unit): q.range_in(q.unit).hard for q in load_quantities().values()}
    return f"(value is not null and {outside_sql(bounds, unit='unit')})"
