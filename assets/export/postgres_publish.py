"""published → Postgres: the whole publication in one transaction, so that readers see the old one or the new one.

Rows are deleted and inserted; tables are neither emptied by TRUNCATE nor replaced. Readers are not held up by that, also
those in a long transaction go on seeing what they began with, and grants and views that others made stay. Tables whose rows
and words are what they were are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from assets.export import postgres_tables as tables
from assets.export.offer import SCHEMAS, SYNTHETIC_EN, SYNTHETIC_TH, Item, Offer, check_published, offer
from assets.export.postgres import PublishError, Target, ask, literal, opened, quoted, run, transaction
from assets.export.postgres_state import ANALYST, META, State, check, look, too_much
from assets.lake.config import LakeConfig

LOCK = 5_202_608
"""Any number: whoever publishes into one database holds the advisory lock of that number."""
META_TABLES = """
create table meta.publication (publication_id text not null, published_at timestamptz not null,
    copied_at timestamptz not null, is_synthetic boolean not null, note text);
create table meta.published_table (table_name text primary key, row_count bigint not null, fingerprint text not null,
    publication_id text not null, copied_at timestamptz not null);
comment on table meta.publication is 'ชุดเผยแพร่ที่ตารางทั้งหมดเป็นอยู่ตอนนี้ (หนึ่งแถว) / The publication that all tables are of now, one row';
comment on table meta.published_table is
    'ตารางที่เผยแพร่ จำนวนแถว และชุดเผยแพร่ที่เปลี่ยนล่าสุด / Published tables, their rows, and the publication that last changed them';
