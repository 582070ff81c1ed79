"""What each silver and gold table is made of, read off the dbt project's files without dbt (which costs 4 s to import).

A table's inputs are the tables of the layer below that it reads, also through other models of its own layer; its
fingerprint changes when anything changes that decides its rows. A test holds this against dbt's own manifest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assets.warehouse_sources import GENERATED, observation_models

Layer = Literal["silver", "gold"]
FOLDERS: dict[Layer, str] = {"silver": "models/silver", "gold": "models/marts"}

_REF = re.compile(r"ref\(\s*'(\w+)'\s*\)")
_SOURCE = re.compile(r"source\(\s*'(\w+)',\s*'(\w+)'\s*\)")
_PERIOD = re.compile(r"\b(month|year)_of='(\w+)'")
_LOOKS_BACK = re.compile(r"in_months\(\s*'[^)]*,\s*[1-9]\d*\s*\)")
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(.*?{%-?\s*endmacro\s*-?%}", re.DOTALL)
_ENTRY = re.compile(r"^  - name: (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Model:
    """One SQL file. `refs` are models and seeds, `sources` tables such as `bronze.x`; both only what it names itself."""

    name: str
    layer: Layer | None  # None: ephemeral
    refs: frozenset[str]
    sources: frozenset[str]
    decides: str  # hash of what is written about it: its SQL, its YAML, the tests on it
    is_by_period: bool
    looks_back: bool  # its first hours of a month follow from the month before


@dataclass(frozen=True)
class Made:
    """How one table is made. `inputs`: tables below its layer; `reaches_on`: a changed month changes the next one too."""

    table: str
    inputs: frozenset[str]
    fingerprint: str
    is_by_period: bool
    reaches_on: bool


@dataclass(frozen=True)
class Lineage:
    """The models and seeds of a project."""

    models: Mapping[str, Model]
    seeds: Mapping[str, str]  # name → hash of its rows
    common: str  # hash of what decides all tables: macros, project settings
    _made: dict[str, Made] = field(default_factory=dict)

    def tables(self, layer: Layer) -> list[str]:
        """`silver.observation`, …"""
        return sorted(f"{layer}.{model.name}" for model in self.models.values() if model.layer == layer)

    def made(self, table: str) -> Made:
        """How a table is made."""
        if table not in self._made:
            self._made[table] = self._trace(table)
        return self._made[table]

    def made_of(self, table: str) -> frozenset[str]:
        """The tables of its own layer that a table is made of, at any remove."""
        layer, name = table.split(".")
        models = (self.models[each] for each in self._upstream(name, layer) - {name} if each in self.models)
        return frozenset(f"{layer}.{model.name}" for model in models if model.layer == layer)

    def _trace(self, table: str) -> Made:
        layer, name = table.split(".")
        digest = hashlib.sha256(self.common.encode())
        inputs: set[str] = set()
        looks_back = False
        for each in sorted(self._upstream(name, layer)):
            model = self.models.get(each)
            if model is None:
                digest.update(f"{each} {self.seeds.get(each, '')}\n".encode())
            elif model.layer not in (None, layer):
                inputs.add(f"{model.layer}.{model.name}")
            else:
                digest.update(f"{each} {model.decides}\n".encode())
                inputs |= model.sources
                looks_back = looks_back or model.looks_back
        return Made(table, frozenset(inputs), digest.hexdigest()[:16], self.models[name].is_by_period, looks_back)

    def _upstream(self, name: str, layer: str) -> set[str]:
        """The model itself and what it reads, down to the tables of other layers."""
        found: set[str] = set()
        todo = [name]
        while todo:
            each = todo.pop()
            if each in found:
                continue
            found.add(each)
            model = self.models.get(each)
            if model is not None and (each == name or model.layer in (None, layer)):
                todo.extend(model.refs)
        return found


def lineage(project: Path) -> Lineage:
    """Reads the project's files."""
    macros = _refs_of_macros(project)
    written = _entries(project)
    for test, text in _texts(project / "tests", "*.sql"):
        for name in _REF.findall(text):
            written.setdefault(name, []).append(f"{test} {text}")
    models = {}
    for file, text in _texts(project / "models", "*.sql"):
        name = Path(file).stem
        models[name] = Model(
            name,
            next((layer for layer, folder in FOLDERS.items() if f"/{file}".startswith(f"/{folder}/")), None),
            frozenset(_refs(text, macros, project)),
            frozenset(f"{schema}.{table}" for schema, table in _SOURCE.findall(text)),
            _hash([text, *sorted(written.get(name, []))]),
            bool(_PERIOD.search(text)),
            bool(_LOOKS_BACK.search(text)),
        )
    seeds = {Path(file).stem: _hash([text]) for file, text in _texts(project / "seeds", "*.csv")}
    shared = [text for _, text in _texts(project / "macros", "*.sql")]
    return Lineage(models, seeds, _hash([*shared, (project / "dbt_project.yml").read_text("utf-8")]))


def _refs(text: str, macros: Mapping[str, frozenset[str]], project: Path) -> Iterator[str]:
    yield from _REF.findall(text)
    for macro, refs in macros.items():
        if re.search(rf"\b{macro}\(", text):
            yield from refs
    if "observation_models()" in text:
        yield from observation_models(project)


def _refs_of_macros(project: Path) -> dict[str, frozenset[str]]:
    """Macros that read models or seeds by name."""
    bodies = [match for _, text in _texts(project / "macros", "*.sql") for match in _MACRO.finditer(text)]
    refs = {body[1]: frozenset(_REF.findall(body[0])) for body in bodies}
    return {name: found for name, found in refs.items() if found}


def _entries(project: Path) -> dict[str, list[str]]:
    """Model → what YAML says of it: columns, contract, tests."""
    found: dict[str, list[str]] = {}
    for file, text in _texts(project / "models", "*.yml"):
        if GENERATED in file:
            continue
        names = list(_ENTRY.finditer(text))
        for match, after in zip(names, [*names[1:], None], strict=True):
            found.setdefault(match[1], []).append(text[match.start() : after.start() if after else None])
    return found


def _texts(folder: Path, pattern: str) -> Iterator[tuple[str, str]]:
    """(path inside the project, text) of files, in an order that does not depend on the disk."""
    for file in sorted(folder.rglob(pattern)):
        yield file.relative_to(folder.parent).as_posix(), file.read_text("utf-8")


def _hash(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()[:16]
