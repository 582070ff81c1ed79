"""The platform team's side: definitions that load, a run through Dagster, and the web UI in a real browser."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from playwright.sync_api import sync_playwright

from assets.lake.handle import Lake
from assets.lake.ledger import TABLES
from assets.publication import current_publication
from assets.warehouse_dbt import NodeResult, manifest_of_project
from assets.warehouse_run import outputs
from orchestration import settings
from orchestration.record import tables_and_checks, ui
from simulator.egat import GridSpec, Traps
from tests.browser import ARGUMENTS, find_browser

BRONZE = {
    "bronze/egat_ambient__observation",
    "bronze/egat_weather__observation",
    "bronze/egat_stack__emission",
    "bronze/egat_stack__flow",
}
SILVER = {table.replace(".", "/") for table in outputs("silver")}
MARTS = {table.replace(".", "/") for table in outputs("gold")}


@pytest.fixture(scope="module")
def lake(furnished_lake: Callable[[], Lake]) -> Lake:
    return furnished_lake()


@pytest.fixture(scope="module")
def definitions(lake: Lake) -> Iterator[dg.Definitions]:
    """The definitions over a lake of this test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAEMOH_HOME", str(lake.config.home))
        from orchestration.definitions import build_definitions

        yield build_definitions()


def test_every_step_and_table_is_an_asset_with_owner_group_and_description(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert {"landing/egat", "raw/egat", "published/marts", "reports/egat"} | BRONZE <= keys
    contracts = settings.contracts().values()
    own = {f"bronze/{contract.table(entity.name)}" for contract in contracts for entity in contract.entities}
    own |= {f"{step}/{contract.partner_id}" for contract in contracts for step in ("landing", "raw")}
    own |= {f"landing/{contract.partner_id}/{contract.source_id}" for contract in contracts if contract.pull}
    own |= {f"reports/{partner_id}" for partner_id in settings.partner_names()}
    own |= {f"ops/{name}" for name in TABLES} | {f"published/{name}" for name in ("marts", "data_docs", "dictionary")}
    assert {key for key in keys if not key.startswith("seed/")} == own | SILVER | MARTS
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.owners and node.description and node.group_name != "default", key


def test_the_graph_leads_from_landing_to_the_report_without_a_gap(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()

    def above(key: dg.AssetKey) -> set[str]:
        parents = graph.get(key).parent_keys
        return {k.to_user_string() for k in parents} | {name for k in parents for name in above(k)}

    steps = {"landing/egat", "raw/egat", "published/marts"}
    assert steps | BRONZE | SILVER | MARTS <= above(dg.AssetKey(["reports", "egat"]))
    for name in ("data_docs", "dictionary"):
        assert "published/marts" in above(dg.AssetKey(["published", name]))


def test_the_gates_are_checks_and_the_ones_that_must_stop_do(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    checks = {f"{k.asset_key.to_user_string()}:{k.name}": graph.get(k) for k in graph.asset_check_keys}
    for key in BRONZE:
        assert checks[f"{key}:accounts_balance"].blocking and not checks[f"{key}:gate_g1"].blocking
    # a table that G2 holds back holds what is made of it and nothing else: gold asks for the verdicts itself
    assert "silver/observation:gate_g2" in checks and not checks["silver/observation:gate_g2"].blocking
    assert "published/marts:gate_g3" in checks
    assert len(checks) > 40  # dbt's tests are checks too


def test_a_run_from_the_terminal_is_recorded_in_the_order_of_the_graph_with_its_checks(
    lake: Lake, definitions: dg.Definitions
) -> None:
    graph = definitions.resolve_asset_graph()
    names = [name.split("/")[1] for name in SILVER | MARTS]
    manifest = manifest_of_project(lake.config.home / "dbt_manifest")
    tables, checks = tables_and_checks(manifest, [NodeResult(name, "model", "success", 0.0) for name in names])
    place = {key: number for number, key in enumerate(tables)}
    assert {key.to_user_string() for key in tables} == SILVER | MARTS
    for key in tables:
        parents = graph.get(key).parent_keys
        assert all(place[parent] < place[key] for parent in parents & place.keys()), key
    assert set(checks) <= graph.asset_check_keys and len(checks) > 40


def test_what_is_fetched_has_a_partition_a_day_and_a_schedule_that_is_off_at_first(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    scheduled = {
        key.to_user_string()
        for schedule in repository.schedule_defs
        for key in repository.get_job(schedule.job_name).asset_layer.selected_asset_keys
    }
    fetched = {f"landing/{c.partner_id}/{c.source_id}" for c in settings.contracts().values() if c.pull}
    assert scheduled == fetched and len(fetched) >= 10
    for name in fetched:
        partitions = graph.get(dg.AssetKey(name.split("/"))).partitions_def
        assert isinstance(partitions, dg.DailyPartitionsDefinition) and partitions.timezone == "Asia/Bangkok"
    assert all(s.default_status == dg.DefaultScheduleStatus.STOPPED for s in repository.schedule_defs)


def test_a_delivery_asks_for_one_run_and_the_run_publishes(lake: Lake, definitions: dg.Definitions) -> None:
    sensor = definitions.get_repository_def().get_sensor_def("new_deliveries")
    before = current_publication(lake.store)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance)
        assert sensor.evaluate_tick(context).run_requests == []
        spec = GridSpec("PM10", "EGAT-09", date(2020, 3, 1), 20, traps=Traps(outages=False))
        lake.store.put(
            {"landing/egat/PM10 2020/Bansoppad.xlsx": spec.build().data, "landing/egat/broken.xlsx": b"<html>"}
        )
        [request] = sensor.evaluate_tick(context).run_requests or []
        [again] = sensor.evaluate_tick(context).run_requests or []
        assert request.run_key == again.run_key  # the same state of landing is asked for once

        done = definitions.resolve_job_def("road").execute_in_process(instance=instance)
        assert done.success
        evaluations = {
            f"{e.asset_key.to_user_string()}:{e.check_name}": e
            for e in (event.event_specific_data for event in done.all_events)
            if isinstance(e, dg.AssetCheckEvaluation)
        }
        ambient = "bronze/egat_ambient__observation"
        assert evaluations[f"{ambient}:accounts_balance"].passed and evaluations["silver/observation:gate_g2"].passed
        refused = evaluations[f"{ambient}:gate_g0"]
        assert not refused.passed and refused.severity == dg.AssetCheckSeverity.WARN
        assert "broken.xlsx" in str(refused.metadata["which"].value)
        rows = {
            e.materialization.asset_key.to_user_string(): e.materialization.metadata
            for e in (event.event_specific_data for event in done.all_events)
            if hasattr(e, "materialization")
        }
        assert rows[ambient]["dagster/row_count"].value == 20 * 24
        for name in (f"{ambient}:gate_g1", "silver/observation:gate_g2", "published/marts:gate_g3"):
            link = evaluations[name].metadata["data docs"].value
            assert link.startswith("/data_docs/") and (lake.config.home / link.lstrip("/")).is_file(), name
        page = rows["published/dictionary"]["dictionary"].value
        assert (lake.config.published / page.lstrip("/")).is_file()
        assert sensor.evaluate_tick(context).run_requests == []
    after = current_publication(lake.store)
    assert before and after and after.publication_id != before.publication_id
    assert (lake.config.reports / "egat" / "index.html").is_file()


@pytest.fixture(scope="module")
def address(lake: Lake) -> Iterator[str]:
    """The web UI, as `maemoh ui --background` starts it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAEMOH_HOME", str(lake.config.home))
        ui.serve(lake.config.home, 0, background=True)
        found = ui.address(lake.config.home)
        assert found
        yield found
        assert ui.stop(lake.config.home)
    assert ui.address(lake.config.home) is None


def test_the_web_ui_shows_the_asset_graph_without_errors(address: str) -> None:
    assert address.startswith("http://127.0.0.1:")
    query = json.dumps({"query": "{ assetNodes { groupName } repositoriesOrError { __typename } }"}).encode()
    request = urllib.request.Request(f"{address}/graphql", query, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        data = json.load(answer)["data"]
    groups = {node["groupName"] for node in data["assetNodes"]}
    assert {
        "egat_1_landing",
        "egat_2_raw",
        "egat_3_bronze",
        "silver",
        "gold_environment",
        "published",
        "reports",
    } <= groups
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1500, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/asset-groups")
        for group in ("egat_3_bronze", "gold_environment", "published"):
            page.get_by_text(group).first.wait_for(timeout=60_000)
        browser.close()
    assert errors == []


def test_the_web_ui_serves_the_data_docs_that_checks_link_to(address: str) -> None:
    for path in ("index.html", "validations/G1/egat_ambient/observation/latest/judged/result.html"):
        with urllib.request.urlopen(f"{address}/data_docs/{path}", timeout=60) as answer:
            assert "G1.egat_ambient.observation" in answer.read().decode()
    with urllib.request.urlopen(f"{address}/dictionary/tables/gold.fct_kpi.html", timeout=60) as answer:
        assert "ค่าตัวชี้วัดรายช่วงเวลา" in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}/data_docs/../write.lock", timeout=60)


def test_the_state_of_the_web_ui_lies_under_the_lakes_home(lake: Lake, address: str) -> None:
    folder = Path(lake.config.home) / "dagster"
    assert (folder / "dagster.yaml").is_file() and (folder / "ui.json").is_file()
