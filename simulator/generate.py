"""Writes the deliveries of a feed into a folder, and refuses what does not say that it is synthetic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from .feed import Feed, feeds
from .world import World

MARKS = ("synthetic", "สังเคราะห์")
Kind = Literal["deliveries", "history"]


def chosen_feeds(wanted: list[str]) -> dict[str, Feed]:
    """The feeds of these source ids; all of them when none is named."""
    found = feeds()
    if unknown := set(wanted) - set(found):
        raise ValueError(f"no feed is called {', '.join(sorted(unknown))}; there are {', '.join(found) or 'none'}")
    return {name: feed for name, feed in found.items() if not wanted or name in wanted}


def write_feed(
    source_id: str, feed: Feed, world: World, out_dir: Path, kind: Kind = "deliveries"
) -> Iterator[tuple[Path, int]]:
    """Writes every delivery as `out_dir`/`source_id`/path; yields the file and its bytes as each is done."""
    made = feed.history(world) if kind == "history" else feed.deliveries(world)
    for path, data in made:
        target = out_dir / source_id / checked(source_id, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        yield target, len(data)


def checked(source_id: str, path: str) -> PurePosixPath:
    """The path, if it stays inside the folder and says in one of its names that the data is invented."""
    relative = PurePosixPath(path)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts:
        raise ValueError(f"{source_id}: {path!r} leads out of the folder; a delivery's path is relative, without `..`")
    if not any(mark in path.lower() for mark in MARKS):
        raise ValueError(
            f"{source_id}: {path!r} does not say that it is synthetic; put SYNTHETIC into a folder or file name"
        )
    return relative
