"""One writer at a time on one machine: steps that write take this lock. (Between machines, commits are conditional.)"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def writing(home: Path) -> Iterator[None]:
    """Waits until no other process of this machine writes to the lake."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "write.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
