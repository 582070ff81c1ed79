"""Excerpts of official answers, open and real files, read where they lie: they are no part of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SHARED


def official(name: str) -> Path:
    """A file of data/official."""
    return _at_hand("official", name)


def open_data(name: str) -> Path:
    """A file of data/open."""
    return _at_hand("open", name)


def real(folder: str, pattern: str) -> tuple[bytes, str]:
    """(bytes, name) of the only file of data/real that fits; the test is skipped when it is not at hand."""
    found = sorted((SHARED / "data" / "real" / folder).glob(pattern))
    if not found:
        pytest.skip(f"the real files are not at hand ({SHARED}/data/real/{folder}); set MAEMOH_SHARED")
    return found[0].read_bytes(), found[0].name


def _at_hand(folder: str, name: str) -> Path:
    """The test is skipped when the file is not there."""
    path = SHARED / "data" / folder / name
    if not path.is_file():
        pytest.skip(f"the file is not at hand ({path}); set MAEMOH_SHARED to the folder that holds data/")
    return path
