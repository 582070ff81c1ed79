"""Fixtures: a real embedded lake for the session, fresh ones for whole roads, and the real workbooks when they are there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets.lake import embedded
from assets.lake.handle import Lake

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("MAEMOH_SHARED") or ROOT.parent / "shared")


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """One embedded lake for tests that bring tables of their own; names must not clash between tests."""
    home = tmp_path_factory.mktemp("lake")
    yield Lake.open(embedded.up(home, ("egat",)))
    embedded.down(home)


@pytest.fixture(scope="module")
def new_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Lake]]:
    """Makes empty lakes of their own, for tests that walk the whole road."""
    homes: list[Path] = []

    def make() -> Lake:
        homes.append(tmp_path_factory.mktemp("home"))
        return Lake.open(embedded.up(homes[-1], ("egat",)))

    yield make
    for home in homes:
        embedded.down(home)


@pytest.fixture(scope="session")
def real_egat() -> Path:
    """Folder of the real EGAT workbooks. They carry no licence and are never a part of this project."""
    folder = SHARED / "data" / "real" / "egat_mae_moh"
    if not folder.is_dir():
        pytest.skip(
            f"the real EGAT workbooks are not at hand ({folder}); set MAEMOH_SHARED to the folder that holds data/"
        )
    return folder
