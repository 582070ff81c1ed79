"""Taking old snapshots out of a table's history, and from the store what only they needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.update.snapshot import ExpireSnapshots

from assets.lake.commit import LightTransaction
from assets.lake.errors import CommitConflict
from assets.lake.files import FOOTER_THREADS, files_of
from assets.lake.objects import ObjectStore

# What is younger, and the last so many, always stay: long enough to look into what happened last week. The ledger is its
# own history (rows are only added), and gets several snapshots a run.
KEEP, KEEP_LEDGER, KEEP_LAST = timedelta(days=7), timedelta(days=1), 20
# Fewer are not worth reading the history for.
AT_ONCE = 10
# Each commit leaves the whole metadata as a file; the catalog removes all but the last so many once it is told.
METADATA_FILES = 20
METADATA_PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": str(METADATA_FILES),
}


@dataclass(frozen=True)
class Expired:
    """What an expiry did. Files are data files, manifests and manifest lists."""

    snapshots: int
    files: int


def expirable(
    table: Table, named: Collection[int], built_from: Collection[int], at: datetime, keep: timedelta
) -> list[int]:
    """Snapshots older than `keep` that may go, from the table's metadata alone; none when they are too few to be worth it.

    Kept are the young ones, the last ones, those that a tag or branch or `named` names, and the whole way from the oldest of
    `built_from` to now: which months changed since then is read from every step of it.
    """
    snapshots = sorted(table.snapshots(), key=lambda snapshot: snapshot.sequence_number or 0)
    oldest = min(
        (i for i, snapshot in enumerate(snapshots) if snapshot.snapshot_id in built_from), default=len(snapshots)
    )
    kept = {reference.snapshot_id for reference in table.refs().values()} | set(named)
    before = (at - keep).timestamp() * 1000
    old = [
        snapshot.snapshot_id
        for snapshot in snapshots[: min(oldest, max(len(snapshots) - KEEP_LAST, 0))]
        if snapshot.timestamp_ms < before and snapshot.snapshot_id not in kept
    ]
    return old if len(old) >= AT_ONCE else []


def expire(table: Table, store: ObjectStore, snapshot_ids: Sequence[int]) -> Expired:
    """Takes snapshots out of the history, then removes the files that they listed and no remaining snapshot does.

    Files that no snapshot ever listed are not looked for. A process that dies in between leaves files that nobody sees.
    Raises CommitConflict, before anything is removed.
    """
    gone = set(snapshot_ids)
    expired = [snapshot for snapshot in table.snapshots() if snapshot.snapshot_id in gone]
    manifests = _manifests(table, expired)
    try:
        # (`table.maintenance` copies all metadata for every id: 40 s for 500 snapshots.)
        with LightTransaction(table) as transaction:
            ExpireSnapshots(transaction).by_ids(list(gone)).commit()
    except CommitFailedException as error:
        raise CommitConflict(
            f"{'.'.join(table.name())} was changed by another writer while its old snapshots were taken out",
            "run `maemoh upkeep` again: nothing was removed",
        ) from error
    table.refresh()
    remaining = _manifests(table, table.snapshots())
    # A manifest that a remaining snapshot has too says nothing of what may go.
    loose = {path: manifest for path, manifest in manifests.items() if path not in remaining}
    files = set(files_of(table, list(loose.values())))
    if files:
        files -= files_of(table, list(remaining.values())).keys()
    home = table.location().rstrip("/") + "/"
    lists = {snapshot.manifest_list for snapshot in expired}
    removed = sorted(path for path in {*files, *loose, *lists} if path.startswith(home))
    store.delete_addresses(removed)
    return Expired(len(expired), len(removed))


def piles_up(table: Table) -> bool:
    """True when the catalog keeps more metadata files than are of use, and was never told not to."""
    return (
        len(table.metadata.metadata_log) > METADATA_FILES and not METADATA_PROPERTIES.keys() <= table.properties.keys()
    )


def keep_few_metadata(table: Table) -> None:
    """Tells the catalog, once and for all, to keep only the last metadata files. Raises CommitConflict."""
    try:
        with table.transaction() as transaction:
            transaction.set_properties(METADATA_PROPERTIES)
    except CommitFailedException as error:
        raise CommitConflict(
            f"{'.'.join(table.name())} was changed by another writer while its properties were set",
            "run `maemoh upkeep` again",
        ) from error


def _manifests(table: Table, snapshots: Iterable[Snapshot]) -> dict[str, ManifestFile]:
    """Manifests of some snapshots by address."""
    with ThreadPoolExecutor(FOOTER_THREADS) as pool:
        lists = pool.map(lambda snapshot: snapshot.manifests(table.io), snapshots)
        return {manifest.manifest_path: manifest for manifests in lists for manifest in manifests}
