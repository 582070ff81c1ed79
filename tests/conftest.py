"""Fixtures: a real embedded lake for the session, fresh ones for whole roads, and the real workbooks when they are there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets.lake import embedded
from assets.lake.handle import Lake
from tests import furnished
from tests.gate.mutations.summary import pytest_terminal_summary  # noqa: F401 - a hook: found here by every process

ROOT = Path(__file__).resolve().parent.parent
# Fast files come first; these, which take a minute or more, end the run, the longest first, so that both processes end together.
SLOW = (
    "e2e/test_road.py", "e2e/test_questions.py", "e2e/test_cli.py", "e2e/test_dagster.py", "warehouse/test_build.py",
    "real/test_road_real.py", "e2e/test_gates_hold.py", "e2e/test_replay.py", "e2e/test_bad_input.py",
    "e2e/test_pull_faults.py", "e2e/test_matters.py", "warehouse/test_models.py",
)  # fmt: skip
SHARED = Path(os.environ.get("MAEMOH_SHARED") or ROOT.parent / "shared")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {ROOT / "tests" / name: number for number, name in enumerate(SLOW, start=1)}
    items.sort(key=lambda item: rank.get(item.path, 0))


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """One embedded lake for tests that bring tables of their own; names must not clash between tests."""
    home = tmp_path_factory.mktemp("lake")
    yield Lake.open(embedded.up(home, ("egat",)))
    furnished.throw_away(home)


@pytest.fixture(scope="module")
def new_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Lake]]:
    """Makes empty lakes of their own, for tests that walk the whole road."""
    homes: list[Path] = []

    def make() -> Lake:
        homes.append(tmp_path_factory.mktemp("home"))
        return Lake.open(embedded.up(homes[-1], ("egat",)))

    yield make
    for home in homes:
        furnished.throw_away(home)


@pytest.fixture(scope="session")
def furnished_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home of a lake whose tables are all built and published, without a row delivered; made once for all processes."""
    base = tmp_path_factory.getbasetemp()
    return furnished.made_once(base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base)


@pytest.fixture(scope="module")
def furnished_lake(furnished_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Lake]]:
    """Makes such lakes, each its own. To build 84 tables from nothing takes half a minute: that is for the tests of it."""
    homes: list[Path] = []

    def make() -> Lake:
        homes.append(tmp_path_factory.mktemp("furnished") / "home")
        return furnished.copy(furnished_home, homes[-1])

    yield make
    for home in homes:
        furnished.throw_away(home)


@pytest.fixture(scope="session")
def real_egat() -> Path:
    """Folder of the real EGAT workbooks. They carry no licence and are never a part of this project."""
    folder = SHARED / "data" / "real" / "egat_mae_moh"
    if not folder.is_dir():
        pytest.skip(
            f"the real EGAT workbooks are not at hand ({folder}); set MAEMOH_SHARED to the folder that holds data/"
        )
    return folder
