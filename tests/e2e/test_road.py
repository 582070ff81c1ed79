"""The whole road on synthetic workbooks: nothing lost, nothing counted twice, nothing done twice, and all of it undoable."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets import landing, rebuild, road, withdrawal
from assets.lake.handle import Lake
from assets.publication import open_published
from orchestration import settings
from simulator.egat import GridSpec, Traps
from simulator.egat.demo import demo

PUBLISHED = (
    "silver.observation", "gold.dim_station", "gold.dim_quantity", "gold.dim_date", "gold.fct_air_quality_hourly",
    "gold.fct_air_quality_daily", "gold.fct_weather_hourly", "gold.fct_stack_emission_monthly",
)  # fmt: skip
OUTCOMES = {"accepted", "accepted_with_findings", "no_data", "refused", "repeat", "replaced"}


def deliver(lake: Lake, files: dict[str, bytes]) -> None:
    """As a partner's S3 client would."""
    lake.store.put({f"landing/egat/{path}": data for path, data in files.items()})


def run(lake: Lake, full: bool = False) -> road.Summary:
    return road.run(lake, settings.contracts(), settings.road_options(full=full))


def lines(lake: Lake) -> dict[str, dict]:
    """ops.delivery by path (the last line of a path)."""
    return {row["path"]: row for row in lake.ledger.state("delivery").iter_rows(named=True)}


def answer(lake: Lake, sql: str) -> list[tuple]:
    with open_published(lake.config) as connection:
        return connection.execute(sql).fetchall()


def fingerprint(lake: Lake) -> dict[str, tuple]:
    """Rows and a hash over all values of every published table, whatever the order of rows."""
    return {name: answer(lake, f"select count(*), bit_xor(hash(t)) from {name} t")[0] for name in PUBLISHED}


def grid(quantity: str = "PM10", station: str = "EGAT-09", days: int = 20, **more) -> GridSpec:  # type: ignore[no-untyped-def]
    more = {"traps": Traps(outages=False)} | more
    return GridSpec(quantity=quantity, station=station, start=more.pop("start", date(2020, 1, 1)), days=days, **more)


@pytest.fixture(scope="module")
def demo_lake(furnished_lake: Callable[[], Lake]) -> Lake:
    """A lake after the demo's deliveries and one run."""
    lake = furnished_lake()
    deliver(lake, {path: spec.build().data for path, spec in demo(2019, 2020, 1)})
    summary = run(lake)
    assert summary.publication_id and not summary.withheld
    return lake


def test_every_delivery_has_exactly_one_stated_outcome_and_its_accounts_balance(demo_lake: Lake) -> None:
    state = demo_lake.ledger.state("delivery")
    assert state.height == len(demo(2019, 2020, 1)) == state["delivery_id"].n_unique()
    assert set(state["outcome"]) <= OUTCOMES
    assert (state["rows_in"] == state["accepted"] + state["quarantined"] + state["dropped"]).all()
    explained = state.filter(pl.col("outcome") != "accepted")
    assert (explained["reason_en"] != "").all() and (explained["reason_th"] != "").all()


def test_bronze_holds_exactly_the_accepted_rows(demo_lake: Lake) -> None:
    accepted = demo_lake.ledger.state("batch").filter(pl.col("status") == "accepted")
    for (source, entity), batches in accepted.group_by("source_id", "entity"):
        table = demo_lake.catalog.load_table(("bronze", f"{source}__{entity}"))
        assert table.scan(selected_fields=("batch_id",)).count() == batches["accepted"].sum()


def test_quarantine_explains_every_row_it_holds(demo_lake: Lake) -> None:
    state = demo_lake.ledger.state("delivery")
    held = demo_lake.ledger.events("quarantine")
    assert held["n_rows"].sum() == state["quarantined"].sum() > 0
    single = held.filter(pl.col("n_rows") == 1)
    assert single["cell"].null_count() == 0 and single["raw_value"].null_count() == 0


def test_every_evaluation_is_recorded_passes_included(demo_lake: Lake) -> None:
    results = demo_lake.ledger.events("check_result")
    assert {"G0", "G1", "G2", "G3"} == set(results["gate"])
    assert {"pass", "fail"} == set(results["outcome"])


def test_a_day_has_its_24_hours_and_midnight_belongs_to_it(demo_lake: Lake) -> None:
    odd = answer(
        demo_lake,
        """select station_key, quantity, observed_date, count(*),
                  count(*) filter (hour(interval_end_at at time zone 'Asia/Bangkok') = 0) as midnights
           from gold.fct_air_quality_hourly group by all having count(*) <> 24 or midnights <> 1""",
    )
    assert odd == []


def test_consumers_see_one_publication_and_the_state_of_now(demo_lake: Lake) -> None:
    assert answer(demo_lake, "select count(*) from gold.fct_air_quality_daily where is_exceedance")[0][0] > 0
    assert answer(demo_lake, "select count(*) from ops.delivery")[0][0] == len(demo(2019, 2020, 1))
    for name in PUBLISHED:
        table = demo_lake.catalog.load_table(tuple(name.split(".")))
        assert table.refs()["published"].snapshot_id == table.current_snapshot().snapshot_id  # type: ignore[union-attr]


