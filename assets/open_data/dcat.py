"""DCAT-AP as JSON-LD: the catalogue, its datasets and their files, who is behind them, and how good they are (DQV).

Addresses are relative to the document unless the publisher says where the release will lie. `shapes.ttl` says what such a
document must hold.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from assets.catalogue import Words
from assets.open_data.files import MEDIA_TYPES, File
from assets.open_data.quality import Measurement, metrics
from assets.open_data.release_model import Release, Released
from assets.open_data.vocabulary import AUTHORITY, PLACES, SYNTHETIC, THEMES
from assets.open_data.what import Dataset

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
}
FILE_TYPES = {"csv": "CSV", "parquet": "PARQUET", "geojson": "GEOJSON"}
PUBLISHER = "#publisher"


def document(release: Release) -> dict[str, Any]:
    """`catalog.jsonld` of a release."""
    context: dict[str, Any] = dict(CONTEXT)
    if release.publisher.base_url:
        context = {"@base": release.publisher.base_url + "catalog.jsonld"} | context
    return {"@context": context, "@graph": [_catalog(release), *_metrics(), *_datasets(release)]}


def _catalog(release: Release) -> dict[str, Any]:
    publisher = release.publisher
    title = Words("ข้อมูลเปิดเมืองอัจฉริยะแม่เมาะ", "Mae Moh Smart City, open data")
    about = Words(
        "ตารางที่ผ่านด่านตรวจคุณภาพและเปิดเผยได้ พร้อมที่มา สัญญาอนุญาต และผลการวัดคุณภาพ",
        "Tables that passed the quality gates and may be had by anybody, with origin, licence and measured quality.",
    )
    return {
        "@id": "#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _said(title),
        "dct:description": _said(about),
        "dct:publisher": {
            "@id": PUBLISHER,
            "@type": "foaf:Organization",
            "foaf:name": _said(publisher.name),
        },
        "dct:language": _languages(),
        "dct:issued": _instant(release),
        "dct:modified": _instant(release),
        "dct:identifier": release.publication_id,
        "dct:license": [
            {"@id": url} for url in sorted({li.url for r in release.released for li in r.dataset.licences})
        ],
        "dct:spatial": _location("5202"),
        "dcat:dataset": [{"@id": _id(one.dataset)} for one in release.released],
    }


def _datasets(release: Release) -> list[dict[str, Any]]:
    return [_dataset(release, one) for one in release.released]


def _dataset(release: Release, one: Released) -> dict[str, Any]:
    dataset = one.dataset
    assert dataset.cadence is not None
    found: dict[str, Any] = {
        "@id": _id(dataset),
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": _said(dataset.title),
        "dct:description": _said(dataset.description),
        "dcat:keyword": [word for keyword in dataset.keywords for word in _said(keyword)],
        "dcat:theme": {"@id": f"{AUTHORITY}data-theme/{THEMES[dataset.pillar]}"},
        "dct:publisher": {"@id": PUBLISHER},
        "dcat:contactPoint": _contact(release),
        "dct:creator": [_agent(owner) for owner in dataset.owners],
        "dct:license": [{"@id": licence.url} for licence in dataset.licences],
        "dct:accessRights": {"@id": f"{AUTHORITY}access-right/PUBLIC"},
        "dct:language": _languages(),
        "dct:accrualPeriodicity": {"@id": f"{AUTHORITY}frequency/{dataset.cadence.frequency}"},
        "dct:issued": _instant(release),
        "dct:modified": _instant(release),
        "adms:version": release.publication_id,
        "dct:provenance": _provenance(dataset),
        "dcat:distribution": [_distribution(release, dataset, file) for file in one.files],
        "dqv:hasQualityMeasurement": [_measurement(dataset, figure) for figure in one.quality],
    }
    if dataset.objective:
        found["skos:scopeNote"] = _said(dataset.objective)
    if spatial := [*(_location(code) for code in dataset.places), *_box(one)]:
        found["dct:spatial"] = spatial
    if one.facts.first and one.facts.last:
        found["dct:temporal"] = _period(one.facts.first, one.facts.last)
    return found


def _distribution(release: Release, dataset: Dataset, file: File) -> dict[str, Any]:
    at = {"@id": release.publisher.base_url + file.path}
    mark = f" ({SYNTHETIC.both})" if dataset.is_synthetic else ""
    return {
        "@type": "dcat:Distribution",
        "dct:title": [f"{dataset.name}.{file.format}{mark}"],
        "dcat:accessURL": at,
        "dcat:downloadURL": at,
        "dct:license": {"@id": dataset.licences[0].url},
        "dct:rights": {"@type": "dct:RightsStatement", "skos:prefLabel": _said(_rights(dataset))},
        "dct:format": {"@id": f"{AUTHORITY}file-type/{FILE_TYPES[file.format]}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[file.format]}"},
        "dcat:byteSize": {"@value": file.size_bytes, "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        "dct:issued": _instant(release),
    }


def _rights(dataset: Dataset) -> Words:
    names = Words(
        ", ".join(one.name.th for one in dataset.licences), ", ".join(one.name.en for one in dataset.licences)
    )
    if not dataset.attributions:
        return names
    said = Words("; ".join(a.th for a in dataset.attributions), "; ".join(a.en for a in dataset.attributions))
    return Words(f"{names.th} แสดงที่มา: {said.th}", f"{names.en}. Attribution: {said.en}")


def _provenance(dataset: Dataset) -> dict[str, Any]:
    titles = Words("; ".join(o.title.th for o in dataset.origins), "; ".join(o.title.en for o in dataset.origins))
    text = Words(
        f"จัดทำจาก {titles.th} ผ่านด่านตรวจคุณภาพก่อนเผยแพร่",
        f"Made from: {titles.en}. Passed the quality gates before publication.",
    )
    if dataset.is_synthetic:
        text = Words(f"{SYNTHETIC.th} {text.th}", f"{SYNTHETIC.en}. {text.en}")
    return {"@type": "dct:ProvenanceStatement", "skos:prefLabel": _said(text)}


def _contact(release: Release) -> dict[str, Any]:
    return {
        "@id": "#contact",
        "@type": "vcard:Organization",
        "vcard:fn": _said(release.publisher.role),
        "vcard:hasEmail": {"@id": f"mailto:{release.publisher.contact}"},
    }


def _agent(name: Words) -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": _said(name)}


def _location(code: str) -> dict[str, Any]:
    place = PLACES[code]
    identifier = {} if code == "TH" else {"dct:identifier": f"TIS-1099 {code}"}
    return {"@id": f"#place-{code}", "@type": "dct:Location", "skos:prefLabel": _said(place), **identifier}


def _box(one: Released) -> list[dict[str, Any]]:
    """What the positions of the rows span, longitude first."""
    if one.facts.box is None:
        return []
    west, south, east, north = one.facts.box
    ring = ", ".join(f"{x} {y}" for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south)))
    return [{"@type": "dct:Location", "dcat:bbox": {"@value": f"POLYGON(({ring}))", "@type": "geo:wktLiteral"}}]


def _period(first: date, last: date) -> dict[str, Any]:
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": {"@value": first.isoformat(), "@type": "xsd:date"},
        "dcat:endDate": {"@value": last.isoformat(), "@type": "xsd:date"},
    }


def _measurement(dataset: Dataset, figure: Measurement) -> dict[str, Any]:
    return {
        "@type": "dqv:QualityMeasurement",
        "dqv:computedOn": {"@id": _id(dataset)},
        "dqv:isMeasurementOf": {"@id": f"#metric-{figure.metric}"},
        "dqv:value": {"@value": f"{figure.value:.6f}", "@type": "xsd:decimal"},
        "dct:subject": figure.about,
    }


def _metrics() -> list[dict[str, Any]]:
    return [
        {
            "@id": f"#metric-{metric.id}",
            "@type": "dqv:Metric",
            "skos:definition": _said(metric.definition),
            "dqv:expectedDataType": {"@id": "xsd:decimal"},
            "dqv:inDimension": {"@id": f"#dimension-{metric.dimension}", "@type": "dqv:Dimension"},
        }
        for metric in metrics()
    ]


def _id(dataset: Dataset) -> str:
    return f"#{dataset.name}"


def _languages() -> list[dict[str, str]]:
    return [{"@id": f"{AUTHORITY}language/{code}"} for code in ("THA", "ENG")]


def _instant(release: Release) -> dict[str, str]:
    return {"@value": release.published_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "@type": "xsd:dateTime"}


def _said(words: Words) -> list[dict[str, str]]:
    return [{"@value": words.th, "@language": "th"}, {"@value": words.en, "@language": "en"}]
