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
| MAEMOH_KEY_… | the key that a partner gave (which name it has is in the contract: `pull.key.env`) | not asked without |
| MAEMOH_CA_<SOURCE> | certificates to trust for one source, besides the system's | none |
| MAEMOH_PARTNERS_URL | a server that plays all partners (`maemoh partners`) | the partners themselves |
| MAEMOH_OPEN_DATA_CONTACT | mailbox of the role that answers about open data, never a person's | none: no release |
| MAEMOH_OPEN_DATA_ORG | the publisher's id in the catalogue that takes the records | mae-moh-smart-city |
| MAEMOH_OPEN_DATA_URL | where a release will lie, for the addresses in its documents | relative addresses |
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assets.lake import embedded
from assets.lake.config import BUCKET, WAREHOUSE, LakeConfig
from assets.lake.errors import LakeError
from assets.options import Options
from assets.pull.step import PullOptions
from assets.readers import route
from expectations.contract import Contract
from expectations.organisations import Organisation, organisations

if TYPE_CHECKING:
    from assets.open_data.what import Publisher

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "assets" / "sources"


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
    return route.contracts()


def delivering() -> dict[str, Organisation]:
    """All organisations that a contract names, partners and providers, by id."""
    return organisations(contracts())


def partners() -> tuple[str, ...]:
    """Ids of all organisations that a contract names."""
    return tuple(delivering())


def key_holders() -> tuple[str, ...]:
    """Those that have keys to landing and report prefixes of their own: partners, not providers."""
    return tuple(org_id for org_id, organisation in delivering().items() if organisation.role == "partner")


def partner_names() -> dict[str, tuple[str, str]]:
    """(Thai, English) of the partners that get reports, by id."""
    return {org_id: o.names for org_id, o in delivering().items() if o.role == "partner"}


def check_partner(partner_id: str) -> None:
    """Raises SettingsError for an id that no contract names."""
    if partner_id not in partners():
        raise SettingsError(f"no contract names the partner {partner_id!r}", f"use one of: {', '.join(partners())}")


def check_sources(source_ids: Sequence[str]) -> list[Contract]:
    """The contracts of some sources, of all when none is named. Raises SettingsError for an id that does not exist."""
    known = contracts()
    for source_id in source_ids:
        if source_id not in known:
            raise SettingsError(f"there is no source {source_id!r}", f"use one of: {', '.join(known)}")
    return [known[source_id] for source_id in source_ids] or list(known.values())


def pull_options() -> PullOptions:
    """Keys, certificates and the stand-in for partners, from the environment."""
    prefix = "MAEMOH_CA_"
    return PullOptions(
        keys={name: value for name, value in os.environ.items() if name.startswith("MAEMOH_KEY_") and value},
        ca_files={n.removeprefix(prefix).lower(): Path(v) for n, v in os.environ.items() if n.startswith(prefix) and v},
        stand_in=os.environ.get("MAEMOH_PARTNERS_URL") or None,
    )


def road_options(full: bool = False) -> Options:
    """How a run works on this machine."""
    return Options(threads=threads(), full=full)


def open_data_publisher() -> Publisher:
    """Who publishes open data. What is not set is empty; the release then says so."""
    from assets.open_data.what import Publisher

    known = Publisher(contact=os.environ.get("MAEMOH_OPEN_DATA_CONTACT") or "")
    base = os.environ.get("MAEMOH_OPEN_DATA_URL") or ""
    return replace(
        known,
        organisation_id=os.environ.get("MAEMOH_OPEN_DATA_ORG") or known.organisation_id,
        base_url=base.rstrip("/") + "/" if base else "",
    )


def is_embedded() -> bool:
    return not os.environ.get("MAEMOH_S3_ENDPOINT")


def connect() -> LakeConfig:
    """How to reach the lake; starts the embedded store when none runs. Raises LakeError."""
    if is_embedded():
        return embedded.up(home(), key_holders(), _pinned_ports())
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


def local_config() -> LakeConfig:
    """The lake's files on this disk (what is published, reports); no store is needed to read them, none is started."""
    return LakeConfig(home(), "", "", "", "", "")


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
