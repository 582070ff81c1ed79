"""Every chart of every dashboard draws, in Thai, at desktop and phone width, and nothing leaves the machine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bi.reading import WIDTHS, Analyst, Server, slugs

MAY_BE_EMPTY = ("ตารางที่พักการเผยแพร่",)
"""Titles of charts that show trouble: without trouble they show nothing."""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("slug", slugs())
def test_every_chart_draws(slug: str, width: str, analyst: Analyst, pictures: Path) -> None:
    with analyst.opened(slug, width) as seen:
        height = seen.page.evaluate("document.querySelector('.dashboard-content')?.scrollHeight ?? 3000")
        seen.page.set_viewport_size({"width": WIDTHS[width][0], "height": min(int(height) + 300, 8000)})
        seen.wait()
        seen.page.screenshot(path=pictures / f"{slug}-{width}.png")
        assert seen.trouble() == []
        assert [title for title in seen.empty() if not title.startswith(MAY_BE_EMPTY)] == []
        assert len({chart for chart, _, _ in seen.answers}) == seen.n_charts
        assert {status for _, status, _ in seen.answers} == {200}
        assert len(seen.publications()) == 1
        assert seen.let_out == []
        assert seen.page.evaluate("document.fonts.check('12px Sarabun', 'ก')")
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width][0]
        assert ("-phone" in seen.page.url) == (width == "phone")


def test_the_banner_says_that_the_demo_is_synthetic(analyst: Analyst) -> None:
    with analyst.opened(slugs()[0]) as seen:
        assert "ข้อมูลสังเคราะห์" in seen.text()


def test_the_server_notes_who_opened_a_page_and_not_each_step_of_drawing_it(server: Server, analyst: Analyst) -> None:
    with closing(sqlite3.connect(server.home / "bi" / "superset.db")) as database:
        start = database.execute("select coalesce(max(id), 0) from logs").fetchone()[0]
        # the browser tells in one go, a while after it has drawn, what it did
        with (
            analyst.context.expect_event("response", lambda answer: "/superset/log/" in answer.url) as told,
            analyst.opened(slugs()[0]) as seen,
        ):
            charts = seen.n_charts
            assert told.value.ok
        noted = [action for (action,) in database.execute("select action from logs where id > ?", [start])]
    assert "dashboard" in noted
    assert len(noted) < charts
