"""Where the lake is and how to reach it: one frozen value that every I/O function is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BUCKET = "lake"
WAREHOUSE = "warehouse"


@dataclass(frozen=True)
class LakeConfig:
    """Addresses and keys of one lake.

    `home` holds everything local: the embedded store, scratch files, DuckDB extensions and the published copies.
    `endpoint` and `catalog_uri` are full URLs; `credential` is the catalog's `ACCESS:SECRET`.
    """

    home: Path
    endpoint: str
    access_key: str
    secret_key: str
    catalog_uri: str
    credential: str
    region: str = "us-east-1"
    bucket: str = BUCKET
    warehouse: str = f"s3://{WAREHOUSE}"
    is_embedded: bool = True

    @property
    def published(self) -> Path:
        """Folder of `marts.duckdb` and `status.duckdb`."""
        return self.home / "published"

    @property
    def scratch(self) -> Path:
        """Folder for staged files; safe to delete when nothing runs."""
        return self.home / "scratch"

    @property
    def reports(self) -> Path:
        """Folder of the partner reports."""
        return self.home / "reports"

    @property
    def extensions(self) -> Path:
        """Folder where the DuckDB extensions are installed."""
        return self.home / "duckdb_extensions"

    @property
    def marts_db(self) -> Path:
        """The last publication as one DuckDB file."""
        return self.published / "marts.duckdb"

    @property
    def status_db(self) -> Path:
        """The current state (schema `ops`) as one DuckDB file."""
        return self.published / "status.duckdb"

    @property
    def state_db(self) -> Path:
        """What analysts may know of that state (schema `board`); no row of any partner."""
        return self.published / "state.duckdb"

    @property
    def use_ssl(self) -> bool:
        return self.endpoint.startswith("https://")

    @property
    def host(self) -> str:
        """`host:port` of the S3 endpoint, as DuckDB wants it."""
        return self.endpoint.split("://", 1)[1]

    def iceberg_properties(self) -> dict[str, str]:
        """Properties of the REST catalog for pyiceberg."""
        return {
            "type": "rest",
            "uri": self.catalog_uri,
            "warehouse": self.warehouse,
            "credential": self.credential,
            "s3.endpoint": self.endpoint,
            "s3.access-key-id": self.access_key,
            "s3.secret-access-key": self.secret_key,
            "s3.region": self.region,
            "s3.path-style-access": "true",
        }

    def dbt_env(self) -> Mapping[str, str]:
        """Environment that `dbt_project/profiles.yml` reads."""
        return {
            "MAEMOH_S3_ENDPOINT": self.host,
            "MAEMOH_S3_USE_SSL": "true" if self.use_ssl else "false",
            "MAEMOH_S3_ACCESS_KEY": self.access_key,
            "MAEMOH_S3_SECRET_KEY": self.secret_key,
            "MAEMOH_S3_REGION": self.region,
            "MAEMOH_S3_BUCKET": self.bucket,
            "MAEMOH_CATALOG_URI": self.catalog_uri,
            "MAEMOH_CATALOG_WAREHOUSE": self.warehouse,
            "MAEMOH_CATALOG_CREDENTIAL": self.credential,
            "MAEMOH_DUCKDB_EXTENSIONS": str(self.extensions),
        }
