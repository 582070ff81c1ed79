"""Writes seeds/seed_source.csv from the contracts: one row per source, for dim_source and for Thailand's GD Catalog.

Run it when a contract changes: `.venv/bin/python dbt_project/scripts/make_seed_source.py`. GD Catalog asks for 14 fields:
kind of data, title, organisation, contact, e-mail, keywords, description, objective, unit of the update frequency,
geographic coverage, origin, format, category of data governance, licence. What no contract says stays empty and is named
in `missing_fields`.
"""

from __future__ import annotations

import csv
from pathlib import Path

from assets.open_data.vocabulary import CADENCES, CATEGORIES, LEVELS, PILLARS, POSITIONS, RECORDS, SPATIAL, STATISTICS
from assets.readers.route import contracts
from expectations.contract import Contract
from expectations.organisations import organisations

TARGET = Path(__file__).parent.parent / "seeds" / "seed_source.csv"

MANDATORY = (
    "data_type_th",
    "title_th",
    "origin_th",
    "contact_role",
    "contact_email",
    "keywords_th",
    "description_en",
    "objective_en",
    "update_unit_th",
    "geographic_coverage",
    "data_format",
    "category_th",
    "licence",
)


def main(target: Path = TARGET) -> None:
    rows = [row_of(contract) for _, contract in sorted(contracts().items())]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{target}: {len(rows)} sources")


def row_of(contract: Contract) -> dict[str, str]:
    """What a contract says, as text. The organisation is known by its id, which every contract has."""
    organisation = organisations({contract.source_id: contract})[contract.partner_id]
    cadence = CADENCES.get(str(contract.sla.get("cadence")))
    titles = [entity.title_th for entity in contract.entities]
    row = {
        "source_id": contract.source_id,
        "org_id": contract.partner_id,
        "title_en": contract.title_en,
        "title_th": contract.title_th,
        "pillar": contract.pillar,
        "entities": "; ".join(entity.name for entity in contract.entities),
        "licence": "" if contract.licence == "unknown" else contract.licence,
        "attribution": contract.attribution,
        "classification": contract.classification,
        "cadence": str(contract.sla.get("cadence", "")),
        "on_time_hours": str(contract.sla.get("onTimeHours", "")),
        "late_hours": str(contract.sla.get("lateHours", "")),
        "stale_hours": str(contract.sla.get("staleHours", "")),
        "contact_role": contract.contact_role,
        "contact_email": contract.contact_email,
        "contract_version": contract.version,
        "transport": contract.transport,
        "layout_basis": contract.shape,
        "value_basis": contract.values,
        "window_start_date": contract.window_start.isoformat(),
        "data_type_th": _data_type(contract),
        "keywords_th": "; ".join(dict.fromkeys([PILLARS[contract.pillar].th, *titles])),
        "description_en": contract.description,
        "objective_en": contract.objective_en,
        "update_unit_th": cadence.unit_th if cadence else "",
        "update_value": cadence.count if cadence else "",
        "geographic_coverage": LEVELS.get((contract.geo_coverage or {}).get("level", ""), ""),
        "origin_th": organisation.name_th,
        "data_format": _format(contract),
        "category_th": CATEGORIES[contract.classification],
    }
    return row | {"missing_fields": "; ".join(name for name in MANDATORY if not row[name])}


def _data_type(contract: Contract) -> str:
    """GD Catalog's kinds: what has positions is geographic, what comes by month or year is a statistic, the rest records."""
    columns = {column.name for entity in contract.entities for column in entity.own_columns}
    if columns & set(POSITIONS):
        return SPATIAL
    return STATISTICS if contract.sla.get("cadence") in ("monthly", "yearly") else RECORDS


def _format(contract: Contract) -> str:
    """As the sample in the folder of the source."""
    return "; ".join(sorted({sample.suffix[1:].upper() for sample in contract.path.parent.glob("sample*")}))


if __name__ == "__main__":
    main()
