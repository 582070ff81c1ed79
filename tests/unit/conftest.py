"""The report's story, written and gathered once for all modules that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.report_data import gather
from expectations.report import ReportData, render_html
from expectations.report.conclude import Conclusions, conclude
from tests.unit import report_state as state


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """`status.duckdb` and `marts.duckdb` with every kind of thing that a report tells of."""
    return state.story(tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="session")
def data(story: tuple[Path, Path]) -> ReportData:
    return gather(*story, "egat", state.PARTNER, state.CONTRACTS)


@pytest.fixture(scope="session")
def done(data: ReportData) -> Conclusions:
    return conclude(data)


@pytest.fixture(scope="session")
def html(data: ReportData) -> str:
    return render_html(data)
