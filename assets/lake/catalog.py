"""The Iceberg catalog of the lake, through pyiceberg."""

from __future__ import annotations

from pyiceberg.catalog import Catalog, load_catalog

from assets.lake.config import LakeConfig
from assets.lake.errors import StoreDown

NAMESPACES = ("bronze", "silver", "gold", "ops")


def open_catalog(config: LakeConfig) -> Catalog:
    """Connects to the REST catalog and makes sure of the four namespaces. Raises StoreDown."""
    try:
        catalog = load_catalog("lake", **config.iceberg_properties())
        present = {name[0] for name in catalog.list_namespaces()}
        for name in NAMESPACES:
            if name not in present:
                catalog.create_namespace_if_not_exists(name)
    except OSError as error:
        raise StoreDown(
            f"the Iceberg catalog at {config.catalog_uri} does not answer ({error})",
            "run `maemoh up`" if config.is_embedded else "check MAEMOH_CATALOG_URI and the catalog behind it",
        ) from error
    return catalog
