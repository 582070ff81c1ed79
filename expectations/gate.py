"""The gate: rules in, verdict out. All pending batches of an entity in one pass, each passing or failing by itself.

What Great Expectations reports as unexpected *are* the rows that are quarantined: its queries fill temporary tables on
the caller's connection, and the verdict is read from those, as columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import polars as pl

from expectations.gate_counts import evaluated, evaluated_by_batch
from expectations.rules import (
    QUARANTINE_SCHEMA,
    CheckResult,
    GateBroken,
    GateVerdict,
    Rule,
    RuleError,
)

SUBJECT = "maemoh_gate_subject"
BATCHES = "maemoh_gate_batches"
ROWS = "maemoh_gate_rows"
HELD = "maemoh_gate_held"
FAILED = "maemoh_gate_failed"
QUARANTINED_SHARE = "quarantined_share"
SAMPLE = 5
SAMPLE_COLUMNS = ("sheet", "cell", "raw_value")


def gate_batches(
    conn: duckdb.DuckDBPyConnection,
    view: str,
    rules: Sequence[Rule],
    batch_ids: Sequence[str],
    max_quarantined_share: float,
    share_of: str,
) -> GateVerdict:
    """Judges the batches of one entity (G1).

    Args:
        conn: holds `view`; temporary objects named maemoh_gate_… come and go on it.
        view: rows of all batches, with columns batch_id and row_id, and sheet, cell, raw_value where there are such.
        rules: the rules of the contract. `flag` and `warn` report; `quarantine_row` takes rows out; a failing
            `refuse_batch` holds the whole batch back.
        batch_ids: the batches to judge; rows of others in `view` have no say.
        max_quarantined_share: 0..1; a batch with a larger share of its rows quarantined is refused by the rule
            `quarantined_share`.
        share_of: SQL condition on the rows that count for that share, above and below the line.

    Returns:
        A result for every batch and rule, passes included, gravest rules first; the rows to quarantine; the refused
        batches.

    Raises:
        GateBroken: a rule could not be judged. Nothing has been decided then.
    """
    share_rule = quarantined_share_rule(max_quarantined_share)
    if not batch_ids:
        return GateVerdict((), pl.DataFrame(schema=QUARANTINE_SCHEMA), {})
    # gravest first: the lowest position that a row is kept under is then the rule that it is quarantined by
    ordered = sorted(rules, key=lambda rule: rule.weight)
    _check_ids([*ordered, share_rule])
    with _subject(conn, view):
        counted, kept_to = evaluated_by_batch(conn, SUBJECT, ordered, share_of, QUARANTINED_SHARE)
        _make_tables(conn, batch_ids)
        if ordered:
            from expectations import suite  # pulls in Great Expectations: only when there is something to judge

            def keep(position: int, query: str) -> int:
                return 0 if position in kept_to else _keep(conn, ordered[position], position, query)

            suite.validate(conn, SUBJECT, ordered, keep, by_batch=True)
        _sum_up(conn)
        failed = {(p, batch): n for p, batch, n in _rows(conn, f"select position, batch_id, n from {FAILED}")}
        samples = _samples(conn)
        quarantined = _quarantined(conn, [rule.id for rule in ordered])
        shares = _quarantined_by_batch(conn, share_of)
    results: list[CheckResult] = []
    refused: dict[str, Rule] = {}
    for batch_id in batch_ids:
        evaluated, counting = counted.get(batch_id, ([0] * len(ordered), 0))
        own = [
            CheckResult(rule, batch_id, evaluated[p], failed.get((p, batch_id), 0), samples.get((p, batch_id), ()))
            for p, rule in enumerate(ordered)
        ]
        too_many = shares.get(batch_id, 0) > max_quarantined_share * counting + 1e-9  # 0.29 * 100 is 28.999…
        own.append(CheckResult(share_rule, batch_id, 1, int(too_many)))
        refusing = [r.rule for r in own if r.rule.action == "refuse_batch" and not r.passed]
        if refusing:
            refused[batch_id] = min(refusing, key=lambda rule: rule.weight)
        results.extend(own)
    return GateVerdict(tuple(results), quarantined, refused)


def gate_table(conn: duckdb.DuckDBPyConnection, view: str, rules: Sequence[Rule]) -> tuple[CheckResult, ...]:
    """Judges a whole table (G2, G3): one result a rule, in their order, `batch_id` None.

    Args:
        conn: holds `view` and every other table that the rules name.
        view: name of the table, with its schema.

    Raises:
        GateBroken: a rule could not be judged.
    """
    if not rules:
        return ()
    from expectations import suite

    _check_ids(rules)
    samples: dict[int, tuple[dict[str, Any], ...]] = {}
    sources: dict[int, dict[str, int]] = {}

    def keep(position: int, query: str) -> int:
        count, texts = conn.execute(
            f"""with found as materialized ({query}),
            few as (select found::varchar as line from found limit {SAMPLE})
            select (select count(*) from found), (select list(line) from few)"""
        ).fetchall()[0]
        samples[position] = tuple({"sheet": None, "cell": None, "raw_value": text} for text in texts or ())
        if count and "source_id" in [name for name, *_ in _rows(conn, f"describe select * from ({query})")]:
            sources[position] = dict(
                _rows(conn, f"select source_id, count(*) from ({query}) group by all order by all")
            )
        return int(count)

    with _subject(conn, view):
        counts = evaluated(conn, SUBJECT, rules)
        failed = suite.validate(conn, SUBJECT, rules, keep, by_batch=False)
    return tuple(
        CheckResult(rule, None, counts[p], failed[p], samples.get(p, ()) if failed[p] else (), sources.get(p, {}))
        for p, rule in enumerate(rules)
    )


def _check_ids(rules: Sequence[Rule]) -> None:
    ids = [rule.id for rule in rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise GateBroken(rule_id, "two rules have this id; give each its own.")


@contextmanager
def _subject(conn: duckdb.DuckDBPyConnection, view: str) -> Iterator[None]:
    """Gives what is judged one plain name, whatever catalog and schema it lives in, and clears up afterwards."""
    conn.execute(f"create or replace temp view {SUBJECT} as select * from {view}")
    try:
        yield
    finally:
        # after an error inside a caller's transaction DuckDB refuses these too; the first error is the one to see
        with suppress(duckdb.Error):
            conn.execute(f"drop view if exists temp.{SUBJECT}")
            for table in (BATCHES, ROWS, HELD, FAILED):
                conn.execute(f"drop table if exists temp.{table}")


def _make_tables(conn: duckdb.DuckDBPyConnection, batch_ids: Sequence[str]) -> None:
    """Where failing rows go: narrow, since in a bad delivery every row may break several rules."""
    conn.execute(f"create temp table {BATCHES} (batch_no integer, batch_id varchar)")
    conn.execute(f"insert into {BATCHES} select generate_subscripts($1, 1), unnest($1)", [list(batch_ids)])
    conn.execute(f"create temp table {ROWS} (position smallint, batch_no integer, row_id bigint)")
    conn.execute(f"create temp table {FAILED} (position smallint, batch_id varchar, n bigint, row_ids bigint[])")


def _keep(conn: duckdb.DuckDBPyConnection, rule: Rule, position: int, query: str) -> int:
    """Rows to quarantine are kept one by one; for the other rules a count and a few rows for the sample are enough."""
    columns = [name for name, *_ in _rows(conn, f"describe select * from ({query})")]
    if "batch_id" not in columns or (rule.action == "quarantine_row" and "row_id" not in columns):
        raise RuleError(f"its query gives {', '.join(columns)}; it has to give batch_id and row_id.")
    if rule.action == "quarantine_row":
        rows = f"select {position}, batch_no, row_id from ({query}) join {BATCHES} using (batch_id)"
        return int(_rows(conn, f"insert into {ROWS} {rows}")[0][0])
    few = f"min(row_id, {SAMPLE})" if "row_id" in columns else "[]"
    conn.execute(f"insert into {FAILED} select {position}, batch_id, count(*), {few} from ({query}) group by batch_id")
    return int(_rows(conn, f"select coalesce(sum(n), 0) from {FAILED} where position = {position}")[0][0])


def _sum_up(conn: duckdb.DuckDBPyConnection) -> None:
    """From rows kept per rule to counts per rule and batch, and to one line a row under its gravest rule."""
    conn.execute(
        f"""insert into {FAILED}
        select position, any_value(batch_id), count(*), min(row_id, {SAMPLE})
        from {ROWS} join {BATCHES} using (batch_no) group by position, batch_no"""
    )
    conn.execute(
        f"""create temp table {HELD} as
        select batch_no, row_id, min(position) as position from {ROWS} group by batch_no, row_id"""
    )


def _samples(conn: duckdb.DuckDBPyConnection) -> Mapping[tuple[int, str], tuple[dict[str, Any], ...]]:
    """A few failing rows of each rule and batch, by (position, batch). One scan, and none when nothing failed."""
    if not _rows(conn, f"select 1 from {FAILED} limit 1"):
        return {}
    present = {name for name, *_ in _rows(conn, f"describe {SUBJECT}")}
    columns = ", ".join(f"subject.{c}" if c in present else f"null as {c}" for c in SAMPLE_COLUMNS)
    rows = _rows(
        conn,
        f"""with wanted as (select position, batch_id, unnest(row_ids) as row_id from {FAILED})
        select wanted.position, wanted.batch_id, {columns}
        from {SUBJECT} as subject join wanted using (batch_id, row_id)
        order by wanted.position, wanted.batch_id, wanted.row_id""",
    )
    samples: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for position, batch_id, *values in rows:
        samples.setdefault((position, batch_id), []).append(dict(zip(SAMPLE_COLUMNS, values, strict=True)))
    return {key: tuple(found) for key, found in samples.items()}


def _quarantined(conn: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> pl.DataFrame:
    """batch_id, row_id, rule: one line a row, under the gravest of the rules that it breaks."""
    frame: pl.DataFrame = conn.execute(
        f"""select batch_id, row_id, $1[position + 1] as rule
        from {HELD} join {BATCHES} using (batch_no) order by batch_no, row_id""",
        [list(ids)],
    ).pl()
    return frame.cast(QUARANTINE_SCHEMA)  # type: ignore[arg-type]


def _quarantined_by_batch(conn: duckdb.DuckDBPyConnection, share_of: str) -> Mapping[str, int]:
    """How many of the rows that count were quarantined, by batch."""
    if not _rows(conn, f"select 1 from {HELD} limit 1"):
        return {}
    rows = _rows(
        conn,
        f"""with held as (select batch_id, row_id from {HELD} join {BATCHES} using (batch_no))
        select batch_id, count(*) from {SUBJECT} semi join held using (batch_id, row_id)
        where {share_of} group by batch_id""",
    )
    return {batch_id: int(n) for batch_id, n in rows}


def quarantined_share_rule(max_quarantined_share: float) -> Rule:
    """The rule that the gate adds to those of a contract: too many rows held back refuse the delivery."""
    return Rule(
        id=QUARANTINED_SHARE,
        dimension="validity",
        scope="batch",
        severity="critical",
        action="refuse_batch",
        expectation="",  # computed by the gate from what the other rules took out
        kwargs={},
        reason_en=f"More than {max_quarantined_share:.1%} of the values were quarantined, so the whole delivery is "
        "held back. Correct the rows listed under the other rules and deliver the file again.",
        reason_th=f"ค่าที่ถูกกักไว้มีมากกว่า {max_quarantined_share:.1%} จึงไม่รับข้อมูลทั้งชุด โปรดแก้ไขแถวที่แจ้งไว้ในข้ออื่น แล้วส่งไฟล์มาใหม่",
    )


def _rows(conn: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return conn.execute(sql).fetchall()
