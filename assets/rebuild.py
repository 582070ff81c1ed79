"""Emptying the lake but for raw and its manifest: all else follows from these two."""

from __future__ import annotations

import shutil

from assets.data_docs import folder_of
from assets.lake import keys
from assets.lake.handle import Lake

NAMESPACES = ("gold", "silver", "bronze", "ops")
PREFIXES = ("landing/", "published/", "reports/")


def plan(lake: Lake) -> dict[str, int]:
    """What would go: tables by name (0) and the number of objects by prefix."""
    gone = {".".join(name): 0 for space in NAMESPACES for name in lake.catalog.list_tables(space)}
    return gone | {prefix: len(lake.store.listing(prefix)) for prefix in PREFIXES}


def empty(lake: Lake) -> None:
    """Drops every table, removes landing, publications and reports, and the local published copies."""
    # The publication goes first: consumers never see a manifest that names dropped tables.
    lake.store.delete([keys.PUBLICATION] if lake.store.get_with_etag(keys.PUBLICATION) else [])
    for space in NAMESPACES:
        for name in lake.catalog.list_tables(space):
            # Listed before the drop: afterwards the store no longer shows what lay there.
            files = lake.store.tree(lake.catalog.load_table(name).location())
            lake.catalog.drop_table(name)
            lake.store.delete_addresses(files)
    for prefix in PREFIXES:
        lake.store.delete(info.key for info in lake.store.listing(prefix))
    docs = folder_of(lake.config.home)
    for folder in (lake.config.published, lake.config.scratch, lake.config.reports, docs):
        shutil.rmtree(folder, ignore_errors=True)
