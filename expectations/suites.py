"""The rules of silver and of the marts (G2, G3), read from ``suites/*.yml``: one file a table.

A file names its table and lists rules; a rule is the SQL of its failing rows, or a Great Expectations class with kwargs
(`rules.rule_from_mapping`). In the SQL stand for
    {table}            the table that is judged
    {previous}         the same table as last published; the rule is left out when there is none
    {outside}          true where `value` is impossible for `quantity` in `unit` (quantities.yml)
    {outside:TEMP:c}   true where column c is impossible for the quantity TEMP in its canonical unit
    {copied_days}      days that repeat days of another batch (pattern_sql.copied_days_sql)
    {level_changes:n}  days on which a level changes, n days before and after, where a batch ends (level_changes_sql)
    {level_beside_others}  days on which a station's level changes beside the others' (level_beside_others_sql)
Other tables are named schema.table.

A rule that many tables share stands in ``shared_rules.yml``; a suite names it with `use`, and gives its parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from expectations.contract import LOADER
from expectations.observation_rules import outside_sql
from expectations.pattern_sql import copied_days_sql, level_beside_others_sql, level_changes_sql
from expectations.quantities import load_quantities
from expectations.rules import Rule, RuleError, rule_from_mapping

FOLDER = Path(__file__).with_name("suites")
SHARED = Path(__file__).with_name("shared_rules.yml")
SERIES = "source_id, station_key, quantity, level"
_LEVELS = re.compile(r"\{level_changes:(\d+)\}")
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
        document = yaml.load(path.read_text(encoding="utf-8"), LOADER)
        table, written = str(document["table"]), list(document["rules"])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise RuleError(f"{path.name}: is not a suite ({error}); it needs 'table' and a list 'rules'") from error
    before = (previous or {}).get(table.rsplit(".", 1)[-1])
    everywhere = [{"use": name} for name in _shared()["every"].get(table.split(".")[0], ())]
    entries = [_spelled_out(entry, path.name) for entry in (*written, *everywhere)]
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


@cache
def _shared() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    return document


def _spelled_out(entry: Any, where: str) -> Any:
    """A shared rule with its parameters filled in; any other entry as it is."""
    if not isinstance(entry, Mapping) or "use" not in entry:
        return entry
    given = {key: str(value) for key, value in entry.items() if key != "use"}
    known = {rule["id"]: rule for rule in _shared()["rules"]}
    if entry["use"] not in known:
        raise RuleError(f"{where}: no shared rule is called '{entry['use']}'; known: {', '.join(known)}")
    rule = dict(known[entry["use"]])
    needed = rule.pop("parameters", [])
    missing, unknown = set(needed) - given.keys(), given.keys() - {*needed, "only", "source"}
    if missing or unknown:
        raise RuleError(
            f"{where}, shared rule '{entry['use']}': it takes {', '.join(needed) or 'no parameters'} (and only, source); "
            f"missing: {', '.join(sorted(missing)) or 'none'}; not known: {', '.join(sorted(unknown)) or 'none'}"
        )
    # a part that is not named by its source tells it; `source: none` where the table has no such column
    has_own = "source_id" in given.get("by", "") or given.get("source") == "none"
    filling = {"only": "true"} | given | {"source": "" if has_own else ", max(source_id) as source_id"}
    for key in ("sql", "evaluated"):
        for name, text in filling.items():
            rule[key] = rule[key].replace(f"{{{name}}}", text)
    return rule


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

    def levels(match: re.Match[str]) -> str:
        return level_changes_sql(SERIES, SERIES, int(match.group(1)), across="first_batch <> last_batch")

    filled = _LEVELS.sub(levels, _OUTSIDE.sub(outside, text))
    if "{copied_days}" in filled:
        filled = filled.replace("{copied_days}", copied_days_sql(SERIES, across="earlier_batch <> batch_of_day"))
    filled = filled.replace("{level_beside_others}", level_beside_others_sql())
    if "{outside}" in filled:
        filled = filled.replace("{outside}", _outside_any())
    return filled.replace("{previous}", previous or "")


def _outside_any() -> str:
    """Hours only: of what is kept by the hour, every quantity in its canonical unit."""
    bounds = {(q.key, q.unit): q.range_in(q.unit).hard for q in load_quantities().values()}
    return f"(value is not null and {outside_sql(bounds, unit='unit')})"
