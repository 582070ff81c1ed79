"""One opened lake: its objects, its tables and its ledger, handed to the steps together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyiceberg.catalog import Catalog

from assets.lake.catalog import open_catalog
from assets.lake.config import LakeConfig
from assets.lake.ledger import Ledger
from assets.lake.objects import ObjectStore


@dataclass(frozen=True)
class Lake:
    config: LakeConfig
    store: ObjectStore
    catalog: Catalog
    ledger: Ledger

    @property
    def env(self) -> Mapping[str, str]:
        """Environment for dbt."""
        return self.config.dbt_env()

    @classmethod
    def open(cls, config: LakeConfig) -> Lake:
        """Connects to the store and the catalog. Raises StoreDown."""
        catalog = open_catalog(config)
        return cls(config, ObjectStore(config), catalog, Ledger(catalog))
