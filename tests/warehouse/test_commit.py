"""The one way of writing: whole files, one snapshot, nothing rewritten, nothing lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table

from assets.lake import commit
from assets.lake.commit import (
    PartialFile,
    SchemaConflict,
    SnapshotGone,
    ensure_table,
    live_files,
    replace_all,
    replace_batches,
    replace_where,
)
from assets.lake.duck import connect
from assets.lake.errors import CommitConflict, LakeError
from assets.lake.handle import Lake
from assets.lake.months import changed_months, rows_by_month
from assets.lake.tables import Grain

from .cells import put_file

BRONZE = pa.schema(
    [("batch_id", pa.string()), ("interval_start_at", pa.timestamp("us", "UTC")), ("value", pa.float64())]
)
MONTHLY = pa.schema([("observed_date", pa.date32()), ("value", pa.float64())])

MakeTable = Callable[..., Table]


@pytest.fixture
def make_table(lake: Lake) -> MakeTable:
    """A new table in the session's lake, under a name of its own."""

    def make(schema: pa.Schema = BRONZE, partition: tuple[str, Grain] | None = None) -> Table:
        return ensure_table(lake.catalog, "test_commit", f"t{uuid.uuid4().hex[:8]}", schema, partition)

    return make


def ensure_again(
    lake: Lake,
    table: Table,
    schema: pa.Schema,
    partition: tuple[str, Grain] | None = None,
    is_rebuild: bool = False,
) -> Table:
    namespace, name = table.name()
    return ensure_table(lake.catalog, namespace, name, schema, partition, is_rebuild=is_rebuild)


def batch(table: Table, number: int, day: date = date(2024, 2, 1), rows: int = 2) -> str:
    """Writes the file of one batch."""
    start = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    return put_file(table, f"{number:016x}-{uuid.uuid4().hex[:6]}", bronze([(number, start)] * rows))


def bronze(rows: list[tuple[int, datetime]]) -> pl.DataFrame:
    schema = pl.Schema({"batch_id": pl.Utf8(), "interval_start_at": pl.Datetime("us", "UTC"), "value": pl.Float64()})
    return pl.DataFrame([(f"{n:016x}", start, float(n)) for n, start in rows], schema=schema, orient="row")


def month(table: Table, days: list[date], value: float = 1.0) -> str:
    return put_file(table, uuid.uuid4().hex, pl.DataFrame({"observed_date": days, "value": [value] * len(days)}))


def values(table: Table) -> list[float]:
    return sorted(table.refresh().scan(selected_fields=("value",)).to_arrow()["value"].to_pylist())


def n_snapshots(table: Table) -> int:
    return len(table.refresh().snapshots())


def test_a_batch_replaces_itself_in_one_snapshot_and_no_other_file_is_touched(make_table: MakeTable) -> None:
    table = make_table()
    replace_batches(table, [], [batch(table, n) for n in range(5)])
    before = set(live_files(table))
    corrected = batch(table, 3, rows=4)
    replace_batches(table, [f"{3:016x}"], [corrected])
    after = set(live_files(table))
    assert n_snapshots(table) == 2
    assert after - before == {corrected}
    assert len(before - after) == 1
    assert values(table) == [0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4]


def test_more_batches_than_a_predicate_may_hold_go_in_one_commit(make_table: MakeTable) -> None:
    table = make_table()
    replace_batches(table, [], [batch(table, n, rows=1) for n in (1, 300, 301)])
    replace_batches(table, [f"{n:016x}" for n in range(300)], [])  # pyiceberg's `In` gives up at 200
    assert values(table) == [300, 301]


def test_half_a_file_is_refused_rather_than_rewritten(make_table: MakeTable) -> None:
    table = make_table()
    noon = datetime(2024, 1, 1, 5, tzinfo=UTC)
    replace_all(table, [put_file(table, "two", bronze([(1, noon), (3, noon)]))])
    with pytest.raises(PartialFile, match="rows that do not"):
        replace_where(table, f"batch_id = '{1:016x}'", [])
    assert n_snapshots(table) == 1


