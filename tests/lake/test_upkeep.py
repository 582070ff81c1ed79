"""Upkeep: old snapshots go and nothing that is still named or needed does; a run with nothing due costs nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table
from pyiceberg.table.update.snapshot import ExpireSnapshots
from typer.testing import CliRunner

from assets import upkeep as house
from assets import warehouse_run
from assets.lake import compaction, expiry, keys
from assets.lake.commit import BUILT_FROM, PROJECT, live_files, mark_tested, replace_all, replace_batches
from assets.lake.errors import CommitConflict
from assets.lake.expiry import expirable, expire
from assets.lake.handle import Lake
from assets.lake.tables import ensure_table
from assets.warehouse_lineage import Lineage, Made
from tests.warehouse.cells import put_file

COLUMNS = pa.schema(
    [("batch_id", pa.string()), ("interval_start_at", pa.timestamp("us", "UTC")), ("value", pa.float64())]
)
POLARS = pl.Schema({"batch_id": pl.Utf8(), "interval_start_at": pl.Datetime("us", "UTC"), "value": pl.Float64()})
MakeTable = Callable[..., Table]
NONE, WEEK = timedelta(0), timedelta(days=7)


@pytest.fixture
def make_table(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeTable]:
    """New tables in the session's lake, the only ones that upkeep sees (others are other tests'), gone after the test."""
    made: list[tuple[str, ...]] = []
    tables = house._tables

    def own(lake: Lake, namespaces: tuple[str, ...]) -> dict[str, Table]:
        names = {".".join(name) for name in made}
        return {name: table for name, table in tables(lake, namespaces).items() if name in names}

    monkeypatch.setattr(house, "_tables", own)

    def make(namespace: str = "bronze") -> Table:
        table = ensure_table(lake.catalog, namespace, f"upkeep_{uuid.uuid4().hex[:8]}", COLUMNS)
        made.append(table.name())
        return table

    yield make
    for name in made:
        lake.catalog.drop_table(name)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds small enough for a test: everything is old, the last two stay, one snapshot is worth it."""
    monkeypatch.setattr(expiry, "KEEP", NONE)
    monkeypatch.setattr(expiry, "KEEP_LEDGER", NONE)
    monkeypatch.setattr(expiry, "KEEP_LAST", 2)
    monkeypatch.setattr(expiry, "AT_ONCE", 1)


@pytest.fixture
def four_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "MANY", 4)


def put(table: Table, number: int, month: int = 1) -> str:
    rows = pl.DataFrame([(f"{number:016x}", datetime(2024, month, 5, tzinfo=UTC), float(number))], POLARS, orient="row")
    return put_file(table, f"{number:016x}-{uuid.uuid4().hex[:6]}", rows)


def add(table: Table, number: int, month: int = 1) -> int:
    return replace_batches(table, [f"{number:016x}"], [put(table, number, month)])


def rows_of(table: Table, snapshot_id: int | None = None) -> list[float]:
    return sorted(table.refresh().scan(snapshot_id=snapshot_id).to_arrow()["value"].to_pylist())


def ids_of(table: Table) -> list[int]:
    return [snapshot.snapshot_id for snapshot in table.refresh().snapshots()]


def name_of(table: Table) -> str:
    return ".".join(table.name())


def later() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)


# ── which snapshots ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_young_and_last_snapshots_stay(make_table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    table = make_table()
    ids = [add(table, n) for n in range(6)]
    now = datetime.now(UTC)
    monkeypatch.setattr(expiry, "AT_ONCE", 1)
    monkeypatch.setattr(expiry, "KEEP_LAST", 2)
    assert expirable(table, (), (), now, WEEK) == []
    assert expirable(table, (), (), now + timedelta(days=8), WEEK) == ids[:4]
    monkeypatch.setattr(expiry, "AT_ONCE", 5)
    assert expirable(table, (), (), now + timedelta(days=8), WEEK) == []


