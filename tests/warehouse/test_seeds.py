"""Seeds that are generated are what their generator gives."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"


def test_the_holiday_seed_is_what_its_script_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = runpy.run_path(str(PROJECT / "scripts" / "make_seed_holiday.py"))
    fresh = tmp_path / "seed_holiday.csv"
    script["main"](fresh)
    assert "Children" not in fresh.read_text("utf-8")
    assert fresh.read_text("utf-8") == (PROJECT / "seeds" / "seed_holiday.csv").read_text("utf-8")
    assert "526 days" in capsys.readouterr().out
