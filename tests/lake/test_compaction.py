"""Merging small files: the same rows in fewer files, and everything that looked at files goes on working."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from assets.lake import commit, compaction
from assets.lake.commit import BUILT_FROM, SnapshotGone, live_files, replace_all, replace_batches, replace_where
from assets.lake.compaction import compact, due
from assets.lake.duck import connect
from assets.lake.errors import CommitConflict
from assets.lake.files import COMPACTION
from assets.lake.handle import Lake
from assets.lake.ledger import TABLES, Ledger
from assets.lake.months import changed_months
from assets.lake.rewrite import batches_in
from assets.lake.tables import Grain, ensure_table
from tests.warehouse.cells import put_file

COLUMNS = pa.schema(
    [
        ("note", pa.string()),
        ("interval_start_at", pa.timestamp("us", "UTC")),
        ("value", pa.float64()),
        ("is_valid", pa.bool_()),
        ("day", pa.date32()),
        ("batch_id", pa.string()),
        ("row_id", pa.int64()),
    ]
)
POLARS = pl.Schema(
    {
        "note": pl.Utf8(),
        "interval_start_at": pl.Datetime("us", "UTC"),
        "value": pl.Float64(),
        "is_valid": pl.Boolean(),
        "day": pl.Date(),
        "batch_id": pl.Utf8(),
        "row_id": pl.Int64(),
    }
)
MANY = 4
MakeTable = Callable[..., Table]


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "MANY", MANY)


@pytest.fixture
def make_table(lake: Lake) -> MakeTable:
    """A new table in the session's lake, under a name of its own."""

    def make(schema: pa.Schema = COLUMNS, partition: tuple[str, Grain] | None = None) -> Table:
        return ensure_table(lake.catalog, "test_compaction", f"t{uuid.uuid4().hex[:8]}", schema, partition)

    return make


def batch_id(number: int) -> str:
    return f"{number:016x}"


def answer(number: int, day: date, days: int = 1, value: float | None = None) -> pl.DataFrame:
    """One batch, a row a day and one that says nothing."""
    start = datetime(day.year, day.month, day.day, 5, 0, 0, 123456, tzinfo=UTC)
    rows: list[dict[str, Any]] = [
        {
            "note": f"สบป้าด {number}",
            "interval_start_at": start + timedelta(days=n),
            "value": value if value is not None else number + n / 10,
            "is_valid": True,
            "day": day + timedelta(days=n),
            "batch_id": batch_id(number),
            "row_id": n,
        }
        for n in range(days)
    ]
    blank = rows[-1] | {"note": None, "value": None, "is_valid": None, "day": None, "row_id": days}
    return pl.DataFrame([*rows, blank], schema=POLARS)


def put(table: Table, number: int, day: date, days: int = 1, value: float | None = None) -> str:
    return put_file(table, f"{batch_id(number)}-{uuid.uuid4().hex[:6]}", answer(number, day, days, value))


def add(table: Table, *batches: tuple[int, date]) -> int:
    """Adds batches, a file each, in one commit."""
    return replace_batches(table, [], [put(table, number, day) for number, day in batches])


def days_of(month: int, n: int = MANY) -> list[tuple[int, date]]:
    """Batches on the first days of a month, numbered by month and day."""
    return [(month * 100 + day, date(2024, month, day)) for day in range(1, n + 1)]


def rows_of(table: Table) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(table.refresh().scan().to_arrow()))
    return frame.sort("interval_start_at", "batch_id", "row_id")


def n_files(table: Table) -> int:
    return len(live_files(table.refresh()))


# ── the rows stay ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_columns_and_types_are_the_same_in_one_snapshot_and_fewer_files(lake: Lake, make_table: MakeTable) -> None:
    table = make_table()
    add(table, *reversed(days_of(2)), *days_of(3))
    before, snapshots = rows_of(table), len(table.snapshots())
    done = compact(table)
    assert done and (done.files_before, done.files_after, done.rows) == (8, 2, 16)
    after = rows_of(table)
    assert_frame_equal(after, before)
    assert after.schema == POLARS and after["note"].null_count() == 8
    assert n_files(table) == 2 and len(table.snapshots()) == snapshots + 1
    current = table.current_snapshot()
    assert current and current.summary and current.summary.get(COMPACTION) == "true"
    with connect(lake.config) as connection:
        name = f"lake.{'.'.join(table.name())}"
        seen = connection.execute(f"select * from {name} order by interval_start_at, batch_id, row_id").pl()
    assert_frame_equal(seen, before)


def test_a_merged_file_is_in_the_order_of_time_and_spans_its_month(make_table: MakeTable) -> None:
    table = make_table()
    add(table, *reversed(days_of(2)), *days_of(3))
    compact(table)
    for path in live_files(table):
        with table.io.new_input(path).open() as stream:
            starts = pl.read_parquet(stream.read())["interval_start_at"]
        assert starts.is_sorted() and starts.dt.month().n_unique() == 1