def test_what_is_named_stays_and_so_does_the_way_from_a_build(make_table: MakeTable, small: None) -> None:
    table = make_table()
    ids = [add(table, n) for n in range(7)]
    with table.manage_snapshots() as manage:
        manage.create_tag(ids[1], "published")
    assert expirable(table, (), (), later(), NONE) == [ids[0], *ids[2:5]]
    assert expirable(table, {ids[0]}, (), later(), NONE) == ids[2:5]
    assert expirable(table, (), {ids[3], ids[5]}, later(), NONE) == [ids[0], ids[2]]


# ── what leaves the store ─────────────────────────────────────────────────────────────────────────────────────────────


def test_only_files_that_no_remaining_snapshot_needs_leave_the_store(
    lake: Lake, make_table: MakeTable, small: None
) -> None:
    table = make_table()
    first = add(table, 1)
    replaced = set(live_files(table))
    tagged = add(table, 2)
    with table.manage_snapshots() as manage:
        manage.create_tag(tagged, "published")
    stays = add(table, 3)
    lone = set(live_files(table, stays))
    replace_all(table, [put(table, n) for n in (7, 8)])
    last = add(table, 9)
    unknown = put_file(table, "nobody-listed-this", pl.DataFrame(schema=POLARS))
    before, then = rows_of(table), rows_of(table, tagged)
    done = expire(table, lake.store, expirable(table, (), (), later(), NONE))
    assert done.snapshots == 2 and first not in ids_of(table) and stays not in ids_of(table)
    assert {tagged, last} < set(ids_of(table))
    assert rows_of(table) == before and rows_of(table, tagged) == then
    left = set(lake.store.tree(table.location()))
    assert replaced < left, "the tagged snapshot still needs it"
    assert not (lone - set(live_files(table, tagged))) & left
    assert unknown in left
    for snapshot in table.snapshots():
        assert snapshot.manifest_list in left and set(live_files(table, snapshot.snapshot_id)) < left


