"""Imports go one way, and only the named modules know Dagster, Great Expectations, dbt or S3."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("orchestration", "assets", "expectations", "simulator", "bi")
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))

MAY_IMPORT = {
    "dagster": ("orchestration/", "assets/factory.py", "assets/warehouse.py", "assets/publish.py"),
    "dagster_dbt": ("orchestration/", "assets/warehouse.py"),
    "great_expectations": ("expectations/suite.py", "expectations/data_docs.py"),
    "s3fs": ("assets/lake/",),
    "dbt": ("assets/lake/dbt_plugin.py", "assets/warehouse_dbt.py"),
    "simulator": ("simulator/",),
    "orchestration": ("orchestration/",),
    "assets": ("orchestration/", "assets/"),
}


def imported(file: Path) -> set[str]:
    """Top-level packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_room_may(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    for package in imported(file) & set(MAY_IMPORT):
        assert name.startswith(MAY_IMPORT[package]), f"{name} imports {package}"


def test_readers_take_bytes_and_know_neither_lake_nor_store() -> None:
    for file in (*(ROOT / "assets/readers").glob("*.py"), *(ROOT / "assets/sources").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        assert "assets.lake" not in text, file


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {f.relative_to(ROOT).as_posix(): n for f in FILES if (n := len(f.read_text().splitlines())) > 400}
    assert not long
