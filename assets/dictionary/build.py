"""Writes the dictionary to `<home>/published/dictionary`: only files whose content changed are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets import warehouse_dbt
from assets.catalogue import catalogue
from assets.dictionary.dbt_docs import dbt_page
from assets.dictionary.kpis import kpis
from assets.dictionary.pages import DBT_PAGE, INDEX, Content, Progress, files_of
from assets.dictionary.state import state_of
from expectations.contract import Contract

DBT_MADE_OF = "dbt/.made_of"
SERVED = "/dictionary/"
"""Where the web UI serves it, beside Dagster's own pages."""


@dataclass(frozen=True)
class Built:
    """What a building came to; `publication_id` is the one that the pages describe, None before the first."""

    index: Path
    pages: int
    written: int
    removed: int
    publication_id: str | None


def folder_of(home: Path) -> Path:
    """Where the dictionary of a lake lies."""
    return home / "published" / "dictionary"


def build(
    home: Path,
    contracts: Mapping[str, Contract],
    progress: Progress = lambda *_: None,
    make_dbt_page: Callable[[Path], bytes] = dbt_page,
) -> Built:
    """Makes the pages from what is published in `home`; a home without a publication gets definitions only.

    dbt's page is made anew only when the project changed.
    """
    published, folder = home / "published", folder_of(home)
    state = state_of(published / "marts.duckdb", published / "status.duckdb")
    files = files_of(Content(catalogue(), contracts, kpis(), state), progress)
    made_of = warehouse_dbt.project_hash().encode()
    if _content(folder / DBT_MADE_OF) != made_of or not (folder / DBT_PAGE).is_file():
        progress("dbt docs", 0, 1)
        files |= {DBT_PAGE: make_dbt_page(home / "dbt" / "docs"), DBT_MADE_OF: made_of}
        progress("dbt docs", 1, 1)
    written = [path for path, data in files.items() if _write(folder / path, data)]
    kept = {folder / path for path in (*files, DBT_PAGE, DBT_MADE_OF)}
    gone = [file for file in folder.rglob("*") if file.is_file() and file not in kept]
    for file in gone:
        file.unlink()
    pages = sum(path.endswith(".html") for path in {*files, DBT_PAGE})
    return Built(folder / INDEX, pages, len(written), len(gone), state.publication_id)


def _write(target: Path, data: bytes) -> bool:
    """True when the file was not there with this content."""
    if _content(target) == data:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_bytes(data)
    fresh.replace(target)  # a reader never meets half a page
    return True


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None
