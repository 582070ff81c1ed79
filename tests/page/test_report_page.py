"""The report in a real browser, wide and on a phone: readable, embedded letters, nothing asked of the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from assets.report_data import gather
from expectations.report import render_html
from tests.browser import ARGUMENTS, find_browser
from tests.unit import report_state as state

WIDTHS = (1280, 360)


@dataclass
class Seen:
    """An open page with everything it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    report = folder / "egat.html"
    report.write_text(render_html(gather(*state.story(folder), "egat", state.PARTNER, state.CONTRACTS)), "utf-8")
    return report


@pytest.fixture(scope="module", params=WIDTHS, ids=lambda width: f"{width}px")
def seen(request: pytest.FixtureRequest, file: Path) -> Iterator[Seen]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": request.param, "height": 900})
        found = Seen(page)
        page.on("request", lambda asked: found.requests.append(asked.url))
        page.on("console", lambda message: found.complaints.append(message.text))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        yield found
        browser.close()


def test_only_the_file_itself_is_read_and_nothing_is_complained_of(seen: Seen, file: Path) -> None:
    assert seen.requests == [file.as_uri()]
    assert not seen.complaints


@pytest.mark.parametrize("opened", [False, True], ids=["as sent", "all opened"])
def test_the_page_never_scrolls_sideways(seen: Seen, opened: bool) -> None:
    seen.page.evaluate("open => document.querySelectorAll('details').forEach(d => d.open = open)", opened)
    width = seen.page.viewport_size
    assert width
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width["width"]


def test_thai_and_latin_are_set_in_the_embedded_letters(seen: Seen) -> None:
    assert seen.page.evaluate(
        "document.fonts.check('16px Sarabun', 'กำ') && document.fonts.check('16px Sarabun', 'Ag')"
    )
    protocol = seen.page.context.new_cdp_session(seen.page)
    protocol.send("DOM.enable")
    protocol.send("CSS.enable")
    root = protocol.send("DOM.getDocument")["root"]["nodeId"]
    for selector in ("h1", "#verdict", ".fixes h4", "caption", ".howto p", ".due", ".daily th", ".kpis li"):
        node = protocol.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        fonts = protocol.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert fonts, selector
        assert all(font["isCustomFont"] and font["familyName"] == "Sarabun" for font in fonts), (selector, fonts)
    protocol.detach()


def test_charts_are_drawn_with_a_name_and_fit(seen: Seen) -> None:
    charts = seen.page.get_by_role("img")
    assert charts.count() == 3
    for chart in charts.all():
        box = chart.bounding_box()
        assert box
        assert box["width"] > 250
        assert box["height"] > 60
    names = seen.page.evaluate("[...document.querySelectorAll('svg[role=img] title')].map(t => t.textContent)")
    assert names == ["คะแนนรวมของแต่ละแหล่งข้อมูล", "ข้อมูลรายชั่วโมงที่ได้รับในแต่ละปี", "ร้อยละของชั่วโมงที่มีค่าใช้ได้ในแต่ละเดือน"]


def test_tables_stay_tables_for_a_screen_reader(seen: Seen) -> None:
    """Stacked into cards on a phone, they keep their rows, cells and captions in the accessibility tree."""
    table = seen.page.get_by_role("table", name="แถวที่อ่านได้ แยกตามแหล่งข้อมูล")
    assert table.count() == 1
    assert table.get_by_role("row").count() == 5  # heading, two sources, not recognised, total
    assert table.get_by_role("rowheader").count() == 4
    assert table.get_by_role("cell").count() == 20
    assert seen.page.evaluate("[...document.querySelectorAll('table')].every(t => t.caption)")


def test_the_keyboard_reaches_the_verdict_first(seen: Seen) -> None:
    seen.page.evaluate("document.activeElement.blur()")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"
    assert seen.page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    for landmark in ("banner", "main", "contentinfo", "navigation"):
        assert seen.page.get_by_role(landmark).count() == 1, landmark


def test_words_can_be_read(seen: Seen) -> None:
    """Nothing is smaller than 11 px, and running text is 16 px."""
    sizes = seen.page.evaluate("""
        [...document.querySelectorAll('main *:not(sub)')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .map(e => parseFloat(getComputedStyle(e).fontSize))
    """)
    assert min(sizes) >= 11
    assert seen.page.evaluate("getComputedStyle(document.querySelector('.verdict .pair p')).fontSize") == "16px"


def test_printed_lists_are_open_and_signs_in_place(seen: Seen) -> None:
    seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")
    seen.page.emulate_media(media="print")
    try:
        assert seen.page.evaluate("document.querySelector('#deliveries ~ details table').checkVisibility()")
        assert not seen.page.evaluate("document.querySelector('nav').checkVisibility()")
    finally:
        seen.page.emulate_media(media="screen")


def test_a_printed_page_is_no_wider_than_the_paper(seen: Seen) -> None:
    width = seen.page.viewport_size
    assert width
    seen.page.emulate_media(media="print")
    seen.page.set_viewport_size({"width": 688, "height": 980})  # A4 less its margins
    try:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 688
        assert seen.page.evaluate("[...document.querySelectorAll('.daily')].every(t => t.offsetWidth <= 688)")
    finally:
        seen.page.set_viewport_size(width)
        seen.page.emulate_media(media="screen")


def test_the_sheet_for_answers_comes_out_of_the_page_itself(seen: Seen) -> None:
    """A page opened by a presigned link has no files beside it."""
    with seen.page.expect_download() as waiting:
        seen.page.get_by_role("link", name="answers.csv").click()
    assert waiting.value.suggested_filename == "answers.csv"
    issue_ids = seen.page.evaluate(
        "[...document.querySelectorAll('#matters ~ details th code')].map(c => c.textContent)"
    )
    lines = Path(waiting.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0] == "issue_id,state,words"
    assert len(lines) == 5
    assert {line.split(",")[0] for line in lines[1:]} <= set(issue_ids)


def test_a_deadline_that_is_over_says_so_in_words_and_with_a_sign(seen: Seen) -> None:
    over = seen.page.locator("#fix ~ ol .due.over")
    assert over.count() == 1
    assert "เลยกำหนดแล้ว" in (over.text_content() or "")
    assert over.locator("svg").count() == 1


def test_days_without_data_are_numbers_in_a_table_not_only_colours(seen: Seen) -> None:
    calendar = seen.page.get_by_role("table", name="EGAT-09")
    february = calendar.first.get_by_role("row").nth(2)
    assert february.get_by_role("cell").nth(27).text_content() == "24"
    assert calendar.first.get_by_role("columnheader").count() == 32
