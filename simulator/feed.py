"""What a feed of the simulator offers: partner-native deliveries, and for pulled feeds the routes of the partner's server.

A module `simulator/feeds/<source_id>.py` has one or more of

    def deliveries(world: World) -> Iterator[tuple[str, bytes]]      # path as the partner would name it, bytes
    def history(world: World) -> Iterator[tuple[str, bytes]]         # the same for a long past: few files, large ones
    def routes(world: World) -> list[Route]                          # pulled feeds: what the partner's server answers

`history` is what partners hand over when one asks for a year or more: months as CSV, an archive, a station's whole past. Of
a feed that answers by HTTP it holds what a person would download once; of one that drops files, all its files.

Paths of both say that they are synthetic (`SYNTHETIC` or `สังเคราะห์` in a folder or file name), and so does every
payload that has room for a word about itself.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import simulator.feeds
from simulator.world import World

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """What the server was asked: `path` without query, `params` of the path's named groups, header names in lower case."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What the server says."""

    body: bytes
    content_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """How a partner wants its key: in a header, a query field, or as a piece of the path (a named group `key`)."""

    header: str | None = None
    query: str | None = None
    path: bool = False


@dataclass(frozen=True)
class Route:
    """One address of a partner: the host and the path are the partner's own; `path` is a regular expression (full match)."""

    host: str
    path: str
    respond: Callable[[Request], Answer]
    method: str = "GET"
    key: Key | None = None
    source_id: str = ""

    def match(self, method: str, host: str, path: str) -> Mapping[str, str] | None:
        if method != self.method or host != self.host:
            return None
        found = re.fullmatch(self.path, path)
        return found.groupdict() if found else None


class Feed(Protocol):
    """A module of simulator/feeds."""

    def deliveries(self, world: World) -> Iterator[tuple[str, bytes]]: ...

    def history(self, world: World) -> Iterator[tuple[str, bytes]]: ...

    def routes(self, world: World) -> list[Route]: ...


def as_json(value: Any, *, indent: int | None = None) -> bytes:
    """JSON as partners write it: UTF-8, not escaped."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def feeds() -> dict[str, Feed]:
    """source_id → feed, in alphabetical order. Folders are discovered; nothing is registered."""
    names = sorted(m.name for m in pkgutil.iter_modules(simulator.feeds.__path__) if not m.name.startswith("_"))
    return {name: cast(Feed, importlib.import_module(f"simulator.feeds.{name}")) for name in names}
