"""What is published, for people: every table and column with its Thai and English words, unit, grain and sources.

Read off the dbt models' YAML (words, keys), their SQL (what a table is made of) and the contracts (who delivers, under which
licence). The dictionary, the BI datasets, open data and other databases all take their words from here, so that a column
is called the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assets import warehouse_dbt
from assets.lake.errors import LakeError
from assets.readers.route import contracts
from assets.warehouse_lineage import FOLDERS, Layer, Lineage, Model
from assets.warehouse_run import known_lineage
from assets.warehouse_sources import staged
from expectations.contract import LOADER

NUMBERS = ("double", "bigint", "integer")
NO_MEASURES = ("year", "calendar", "ordinal", "code")
"""Kinds of numbers that measure nothing: a year, a part of a date, a place in an order, a code made of digits."""
TIMELESS = ("instant", "standing", "position")
"""Kinds of measures that are no mean, sum or extreme over time: read at one moment, in force until it changes, geometry."""
CLASSES = ("open", "internal", "restricted", "personal")
"""From what anybody may have to what nobody outside may; a table is as closed as the most closed source in it."""


class CatalogueError(LakeError):
    """A model that does not say what it must."""


@dataclass(frozen=True)
class Words:
    """The same thing said in Thai and in English."""

    th: str
    en: str

    @property
    def both(self) -> str:
        """Thai first, English beside."""
        return f"{self.th} / {self.en}" if self.th != self.en else self.th


@dataclass(frozen=True)
class Column:
    """One column. `unit` is UCUM, or `see <column>` where a column beside it holds the unit; None: it has none.

    A number either stands for a period (`averaging`) or says of what other `kind` it is.
    """

    name: str
    data_type: str
    meaning: Words
    unit: str | None
    averaging: str | None
    """ISO 8601 period that the value stands for, or `see <column>`; None where it is no mean, sum or extreme over time."""
    kind: str | None
    """One of NO_MEASURES and TIMELESS, None where `averaging` says it or the column is no number."""
    is_key: bool
    is_required: bool
    """Never empty. A column of a key may be empty: empty values count as equal in a key."""

    @property
    def is_measure(self) -> bool:
        """A number that has a unit."""
        return self.data_type in NUMBERS and self.kind not in NO_MEASURES


@dataclass(frozen=True)
class Metric:
    """A figure that is asked of a table again and again; its definition stands here and nowhere else."""

    name: str
    label: Words
    expression: str
    unit: str | None
    format: str | None


@dataclass(frozen=True)
class Table:
    """One published table."""

    name: str
    layer: Layer
    pillar: str
    label: Words
    description: Words
    grain: Words
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    metrics: tuple[Metric, ...]
    reads: tuple[str, ...]
    """Published tables and seeds that it is made of, at first hand."""
    source_ids: tuple[str, ...]
    """Feeds whose rows go into it, at any remove."""
    classification: str
    classification_reason: Words | None = None
    """Why the table is less closed than what it is made of; None where it is not."""

    @property
    def short(self) -> str:
        """Name without the schema."""
        return self.name.split(".")[1]

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        return next(c for c in self.columns if c.name == name)


@dataclass(frozen=True)
class Catalogue:
    """Published tables by name (`gold.fct_x`), in order."""

    tables: Mapping[str, Table] = field(default_factory=dict)

    def read_by(self, name: str) -> list[str]:
        """Tables that are made of this one, at first hand."""
        return [table.name for table in self.tables.values() if name in table.reads]


def catalogue() -> Catalogue:
    """The catalogue of the project as it stands; read again only when a file of the dbt project changed."""
    return _catalogue(warehouse_dbt.PROJECT_DIR, warehouse_dbt.project_hash())


@lru_cache(maxsize=2)
def _catalogue(project: Path, _hash: str) -> Catalogue:
    known = known_lineage()
    fed = _sources_of_staging(project)
    written = list(_written(project))
    classes = _classes(known, fed, written)
    tables = {}
    for file, said in written:
        model = known.models[said["name"]]
        if model.layer is not None:
            sources = sorted(_sources(known, model, fed))
            table = _table(file, said, model.layer, _reads(known, model), sources, classes[model.name])
            tables[table.name] = table
    return Catalogue(dict(sorted(tables.items())))


def _classes(
    known: Lineage, fed: Mapping[str, str], written: Sequence[tuple[Path, Mapping[str, Any]]]
) -> dict[str, str]:
    """Model → class: as closed as what it is made of, unless its YAML says otherwise and why.

    What the gates wrote down (`ops.*`) speaks of every partner's deliveries, so it is internal. Raises CatalogueError.
    """
    of_source = {source_id: contract.classification for source_id, contract in contracts().items()}
    said = {one["name"]: (f"{file.name}, {one['name']}", _meta(one)) for file, one in written}
    found: dict[str, str] = {}

    def class_of(name: str) -> str:
        if name not in known.models:  # a seed
            return CLASSES[0]
        if name not in found:
            model = known.models[name]
            below = [class_of(ref) for ref in model.refs]
            below += [of_source[fed[name]]] if name in fed else []
            below += ["internal"] if any(source.startswith("ops.") for source in model.sources) else []
            inherited = max(below, key=CLASSES.index, default=CLASSES[0])
            found[name] = _declared(inherited, *said.get(name, ("", {})))
        return found[name]

    for name in known.models:
        class_of(name)
    return found


def _declared(inherited: str, where: str, meta: Mapping[str, Any]) -> str:
    """The class that a model's YAML gives it. Lower than what it is made of only with a reason in two languages."""
    declared = meta.get("classification", inherited)
    if declared not in CLASSES:
        raise CatalogueError(f"{where}: classification is {declared!r}", f"use one of {', '.join(CLASSES)}")
    if CLASSES.index(declared) < CLASSES.index(inherited):
        _words(meta, "classification_reason", where)
    return str(declared)