def test_the_same_replacement_twice_makes_one_snapshot(make_table: MakeTable) -> None:
    table = make_table()
    files = [batch(table, 1)]
    first = replace_batches(table, [f"{1:016x}"], files, {commit.RUN_ID: "r1"})
    again = replace_batches(table, [f"{1:016x}"], files, {commit.RUN_ID: "r1"})
    assert first == again
    assert n_snapshots(table) == 1


def test_a_snapshot_says_what_it_was_built_from_even_when_no_file_changed(make_table: MakeTable) -> None:
    table = make_table()
    replace_all(table, [batch(table, 1)], {commit.BUILT_FROM: '{"bronze.x": 1}'})
    replace_where(table, "batch_id = 'none'", [], {commit.BUILT_FROM: '{"bronze.x": 2}'})
    snapshot = table.refresh().current_snapshot()
    assert snapshot and snapshot.summary
    assert snapshot.summary.get(commit.BUILT_FROM) == '{"bronze.x": 2}'
    assert values(table) == [1, 1]


def test_an_empty_replacement_is_a_state_that_engines_can_read(lake: Lake, make_table: MakeTable) -> None:
    table = make_table()
    replace_all(table, [])
    assert n_snapshots(table) == 1
    with connect(lake.config) as connection:
        assert connection.execute(f"select count(*) from lake.{'.'.join(table.name())}").fetchall() == [(0,)]


def test_a_month_is_replaced_and_the_others_stay(lake: Lake, make_table: MakeTable) -> None:
    table = make_table(MONTHLY, ("observed_date", "month"))
    days = {2: [date(2024, 2, 1), date(2024, 2, 29)], 3: [date(2024, 3, 1), date(2024, 3, 31)]}
    replace_all(table, [month(table, days[2], 2.0), month(table, days[3], 3.0)])
    march = "observed_date >= '2024-03-01' and observed_date < '2024-04-01'"
    replace_where(table, march, [month(table, days[3][:1], 33.0)])
    assert values(table) == [2, 2, 33]
    with connect(lake.config) as connection:
        rows = connection.execute(f"select value from lake.{'.'.join(table.name())} where {march}").fetchall()
    assert rows == [(33.0,)]


def test_a_file_over_two_months_is_refused_by_a_table_kept_by_month(make_table: MakeTable) -> None:
    table = make_table(MONTHLY, ("observed_date", "month"))
    with pytest.raises(SchemaConflict, match="one partition per file"):
        replace_all(table, [month(table, [date(2024, 2, 29), date(2024, 3, 1)])])


def test_a_new_column_grows_the_table_and_old_rows_read_empty(lake: Lake, make_table: MakeTable) -> None:
    table = make_table()
    replace_all(table, [batch(table, 1, rows=1)])
    grown = ensure_again(lake, table, BRONZE.append(pa.field("flag", pa.string())))
    assert grown.schema().column_names == [*BRONZE.names, "flag"]
    assert grown.scan().to_arrow()["flag"].to_pylist() == [None]


def test_a_changed_type_is_refused_with_column_and_types(lake: Lake, make_table: MakeTable) -> None:
    table = make_table()
    changed = BRONZE.set(2, pa.field("value", pa.string()))
    with pytest.raises(SchemaConflict, match=r"column value of test_commit\.\w+ is double .* and string"):
        ensure_again(lake, table, changed)


def test_a_type_that_engines_do_not_share_is_refused(lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"column x of test_commit\.bad has the type decimal"):
        ensure_table(lake.catalog, "test_commit", "bad", pa.schema([("x", pa.decimal128(10, 2))]))


