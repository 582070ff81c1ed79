"""Frictionless Data Package: what every file holds, column by column, so that a machine can check it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assets.catalogue import Column, Words
from assets.open_data.facts import Facts
from assets.open_data.files import MEDIA_TYPES, File
from assets.open_data.release_model import Release, Released
from assets.open_data.vocabulary import SYNTHETIC
from assets.open_data.what import Dataset

TYPES = {
    "varchar": "string",
    "double": "number",
    "float": "number",
    "integer": "integer",
    "bigint": "integer",
    "boolean": "boolean",
    "date": "date",
    "timestamptz": "datetime",
    "timestamp": "datetime",
}
"""Column type of the catalogue → type of Table Schema. Lists are arrays."""


def data_package(release: Release) -> dict[str, Any]:
    """`datapackage.json` of a release: one tabular resource (CSV) a dataset; its other files stand beside it."""
    title = Words("ข้อมูลเปิดเมืองอัจฉริยะแม่เมาะ", "Mae Moh Smart City, open data")
    publisher = release.publisher
    return {
        "profile": "data-package",
        "name": "mae-moh-open-data",
        "id": release.publication_id,
        "version": release.publication_id,
        "created": release.published_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": title.both,
        "titles": _by_language(title),
        "description": "See README.md. / อ่าน README.md",
        "is_synthetic": any(one.dataset.is_synthetic for one in release.released),
        "licenses": _licences([one.dataset for one in release.released]),
        "contributors": [
            {"title": publisher.name.both, "role": "publisher"},
            {"title": publisher.role.both, "email": publisher.contact, "role": "maintainer"},
        ],
        "keywords": list(
            dict.fromkeys(w for one in release.released for k in one.dataset.keywords for w in (k.th, k.en))
        ),
        "resources": [_resource(one) for one in release.released],
    }


def _resource(one: Released) -> dict[str, Any]:
    dataset, csv = one.dataset, one.file("csv")
    found: dict[str, Any] = {
        "name": dataset.name,
        "profile": "tabular-data-resource",
        "path": csv.path,
        "format": "csv",
        "mediatype": MEDIA_TYPES["csv"],
        "encoding": "utf-8",
        "bytes": csv.size_bytes,
        "hash": f"sha256:{csv.sha256}",
        "title": dataset.title.both,
        "titles": _by_language(dataset.title),
        "description": dataset.description.both,
        "descriptions": _by_language(dataset.description),
        "is_synthetic": dataset.is_synthetic,
        "rows": one.facts.rows,
        "licenses": _licences([dataset]),
        "sources": [
            {
                "title": origin.title.both,
                "owner": origin.owner.both,
                "attribution": origin.attribution.both if origin.attribution else "",
            }
            for origin in dataset.origins
        ],
        "contributors": [{"title": owner.both, "role": "author"} for owner in dataset.owners],
        "alternatives": [_alternative(file) for file in one.files if file.format != "csv"],
        "schema": _schema(dataset, one.facts),
    }
    return found


def _alternative(file: File) -> dict[str, Any]:
    return {
        "path": file.path,
        "format": file.format,
        "mediatype": MEDIA_TYPES[file.format],
        "bytes": file.size_bytes,
        "hash": f"sha256:{file.sha256}",
    }


def _schema(dataset: Dataset, facts: Facts) -> dict[str, Any]:
    table = dataset.table
    schema: dict[str, Any] = {
        "fields": [_field(column, table.key, dataset.is_synthetic) for column in table.columns],
        "missingValues": [""],
    }
    required = {column.name for column in table.columns if column.is_required}
    if table.key and set(table.key) <= required:  # a key of Table Schema holds no empty value
        schema["primaryKey"] = list(table.key)
    if facts.references:
        schema["foreignKeys"] = [
            {"fields": [one.column], "reference": {"resource": one.to, "fields": [one.to_column]}}
            for one in facts.references
        ]
    return schema


def _field(column: Column, key: Sequence[str], is_synthetic: bool) -> dict[str, Any]:
    """One column: its words in two languages, its unit (UCUM) and what its values must be."""
    words = column.meaning
    note = f" [{SYNTHETIC.both}]" if is_synthetic and column.unit else ""
    found: dict[str, Any] = {
        "name": column.name,
        "type": "array" if column.data_type.endswith("[]") else TYPES[column.data_type],
        "title": words.both,
        "titles": _by_language(words),
        "description": words.both + note,
    }
    if column.unit and column.unit.startswith("see "):
        found["unit_column"] = column.unit.removeprefix("see ")
    elif column.unit:
        found["unit"] = column.unit
    if column.averaging:
        found["averaging_period"] = column.averaging
    constraints = {"required": True} if column.is_required else {}
    if key == (column.name,):
        constraints["unique"] = True
    if constraints:
        found["constraints"] = constraints
    return found


def _licences(datasets: Sequence[Dataset]) -> list[dict[str, str]]:
    found = {one.id: one for dataset in datasets for one in dataset.licences}
    return [
        {"name": one.id.replace(" ", "-"), "title": one.name.both, "path": one.url}
        for one in sorted(found.values(), key=lambda one: (-one.rank, one.id))
    ]


def _by_language(words: Words) -> dict[str, str]:
    return {"th": words.th, "en": words.en}
