"""What the pages tell of now: the publication in `marts.duckdb`, how the feeds stand in `status.duckdb`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb

from assets.intake import is_synthetic

_TABLES = """
select schema_name || '.' || table_name, estimated_size
from duckdb_tables()
where database_name = 'marts' and schema_name in ('silver', 'gold')
"""

# The publication in which a table got the snapshot that it has now: later ones took it over as it was.
_CHANGED = """
with named as (
    select table_name, snapshot_id, publication_id, published_at
    from status.ops.publication
    where state = 'published' and published_at <= ?
)

select table_name, arg_min(publication_id, published_at), min(published_at)
from named
where (table_name, snapshot_id) in (
    select (table_name, arg_max(snapshot_id, published_at)) from named group by table_name
)
group by table_name
"""

_FEEDS = """
select source_id, status, last_event_at, last_received_at
from status.ops.freshness
qualify row_number() over (partition by source_id order by recorded_at desc) = 1
"""

_SCORES = """
select source_id, points, grade, is_capped, score_date
from status.ops.score
qualify row_number() over (partition by source_id order by score_date desc, recorded_at desc) = 1
"""

_PATHS = "select source_id, path from status.ops.delivery where outcome = 'accepted' and source_id is not null"


@dataclass(frozen=True)
class Score:
    """A feed's last score: 0 to 100 points."""

    points: float
    grade: str
    is_capped: bool
    score_date: date


@dataclass(frozen=True)
class Feed:
    """How a feed stands. `is_synthetic`: of what was taken something is marked as made up; None: nothing was taken yet."""

    freshness: str | None = None
    last_event_at: datetime | None = None
    last_received_at: datetime | None = None
    score: Score | None = None
    is_synthetic: bool | None = None


@dataclass(frozen=True)
class Published:
    """A table as it is published; since `changed_at` its rows are what they are."""

    rows: int
    changed_in: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True)
class State:
    """What is published and how the feeds stand. Without files, as before the first publication, everything is empty."""

    publication_id: str | None = None
    published_at: datetime | None = None
    tables: Mapping[str, Published] = field(default_factory=dict)
    feeds: Mapping[str, Feed] = field(default_factory=dict)


def state_of(marts_db: Path, status_db: Path) -> State:
    """Reads both files; each may be missing. Times are UTC."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for alias, file in (("marts", marts_db), ("status", status_db)):
            if file.is_file():
                connection.execute(f"attach '{file}' as {alias} (read_only)")
        feeds = _feeds(connection) if status_db.is_file() else {}
        if not marts_db.is_file():
            return State(feeds=feeds)
        found = connection.execute("select publication_id, published_at from marts.meta.publication").fetchone()
        assert found is not None
        changed = connection.execute(_CHANGED, [found[1]]).fetchall() if status_db.is_file() else []
        since = {name: (publication, at) for name, publication, at in changed}
        rows = connection.execute(_TABLES).fetchall()
        tables = {name: Published(n, *since.get(name, (None, None))) for name, n in rows}
        return State(found[0], found[1], tables, feeds)


def _feeds(connection: duckdb.DuckDBPyConnection) -> dict[str, Feed]:
    scores = {source_id: Score(*score) for source_id, *score in connection.execute(_SCORES).fetchall()}
    marked: dict[str, bool] = {}
    for source_id, path in connection.execute(_PATHS).fetchall():
        marked[source_id] = marked.get(source_id, False) or is_synthetic(path)
    found = {}
    for source_id, status, event_at, received_at in connection.execute(_FEEDS).fetchall():
        found[source_id] = Feed(status, event_at, received_at, scores.get(source_id), marked.get(source_id))
    for source_id in {*scores, *marked} - set(found):
        found[source_id] = Feed(score=scores.get(source_id), is_synthetic=marked.get(source_id))
    return found