def test_a_column_that_came_later_stays_empty_where_it_was(lake: Lake, make_table: MakeTable) -> None:
    table = make_table()
    add(table, *days_of(2))
    grown = ensure_table(lake.catalog, *table.name(), COLUMNS.append(pa.field("flag", pa.string())))
    flagged = answer(299, date(2024, 2, 9)).with_columns(pl.lit("D").alias("flag"))
    replace_batches(grown, [], [put_file(grown, "flagged", flagged)])
    compact(grown)
    assert n_files(grown) == 1
    after = rows_of(grown)
    assert after.columns == [*COLUMNS.names, "flag"]
    assert after.group_by("flag").len().sort("flag", nulls_last=False).rows() == [(None, 2 * MANY), ("D", 2)]


def test_tables_of_the_ledger_are_merged_too_and_read_as_before(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"finding_{uuid.uuid4().hex[:6]}"
    monkeypatch.setitem(TABLES, name, TABLES["finding"])
    ledger = Ledger(lake.catalog)
    for n in range(MANY):
        lines = [{"rule": f"r{n}", "n": n, "sheet": sheet} for sheet in ("b", "a", None)]
        ledger.append({name: lines}, f"run{n}", datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=n))
    before = ledger.events(name)
    assert compact(lake.catalog.load_table(("ops", name)))
    assert_frame_equal(ledger.events(name), before)
    assert n_files(lake.catalog.load_table(("ops", name))) == 1
    ledger.append({name: [{"rule": "after", "n": 9}]}, "run9", datetime(2024, 1, 2, tzinfo=UTC))
    assert ledger.events(name).height == before.height + 1
    lake.catalog.drop_table(("ops", name))


# ── what is due ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_few_files_and_large_files_are_left_alone(make_table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    table = make_table()
    add(table, *days_of(2, MANY - 1))
    assert due(table) == []
    add(table, (250, date(2024, 2, 20)))
    assert len(due(table)) == 1
    monkeypatch.setattr(compaction, "SMALL", 10)
    assert due(table) == []


def test_what_was_merged_once_is_not_merged_again(make_table: MakeTable) -> None:
    table = make_table()
    add(table, *(batch for month in range(1, 8) for batch in days_of(month, 2)))
    assert compact(table) and n_files(table) == 7
    assert due(table) == []
    add(table, *days_of(9, MANY))
    assert compact(table) and n_files(table) == 8


def test_a_file_over_many_months_does_not_widen_others(make_table: MakeTable) -> None:
    table = make_table()
    wide = [put(table, number, date(2024, 2, 1), days=200) for number in (1, 2)]
    narrow = [put(table, number, day) for number, day in days_of(2)]
    replace_batches(table, [], [*wide, *narrow])
    since = table.metadata.current_snapshot_id
    compact(table)
    assert n_files(table) == 2
    replace_batches(table, [batch_id(201)], [])
    assert changed_months(table, since) == {"2024-02"}


def test_a_merged_file_stays_within_its_bounds(make_table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "ROWS_AT_A_TIME", 4)
    table = make_table()
    add(table, *days_of(2, 5))
    before = rows_of(table)
    assert compact(table) and n_files(table) == 3
    assert_frame_equal(rows_of(table), before)


def test_tables_that_dbt_builds_are_never_touched(make_table: MakeTable) -> None:
    by_month = make_table(partition=("day", "month"))
    frames = [answer(n, date(2024, 2, n)).drop_nulls() for n in range(1, 7)]
    replace_all(by_month, [put_file(by_month, f"f{n}", frame) for n, frame in enumerate(frames)])
    assert due(by_month) == []
    built = make_table()
    replace_all(built, [put(built, *batch) for batch in days_of(2, 6)], {BUILT_FROM: '{"bronze.x": 1}'})
    assert due(built) == []
    assert due(make_table()) == []


# ── replacing batches afterwards ──────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_taken_out_of_a_merged_file_and_the_others_stay(make_table: MakeTable) -> None:
    table = make_table()
    add(table, *days_of(2))
    compact(table)
    before, snapshots = rows_of(table), len(table.snapshots())
    replace_batches(table, [batch_id(202)], [put(table, 202, date(2024, 2, 2), value=99.0)])
    after = rows_of(table)
    others = pl.col("batch_id") != batch_id(202)
    assert_frame_equal(after.filter(others), before.filter(others))
    assert after.filter(~others)["value"].to_list() == [99.0, None]
    assert n_files(table) == 2 and len(table.snapshots()) == snapshots + 1


def test_a_batch_that_lies_between_but_is_not_in_the_file_leaves_it_alone(make_table: MakeTable) -> None:
    table = make_table()
    add(table, *((number, date(2024, 2, 1)) for number in (2, 4, 6, 8)))
    compact(table)
    merged = set(live_files(table))
    new = put(table, 5, date(2024, 2, 2))
    replace_batches(table, [batch_id(5)], [new])
    assert set(live_files(table)) == merged | {new}


def test_all_batches_of_a_merged_file_leave_nothing_behind(make_table: MakeTable) -> None:
    table = make_table()
    add(table, *days_of(2))
    compact(table)
    replace_batches(table, [batch_id(number) for number, _ in days_of(2)], [])
    assert n_files(table) == 0 and rows_of(table).is_empty()


