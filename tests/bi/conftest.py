"""The whole demo, the BI server over it, and a real browser that is logged in as the analyst."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from orchestration import bi, demo, settings
from tests import furnished
from tests.bi.reading import Analyst, Server
from tests.browser import ARGUMENTS, find_browser

# Maps are drawn with WebGL, which a machine without a screen does in software.
WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """What `make demo` and `make bi` leave behind."""
    home = tmp_path_factory.mktemp("bi")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAEMOH_HOME", str(home))
        assert demo.play() == 0
        config = settings.local_config()
        try:
            yield Server(bi.up(config, 0, lambda _: None), home, bi.logins(home))
        finally:
            bi.stop(home)
            furnished.throw_away(home)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = [argument for argument in ARGUMENTS if argument != "--disable-gpu"]
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=find_browser(), args=[*arguments, *WEBGL])
        yield found
        found.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of the pages go, to be looked at."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="session")
def analyst(server: Server, browser: Browser) -> Iterator[Analyst]:
    reader = Analyst(server, browser, "analyst")
    yield reader
    reader.context.close()
