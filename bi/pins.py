"""Which publication a page reads.

A page of charts asks its questions one by one, and a publication may be replaced between two of them. So each page is
pinned, when it is opened, to the file of one publication: a hard link keeps that file while the name `marts.duckdb` already
means the next one. Reloading the page pins the newest.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

KEPT = 4
"""Publications that stay readable for pages that are still open."""

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "access_mode": "read_only",
    "enable_external_access": "false",  # no file functions, no ATTACH, no COPY, no extension from outside
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": os.environ.get("MAEMOH_BI_MEMORY", "1GB"),
    "threads": os.environ.get("MAEMOH_BI_THREADS", "2"),
    "lock_configuration": "true",
}
"""How every question is asked: nothing can be written, read from outside, or switched on again."""


KEPT_OPEN = 3
"""Files that a process of the server keeps open: two publications and the state."""


class NothingPublished(Exception):
    """There is no publication to read yet."""


def newest(published: Path, pinned: Path) -> str:
    """Id of the publication that `marts.duckdb` holds now, pinned: its file stays readable under `pinned`."""
    source = published / "marts.duckdb"
    handle = _link(source, pinned / ".incoming")
    try:
        publication = _publication_of(handle)
        target = pinned / publication / "marts.duckdb"
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            handle.replace(target)
            _forget_old(pinned)
        return publication
    finally:
        handle.unlink(missing_ok=True)


def file_of(publication: str | None, published: Path, pinned: Path) -> Path:
    """The file of a pinned publication; of the newest, where none is named or it is no longer kept."""
    if publication and _is_id(publication):
        target = pinned / publication / "marts.duckdb"
        if target.is_file():
            return target
    return pinned / newest(published, pinned) / "marts.duckdb"


def state_file(published: Path, pinned: Path) -> Path:
    """`state.duckdb` of this moment, under a name of its own: DuckDB shares what is open by path, also after a rename."""
    source = published / "state.duckdb"
    handle = _link(source, pinned / ".incoming")
    inode = handle.stat()
    target = pinned / "state" / f"{inode.st_ino}-{inode.st_mtime_ns}" / "state.duckdb"
    if target.is_file():
        handle.unlink()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle.replace(target)
        _forget_old(target.parent.parent)
    return target


_OPEN: OrderedDict[str, Any] = OrderedDict()
_OPENING = threading.Lock()


def keep_open(url: URL, params: dict[str, Any]) -> None:
    """Keeps one connection to the file of `url` open, so that the next ones cost nothing.

    Superset opens a connection for every question and closes it after. Opening a file costs DuckDB 30 ms, more than most
    questions; a second connection to a file that is open costs none. It must be opened in the same way: through the same
    engine, with the same settings. A file has a name of its own, so what is kept open never means another publication.
    """
    name = str(url.database)
    with _OPENING:
        if name in _OPEN:
            _OPEN.move_to_end(name)
            return
        _OPEN[name] = create_engine(url, **params).raw_connection()
        while len(_OPEN) > KEPT_OPEN:
            _OPEN.popitem(last=False)[1].close()


def _link(source: Path, folder: Path) -> Path:
    """A hard link to what `source` is at this moment; raises NothingPublished."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = folder / f"{os.getpid()}-{os.urandom(6).hex()}.duckdb"
    try:
        os.link(source, handle)
    except FileNotFoundError:
        raise NothingPublished(f"{source.name} is not there yet: run `maemoh run`, then reload the page") from None
    return handle


_KNOWN: dict[tuple[int, int], str] = {}


def _publication_of(file: Path) -> str:
    """Id of the publication in a file; asked of DuckDB once a file."""
    stat = file.stat()
    key = (stat.st_ino, stat.st_mtime_ns)
    if key not in _KNOWN:
        with duckdb.connect(str(file), config=CONFIG) as connection:
            found = connection.execute("select publication_id from meta.publication").fetchone()
        if not found:
            raise NothingPublished("the published file names no publication: run `maemoh run`")
        _KNOWN[key] = str(found[0])
    return _KNOWN[key]


def _is_id(text: str) -> bool:
    """Ids are letters, digits and dashes: never a path."""
    return text.replace("-", "").isalnum()


def _forget_old(folder: Path) -> None:
    folders = [path for path in folder.iterdir() if path.is_dir() and path.name not in (".incoming", "state")]
    folders.sort(key=lambda path: path.stat().st_mtime)
    for old in folders[:-KEPT]:
        for file in old.iterdir():
            file.unlink(missing_ok=True)
        old.rmdir()
