"""What a person at a browser sees of a dashboard: its charts, what they were read from, and what went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from playwright.sync_api import Browser, Page, Request, Response, Route

from assets.bi_bundle import DASHBOARDS, PHONE
from orchestration import bi
from orchestration.bi import Login

WIDTHS = {"desktop": (1280, 900), "phone": (390, 800)}
ASKED = re.compile(r"/api/v1/chart/data|/superset/explore_json/")
MILLISECONDS = 120_000
# Only what stands in a chart's own place counts: its header has an icon (svg) before anything is drawn.
_DRAWN = """expected => {
  const charts = [...document.querySelectorAll('[class*=dashboard-chart-id-]')];
  return charts.length >= expected && !document.querySelector('[class*=dashboard-chart-id-] .loading')
    && charts.every(c => c.querySelector('.dashboard-chart')?.querySelector(
      'canvas, svg, table, .header-line, .ant-alert, .ant-empty, [role=alert]'));
}"""
_TROUBLE = """() => [...document.querySelectorAll(
    '[class*=dashboard-chart-id-] .ant-alert-error, [class*=dashboard-chart-id-] [role=alert], .missing-chart-container'
  )].map(e => e.innerText.trim()).filter(Boolean)"""
_EMPTY = """() => [...document.querySelectorAll('[class*=dashboard-chart-id-]')]
  .filter(c => /No results|No data/.test(c.innerText)).map(c => c.innerText.split('\\n')[0])"""


@dataclass(frozen=True)
class Server:
    address: str
    home: Path
    logins: Sequence[Login]

    def password(self, user: str) -> str:
        return next(login.password for login in self.logins if login.user == user)

    def workers(self) -> list[int]:
        """Ids of the processes that answer."""
        parent = bi.pid(self.home)
        return [int(process) for process in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@dataclass
class Seen:
    """One page as it was opened."""

    page: Page
    n_charts: int
    answers: list[tuple[str, int, str | None]] = field(default_factory=list)
    """(chart, status, publication it was read from)"""
    let_out: list[str] = field(default_factory=list)
    """Requests to other hosts that the policy did not stop."""
    failures: list[str] = field(default_factory=list)

    def publications(self) -> set[str]:
        return {publication for _, _, publication in self.answers if publication}

    def trouble(self) -> list[str]:
        return [*self.failures, *self.page.evaluate(_TROUBLE)]

    def empty(self) -> list[str]:
        """Titles of charts that found no rows."""
        return self.page.evaluate(_EMPTY)

    def wait(self) -> None:
        self.page.wait_for_function(_DRAWN, arg=self.n_charts, timeout=MILLISECONDS)

    def text(self) -> str:
        return self.page.inner_text("body")


class Analyst:
    """A browser that is logged in."""

    def __init__(self, server: Server, browser: Browser, user: str) -> None:
        self.server = server
        self.context = browser.new_context(locale="th-TH", timezone_id="Asia/Bangkok")
        page = self.context.new_page()
        page.goto(f"{server.address}/login/")
        page.fill("input#username", user)
        page.fill("input#password", server.password(user))
        with page.expect_navigation(url=lambda url: "/login" not in url):
            page.keyboard.press("Enter")
        page.close()

    @contextmanager
    def opened(
        self, slug: str, width: str = "desktop", on_asked: Callable[[Route], None] | None = None
    ) -> Iterator[Seen]:
        """A dashboard in a new page, every chart drawn. `on_asked` may hold a chart's question back."""
        page = self.context.new_page()
        size = WIDTHS[width]
        page.set_viewport_size({"width": size[0], "height": size[1]})
        seen = Seen(page, n_charts(slug))
        self._listen(page, seen)
        if on_asked:
            page.route(ASKED, on_asked)
        page.goto(f"{self.server.address}/superset/dashboard/{slug}/")
        seen.wait()
        yield seen
        page.close()

    def _listen(self, page: Page, seen: Seen) -> None:
        def answered(response: Response) -> None:
            if ASKED.search(response.url):
                chart = parse_qs(urlsplit(response.url).query).get("form_data", [""])[0]
                seen.answers.append((chart, response.status, response.headers.get("x-publication")))
            if response.status >= 400:
                seen.failures.append(f"{response.status} {response.url}")

        def failed(request: Request) -> None:
            stopped = request.failure == "csp"
            if request.url.startswith("http") and not request.url.startswith(self.server.address) and not stopped:
                seen.let_out.append(f"{request.url} {request.failure}")

        def left(request: Request) -> None:
            if request.url.startswith("http") and not request.url.startswith(self.server.address):
                seen.let_out.append(request.url)

        page.on("response", answered)
        page.on("requestfailed", failed)
        page.on("requestfinished", left)

    def asks(self, sql: str, schema: str = "gold", database: int = 1) -> tuple[int, dict[str, Any]]:
        """Status and answer of a question in SQL Lab."""
        token = self.context.request.get(f"{self.server.address}/api/v1/security/csrf_token/").json()["result"]
        answer = self.context.request.post(
            f"{self.server.address}/api/v1/sqllab/execute/",
            headers={"X-CSRFToken": token, "Referer": self.server.address},
            data={"database_id": database, "sql": sql, "schema": schema, "runAsync": False, "queryLimit": 100},
        )
        return answer.status, answer.json()


def slugs() -> list[str]:
    return [written["slug"] for written in _dashboards()]


def n_charts(slug: str) -> int:
    """Charts that a dashboard of git shows; its layout for phones shows the same."""
    own = next(written for written in _dashboards() if written["slug"] == slug.removesuffix(PHONE))
    return sum(node["type"] == "CHART" for node in own["position"].values() if isinstance(node, dict))


def _dashboards() -> list[dict[str, Any]]:
    return [yaml.safe_load(file.read_text("utf-8")) for file in sorted((DASHBOARDS / "dashboards").glob("*.yaml"))]
