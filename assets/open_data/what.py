"""Which tables are open data, and what is said of each: one `Dataset` a table, taken from the catalogue and its origins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assets.catalogue import Catalogue, Table, Words
from assets.lake.errors import LakeError
from assets.open_data import licences
from assets.open_data.licences import Licence
from assets.open_data.origins import CITY, Origin, origins_of
from assets.open_data.vocabulary import (
    CADENCES,
    LEVELS,
    PILLARS,
    POSITIONS,
    RECORDS,
    REFERENCE_OBJECTIVE,
    SPATIAL,
    STATISTICS,
    SYNTHETIC,
    Cadence,
)

ROLE = Words("ทีมแพลตฟอร์มข้อมูล เมืองอัจฉริยะแม่เมาะ", "Mae Moh Smart City, data platform team")


@dataclass(frozen=True)
class Publisher:
    """Who publishes, and the role that answers questions. Empty text: nobody has said it."""

    name: Words = CITY
    role: Words = ROLE
    contact: str = ""
    """Mailbox of the role, never of a person."""
    organisation_id: str = "mae-moh-smart-city"
    """Its id in the catalogue that takes the records."""
    base_url: str = ""
    """Where a release will lie (with a slash at the end); empty: addresses are relative to the file that names them."""


@dataclass(frozen=True)
class Dataset:
    """One table as a dataset. What its origins don't say raises nothing here: `blockers.py` asks for it."""

    table: Table
    origins: tuple[Origin, ...]

    @property
    def feeds(self) -> list[Origin]:
        """Origins that deliver."""
        return [origin for origin in self.origins if origin.is_feed]

    @property
    def speaking(self) -> list[Origin]:
        """Origins that decide objective, area and rhythm: the feeds, or the seeds where there are no feeds."""
        return self.feeds or list(self.origins)

    @cached_property
    def is_synthetic(self) -> bool:
        """Does it hold a value that is not real?"""
        return any(origin.is_synthetic for origin in self.origins)

    @property
    def name(self) -> str:
        """Name of its folder and files: letters, digits, `_`; synthetic data say so in it."""
        layer = "" if self.table.layer == "gold" else f"{self.table.layer}_"
        return f"{layer}{self.table.short}" + ("_synthetic" if self.is_synthetic else "")

    @property
    def title(self) -> Words:
        """Label, marked where the values are synthetic."""
        return _marked(self.table.label, "({mark}) {text}", self.is_synthetic)

    @property
    def description(self) -> Words:
        """What it is and what one row is, marked where the values are synthetic."""
        said, grain = self.table.description, self.table.grain
        text = Words(f"{said.th} ({grain.th})", f"{said.en} ({grain.en})")
        return _marked(text, "{mark}. {text}", self.is_synthetic)

    @cached_property
    def licences(self) -> list[Licence]:
        """Every licence that holds, the most demanding first. Raises LicenceError."""
        found = {one.id: one for origin in self.origins for one in licences.named(origin.licence)}
        return sorted(found.values(), key=lambda one: (-one.rank, one.id))

    @property
    def objective(self) -> Words | None:
        """What it is for; None where a feed does not say."""
        said = [origin.objective for origin in self.feeds]
        if not said:
            return REFERENCE_OBJECTIVE
        known = [one for one in dict.fromkeys(said) if one is not None]
        return Words(" ".join(o.th for o in known), " ".join(o.en for o in known)) if all(said) else None

    @property
    def cadence(self) -> Cadence | None:
        """How often it changes: as often as the feed that changes most often. None where a feed does not say."""
        known = [CADENCES.get(origin.cadence) for origin in self.speaking]
        return min((one for one in known if one), key=lambda one: one.rank) if known and all(known) else None

    @property
    def geo_level(self) -> str:
        """Level of the area that it speaks of, the widest of its origins; empty where one does not say."""
        levels = [origin.geo_level for origin in self.speaking]
        return min(levels, key=list(LEVELS).index) if levels and all(level in LEVELS for level in levels) else ""

    @property
    def places(self) -> list[str]:
        """TIS 1099 codes of the area."""
        return sorted(
            {place for origin in self.speaking for place in origin.places if origin.geo_level == self.geo_level}
        )

    @property
    def data_type(self) -> str:
        """GD Catalog's kind: what has positions is geographic, what comes by month or year a statistic, the rest records."""
        if {column.name for column in self.table.columns} & set(POSITIONS):
            return SPATIAL
        return STATISTICS if self.cadence in (CADENCES["monthly"], CADENCES["yearly"]) else RECORDS

    @property
    def pillar(self) -> str:
        """Of the table, or of its first feed where the table serves all pillars."""
        return self.table.pillar if self.table.pillar in PILLARS else self.speaking[0].pillar

    @property
    def keywords(self) -> list[Words]:
        """Pillar, label and what its feeds are called."""
        marks = [SYNTHETIC] if self.is_synthetic else []
        titles = [origin.title for origin in self.feeds]
        return list(dict.fromkeys([PILLARS[self.pillar], self.table.label, *titles, *marks]))

    @property
    def owners(self) -> list[Words]:
        """Whose data it is made of."""
        return list(dict.fromkeys(origin.owner for origin in self.origins))

    @property
    def attributions(self) -> list[Words]:
        """What must be said where the data are shown."""
        return list(dict.fromkeys(origin.attribution for origin in self.origins if origin.attribution))


def datasets(catalogue: Catalogue, only: Iterable[str] = ()) -> list[Dataset]:
    """The open tables, or just those that are named (`gold.x`, or `x`), open or not. Raises LakeError for an unknown name."""
    chosen = [_table(catalogue, name) for name in dict.fromkeys(only)]
    tables = chosen or [table for table in catalogue.tables.values() if table.classification == "open"]
    return [Dataset(table, tuple(origins_of(catalogue, table))) for table in tables]


def _table(catalogue: Catalogue, name: str) -> Table:
    found: Sequence[Table] = [table for table in catalogue.tables.values() if name in (table.name, table.short)]
    if len(found) != 1:
        known = ", ".join(table.name for table in found) or "`maemoh open-data --dry-run` lists the open ones"
        raise LakeError(f"{name!r} names {len(found)} published tables", f"write schema and table: {known}")
    return found[0]


def _marked(text: Words, form: str, is_synthetic: bool) -> Words:
    if not is_synthetic:
        return text
    return Words(form.format(mark=SYNTHETIC.th, text=text.th), form.format(mark=SYNTHETIC.en, text=text.en))
