"""docs/bi.md is true: its commands, queries and programs run, in their order, against a real Postgres and a real lake."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from assets.lake.handle import Lake
from orchestration.cli import app
from tests import postgres

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "bi.md").read_text("utf-8")
ADDRESS = "db.example.org:5432"
THAI = re.compile(r"[\u0e00-\u0e7f]")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def desk(furnished_lake: Callable[[], Lake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """A working folder with the lake in `.lake`, and a server with what the page's commands brought there."""
    lake = furnished_lake()
    folder = tmp_path_factory.mktemp("desk")
    (folder / ".lake").symlink_to(lake.config.home)
    with postgres.running() as server, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("PGPASSWORD", server.password)
        patch.setenv("MAEMOH_HOME", str(lake.config.home))
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create database city")
            connection.execute("create role maemoh login createrole password '" + server.password + "'")  # type: ignore[call-overload]
            connection.execute("grant create on database city to maemoh")
        for line in "".join(blocks("sh")).splitlines():
            done = CliRunner().invoke(app, shlex.split(here(line, server))[1:])
            assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception}"
        with psycopg.connect(server.url("city"), autocommit=True) as connection:
            for block in blocks("sql"):
                connection.execute(block)  # type: ignore[call-overload]
            connection.execute(f"alter role somchai password '{server.password}'")  # type: ignore[call-overload]
        yield server


def here(text: str, server: postgres.Server) -> str:
    return text.replace(ADDRESS, f"127.0.0.1:{server.port}")


def test_the_commands_and_queries_of_the_page_run(desk: postgres.Server) -> None:
    assert len(blocks("sh")) == 1 and len(blocks("sql")) == 4
    written = {path.as_posix() for folder in ("files", "excel", "maps") for path in Path(folder).iterdir()}
    assert {"files/publication.json", "excel/gold.dim_station.csv", "maps/gold.dim_place.gpkg"} <= written
    with psycopg.connect(desk.url("city", "somchai")) as city:
        assert city.execute("select count(*) > 10 from gold.dim_quantity").fetchone() == (True,)
        assert city.execute("show timezone").fetchone() == ("Asia/Bangkok",)


@pytest.mark.parametrize("program", blocks("python"), ids=lambda text: re.findall(r"^import (\w+)", text, re.M)[0])
def test_the_programs_of_the_page_run(program: str, desk: postgres.Server) -> None:
    exec(compile(here(program, desk), "docs/bi.md", "exec"), {})


def test_a_file_of_the_page_is_one_that_its_commands_write(desk: postgres.Server) -> None:
    for name in re.findall(r"\b(?:files|excel|maps)/[\w.]+\.\w+", PAGE):
        assert Path(name).is_file(), name


def test_every_part_of_the_page_is_in_both_languages() -> None:
    for part in re.split(r"^## ", re.sub(r"^```.*?^```", "", PAGE, flags=re.M | re.S), flags=re.M):
        if len(part) > 100:
            assert THAI.search(part) and re.search(r"[a-z]{4,} [a-z]{2,}", part), part[:60]