def test_only_merged_files_are_opened(make_table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    table = make_table()
    add(table, *days_of(2, MANY + 1))
    opened: list[str] = []

    def look(table: Table, file: DataFile) -> frozenset[str]:
        opened.append(file.file_path)
        return batches_in(table, file)

    monkeypatch.setattr(commit, "batches_in", look)
    replace_batches(table, [batch_id(202)], [])
    assert not opened
    compact(table)
    replace_batches(table, [batch_id(203)], [])
    assert len(opened) == 1


def test_the_same_replacement_in_a_merged_file_twice_makes_one_snapshot(make_table: MakeTable) -> None:
    table = make_table()
    add(table, *days_of(2))
    compact(table)
    files = [put(table, 202, date(2024, 2, 2))]
    first = replace_batches(table, [batch_id(202)], files, {commit.RUN_ID: "r1"})
    assert replace_batches(table, [batch_id(202)], files, {commit.RUN_ID: "r1"}) == first
    assert rows_of(table).height == 2 * MANY


def test_two_writers_and_a_merged_file_lose_nothing(lake: Lake, make_table: MakeTable) -> None:
    table = make_table()
    add(table, *days_of(2))
    compact(table)
    stale = lake.catalog.load_table(table.name())
    replace_batches(table, [batch_id(201)], [])
    replace_batches(stale, [batch_id(202)], [put(stale, 202, date(2024, 2, 2), value=7.0)])
    after = rows_of(table)
    assert after["batch_id"].unique().sort().to_list() == [batch_id(number) for number in (202, 203, 204)]
    assert after.height == 6


def test_a_merge_gives_way_when_a_file_was_replaced_meanwhile(
    lake: Lake, make_table: MakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit.time, "sleep", lambda _: None)
    table = make_table()
    add(table, *days_of(2))
    stale = lake.catalog.load_table(table.name())
    replace_batches(table, [batch_id(202)], [put(table, 202, date(2024, 2, 2), value=7.0)])
    expected = rows_of(table)
    assert compact(stale) is None
    assert_frame_equal(rows_of(table), expected)
    assert not any("/merged-" in path for path in lake.store.tree(table.location()))


def test_a_merge_bears_that_a_file_was_added_meanwhile(
    lake: Lake, make_table: MakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit.time, "sleep", lambda _: None)
    table = make_table()
    add(table, *days_of(2))
    stale = lake.catalog.load_table(table.name())
    add(table, (250, date(2024, 2, 20)))
    before = rows_of(table)
    done = compact(stale)
    assert done and (done.files_before, done.files_after) == (5, 2)
    assert_frame_equal(rows_of(table), before)


def test_a_merge_that_never_gets_through_leaves_no_file_behind(
    lake: Lake, make_table: MakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> int:
        raise CommitFailedException("another was quicker")

    table = make_table()
    add(table, *days_of(2))
    monkeypatch.setattr(commit, "_commit", lose)
    monkeypatch.setattr(commit.time, "sleep", lambda _: None)
    with pytest.raises(CommitConflict, match="changed by another writer"):
        compact(table)
    assert not any("/merged-" in path for path in lake.store.tree(table.location()))


# ── which months changed ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_merge_alone_changes_no_month(make_table: MakeTable) -> None:
    table = make_table()
    since = add(table, *days_of(2), *days_of(3))
    compact(table)
    assert changed_months(table, since) == frozenset()


def test_batches_before_and_after_a_merge_are_just_their_months(make_table: MakeTable) -> None:
    table = make_table()
    first = add(table, *days_of(2), *days_of(3))
    before = add(table, (501, date(2024, 5, 1)))
    compact(table)
    merged = table.metadata.current_snapshot_id
    after = add(table, (701, date(2024, 7, 1)))
    assert changed_months(table, first) == {"2024-05", "2024-07"}
    assert changed_months(table, before) == {"2024-07"}
    assert changed_months(table, merged) == {"2024-07"}
    assert changed_months(table, after) == frozenset()
    assert changed_months(table, None) == {"2024-02", "2024-03", "2024-05", "2024-07"}


def test_two_merges_on_the_way_are_both_left_out(make_table: MakeTable) -> None:
    table = make_table()
    since = add(table, *days_of(2))
    compact(table)
    add(table, *days_of(4))
    compact(table)
    assert changed_months(table, since) == {"2024-04"}


def test_a_batch_taken_out_of_a_merged_file_makes_its_month_due(make_table: MakeTable) -> None:
    table = make_table()
    since = add(table, *days_of(2), *days_of(3))
    compact(table)
    replace_batches(table, [batch_id(302)], [])
    assert changed_months(table, since) == {"2024-03"}


def test_a_way_that_was_interrupted_is_said_and_not_guessed(make_table: MakeTable) -> None:
    table = make_table()
    since = add(table, *days_of(2))
    middle = add(table, *days_of(3))
    replace_where(table, f"batch_id = '{batch_id(201)}'", [])
    table.maintenance.expire_snapshots().by_id(middle).commit()
    with pytest.raises(SnapshotGone, match="rebuild everything"):
        changed_months(table.refresh(), since)
