"""Upkeep of the lake after a run: small files are merged, old snapshots go. What is due follows from the tables' metadata.

Called with the lake's write lock held (assets/lake/lock.py), as the road does.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError
from pyiceberg.table import Table

from assets.lake import compaction, expiry, keys
from assets.lake.commit import BUILT_FROM
from assets.lake.errors import CommitConflict
from assets.lake.files import live_files
from assets.lake.handle import Lake
from assets.lake.ledger import now

COMPACTED = ("bronze", "ops")
BUILT = ("silver", "gold")
# Snapshots of the last so many publications stay, to be looked into or gone back to.
PUBLICATIONS = 10
THREADS = 8

What = Literal["merge", "expire", "trim", "skipped"]


@dataclass(frozen=True)
class Line:
    """What was done for one table or, in a dry run, would be. `files_before` and `files_after` count the table's own files,
    `files_removed` what left the store (not known in a dry run). `reason` says why a table was skipped."""

    table: str
    what: What
    files_before: int = 0
    files_after: int = 0
    files_removed: int = 0
    snapshots_removed: int = 0
    seconds: float = 0.0
    reason: str = ""


def upkeep(lake: Lake, *, dry_run: bool = False) -> list[Line]:
    """Merges and expires what is due, a line for each; an empty list when nothing is. No row is read before something is due.

    A table that another writer keeps changing is skipped, and is due again next time.
    """
    tables = _tables(lake, (*COMPACTED, *BUILT))
    lines = [_merge(name, table, dry_run) for name, table in tables.items() if _space(name) in COMPACTED]
    built_from = _built_from(tables)
    old = {name for name, table in tables.items() if _expirable(name, table, built_from[name])}
    published = _published(lake) if old else {}
    for name in sorted(old):
        lines.append(_expire(lake, name, tables[name], built_from[name], published.get(name, frozenset()), dry_run))
    lines.extend(_trim(name, table, dry_run) for name, table in tables.items() if expiry.piles_up(table))
    return [line for line in lines if line]


def _tables(lake: Lake, namespaces: tuple[str, ...]) -> dict[str, Table]:
    """Tables by name, as they are now."""

    def listed(namespace: str) -> list[tuple[str, ...]]:
        try:
            return list(lake.catalog.list_tables(namespace))
        except NoSuchNamespaceError:
            return []

    def loaded(name: tuple[str, ...]) -> Table | None:
        try:
            return lake.catalog.load_table(name)
        except NoSuchTableError:  # dropped since it was listed
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        names = [name for group in pool.map(listed, namespaces) for name in group]
        found = zip(names, pool.map(loaded, names), strict=True)
        return {".".join(name): table for name, table in found if table is not None}


def _space(name: str) -> str:
    return name.split(".")[0]


def _merge(name: str, table: Table, dry_run: bool) -> Line | None:
    start = time.monotonic()
    if dry_run:
        packs = compaction.due(table)
        before = len(live_files(table)) if packs else 0
        return Line(name, "merge", before, before - sum(map(len, packs)) + len(packs)) if packs else None
    try:
        done = compaction.compact(table)
    except CommitConflict as conflict:
        return Line(name, "skipped", seconds=time.monotonic() - start, reason=conflict.what)
    if done is None:
        return None
    return Line(name, "merge", done.files_before, done.files_after, seconds=time.monotonic() - start)


def _expirable(
    name: str, table: Table, built_from: frozenset[int], published: frozenset[int] = frozenset()
) -> list[int]:
    keep = expiry.KEEP_LEDGER if _space(name) == "ops" else expiry.KEEP
    return expiry.expirable(table, published, built_from, now(), keep)


def _expire(
    lake: Lake, name: str, table: Table, built_from: frozenset[int], published: frozenset[int], dry_run: bool
) -> Line | None:
    start = time.monotonic()
    snapshot_ids = _expirable(name, table, built_from, published)
    if not snapshot_ids:
        return None
    if dry_run:
        return Line(name, "expire", snapshots_removed=len(snapshot_ids))
    try:
        done = expiry.expire(table, lake.store, snapshot_ids)
    except CommitConflict as conflict:
        return Line(name, "skipped", seconds=time.monotonic() - start, reason=conflict.what)
    seconds = time.monotonic() - start
    return Line(name, "expire", files_removed=done.files, snapshots_removed=done.snapshots, seconds=seconds)


def _trim(name: str, table: Table, dry_run: bool) -> Line:
    start = time.monotonic()
    try:
        if not dry_run:
            expiry.keep_few_metadata(table)
    except CommitConflict as conflict:
        return Line(name, "skipped", seconds=time.monotonic() - start, reason=conflict.what)
    return Line(name, "trim", seconds=time.monotonic() - start)


def _built_from(tables: Mapping[str, Table]) -> defaultdict[str, frozenset[int]]:
    """Snapshots by table that the newest silver and gold say they were built from."""
    named: defaultdict[str, frozenset[int]] = defaultdict(frozenset)
    for name, table in tables.items():
        snapshot = table.current_snapshot() if _space(name) in BUILT else None
        if snapshot and snapshot.summary:
            for source, snapshot_id in json.loads(snapshot.summary.get(BUILT_FROM) or "{}").items():
                named[source] |= {snapshot_id}
    return named


def _published(lake: Lake) -> dict[str, frozenset[int]]:
    """Snapshots by table that the last publications name. Their ids begin with the time, so their keys sort by it."""
    folder = f"{PurePosixPath(keys.publication_key('any')).parent}/"
    last = [info.key for info in lake.store.listing(folder)][-PUBLICATIONS:]
    current = [keys.PUBLICATION] if lake.store.get_with_etag(keys.PUBLICATION) else []
    named: defaultdict[str, frozenset[int]] = defaultdict(frozenset)
    for data in lake.store.get_many([*last, *current]).values():
        for name, snapshot_id in json.loads(data)["tables"].items():
            named[name] |= {snapshot_id}
    return dict(named)
