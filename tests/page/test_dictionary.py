"""The dictionary in a real browser, opened from disk: the search finds, nothing is asked of the network, a phone can read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from assets.dictionary.build import build, folder_of
from assets.readers.route import contracts
from tests.browser import ARGUMENTS, find_browser

WIDE = ("index.html", "tables/gold.fct_kpi.html", "tables/gold.fct_air_quality_daily.html", "kpis/E10.so2.html",
        "sources/cmu_dustboy.html", "tables/silver.observation.html")  # fmt: skip


@dataclass
class Seen:
    """An open page with everything that was asked for and complained about."""

    page: Page
    folder: Path
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, width: int = 1280) -> Page:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto((self.folder / path).as_uri())
        return self.page

    def found(self, words: str) -> list[str]:
        """Names of what the search shows for these words."""
        self.page.locator("#q").fill(words)
        return self.page.locator("#found code").all_inner_texts()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("home")
    build(home, contracts(), make_dbt_page=lambda _: b"<!doctype html>")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        found = Seen(browser.new_page(), folder_of(home))
        found.page.on("request", lambda asked: found.requests.append(asked.url))
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        yield found
        browser.close()


def test_the_search_finds_thai_and_english_words(seen: Seen) -> None:
    seen.open("index.html")
    assert "fct_hotspot" in "".join(seen.found("จุดความร้อน")[:3])  # the table comes before its columns
    assert "E8" in seen.found("จุดความร้อน")[:8]
    assert any(name == "gold.fct_stack_emission_monthly" for name in seen.found("stack emission")[:3])
    assert seen.found("net_mwh")[0] == "net_mwh"
    assert "cmu_dustboy" in seen.found("DustBoy เชียงใหม่")
    assert seen.found("ไม่มีคำนี้แน่นอน") == []
    assert "nothing found" in seen.page.locator("#count").inner_text()


def test_the_search_is_worked_by_keys_alone(seen: Seen) -> None:
    page = seen.open("tables/gold.dim_date.html")
    page.keyboard.press("/")
    page.keyboard.type("limit_1h")
    page.keyboard.press("ArrowDown")
    chosen = page.locator('#found [aria-selected="true"]')
    assert "limit_1h" in chosen.inner_text() and "gold.fct_air_quality_daily" in chosen.inner_text()
    assert page.locator("#q").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tables/gold.fct_air_quality_daily.html#c-limit_1h")
    page.keyboard.press("/")
    page.keyboard.type("pm25")
    page.keyboard.press("Escape")
    assert page.locator("#found").is_hidden() and page.locator("#q").input_value() == ""


@pytest.mark.parametrize("path", WIDE)
def test_a_phone_never_scrolls_sideways(path: str, seen: Seen) -> None:
    page = seen.open(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#q").fill("a")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_box_of_the_drawing_leads_to_its_page(seen: Seen) -> None:
    page = seen.open("tables/gold.fct_aqi_daily.html")
    page.locator(".drawing a", has_text="egat_ambient").first.click()
    page.wait_for_url("**/sources/egat_ambient.html")
    page.get_by_role("link", name="คุณภาพอากาศรายวัน", exact=True).click()
    page.wait_for_url("**/tables/gold.fct_air_quality_daily.html")


def test_thai_is_set_in_the_letters_that_are_brought_along(seen: Seen) -> None:
    page = seen.open("index.html")
    page.evaluate("document.fonts.ready")
    protocol = page.context.new_cdp_session(page)
    protocol.send("DOM.enable")
    protocol.send("CSS.enable")
    root = protocol.send("DOM.getDocument")["root"]["nodeId"]
    node = protocol.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = protocol.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    protocol.detach()
    assert {(font["familyName"], font["isCustomFont"]) for font in fonts} == {("Sarabun", True)}


def test_everything_that_was_asked_for_lay_beside_the_page_and_nothing_complained(seen: Seen) -> None:
    for path in WIDE:
        seen.open(path)
    base = seen.folder.as_uri()
    assert [url for url in seen.requests if not url.startswith((base, "data:"))] == []
    assert seen.complaints == []
