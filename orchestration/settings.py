"""Settings: where the lake's home is and which store it uses. Everything comes from the environment; nothing is guessed.

| variable | meaning | default |
|---|---|---|
| MAEMOH_HOME | folder of all local state | `.lake/` at the project's root |
| MAEMOH_S3_ENDPOINT | URL of an S3 store of your own (then no embedded store is started) | embedded |
| MAEMOH_S3_ACCESS_KEY, MAEMOH_S3_SECRET_KEY | its keys | generated |
| MAEMOH_S3_REGION, MAEMOH_S3_BUCKET | its region and bucket | us-east-1, lake |
| MAEMOH_CATALOG_URI, MAEMOH_CATALOG_WAREHOUSE, MAEMOH_CATALOG_CREDENTIAL | an Iceberg REST catalog of your own | embedded |
| MAEMOH_S3_PORT, MAEMOH_ICEBERG_PORT, … | fixed ports for the embedded store | free ones |
| MAEMOH_THREADS | parsing threads | number of cores |
"""

from __future__ import annotations

import os
from pathlib import Path

from assets.lake import embedded
from assets.lake.config import BUCKET, WAREHOUSE, LakeConfig
from assets.lake.errors import LakeError
from assets.options import Options
from expectations.contract import Contract, load_contracts

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "assets" / "sources"

PARTNER_NAMES = {"egat": ("การไฟฟ้าฝ่ายผลิตแห่งประเทศไทย (กฟผ.)", "Electricity Generating Authority of Thailand (EGAT)")}


class SettingsError(LakeError):
    """Settings that contradict each other or lack something."""


def home() -> Path:
    """The folder of all local state."""
    return Path(os.environ.get("MAEMOH_HOME") or ROOT / ".lake").expanduser().resolve()


def threads() -> int:
    """Parsing threads."""
    return int(os.environ.get("MAEMOH_THREADS") or os.cpu_count() or 2)


def contracts() -> dict[str, Contract]:
    """Every source's contract, by source id. Raises ContractError."""
    return load_contracts(SOURCES)


def partners() -> tuple[str, ...]:
    """Ids of all partners that a contract names."""
    return tuple(sorted({contract.partner_id for contract in contracts().values()}))


def check_partner(partner_id: str) -> None:
    """Raises SettingsError for an id that no contract names."""
    if partner_id not in partners():
        raise SettingsError(f"no contract names the partner {partner_id!r}", f"use one of: {', '.join(partners())}")


def road_options(full: bool = False) -> Options:
    """How a run works on this machine."""
    return Options(threads=threads(), full=full)


def is_embedded() -> bool:
    return not os.environ.get("MAEMOH_S3_ENDPOINT")


def connect() -> LakeConfig:
    """How to reach the lake; starts the embedded store when none runs. Raises LakeError."""
    if is_embedded():
        return embedded.up(home(), partners(), _pinned_ports())
    names = ("MAEMOH_S3_ENDPOINT", "MAEMOH_S3_ACCESS_KEY", "MAEMOH_S3_SECRET_KEY", "MAEMOH_CATALOG_URI")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise SettingsError(
            f"a store of your own is set (MAEMOH_S3_ENDPOINT), but {', '.join(missing)} is not",
            "set it too, or unset MAEMOH_S3_ENDPOINT to use the embedded store",
        )
    endpoint, access, secret, catalog = (os.environ[name] for name in names)
    return LakeConfig(
        home=home(),
        endpoint=endpoint.rstrip("/"),
        access_key=access,
        secret_key=secret,
        catalog_uri=catalog.rstrip("/"),
        credential=os.environ.get("MAEMOH_CATALOG_CREDENTIAL") or f"{access}:{secret}",
        region=os.environ.get("MAEMOH_S3_REGION") or "us-east-1",
        bucket=os.environ.get("MAEMOH_S3_BUCKET") or BUCKET,
        warehouse=os.environ.get("MAEMOH_CATALOG_WAREHOUSE") or f"s3://{WAREHOUSE}",
        is_embedded=False,
    )


def _pinned_ports() -> dict[str, int]:
    pinned = {}
    for name in embedded.PORT_NAMES:
        text = os.environ.get(f"MAEMOH_{name.upper()}_PORT")
        if not text:
            continue
        if not text.isdigit() or not 1024 <= int(text) < 55_535:
            raise SettingsError(f"MAEMOH_{name.upper()}_PORT is {text!r}", "set it to a number from 1024 to 55534")
        pinned[name] = int(text)
    return pinned
