"""A publish while a dashboard loads, and a gate that holds a table back."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import yaml
from playwright.sync_api import Route

from assets import marts_gate, road
from assets.lake.handle import Lake
from assets.publication import current_publication
from bi import pins
from orchestration import settings
from simulator.egat import GridSpec, Traps
from tests.bi.reading import Analyst, Server

SLUG = "environment"


def deliver(lake: Lake, name: str, start: date) -> None:
    spec = GridSpec("PM10", "EGAT-09", start, 20, traps=Traps(outages=False))
    lake.store.put({f"landing/egat/{name}-synthetic.xlsx": spec.build().data})


def run(lake: Lake) -> road.Summary:
    return road.run(lake, settings.contracts(), settings.road_options())


def test_a_publish_during_a_load_is_no_error_and_no_mixture(server: Server, analyst: Analyst) -> None:
    lake = Lake.open(settings.connect())
    before = current_publication(lake.store)
    assert before
    deliver(lake, "during", date(2020, 5, 1))
    published: list[str] = []

    def publish_before_the_third(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 3:  # two charts have asked; the others ask after the publish
            summary = run(lake)
            assert summary.publication_id
            published.append(summary.publication_id)
        route.continue_()

    asked: list[str] = []
    with analyst.opened(SLUG, on_asked=publish_before_the_third) as seen:
        assert published and published[0] != before.publication_id
        assert seen.trouble() == []
        assert seen.publications() == {before.publication_id}
    with analyst.opened(SLUG) as seen:  # opened anew: the newest, whole
        assert seen.publications() == {published[0]}


def test_a_held_table_is_told_within_one_refresh(server: Server, analyst: Analyst, tmp_path, monkeypatch) -> None:
    lake = Lake.open(settings.connect())
    with analyst.opened(SLUG) as seen:
        assert "พักการเผยแพร่" not in seen.text()
        deliver(lake, "held", date(2020, 6, 1))
        rule = {
            "id": "never_good",
            "dimension": "validity",
            "scope": "table",
            "severity": "critical",
            "action": "withhold_publish",
            "sql": "select 1 as n from {table} limit 1",
            "reason": {"en": "A rule of this test.", "th": "กฎของการทดสอบนี้"},
        }
        table = {"table": "gold.fct_air_quality_daily", "rules": [rule]}
        (tmp_path / "one.yml").write_text(yaml.safe_dump(table, allow_unicode=True))
        loaded = marts_gate.load_suites
        with monkeypatch.context() as patch:
            patch.setattr(marts_gate, "load_suites", lambda previous=None: loaded(previous, tmp_path))
            assert "gold.fct_air_quality_daily" in run(lake).withheld
        seen.page.reload()
        seen.wait()
        seen.page.get_by_text("คุณภาพอากาศรายวัน (gold.fct_air_quality_daily)").first.wait_for()
        assert "พักการเผยแพร่" in seen.text()


def test_what_is_kept_open_for_speed_is_a_few_files_however_often_is_published(
    server: Server, analyst: Analyst
) -> None:
    lake = Lake.open(settings.connect())
    newest = ""
    for number, start in enumerate((date(2020, 7, 1), date(2020, 8, 1))):  # each brings marts and state: two files
        deliver(lake, f"open{number}", start)
        newest = run(lake).publication_id or newest
        with analyst.opened(SLUG) as seen:
            assert seen.publications() == {newest}
    held = [pinned_files(process) for process in server.workers()]
    assert all(len(files) <= pins.KEPT_OPEN for files in held)
    assert any(newest in file for files in held for file in files)


def pinned_files(process: int) -> set[str]:
    """Published files that a process has open, by their names under `pinned`."""
    names = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            names.add(str(link.readlink()))
    return {name.split("/pinned/")[1] for name in names if "/pinned/" in name}