def test_files_that_were_merged_leave_once_no_snapshot_lists_them(
    lake: Lake, make_table: MakeTable, small: None, four_are_many: None
) -> None:
    table = make_table()
    for n in range(4):
        add(table, n, month=n // 2 + 1)
    small_files = set(live_files(table))
    before = pl.DataFrame(pl.from_arrow(table.scan().to_arrow())).sort("value")
    assert compaction.compact(table)
    add(table, 20)
    replace_batches(table, [f"{20:016x}"], [])
    expire(table, lake.store, expirable(table, (), (), later(), NONE))
    assert_frame_equal(pl.DataFrame(pl.from_arrow(table.refresh().scan().to_arrow())).sort("value"), before)
    assert not small_files & set(lake.store.tree(table.location()))


def test_a_conflict_removes_nothing(
    lake: Lake, make_table: MakeTable, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make_table()
    ids = [add(table, n) for n in range(4)]
    before = lake.store.tree(table.location())

    def lose(self: ExpireSnapshots) -> None:
        raise CommitFailedException("another was quicker")

    monkeypatch.setattr(ExpireSnapshots, "commit", lose)
    with pytest.raises(CommitConflict, match="another writer"):
        expire(table, lake.store, ids[:2])
    assert lake.store.tree(table.location()) == before
    line = house.upkeep(lake)
    assert [(one.what, one.snapshots_removed) for one in line] == [("skipped", 0)] and "another writer" in line[
        0
    ].reason


# ── all tables ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_upkeep_merges_and_expires_and_says_so_once(
    lake: Lake, make_table: MakeTable, small: None, four_are_many: None
) -> None:
    table = make_table()
    for n in range(4):
        add(table, n)
    planned = house.upkeep(lake, dry_run=True)
    assert [(line.what, line.files_before, line.files_after, line.snapshots_removed) for line in planned] == [
        ("merge", 4, 1, 0),
        ("expire", 0, 0, 2),
    ]
    assert len(ids_of(table)) == 4
    done = house.upkeep(lake)
    assert [(line.what, line.files_before, line.files_after, line.snapshots_removed) for line in done] == [
        ("merge", 4, 1, 0),
        ("expire", 0, 0, 3),
    ]
    assert rows_of(table) == [0, 1, 2, 3]
    assert house.upkeep(lake) == []


def test_snapshots_of_publications_and_of_builds_stay(lake: Lake, make_table: MakeTable, small: None) -> None:
    bronze, silver = make_table("bronze"), make_table("silver")
    sources = [add(bronze, n) for n in range(6)]
    built = [
        replace_all(silver, [put(silver, n)], {BUILT_FROM: json.dumps({name_of(bronze): sources[3]})}) for n in range(6)
    ]
    key = keys.publication_key(f"29990101T000000Z-{uuid.uuid4().hex[:6]}")
    lake.store.put({key: json.dumps({"tables": {name_of(silver): built[1]}}).encode()})
    try:
        lines = house.upkeep(lake)
    finally:
        lake.store.delete([key])
    assert {line.table: line.snapshots_removed for line in lines} == {name_of(bronze): 3, name_of(silver): 3}
    assert ids_of(bronze) == sources[3:]
    assert ids_of(silver) == [built[1], *built[4:]]
    assert rows_of(silver, built[1]) == [1]


def test_a_merge_makes_nothing_due_and_a_batch_beside_it_its_month_alone(
    lake: Lake, make_table: MakeTable, four_are_many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bronze, silver = make_table("bronze"), make_table("silver")
    for n in range(4):
        add(bronze, n)
    made = Made(name_of(silver), frozenset({name_of(bronze)}), "as it is", is_by_period=True, reaches_on=False)
    known = Lineage({}, {}, "", {name_of(silver): made})
    monkeypatch.setattr(warehouse_run, "known_lineage", lambda: known)
    monkeypatch.setattr(warehouse_run, "outputs", lambda layer: [name_of(silver)])
    said = {BUILT_FROM: json.dumps({name_of(bronze): bronze.metadata.current_snapshot_id}), PROJECT: "as it is"}
    replace_all(silver, [put(silver, 1)], said)
    mark_tested(silver)
    assert compaction.compact(bronze)
    due = warehouse_run.plan(lake.catalog, "silver")
    assert not due.is_needed and due.reason == "nothing changed"
    add(bronze, 9, month=6)
    assert warehouse_run.plan(lake.catalog, "silver").due[name_of(silver)].months == ("2024-06",)


def test_nothing_due_reads_no_row_and_no_publication(
    lake: Lake, make_table: MakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make_table()
    add(table, 1)

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("nothing is due, so nothing is read")

    monkeypatch.setattr(compaction, "read_rows", fail)
    monkeypatch.setattr(compaction, "live_files", fail)
    monkeypatch.setattr(house, "_published", fail)
    assert house.upkeep(lake) == []


def test_metadata_files_do_not_pile_up(lake: Lake, make_table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "METADATA_FILES", 3)
    monkeypatch.setitem(expiry.METADATA_PROPERTIES, "write.metadata.previous-versions-max", "3")
    table = make_table()

    def n_metadata() -> int:
        return sum(path.endswith(".metadata.json") for path in lake.store.tree(table.location()))

    for n in range(5):
        replace_all(table, [], {"n": str(n)})
    assert n_metadata() == 6
    assert [line.what for line in house.upkeep(lake)] == ["trim"]
    replace_all(table.refresh(), [], {"n": "after"})
    assert n_metadata() == 4
    assert house.upkeep(lake) == []


def test_the_command_says_what_would_be_done(lake: Lake, make_table: MakeTable, small: None, monkeypatch) -> None:
    import typer

    from orchestration import cli_upkeep, settings

    table = make_table()
    for n in range(4):
        add(table, n)
    monkeypatch.setattr(settings, "connect", lambda: lake.config)
    app = typer.Typer()
    cli_upkeep.register(app)
    app.callback()(lambda: None)
    shown = CliRunner().invoke(app, ["upkeep", "--dry-run"])
    assert shown.exit_code == 0 and f"{name_of(table)}: 2 old snapshots would go" in shown.output.replace("\n", "")
    assert len(ids_of(table)) == 4
    shown = CliRunner().invoke(app, ["upkeep"])
    assert f"{name_of(table)}: 2 old snapshots and" in shown.output
    assert len(ids_of(table)) == 2