"""


@dataclass(frozen=True)
class Step:
    """What happens to one table: `new`, `rows` (rows or words changed), `columns` (these changed too), `same` or `gone`."""

    name: str
    what: str
    rows: int


@dataclass(frozen=True)
class Done:
    """What a publication came to, or would come to."""

    to: str
    publication_id: str
    before: str | None
    steps: tuple[Step, ...]
    kept_back: tuple[str, ...]
    is_synthetic: bool
    has_new_role: bool
    warnings: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """True when that database has this very publication already."""
        return self.publication_id == self.before and all(step.what == "same" for step in self.steps)


@dataclass(frozen=True)
class _Work:
    """One table, its key as Postgres writes it, and the fingerprint of all that is copied."""

    item: Item
    key: str | None
    fingerprint: str


def publish(
    config: LakeConfig,
    to: Target,
    schemas: Sequence[str] = ("gold",),
    dry_run: bool = False,
    full: bool = False,
    on_table: Callable[[int, int], None] = lambda _done, _total: None,
) -> Done:
    """Copies the last publication; schemas that are there already are kept in step with those asked for.

    `full` copies also what is the same. Raises NothingToHandOn, PublishError: then nothing was changed.
    """
    check_published(config)
    with opened(config, to) as connection, transaction(connection, to):
        # Before anything is read: what another publication commits meanwhile would not be seen.
        if not ask(connection, f"select pg_try_advisory_xact_lock({LOCK})")[0][0]:
            raise PublishError(f"somebody else is publishing into {to.shown} now", "wait until that is done")
        state = look(connection, SCHEMAS)
        wanted = [s for s in SCHEMAS if s in schemas or any(name.startswith(f"{s}.") for name in state.ours)]
        offered = offer(config, connection, [*schemas, *(s for s in wanted if s not in schemas)])
        check(state, wanted, [item.name for item in offered.items], to)
        work = [_work(connection, item, state.server) for item in offered.items]
        steps = {w.item.name: _step(w, state, full) for w in work}
        gone = [Step(name, "gone", 0) for name in sorted(set(state.ours) - set(steps))]
        done = Done(
            to.shown, offered.publication_id, state.publication_id, (*steps.values(), *gone), offered.kept_back,
            offered.is_synthetic, not state.has_analyst, (),
        )  # fmt: skip
        if dry_run or done.is_nothing:
            return done
        _prepare(connection, state, wanted, gone)
        _copy(connection, state, work, steps, on_table)
        _grant(connection, [item.name for item in offered.items])
        _tell(connection, offered, work, steps, gone)
        return Done(**vars(done) | {"warnings": tuple(too_much(connection))})


def _work(connection: duckdb.DuckDBPyConnection, item: Item, server: int) -> _Work:
    from_marts = f'from marts.{item.table.layer}."{item.table.short}" as t'
    empty = " or ".join(f"{quoted(name)} is null" for name in item.table.key if name in dict(item.columns)) or "false"
    row = connection.execute(
        f"select coalesce(bool_or({empty}), false), coalesce(sum(hash(t)::hugeint), 0) {from_marts}"
    ).fetchone()
    assert row
    key = tables.key(item, row[0], server)
    text = "\n".join([str(item.rows), str(row[1]), tables.create(item), key or "", *tables.comments(item)])
    return _Work(item, key, hashlib.sha256(text.encode()).hexdigest())


def _step(work: _Work, state: State, full: bool) -> Step:
    name = work.item.name
    if name not in state.ours:
        return Step(name, "new", work.item.rows)
    if state.columns[name] != tables.columns(work.item) and tables.reshape(work.item, state.columns[name]):
        return Step(name, "columns", work.item.rows)
    if state.keys.get(name) != work.key:
        return Step(name, "columns", work.item.rows)
    same = state.ours[name] == work.fingerprint and not full
    return Step(name, "same" if same else "rows", work.item.rows)


def _prepare(connection: duckdb.DuckDBPyConnection, state: State, schemas: Sequence[str], gone: Sequence[Step]) -> None:
    """Role, schemas and our own two tables; what is no longer published goes."""
    missing = [schema for schema in (*schemas, META) if schema not in state.owned_schemas]
    statements = [f"create schema {quoted(schema)};" for schema in missing]
    if not state.has_analyst:
        statements.append(f"create role {quoted(ANALYST)} nologin;")
    if f"{META}.published_table" not in state.columns:
        statements.append(META_TABLES)
    statements += [f"drop table {quoted(step.name)};" for step in gone]
    run(connection, "\n".join(statements) or "select 1")


def _copy(
    connection: duckdb.DuckDBPyConnection,
    state: State,
    work: Sequence[_Work],
    steps: dict[str, Step],
    on_table: Callable[[int, int], None],
) -> None:
    """Copies what changed. Tables whose columns change come last: they alone are locked, and so for the shortest time."""
    due = [w for w in work if steps[w.item.name].what in ("new", "rows")]
    late = [w for w in work if steps[w.item.name].what == "columns"]
    total = len(due) + len(late)
    on_table(0, total)
    n_done = 0
    for wave in (due, late):
        run(connection, "\n".join(_before(w, steps[w.item.name], state) for w in wave) or "select 1")
        connection.execute("call pg_clear_cache()")  # else DuckDB knows the tables as they were
        for w in wave:
            target = f"pg.{w.item.table.layer}.{quoted(w.item.table.short)}"
            connection.execute(
                f"insert into {target} by name select * from marts.{w.item.table.layer}.{quoted(w.item.table.short)}"
            )
            run(connection, "\n".join(_after(w, steps[w.item.name])))
            n_done += 1
            on_table(n_done, total)


def _before(work: _Work, step: Step, state: State) -> str:
    name = work.item.name
    if step.what == "new":
        return tables.create(work.item)
    if step.what == "rows":
        return f"delete from {quoted(name)};"
    return "\n".join(
        (
            f"alter table {quoted(name)} drop constraint if exists {quoted(tables.key_name(work.item))};",
            f"delete from {quoted(name)};",
            tables.reshape(work.item, state.columns[name]),
        )
    )


def _after(work: _Work, step: Step) -> list[str]:
    keys = [tables.add_key(work.item, work.key)] if work.key and step.what != "rows" else []
    return [*keys, *tables.comments(work.item), f"analyze {quoted(work.item.name)};"]


def _grant(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    gold = [name for name in names if name.startswith("gold.")]
    run(connection, tables.grants("gold", gold, ANALYST) if gold else "select 1")
    run(connection, tables.grants(META, (f"{META}.publication", f"{META}.published_table"), ANALYST))


def _tell(
    connection: duckdb.DuckDBPyConnection,
    offered: Offer,
    work: Sequence[_Work],
    steps: dict[str, Step],
    gone: Sequence[Step],
) -> None:
    """Writes down which publication this is; it comes to be seen with the rows."""
    note = literal(f"{SYNTHETIC_TH} / {SYNTHETIC_EN}") if offered.is_synthetic else "null"
    publication = literal(offered.publication_id)
    changed = [w for w in work if steps[w.item.name].what != "same"]
    forget = [w.item.name for w in changed] + [step.name for step in gone]
    listed = ", ".join(literal(name) for name in forget) or "null"
    lines = ", ".join(
        f"({literal(w.item.name)}, {w.item.rows}, {literal(w.fingerprint)}, {publication}, now())" for w in changed
    )
    run(
        connection,
        f"""delete from meta.publication;
        insert into meta.publication values ({publication}, {literal(offered.published_at.isoformat())}, now(),
            {str(offered.is_synthetic).lower()}, {note});
        delete from meta.published_table where table_name in ({listed});"""
        + (f"insert into meta.published_table values {lines};" if lines else ""),
    )
