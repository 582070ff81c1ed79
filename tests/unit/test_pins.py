"""A page reads one publication from its first chart to its last, whatever is published meanwhile."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bi import pins


def publish(folder: Path, publication: str) -> None:
    fresh = folder / "marts.new.duckdb"
    with duckdb.connect(str(fresh)) as connection:
        connection.execute("create schema meta; create schema gold")
        connection.execute("create table meta.publication as select ? as publication_id", [publication])
        connection.execute("create table gold.fct as select ? as publication_id", [publication])
    fresh.replace(folder / "marts.duckdb")


def read(file: Path) -> str:
    with duckdb.connect(str(file), config=pins.CONFIG) as connection:
        found = connection.execute("select publication_id from gold.fct").fetchone()
    assert found
    return found[0]


def test_an_open_page_goes_on_reading_its_publication(tmp_path: Path) -> None:
    pinned = tmp_path / "pinned"
    publish(tmp_path, "20260101T000000Z-aaaaaa")
    first = pins.newest(tmp_path, pinned)
    publish(tmp_path, "20260102T000000Z-bbbbbb")
    assert read(pins.file_of(first, tmp_path, pinned)) == first == "20260101T000000Z-aaaaaa"
    assert read(pins.file_of(None, tmp_path, pinned)) == "20260102T000000Z-bbbbbb"
    assert read(tmp_path / "marts.duckdb") == "20260102T000000Z-bbbbbb"


def test_a_page_that_was_open_too_long_reads_the_newest_whole(tmp_path: Path) -> None:
    pinned = tmp_path / "pinned"
    for day in range(1, pins.KEPT + 3):
        publish(tmp_path, f"2026010{day}T000000Z-aaaaaa")
        pins.newest(tmp_path, pinned)
    assert read(pins.file_of("20260101T000000Z-aaaaaa", tmp_path, pinned)) == f"2026010{pins.KEPT + 2}T000000Z-aaaaaa"
    assert len([p for p in pinned.iterdir() if p.name != ".incoming"]) == pins.KEPT


@pytest.mark.parametrize("asked", ["../../etc", "/etc/passwd", "a/../b", "no-such", ""])
def test_a_publication_that_is_asked_for_is_never_a_path(asked: str, tmp_path: Path) -> None:
    publish(tmp_path, "20260101T000000Z-aaaaaa")
    assert pins.file_of(asked, tmp_path, tmp_path / "pinned").parent.name == "20260101T000000Z-aaaaaa"


def test_before_the_first_publication_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(pins.NothingPublished, match="maemoh run"):
        pins.newest(tmp_path, tmp_path / "pinned")
    with pytest.raises(pins.NothingPublished, match=r"state\.duckdb"):
        pins.state_file(tmp_path, tmp_path / "pinned")


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')", "copy (select 1) to 'leak.csv'", "attach 'other.duckdb'",
        "create table gold.mine as select 1", "set enable_external_access = true", "load httpfs",
    ],
)  # fmt: skip
def test_duckdb_itself_refuses_what_an_analyst_may_not(sql: str, tmp_path: Path) -> None:
    publish(tmp_path, "20260101T000000Z-aaaaaa")
    with duckdb.connect(str(tmp_path / "marts.duckdb"), config=pins.CONFIG) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql)
