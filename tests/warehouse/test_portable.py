"""The models' SQL runs on DuckDB now and on Spark later: it holds only what both spell and mean alike, or a dispatched macro."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assets.warehouse_dbt import PROJECT_DIR

# Both engines have these, with one meaning. Before one is added: try it on both, with NULL, below zero and at a half.
# `concat` is left out on purpose: DuckDB passes over NULL, Spark answers NULL.
FUNCTIONS = (
    "abs|asin|atan2|cast|coalesce|corr|cos|count|degrees|extract|first_value|floor|greatest|lag|lead|least|length|lower|max|"
    "min|mod|nullif|power|radians|replace|round|row_number|sin|sqrt|substr|sum|trim|upper"
)
KEYWORDS = (
    "and|as|by|case|decimal|else|except|exists|from|having|in|intersect|join|left|not|on|or|over|select|then|union|using|"
    "when|where"
)
JINJA = "config|env_var|fromjson|namespace|ref|return|source"
CONTRACT_TYPES = {"varchar", "bigint", "integer", "double", "boolean", "date", "timestamptz"}

# What one engine does not know, or takes for something else: what is written instead.
REFUSED = {
    r"::": "cast(… as …)",
    r"//": "floor(… / …)",
    r'"': "names without quotes: to Spark, a text stands in double quotes",
    r"\[": "rows, not lists",
    r"\bfrom\s+'": "ref or source, not a file",
    r"\bqualify\b": "row_number() … as choice, and where choice = 1",
    r"\bfilter\s*\(": "sum(case when … end)",
    r"\*\s*(exclude|except|replace|rename)\b": "the columns by name",
    r"\b(group|order)\s+by\s+all\b": "the columns by name",
    r"\b(asof|positional|lateral|pivot|unpivot|semi|anti)\b": "an ordinary join, or case",
    r"\b(ilike|glob|similar\s+to)\b": "lower(…) like …",
    r"\bas\s+(?:varchar|text|timestamp(?:tz)?|hugeint|u\w*int\w*|int\d|float\d?|json|uuid|time)\s*\)": (
        "cast(… as string, bigint, integer, double, boolean, date or decimal(p, s)); instant(…)"
    ),
    r"\bextract\(\s*(?!(?:year|quarter|month|day|hour|minute|second)\s+from\b)": "year … second; iso_weekday for weekdays",
    r"\binterval\s+(?!'\d*'\s+(?:day|hour|minute|second)\b)(?=['\d(])": "interval '7' hour; dbt.dateadd for months",
    r"\b\w+_(?:date|from|to)\s+-\s+\w*\.?\w+_(?:date|from|to)\b": "dbt.datediff: to Spark this is an interval",
}

_ENGINES_OWN = re.compile(
    r"{%-?\s*(macro\s+(?:duckdb|spark)__|materialization\b).*?{%-?\s*end(?:macro|materialization)\s*-?%}", re.DOTALL
)


def spoken(text: str) -> str:
    """A file without comments and without what is meant for one engine."""
    text = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    text = _ENGINES_OWN.sub("", text)
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def findings(text: str, macros: frozenset[str] = frozenset()) -> Iterator[str]:
    text = spoken(text)
    for name in sorted(set(re.findall(r"(?<![\w.])([a-z_]\w*)\s*\(", text.lower()))):
        if name not in macros and not re.fullmatch(f"{FUNCTIONS}|{KEYWORDS}|{JINJA}", name):
            yield f"the function {name}: a macro with duckdb__{name} and spark__{name} (macros/portable.sql)"
    if found := re.search(r"\b\d+\.0\s*\*", text):
        yield f"{found[0]!r}: write a whole number: with 1.0 Spark goes on in decimals, and / cuts their places off"
    sql = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)  # `interval '{{ n }}' hour` leaves its quotes
    sql = re.sub(r"'([^']*)'", lambda text: text[0] if not text[1] or text[1].isdigit() else "'…'", sql)
    for pattern, instead in REFUSED.items():
        if found := re.search(pattern, sql, re.IGNORECASE):
            yield f"{found[0]!r}: write {instead}"


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Models, macros and singular tests, but for the materialization with its helpers, which is each engine's own."""
    found = {
        file.relative_to(PROJECT_DIR).as_posix(): file.read_text("utf-8")
        for folder in ("models", "macros", "tests")
        for file in sorted((PROJECT_DIR / folder).rglob("*.sql"))
    }
    del found["macros/lake_table.sql"]
    return found


def defined(text: str) -> list[tuple[str, str]]:
    return re.findall(r"{%-?\s*(?:macro|test)\s+(\w+)\(([^)]*)\)", text)


def test_what_is_not_dispatched_means_the_same_to_both_engines(files: dict[str, str]) -> None:
    macros = frozenset(name for text in files.values() for name, _ in defined(text))
    assert [f"{path}: {finding}" for path, text in files.items() for finding in findings(text, macros)] == []


def test_what_is_dispatched_has_a_macro_for_each_engine(files: dict[str, str]) -> None:
    by_engine: dict[str, dict[str, str]] = {"duckdb": {}, "spark": {}}
    dispatched = set()
    for text in files.values():
        for name, arguments in defined(text):
            engine, is_dispatched, macro = name.partition("__")
            if is_dispatched and engine in by_engine:
                by_engine[engine][macro] = arguments
        dispatched |= set(re.findall(r"adapter\.dispatch\('(\w+)'\)", text))
    assert by_engine["duckdb"] == by_engine["spark"]
    assert by_engine["duckdb"].keys() == dispatched


def test_no_model_is_a_view_and_no_column_has_a_type_of_one_engine(files: dict[str, str]) -> None:
    texts = [text for path, text in files.items() if path.startswith("models/")]
    texts += [file.read_text("utf-8") for file in (PROJECT_DIR / "models").rglob("*.yml")]
    texts.append((PROJECT_DIR / "dbt_project.yml").read_text("utf-8"))
    assert {found for text in texts for found in re.findall(r"\bmaterialized\W+(\w+)", text)} == {
        "ephemeral",
        "lake_table",
    }
    assert {found for text in texts for found in re.findall(r"\bdata_type:\s*(\w+)", text)} <= CONTRACT_TYPES


@pytest.mark.parametrize(
    "sql",
    [
        "select strftime(day, '%Y') as y from t",
        "select * from read_parquet('x.parquet')",
        "select * from 'x.parquet'",
        "select a::date from t",
        "select a // 2 as half from t",
        'select "a" from t',
        "select [a, b] as pair from t",
        "select * exclude (a) from t",
        "select count(*) filter (where a > 1) as n from t",
        "select a from t qualify row_number() over (order by a) = 1",
        "select a, sum(b) as b from t group by all",
        "select cast(a as varchar) as a from t",
        "select cast(a as timestamptz) as a from t",
        "select extract(isodow from a) as a from t",
        "select a + interval 7 day as a from t",
        "select to_date - from_date as days from t",
        "select 100.0 * n / total as n_pct from t",
        "{% macro m(a) %}{{ return('epoch(' ~ a ~ ')') }}{% endmacro %}",
    ],
)
def test_what_only_one_engine_knows_is_found(sql: str) -> None:
    assert list(findings(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(a as decimal(28, 9)) as a, 'a::b [c] \"d\"' as b from t where a is not distinct from b -- a::b",
        "with a as (select {{ local_date('b') }} as day from t) select day + interval '7' hour as at from a",
        "{% macro duckdb__m(a) %}epoch({{ a }}){% endmacro %}",
    ],
)
def test_what_both_know_passes(sql: str) -> None:
    assert list(findings(sql, frozenset({"local_date"}))) == []