def test_only_a_rebuild_may_drop_columns_and_change_the_partitioning(lake: Lake, make_table: MakeTable) -> None:
    table = make_table(MONTHLY, ("observed_date", "month"))
    replace_all(table, [month(table, [date(2024, 2, 1)])])
    with pytest.raises(SchemaConflict, match="is partitioned by"):
        ensure_again(lake, table, MONTHLY, ("observed_date", "year"))
    dates_only = pa.schema([MONTHLY.field(0)])
    rebuilt = ensure_again(lake, table, dates_only, ("observed_date", "year"), is_rebuild=True)
    days = pl.DataFrame({"observed_date": [date(2024, 2, 1), date(2024, 12, 1)]})
    replace_all(rebuilt, [put_file(rebuilt, "both", days)])
    assert rebuilt.refresh().scan().to_arrow().column_names == ["observed_date"]
    assert rebuilt.scan().to_arrow().num_rows == 2


def test_two_writers_lose_nothing(lake: Lake, make_table: MakeTable) -> None:
    table = make_table()
    replace_batches(table, [], [batch(table, 1, rows=1)])
    stale = lake.catalog.load_table(table.name())
    replace_batches(table, [], [batch(table, 2, rows=1)])
    replace_batches(stale, [f"{1:016x}"], [batch(stale, 3, rows=1)])
    assert values(table) == [2, 3]


def test_a_table_that_others_keep_changing_is_given_up_in_words(
    make_table: MakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make_table()
    tries: list[int] = []

    def lose(*_: object) -> int:
        tries.append(1)
        raise CommitFailedException("another was quicker")

    monkeypatch.setattr(commit, "_commit", lose)
    monkeypatch.setattr(commit.time, "sleep", lambda _: None)
    with pytest.raises(CommitConflict, match="changed by another writer"):
        replace_all(table, [batch(table, 1)])
    assert len(tries) == commit.ATTEMPTS


def test_metadata_does_not_pile_up_over_many_replacements(
    make_table: MakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "MANIFESTS_BEFORE_MERGE", 4)

    def n_manifests() -> int:
        snapshot = table.refresh().current_snapshot()
        assert snapshot
        return len(snapshot.manifests(table.io))

    table = make_table()
    replace_batches(table, [], [batch(table, n, rows=1) for n in range(3)])
    for _ in range(5):
        replace_batches(table, [f"{1:016x}"], [batch(table, 1, rows=1)])
    assert n_manifests() <= 3  # the files that stay, the new file, the removed file
    for n in range(3, 10):
        replace_batches(table, [], [batch(table, n, rows=1)])
        assert n_manifests() <= 4
    assert values(table) == list(range(10))


def test_changed_months_are_those_of_files_that_came_or_went(make_table: MakeTable) -> None:
    table = make_table()
    first = replace_batches(table, [], [batch(table, 1, date(2024, 1, 10)), batch(table, 2, date(2024, 2, 10))])
    assert changed_months(table, None) == {"2024-01", "2024-02"}
    assert changed_months(table, first) == frozenset()
    second = replace_batches(table, [f"{1:016x}"], [])
    assert changed_months(table, first) == {"2024-01"}
    replace_batches(table, [], [batch(table, 3, date(2024, 5, 10))])
    assert changed_months(table, second) == {"2024-05"}
    assert changed_months(table, first) == {"2024-01", "2024-05"}
    assert rows_by_month(table) == {"2024-02": 2, "2024-05": 2}


def test_a_month_begins_at_midnight_in_mae_moh(make_table: MakeTable) -> None:
    table = make_table()
    edges = [datetime(2024, 1, 31, 16, tzinfo=UTC), datetime(2024, 1, 31, 17, tzinfo=UTC)]
    for number, edge in enumerate(edges):
        since = table.metadata.current_snapshot_id
        replace_batches(table, [], [put_file(table, f"edge{number}", bronze([(number, edge)]))])
        assert changed_months(table, since) == {f"2024-0{number + 1}"}


def test_a_lost_starting_point_is_said_and_not_guessed(make_table: MakeTable) -> None:
    table = make_table()
    replace_batches(table, [], [batch(table, 1)])
    with pytest.raises(SnapshotGone, match="rebuild everything"):
        changed_months(table, 42)