def test_running_again_does_nothing(demo_lake: Lake) -> None:
    before, ids = fingerprint(demo_lake), demo_lake.ledger.snapshot_ids()
    summary = run(demo_lake)
    assert not summary.did_work
    assert demo_lake.ledger.snapshot_ids() == ids and fingerprint(demo_lake) == before


def test_an_unchanged_run_imports_neither_the_gate_nor_dbt(demo_lake: Lake) -> None:
    code = (
        "import sys\n"
        "from orchestration import settings\n"
        "from assets import road\n"
        "from assets.lake.handle import Lake\n"
        "summary = road.run(Lake.open(settings.connect()), settings.contracts(), settings.road_options())\n"
        "assert not summary.did_work\n"
        "assert not {'great_expectations', 'dbt', 'dagster'} & set(sys.modules), sorted(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"MAEMOH_HOME": str(demo_lake.config.home), "PATH": "/usr/bin:/bin"},
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_raw_and_manifest_alone_rebuild_the_same_published_rows(demo_lake: Lake) -> None:
    before, state = fingerprint(demo_lake), demo_lake.ledger.state("delivery")
    rebuild.empty(demo_lake)
    assert demo_lake.catalog.list_tables("gold") == [] and not demo_lake.store.listing("landing/")
    run(demo_lake)
    assert fingerprint(demo_lake) == before
    columns = ["path", "sha256", "outcome", "rows_in", "accepted", "quarantined", "dropped", "reason_en"]
    assert demo_lake.ledger.state("delivery").select(columns).equals(state.select(columns))


@pytest.fixture(scope="module")
def small_lake(furnished_lake: Callable[[], Lake]) -> Lake:
    """Two stations' workbooks, published."""
    lake = furnished_lake()
    deliver(
        lake,
        {
            "PM10 2020/Bansoppad.xlsx": grid().build().data,
            "PM10 2020/Main station.xlsx": grid(station="EGAT-05").build().data,
        },
    )
    run(lake)
    return lake


def soppad(lake: Lake) -> list[tuple]:
    return answer(
        lake,
        "select interval_start_at, value from gold.fct_air_quality_hourly where station_key = 'EGAT-09' order by 1",
    )


def test_the_same_bytes_again_are_a_repeat(small_lake: Lake) -> None:
    before = fingerprint(small_lake)
    deliver(small_lake, {"copy of Bansoppad.xlsx": grid().build().data})
    run(small_lake)
    line = lines(small_lake)["copy of Bansoppad.xlsx"]
    assert (line["outcome"], line["rows_in"]) == ("repeat", 0)
    assert fingerprint(small_lake) == before


def test_a_corrected_workbook_replaces_its_slot_and_only_that_and_can_be_withdrawn(small_lake: Lake) -> None:
    before, first = fingerprint(small_lake), soppad(small_lake)
    other = answer(small_lake, "select * from gold.fct_air_quality_hourly where station_key = 'EGAT-05' order by all")
    corrected = grid(seed=7).build()
    deliver(small_lake, {"corrected/Soppad again.xlsx": corrected.data})
    run(small_lake)
    outcomes = lines(small_lake)
    assert outcomes["PM10 2020/Bansoppad.xlsx"]["outcome"] == "replaced"
    assert outcomes["corrected/Soppad again.xlsx"]["outcome"].startswith("accepted")
    assert soppad(small_lake) != first
    truth = corrected.truth.frame().sort("interval_start_at")["value"].to_list()
    assert [value for _, value in soppad(small_lake)] == truth
    assert other == answer(
        small_lake, "select * from gold.fct_air_quality_hourly where station_key = 'EGAT-05' order by all"
    )

    line = withdrawal.find(small_lake, outcomes["corrected/Soppad again.xlsx"]["sha256"][:12])
    going, back = withdrawal.preview(small_lake, line)
    assert [row["path"] for row in going] == ["corrected/Soppad again.xlsx"]
    assert [row["path"] for row in back] == ["PM10 2020/Bansoppad.xlsx"]
    withdrawal.record(small_lake, line, "wrong station")
    run(small_lake)
    assert fingerprint(small_lake) == before
    outcomes = lines(small_lake)
    assert outcomes["corrected/Soppad again.xlsx"]["reason_en"] == "withdrawn: wrong station"
    assert outcomes["PM10 2020/Bansoppad.xlsx"]["outcome"].startswith("accepted")
    with pytest.raises(withdrawal.NoSuchDelivery, match="withdrawn already"):
        withdrawal.find(small_lake, line["sha256"])


LONGER = grid(days=25, seed=99)
TWICE = [grid(station="EGAT-04", seed=1), grid(station="EGAT-04", seed=2)]


@pytest.fixture(scope="module")
def second_day(small_lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One run takes in a workbook saved again, one that overlaps another, and one that was overwritten while it waited."""
    file = tmp_path_factory.mktemp("deliver") / "Huafai twice.xlsx"
    for spec in TWICE:
        file.write_bytes(spec.build().data)
        landing.put(small_lake, "egat", landing.files_of([file]), lambda *_: None)
    resaved = replace(grid(station="EGAT-05"), note="saved again")
    deliver(
        small_lake, {"resaved/Main station.xlsx": resaved.build().data, "longer/Bansoppad.xlsx": LONGER.build().data}
    )
    run(small_lake)
    return small_lake


def values(lake: Lake, station_key: str) -> list[float | None]:
    """PM10 of one station in 2020, hour by hour."""
    sql = f"""select value from gold.fct_air_quality_hourly where station_key = '{station_key}'
              and year(observed_date) = 2020 order by interval_start_at"""
    return [value for (value,) in answer(lake, sql)]


def delivered(spec: GridSpec) -> list[float | None]:
    return spec.build().truth.frame().sort("interval_start_at")["value"].to_list()


def test_the_same_measurements_in_other_bytes_are_told_apart_from_a_correction(second_day: Lake) -> None:
    assert lines(second_day)["PM10 2020/Main station.xlsx"]["outcome"] == "replaced"
    line = lines(second_day)["resaved/Main station.xlsx"]
    assert line["outcome"] == "accepted_with_findings" and "same measurements" in line["reason_en"]
    assert values(second_day, "EGAT-05") == delivered(grid(station="EGAT-05"))


def test_overlapping_deliveries_both_stay_the_later_wins_and_differences_are_told(second_day: Lake) -> None:
    outcomes = lines(second_day)
    assert outcomes["PM10 2020/Bansoppad.xlsx"]["outcome"].startswith("accepted")
    assert "differs from PM10 2020/Bansoppad.xlsx" in outcomes["longer/Bansoppad.xlsx"]["reason_en"]
    assert values(second_day, "EGAT-09") == delivered(LONGER)


def test_a_file_overwritten_before_it_was_taken_in_is_not_lost(second_day: Lake) -> None:
    state = second_day.ledger.state("delivery").filter(pl.col("path") == "Huafai twice.xlsx")
    assert [outcome.split("_")[0] for outcome in state["outcome"]] == ["replaced", "accepted"]
    assert values(second_day, "EGAT-04") == delivered(TWICE[1])


def test_a_run_that_died_after_bronze_is_continued_and_builds_only_the_month_that_changed(
    small_lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(small_lake, {"PM10 2021/Main station.xlsx": grid(station="EGAT-05", start=date(2021, 5, 1)).build().data})
    before = files_of(small_lake, ("silver", "observation"))
    with monkeypatch.context() as patch:

        def die(*_args: object, **_more: object) -> None:
            raise KeyboardInterrupt

        patch.setattr("assets.settle._record", die)  # after the commit, before the ledger
        with pytest.raises(KeyboardInterrupt):
            run(small_lake)
    assert "PM10 2021/Main station.xlsx" not in lines(small_lake)
    run(small_lake)
    count = answer(
        small_lake,
        "select count(*) from silver.observation where station_key = 'EGAT-05' and observed_date >= date '2021-05-01'",
    )
    assert count == [(20 * 24,)]
    table = small_lake.catalog.load_table(("bronze", "egat_ambient__observation"))
    accepted = small_lake.ledger.state("batch").filter(
        (pl.col("status") == "accepted") & (pl.col("source_id") == "egat_ambient")
    )
    assert table.scan(selected_fields=("batch_id",)).count() == accepted["accepted"].sum()
    after = files_of(small_lake, ("silver", "observation"))
    assert before < after and len(after - before) == 1


def files_of(lake: Lake, name: tuple[str, str]) -> set[str]:
    return {task.file.file_path for task in lake.catalog.load_table(name).scan().plan_files()}


def test_files_of_a_folder_keep_their_names(tmp_path: Path) -> None:
    (tmp_path / "คุณภาพอากาศ").mkdir()
    for name in ("คุณภาพอากาศ/บ้านสบป้าด.xlsx", "~$open.xlsx", ".DS_Store"):
        (tmp_path / name).write_bytes(b"x")
    assert list(landing.files_of([tmp_path])) == ["คุณภาพอากาศ/บ้านสบป้าด.xlsx"]
    assert list(landing.files_of([tmp_path / "คุณภาพอากาศ/บ้านสบป้าด.xlsx"])) == ["บ้านสบป้าด.xlsx"]


def test_two_files_that_would_get_one_name_are_not_delivered(tmp_path: Path) -> None:
    for name in ("a/x.xlsx", "b/x.xlsx"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(landing.SameName, match=r"x\.xlsx"):
        landing.files_of([tmp_path / "a", tmp_path / "b"])
