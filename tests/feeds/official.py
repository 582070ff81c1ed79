"""Excerpts of official answers and tables, read where they lie: they are no part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SHARED


def official(name: str) -> Path:
    """A file of data/official; the test is skipped when it is not at hand."""
    path = SHARED / "data" / "official" / name
    if not path.is_file():
        pytest.skip(f"the official excerpt is not at hand ({path}); set MAEMOH_SHARED to the folder that holds data/")
    return path
