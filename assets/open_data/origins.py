"""Where a table's rows come from: feeds (their contracts say what they are) and seeds (their YAML does)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assets import warehouse_dbt
from assets.catalogue import CLASSES, LOADER, Catalogue, Table, Words
from assets.open_data.vocabulary import ON_CHANGE, PLACE_OF_LEVEL
from assets.readers.route import contracts
from expectations.contract import Contract
from expectations.organisations import organisations

SEED = "reference."
CITY = Words("เมืองอัจฉริยะแม่เมาะ", "Mae Moh Smart City")


@dataclass(frozen=True)
class Origin:
    """One feed or seed. Empty text, None: nobody has said it."""

    id: str
    is_feed: bool
    title: Words
    owner: Words
    pillar: str
    classification: str
    licence: str
    """Id of the register, several joined by ` AND `, or empty."""
    attribution: Words | None
    """What must be said where the data are shown; for a seed, what it was taken from."""
    cadence: str
    objective: Words | None
    geo_level: str
    places: tuple[str, ...]
    is_synthetic: bool
    file: Path
    """Where what is missing is to be written."""


def origins_of(catalogue: Catalogue, table: Table) -> list[Origin]:
    """What a table is made of at any remove: feeds first, then seeds."""
    known = contracts()
    feeds = [_of_contract(known[source_id]) for source_id in table.source_ids]
    return feeds + [_of_seed(name) for name in sorted(_seeds(catalogue, table))]


def _seeds(catalogue: Catalogue, table: Table) -> set[str]:
    found: set[str] = set()
    for name in table.reads:
        if name.startswith(SEED):
            found.add(name.removeprefix(SEED))
        elif name in catalogue.tables:
            found |= _seeds(catalogue, catalogue.tables[name])
    return found


def _of_contract(contract: Contract) -> Origin:
    said = contract.geo_coverage or {}
    organisation = organisations({contract.source_id: contract})[contract.partner_id]
    objective = Words(contract.objective_th, contract.objective_en)
    return Origin(
        id=contract.source_id,
        is_feed=True,
        title=Words(contract.title_th, contract.title_en),
        owner=Words(organisation.name_th, contract.owner),
        pillar=contract.pillar,
        classification=contract.classification,
        licence="" if contract.licence == "unknown" else contract.licence,
        attribution=Words(contract.attribution, contract.attribution) if contract.attribution else None,
        cadence=str(contract.sla.get("cadence", "")),
        objective=objective if objective.th and objective.en else None,
        geo_level=said.get("level", ""),
        places=tuple(said.get("places", ())),
        is_synthetic=contract.values != "real",
        file=contract.path,
    )


def _of_seed(name: str) -> Origin:
    file, written = seeds().get(name, (warehouse_dbt.PROJECT_DIR / "seeds", {}))
    meta: Mapping[str, Any] = written.get("config", {}).get("meta", {})
    licence, level = str(meta.get("licence", "")), str(meta.get("geo_coverage", ""))
    english, _, thai = " ".join(str(written.get("description", "")).split()).partition(" / ")
    return Origin(
        id=name,
        is_feed=False,
        title=Words(thai or name, english or name),
        owner=CITY,
        pillar="common",
        classification=CLASSES[0],
        licence="" if licence == "unknown" else licence,
        attribution=Words(meta["origin_th"], meta["origin_en"]) if meta.get("origin_en") else None,
        cadence=ON_CHANGE,
        objective=None,
        geo_level=level,
        places=(PLACE_OF_LEVEL[level],) if level in PLACE_OF_LEVEL else (),
        is_synthetic=False,
        file=file,
    )


def seeds() -> dict[str, tuple[Path, dict[str, Any]]]:
    """Seed → the file that describes it and what it says there; read again when a file of the dbt project changed."""
    return _read(warehouse_dbt.PROJECT_DIR, warehouse_dbt.project_hash())


@lru_cache(maxsize=2)
def _read(project: Path, _hash: str) -> dict[str, tuple[Path, dict[str, Any]]]:
    files = sorted((project / "seeds").glob("_seeds*.yml"))
    return {
        seed["name"]: (file, seed)
        for file in files
        for seed in yaml.load(file.read_text("utf-8"), LOADER).get("seeds", [])
    }