def _meta(written: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = written.get("config", {}).get("meta", {})
    return found


def _written(project: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in FOLDERS.values():
        for file in sorted((project / folder).rglob("*.yml")):
            for model in yaml.load(file.read_text("utf-8"), LOADER).get("models", []):
                yield file, model


def _table(
    file: Path, written: Mapping[str, Any], layer: Layer, reads: Sequence[str], sources: Sequence[str], closed: str
) -> Table:
    meta = _meta(written)
    where = f"{file.name}, {written['name']}"
    constraints = {c["type"]: c["columns"] for c in written.get("constraints", [])}
    key = tuple(constraints.get("primary_key", ()))
    required = set(constraints.get("not_null", ()))
    return Table(
        name=f"{layer}.{written['name']}",
        layer=layer,
        pillar=file.parent.name if layer == "gold" else "silver",
        label=_words(meta, "label", where),
        description=_bilingual(written.get("description", ""), where),
        grain=Words(_text(meta, "grain_th", where), _text(meta, "grain", where)),
        columns=tuple(_column(c, key, required, where) for c in written["columns"]),
        key=key,
        metrics=tuple(_metric(m, where) for m in meta.get("metrics", ())),
        reads=tuple(reads),
        source_ids=tuple(sources),
        classification=closed,
        classification_reason=_words(meta, "classification_reason", where) if "classification" in meta else None,
    )


def _column(written: Mapping[str, Any], key: Sequence[str], required: set[str], where: str) -> Column:
    where = f"{where}.{written['name']}"
    meta = _meta(written)
    return Column(
        name=written["name"],
        data_type=written["data_type"],
        meaning=_bilingual(written.get("description", ""), where),
        unit=meta.get("unit"),
        averaging=meta.get("averaging"),
        kind=meta.get("kind"),
        is_key=written["name"] in key,
        is_required=written["name"] in required,
    )


def _metric(written: Mapping[str, Any], where: str) -> Metric:
    where = f"{where}, metric {written.get('name')}"
    return Metric(
        name=_text(written, "name", where),
        label=_words(written, "label", where),
        expression=_text(written, "expression", where),
        unit=written.get("unit"),
        format=written.get("format"),
    )


def _bilingual(text: str, where: str) -> Words:
    english, _, thai = " ".join(text.split()).partition(" / ")
    if not (english and thai):
        raise CatalogueError(f"{where}: its description is not in two languages", "write `English / ไทย`")
    return Words(thai, english)


def _words(given: Mapping[str, Any], name: str, where: str) -> Words:
    return Words(_text(given, f"{name}_th", where), _text(given, f"{name}_en", where))


def _text(given: Mapping[str, Any], name: str, where: str) -> str:
    if not (text := str(given.get(name) or "").strip()):
        raise CatalogueError(f"{where}: `{name}` is missing", "add it to the model's YAML")
    return text


def _reads(known: Lineage, model: Model) -> list[str]:
    """Published tables and seeds that a model reads, through ephemeral models."""
    found: set[str] = set()
    todo = list(model.refs)
    while todo:
        name = todo.pop()
        other = known.models.get(name)
        if other is None:
            found.add(f"reference.{name}")
        elif other.layer is None:
            todo.extend(other.refs)
            found |= {source for source in other.sources if source.startswith("ops.")}
        else:
            found.add(f"{other.layer}.{name}")
    return sorted(found | {source for source in model.sources if source.startswith("ops.")})


def _sources(known: Lineage, model: Model, fed: Mapping[str, str]) -> set[str]:
    """Feeds whose rows reach a model."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = [model.name]
    while todo:
        name = todo.pop()
        if name in seen or name not in known.models:
            continue
        seen.add(name)
        todo.extend(known.models[name].refs)
        if name in fed:
            found.add(fed[name])
    return found


def _sources_of_staging(project: Path) -> dict[str, str]:
    """Staging model → feed."""
    tables = {c.table(e.name): source_id for source_id, c in contracts().items() for e in c.entities}
    return {model: tables[table.split(".")[1]] for model, (_, table) in staged(project).items()}
