"""What analysts are told of the state: what is held, what is stale, and no row of any partner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assets import state
from assets.lake.config import LakeConfig
from assets.lake.ledger import TABLES
from tests.unit.report_state import Row, write_status

NOW = datetime.now(UTC)


def ledger(folder: Path, publications: list[Row], freshness: list[Row], batches: list[Row]) -> LakeConfig:
    """The files of a lake whose ledger has these lines."""
    config = LakeConfig(folder, "", "", "", "", "")
    config.published.mkdir(parents=True)
    write_status(config.status_db, {"publication": publications, "freshness": freshness, "batch": batches})
    state.write_state(config)
    return config


def banner(config: LakeConfig, pillar: str) -> list[tuple[str, str]]:
    with duckdb.connect(str(config.state_db), read_only=True) as connection:
        return connection.execute(
            "select level, message_th from board.banner where pillar = ? order by sort_order, message_th", [pillar]
        ).fetchall()


def fresh(source: str, hours: float = 0.0) -> Row:
    return {"source_id": source, "last_event_at": NOW - timedelta(hours=hours), "last_received_at": NOW}


@pytest.fixture
def sources() -> list[Row]:
    """Every source has just sent."""
    from assets.readers.route import contracts

    return [fresh(source) for source in contracts()]


def publication(table: str, what: str, hours: float, reason: str = "") -> Row:
    at = NOW - timedelta(hours=hours)
    said = {"table_name": table, "state": what, "reason_en": reason}
    return {"publication_id": f"p{hours:g}", "published_at": at, "recorded_at": at} | said


def test_when_all_is_well_it_is_said_when_it_was_published(tmp_path: Path, sources: list[Row]) -> None:
    config = ledger(tmp_path, [publication("gold.fct_kpi", "published", 1)], sources, [])
    for pillar in ("environment", "energy", "economy", "city"):
        ((level, words),) = banner(config, pillar)
        assert level == "ok" and "เป็นปัจจุบัน" in words


def test_a_late_source_is_not_called_current(tmp_path: Path, sources: list[Row]) -> None:
    lines = [line if line["source_id"] != "pcd_air4thai" else fresh("pcd_air4thai", 4) for line in sources]
    config = ledger(tmp_path, [publication("gold.fct_kpi", "published", 1)], lines, [])
    ((level, words),) = banner(config, "environment")
    assert level == "ok" and "ล่าช้า 1 แหล่ง" in words and "เป็นปัจจุบัน" not in words
    ((_, words),) = banner(config, "energy")
    assert "เป็นปัจจุบัน" in words


def test_a_held_table_is_told_where_it_is_shown_with_its_last_publication(tmp_path: Path, sources: list[Row]) -> None:
    table = "gold.fct_air_quality_daily"
    lines = [publication(table, "published", 48), publication(table, "withheld", 1, "too many gaps")]
    config = ledger(tmp_path, lines, sources, [])
    for pillar in ("environment", "city"):
        ((level, words),) = banner(config, pillar)
        assert level == "held" and "พักการเผยแพร่ คุณภาพอากาศรายวัน" in words
    assert [level for level, _ in banner(config, "energy")] == ["ok"]


def test_once_it_is_published_again_the_banner_goes(tmp_path: Path, sources: list[Row]) -> None:
    table = "gold.fct_air_quality_daily"
    lines = [publication(table, "withheld", 5, "gaps"), publication(table, "published", 1)]
    assert [level for level, _ in banner(ledger(tmp_path, lines, sources, []), "environment")] == ["ok"]


def test_a_source_grows_stale_while_nothing_runs(tmp_path: Path, sources: list[Row]) -> None:
    lines = [line if line["source_id"] != "pcd_air4thai" else fresh("pcd_air4thai", 24 * 365) for line in sources]
    config = ledger(tmp_path, [publication("gold.fct_kpi", "published", 1)], lines, [])
    ((level, words),) = banner(config, "environment")
    assert level == "stale" and "ข้อมูลเก่า" in words


def test_synthetic_data_are_called_so(tmp_path: Path, sources: list[Row]) -> None:
    batches = [
        {"source_id": "egat_ambient", "path": "grid-synthetic.xlsx", "status": "accepted"},
        {"source_id": "tat_visitors", "path": "visitors.xlsx", "status": "accepted"},
    ]
    config = ledger(tmp_path, [publication("gold.fct_kpi", "published", 1)], sources, batches)
    assert [level for level, _ in banner(config, "environment")] == ["synthetic", "ok"]
    assert [level for level, _ in banner(config, "economy")] == ["ok"]


def test_the_file_holds_what_is_declared_and_nothing_of_the_ledger(tmp_path: Path, sources: list[Row]) -> None:
    config = ledger(tmp_path, [publication("gold.fct_kpi", "published", 1)], sources, [])
    with duckdb.connect(str(config.state_db), read_only=True) as connection:
        there = {
            name: [(c[0], c[1].lower()) for c in connection.execute(f"describe board.{name}").fetchall()]
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'board'"
            ).fetchall()
        }
    assert there.keys() == {*state.COLUMNS, "source"}
    assert not there.keys() & ({*TABLES} - {"publication", "freshness"})
    kinds = {"timestamp with time zone": "timestamptz"}
    for name, columns in state.COLUMNS.items():
        declared = {column: kind for column, kind, *_ in columns}
        assert {column: kinds.get(kind, kind) for column, kind in there[name] if column in declared} == declared


def test_each_state_is_said_in_words_and_trouble_stands_first(tmp_path: Path, sources: list[Row]) -> None:
    hours = {"pcd_air4thai": 24 * 365, "egat_ambient": 0}
    lines = [fresh(line["source_id"], hours.get(line["source_id"], 0)) for line in sources]
    lines = [line for line in lines if line["source_id"] != "tat_visitors"]  # has never come
    batches = [{"source_id": "egat_ambient", "path": "grid-synthetic.xlsx", "status": "accepted"}]
    config = ledger(tmp_path, [publication("gold.fct_kpi", "published", 1)], lines, batches)
    with duckdb.connect(str(config.state_db), read_only=True) as connection:
        found = connection.execute(
            "select source_id, status_label, values_label from board.freshness order by sort_order, source_id"
        ).fetchall()
    assert found[:2] == [
        ("tat_visitors", "ยังไม่เคยได้รับ / never", "-"),
        ("pcd_air4thai", "เก่า / stale", "-"),
    ]
    assert ("egat_ambient", "ตรงเวลา / on time", "⚠ สังเคราะห์ / synthetic") in found
