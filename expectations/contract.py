"""The contract of a source: an Open Data Contract Standard v3 document, read with the standard's own model.

Our additions sit in `customProperties`, checked by `contract.schema.json`. A wrong contract fails at load, and says in
which file, at which field, and what to do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pydantic
import yaml
from jsonschema import Draft202012Validator
from open_data_contract_standard.model import OpenDataContractStandard

from expectations.contract_entity import ContractError, Entity, Measure, read_entity
from expectations.quantities import load_quantities
from expectations.rules import Rule, RuleError, rule_from_mapping

__all__ = ["Contract", "ContractError", "Entity", "Flag", "Measure", "load_contract", "load_contracts"]

# many files are read in every run: libyaml takes a tenth of the time, where it is there
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
API_VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0")


@dataclass(frozen=True)
class Flag:
    """One status mark of the partner's own legend."""

    flag: str
    meaning_en: str
    meaning_th: str
    is_verified: bool


@dataclass(frozen=True)
class Contract:
    """A source's contract, as the rest of the house reads it."""

    path: Path
    source_id: str
    version: str
    partner_id: str
    title_en: str
    title_th: str
    description: str
    pillar: str
    transport: str
    shape: str
    values: str
    window_start: date
    hour_label: str
    flags: tuple[Flag, ...]
    max_quarantined_share: float
    entities: tuple[Entity, ...]
    licence: str
    classification: str
    owner: str
    contact_role: str
    sla: Mapping[str, Any]
    attribution: str = ""
    objective_en: str = ""
    objective_th: str = ""
    geo_coverage: Mapping[str, Any] | None = None
    """`level` and `places` (TIS 1099 codes) that the feed speaks of; None where nobody has said."""
    contact_email: str = ""
    future_hours: float = 1.0
    read: Mapping[str, Any] | None = None
    """How bytes become rows, for sources without a parse.py."""
    pull: Mapping[str, Any] | None = None
    """How the source is fetched; None for sources that are dropped."""
    redact: Mapping[str, Any] | None = None
    """Personal fields that are taken out before the bytes are kept."""
    rules: tuple[tuple[str, Rule], ...] = ()
    """(entity, rule): rules of this source alone."""

    def entity(self, name: str) -> Entity:
        for entity in self.entities:
            if entity.name == name:
                return entity
        raise KeyError(f"{self.source_id} has no entity {name!r}; it has {[e.name for e in self.entities]}")

    def table(self, entity: str) -> str:
        """Bronze table name of an entity."""
        return f"{self.source_id}__{entity}"


def load_contract(path: Path) -> Contract:
    """Reads and checks one contract file. Raises ContractError."""
    document = _document(path)
    standard = _standard(path, document)
    extra = _custom_properties(path, standard)
    source_id = path.parent.name
    if standard.id != source_id:
        raise ContractError(path, "id", f"is {standard.id!r}, the folder is {source_id!r}", "give both the same name")
    if not standard.version:
        raise ContractError(path, "version", "is missing", "add e.g. `version: 1.0.0`")
    measures = {m["quantity"]: m for m in extra.get("measures", [])}
    _check_measures(path, measures)
    entities = tuple(read_entity(path, i, obj, measures) for i, obj in enumerate(standard.schema_ or []))
    return Contract(
        path=path,
        source_id=source_id,
        version=standard.version,
        partner_id=extra["partner"],
        title_en=extra["titleEn"],
        title_th=extra["titleTh"],
        description=(standard.description.purpose if standard.description else None) or "",
        pillar=extra["pillar"],
        transport=extra["transport"],
        shape=extra["shape"],
        values=extra["values"],
        window_start=date.fromisoformat(extra["windowStart"]),
        hour_label=extra.get("hourLabel", "none"),
        flags=tuple(
            Flag(f["flag"], f["meaningEn"], f["meaningTh"], f.get("isVerified", False)) for f in extra.get("flags", [])
        ),
        max_quarantined_share=extra["maxQuarantinedShare"],
        entities=entities,
        licence=extra["licence"],
        classification=extra["classification"],
        owner=extra["owner"],
        contact_role=extra["contactRole"],
        sla={p.property: p.value for p in standard.slaProperties or [] if p.property},
        attribution=extra.get("attribution", ""),
        objective_en=(standard.description.usage if standard.description else None) or "",
        objective_th=extra.get("objectiveTh", ""),
        geo_coverage=extra.get("geoCoverage"),
        contact_email=extra.get("contactEmail", ""),
        future_hours=extra.get("futureHours", 1.0),
        read=_known_entity(path, extra.get("read"), entities),
        pull=extra.get("pull"),
        redact=extra.get("redact"),
        rules=tuple(_rule(path, i, given, entities) for i, given in enumerate(extra.get("rules", []))),
    )


