"""Docs are true: every command in the README exists, takes the options shown, and (in tests/e2e) runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The `maemoh` commands of the README's code blocks, split as a shell would."""
    blocks = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    words = [shlex.split(line) for line in lines if "maemoh" in line.split(" ")[0]]
    return [line[1:] for line in words]


def test_the_readme_shows_commands() -> None:
    assert len(commands()) >= 10
    assert "make demo" in README and "make test" in README


@pytest.mark.parametrize("command", sorted({line[0] for line in commands()}))
def test_each_command_of_the_readme_exists_and_explains_itself(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0 and "Usage" in shown.output


@pytest.mark.parametrize("line", commands(), ids=" ".join)
def test_each_option_of_the_readme_is_one_of_the_command(line: list[str]) -> None:
    shown = CliRunner().invoke(app, [line[0], "--help"], env={"COLUMNS": "200"}).output
    for word in line[1:]:
        if word.startswith("--"):
            assert word in shown


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)\b", README)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_links_of_the_docs_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_files_named_in_the_architecture_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"`((?:assets|expectations|dbt_project|tests|orchestration)/[\w./*-]*)`", text)):
        assert list(ROOT.glob(name)), name
