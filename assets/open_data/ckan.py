"""A dataset as Thailand's government data catalogue (GD Catalog, a CKAN) takes it: its fields, its choices, its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assets.open_data.files import MEDIA_TYPES, File
from assets.open_data.release_model import Release, Released
from assets.open_data.vocabulary import CATEGORIES, FORMATS, LEVELS, OTHER, PLACES, SYNTHETIC, UNITS_TH
from assets.open_data.what import Dataset

MANDATORY = (
    "data_type", "title", "owner_org", "maintainer", "maintainer_email", "tag_string", "notes", "objective",
    "update_frequency_unit", "geo_coverage", "data_source", "data_format", "data_category", "license_id",
)  # fmt: skip


def record(release: Release, one: Released) -> dict[str, Any]:
    """`ckan.json` of one dataset: what `package_create` takes. Nothing mandatory is empty once `blockers.py` found nothing."""
    dataset = one.dataset
    published = release.published_at.date().isoformat()
    found: dict[str, Any] = {
        "name": f"mae-moh-{dataset.name}".replace("_", "-"),
        "title": dataset.title.both,
        "data_type": dataset.data_type,
        "owner_org": release.publisher.organisation_id,
        "maintainer": release.publisher.role.both,
        "maintainer_email": release.publisher.contact,
        "tag_string": ",".join(dict.fromkeys(_tag(word.th) for word in dataset.keywords)),
        "notes": _notes(dataset),
        **_objective(dataset),
        **_update(dataset),
        "geo_coverage": LEVELS[dataset.geo_level],
        "data_source": "; ".join(dict.fromkeys(owner.both for owner in dataset.owners)),
        **_formats(one.files),
        "data_category": CATEGORIES[dataset.table.classification],
        **_licence(dataset),
        "data_language": ["ไทย", "อังกฤษ"],
        "last_updated_date": published,
        "version": release.publication_id,
        "private": False,
        "extras": [{"key": "is_synthetic", "value": str(dataset.is_synthetic).lower()}],
        "resources": [_resource(release, dataset, file) for file in one.files],
    }
    if dataset.places:
        found["extras"].append(
            {"key": "spatial_text", "value": ", ".join(PLACES[code].both for code in dataset.places)}
        )
    if one.facts.first and one.facts.last:
        found["first_year_of_data"] = str(one.facts.first.year + 543)  # Thai statistics count Buddhist years
        found["last_year_of_data"] = str(one.facts.last.year + 543)
    return found


def _notes(dataset: Dataset) -> str:
    parts = [dataset.description.th, dataset.description.en, *(said.both for said in dataset.attributions)]
    names = ", ".join(licence.id for licence in dataset.licences)
    return "\n\n".join([*parts, f"สัญญาอนุญาต / Licences: {names}"])


def _objective(dataset: Dataset) -> dict[str, Any]:
    """None of the plans and strategies among the choices is ours to claim: the words stand beside."""
    assert dataset.objective is not None
    return {"objective": [OTHER], "objective_other": dataset.objective.both}


def _update(dataset: Dataset) -> dict[str, str]:
    assert dataset.cadence is not None
    cadence = dataset.cadence
    if cadence.unit_th in UNITS_TH:
        return {"update_frequency_unit": cadence.unit_th, "update_frequency_interval": cadence.count}
    return {
        "update_frequency_unit": OTHER,
        "update_frequency_unit_other": cadence.unit_th,
        "update_frequency_interval": cadence.count,
    }


def _formats(files: Sequence[File]) -> dict[str, Any]:
    known = [FORMATS[file.format] for file in files if file.format in FORMATS]
    return {"data_format": [*known, OTHER], "data_format_other": "Parquet"}


def _licence(dataset: Dataset) -> dict[str, str]:
    """A catalogue takes one: the most demanding. All of them stand in the notes."""
    first = dataset.licences[0]
    if first.gd_catalog == OTHER:
        return {"license_id": OTHER, "license_id_other": f"{first.id} ({first.url})"}
    return {"license_id": first.gd_catalog}


def _resource(release: Release, dataset: Dataset, file: File) -> dict[str, Any]:
    mark = f" ({SYNTHETIC.both})" if dataset.is_synthetic else ""
    return {
        "name": f"{dataset.table.label.both}, {file.format}{mark}",
        "url": release.publisher.base_url + file.path,
        "format": file.format.upper(),
        "mimetype": MEDIA_TYPES[file.format],
        "size": file.size_bytes,
        "hash": f"sha256:{file.sha256}",
    }


def _tag(word: str) -> str:
    """CKAN's tags hold letters, digits, blanks and - _ . only, and no comma."""
    kept = "".join(sign if sign.isalnum() or sign in " -_." or _is_thai_mark(sign) else " " for sign in word)
    return " ".join(kept.split())[:100]


def _is_thai_mark(sign: str) -> bool:
    """Vowels and tone marks above and below are no letters to Python."""
    return "\u0e00" <= sign <= "\u0e7f"