def load_contracts(folder: Path) -> dict[str, Contract]:
    """All contracts under a folder of sources, by source id. Folders are discovered; nothing is registered."""
    return {contract.source_id: contract for contract in map(load_contract, sorted(folder.glob("*/contract.yml")))}


def _document(path: Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise ContractError(path, where, f"is not YAML: {getattr(error, 'problem', error)}", "mend the line") from error
    if not isinstance(document, dict):
        raise ContractError(path, "(whole file)", "is not a mapping", "start from the contract of another source")
    return document


def _standard(path: Path, document: dict[str, Any]) -> OpenDataContractStandard:
    if document.get("kind") != "DataContract":
        raise ContractError(path, "kind", f"is {document.get('kind')!r}", "write `kind: DataContract`")
    if document.get("apiVersion") not in API_VERSIONS:
        raise ContractError(
            path, "apiVersion", f"is {document.get('apiVersion')!r}", f"write one of {', '.join(API_VERSIONS)}"
        )
    try:
        return OpenDataContractStandard(**document)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ContractError(
            path, field, first["msg"], "see the Open Data Contract Standard v3 for this field, or remove it"
        ) from error


def _custom_properties(path: Path, standard: OpenDataContractStandard) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    for position, item in enumerate(standard.customProperties or []):
        if not item.property:
            raise ContractError(path, f"customProperties[{position}]", "has no `property`", "name it")
        if item.property in extra:
            raise ContractError(path, f"customProperties.{item.property}", "stands twice", "remove one")
        extra[item.property] = item.value.isoformat() if isinstance(item.value, date) else item.value
    errors = sorted(_validator().iter_errors(extra), key=lambda e: list(map(str, e.absolute_path)))
    if errors:
        first = errors[0]
        field = ".".join(["customProperties", *map(str, first.absolute_path)])
        hint = first.schema.get("description") if isinstance(first.schema, dict) else None
        raise ContractError(
            path, field, first.message, hint or "compare with expectations/contract.schema.json and another contract"
        )
    return extra


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "contract.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _check_measures(path: Path, measures: Mapping[str, Any]) -> None:
    registry = load_quantities()
    for quantity in measures:
        if quantity not in registry:
            raise ContractError(
                path,
                f"customProperties.measures.{quantity}",
                "is not a known quantity",
                f"use one of {', '.join(sorted(registry))}, or add it to expectations/quantities.yml",
            )


def _known_entity(path: Path, read: dict[str, Any] | None, entities: tuple[Entity, ...]) -> dict[str, Any] | None:
    names = [entity.name for entity in entities]
    if read and read["entity"] not in names:
        raise ContractError(
            path, "customProperties.read.entity", f"is {read['entity']!r}", f"use one of {', '.join(names)}"
        )
    return read


def _rule(path: Path, position: int, given: dict[str, Any], entities: tuple[Entity, ...]) -> tuple[str, Rule]:
    field = f"customProperties.rules[{position}]"
    entity = given.get("entity", entities[0].name)
    if entity not in [one.name for one in entities]:
        raise ContractError(path, f"{field}.entity", f"is {entity!r}", "name an entity of this contract")
    try:
        return entity, rule_from_mapping({k: v for k, v in given.items() if k != "entity"}, field)
    except RuleError as error:
        raise ContractError(path, field, str(error), "compare with the rules of another contract") from error
