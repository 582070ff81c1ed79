"""The Data Docs in a real browser: what was judged is shown as it was judged, and nothing is asked of the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from assets import data_docs
from expectations.data_docs_model import INDEX, static_files
from orchestration import settings
from tests.browser import ARGUMENTS, find_browser
from tests.unit import report_state as state

SOURCES = ("egat_ambient", "ptt_ev_charging")  # the second one is personal
THAI = "ค่าเป็นไปไม่ได้ทางกายภาพ"
SECRET = "999,999"
EARLIER = state.NOW.replace(hour=1)


@dataclass
class Seen:
    """An open page with everything that was asked for and complained about."""

    page: Page
    folder: Path
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto((self.folder / path).as_uri())
        self.page.evaluate("document.fonts.ready")
        return self.page


def batch(batch_id: str, source: str, entity: str, **fields: Any) -> state.Row:
    base = {"source_id": source, "entity": entity, "status": "accepted", "slot": batch_id, "received_at": state.NOW}
    return base | {"batch_id": batch_id, "path": f"2025/{batch_id} ข้อมูล.xlsx"} | fields


def check(batch_id: str, source: str | None, entity: str, failed: int, **fields: Any) -> state.Row:
    """A line of the gate; its sample has a value, which no page may show."""
    return {
        "gate": "G1", "batch_id": batch_id, "source_id": source, "entity": entity, "rule": "hard_range",
        "dimension": "validity", "scope": "row", "severity": "major", "action": "quarantine_row", "evaluated": 1000,
        "failed": failed, "outcome": "fail" if failed else "pass", "reason_en": "Impossible <value> at $5.",
        "reason_th": THAI, "sample_sheet": "Data", "sample_cell": "B12", "sample_value": SECRET,
    } | fields  # fmt: skip


STORY: dict[str, list[state.Row]] = {
    "batch": [
        batch("b1", "egat_ambient", "observation"),
        batch("b2", "egat_ambient", "observation"),
        batch("old", "egat_ambient", "observation", status="replaced"),
        batch("p1", "ptt_ev_charging", "session"),
    ],
    "check_result": [
        check("b1", "egat_ambient", "observation", 7),
        check("b2", "egat_ambient", "observation", 0),
        check("b2", "egat_ambient", "observation", 0, rule="flag_known", reason_th="สัญลักษณ์"),
        check("old", "egat_ambient", "observation", 500),
        check("p1", "ptt_ev_charging", "session", 3),
        check("41", None, "gold.dim_station", 9, gate="G3", rule="gone_since", run_id="run-0", recorded_at=EARLIER),
        check("42", None, "gold.dim_station", 0, gate="G3"),
        # what one rule found in two sources: a line each
        check("42", "egat_ambient", "silver.observation", 1, gate="G2"),
        check("42", "egat_weather", "silver.observation", 2, gate="G2"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data_docs")
    status = state.write_status(folder / "status.duckdb", STORY)
    suites = list(data_docs.suites_of({name: settings.contracts()[name] for name in SOURCES}))
    judgements = data_docs.judgements_of(status, personal={"ptt_ev_charging"})
    every = [INDEX, *(s.page for s in suites), *(s.result_page for s in suites if s.name in judgements)]
    files = data_docs.pages_of(suites, judgements, every)
    files |= {path: file.read_bytes() for path, file in static_files().items()}
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def seen(site: Path) -> Iterator[Seen]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        found = Seen(browser.new_page(viewport={"width": 1280, "height": 900}), site)
        found.page.on("request", lambda asked: found.requests.append(asked.url))
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        yield found
        browser.close()


def row_of(page: Page, words: str) -> str:
    return " ".join(page.locator("tr", has_text=words).first.inner_text().split())


def test_the_index_lists_every_suite_and_failed_ones_first(seen: Seen) -> None:
    page = seen.open(INDEX)
    judged = page.locator("table.ge-index-page-validation-results-table tbody tr")
    # Asked until it is so, cell by cell: the table's script draws the rows anew after the page has loaded, and of a row
    # that was taken out meanwhile the browser gives the cells' words without a space between them.
    expect(judged.locator("td:nth-child(3)")).to_have_text(["G1", "G1", "G2", "G3"])
    when = ["2026-11-02 10:30", "run-1"]
    expect(judged.nth(0).locator("td")).to_have_text(
        ["", "major", "G1", "G1.egat_ambient.observation", "2 batches", *when]
    )
    expect(judged.nth(3).locator("td")).to_have_text(["", "–", "G3", "G3.gold.dim_station", "snapshot 42", *when])
    signs = page.evaluate("[...document.querySelectorAll('tbody i')].map(i => getComputedStyle(i, '::before').content)")
    assert signs == ['"✗"', '"✗"', '"✗"', '"✓"']
    page.get_by_text("Expectation Suites").first.click()
    listed = page.locator("table.ge-index-page-expectation_suites-table tbody tr")
    listed.get_by_role("link", name="G1.egat_ambient.observation").wait_for()  # the other tab fades out first
    assert listed.count() >= 25


def test_a_failing_rule_is_shown_failed_with_its_places_and_never_a_value(seen: Seen) -> None:
    page = seen.open(INDEX)
    page.get_by_role("link", name="2 batches").click()
    page.wait_for_url("**/result.html")
    assert "Failed" in page.locator("#section-1").inner_text()
    failed = row_of(page, "hard_range")
    assert "Impossible <value> at $5." in failed and THAI in failed
    assert "2025/b1 ข้อมูล.xlsx › Data › B12 (7 of 1,000)" in failed
    assert failed.endswith("7 of 2,000 failed")  # both batches in force; the one that was replaced has no say
    assert page.locator("i.text-danger").count() == 2 and page.locator("i.fa-check-circle").count() == 1
    assert not [p for p in seen.folder.rglob("*.html") if SECRET in p.read_text("utf-8")]
    page.get_by_role("link", name="G1.egat_ambient.observation").first.click()
    page.wait_for_url("**/expectations/G1/egat_ambient/observation.html")
    assert page.get_by_text("unit_accepted").is_visible()
    page.get_by_role("link", name="Home").click()
    page.wait_for_url((seen.folder / INDEX).as_uri())


def test_of_a_personal_source_there_are_counts_and_no_places(seen: Seen) -> None:
    page = seen.open("validations/G1/ptt_ev_charging/session/latest/judged/result.html")
    assert row_of(page, "hard_range").endswith("3 of 1,000 failed")
    assert "xlsx" not in page.content() and "B12" not in page.content()


def test_the_last_judgement_of_a_table_counts_and_its_sources_are_added_up(seen: Seen) -> None:
    page = seen.open("validations/G2/silver/observation/latest/judged/result.html")
    assert row_of(page, "hard_range").endswith("3 of 1,000 failed")
    page = seen.open("validations/G3/gold/dim_station/latest/judged/result.html")
    assert "gone_since" not in page.content() and "Succeeded" in page.locator("#section-1").inner_text()


def test_thai_is_set_in_the_letters_that_are_brought_along(seen: Seen) -> None:
    seen.open("validations/G1/egat_ambient/observation/latest/judged/result.html")
    protocol = seen.page.context.new_cdp_session(seen.page)
    protocol.send("DOM.enable")
    protocol.send("CSS.enable")
    root = protocol.send("DOM.getDocument")["root"]["nodeId"]
    node = protocol.send("DOM.querySelector", {"nodeId": root, "selector": "[lang=th]"})["nodeId"]
    fonts = protocol.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    protocol.detach()
    assert [font["familyName"] for font in fonts if font["isCustomFont"]] == ["Sarabun"]


def test_every_page_has_what_it_asks_for_beside_it_and_complains_of_nothing(seen: Seen) -> None:
    for path in (INDEX, "expectations/G3/gold/dim_station.html", "expectations/G1/egat_ambient/observation.html"):
        seen.open(path)
    base = seen.folder.as_uri()
    assert [url for url in seen.requests if not url.startswith((base, "data:"))] == []
    missing = {unquote(url) for url in seen.requests if url.startswith(base)}
    assert [url for url in missing if not Path(url.removeprefix("file://").split("#")[0]).is_file()] == []
    assert seen.complaints == []


def test_what_is_brought_along_is_small_and_licensed() -> None:
    files = static_files()
    assert sum(file.stat().st_size for file in files.values()) < 700_000
    licences = files["static/LICENSES.txt"].read_text("utf-8")
    for name in files:
        library = name.removeprefix("static/")
        assert not library.endswith((".min.js", ".min.css")) or library in licences, name


def test_every_suite_of_every_contract_can_be_shown() -> None:
    suites = list(data_docs.suites_of(settings.contracts()))
    pages = data_docs.pages_of(suites, {}, [suite.page for suite in suites])
    assert len(pages) == len(suites) > 60
    for suite in suites:
        text = pages[suite.page].decode()
        assert all(f">{rule.id}</span>" in text and rule.reason_th.split()[0] in text for rule in suite.rules), (
            suite.name
        )
