"""Place names as partners spell them → TIS 1099 codes: all provinces, and the districts and tambons of Lampang.

The seeds that dbt reads too (one copy) hold them. Codes and names: thailand-canonical-admin-names v1.0.0 by
DevelopedbyWill, CC BY 4.0, filtered; the aliases are ours. Codes are text: they identify, they do not count.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
PLACES = SEEDS / "seed_place.csv"
ALIASES = SEEDS / "seed_place_alias.csv"
COUNTRY = ("ทั้งประเทศ", "ประเทศ", "ทั่วประเทศ", "ทั่วราชอาณาจักร", "whole kingdom", "รวมทั้งประเทศ")

_IGNORED = re.compile(r"[\s\u00a0\u200b\u200c\u200d\ufeff.,_\-()/']+")
_PREFIXES = {
    "province": re.compile(r"^(?:จังหวัด|จ\.|changwat)"),
    "district": re.compile(r"^(?:อำเภอ|อ\.|เขต|amphoe)"),
    "tambon": re.compile(r"^(?:ตำบล|ต\.|แขวง|tambon)"),
}
_REGION = re.compile(r"^(?:ภาค|region)|region$|^กรุงเทพมหานครและ|^ปริมณฑล|เว้นกรุงเทพ", re.IGNORECASE)


@dataclass(frozen=True)
class PlaceBook:
    """`codes[level]` maps (parent, normalised name) to a code; the parent of a province is empty."""

    codes: Mapping[str, Mapping[tuple[str, str], str]]

    def province(self, text: str) -> str | None:
        return self._find("province", "", text)

    def district(self, text: str, province: str) -> str | None:
        return self._find("district", province, text)

    def tambon(self, text: str, district: str) -> str | None:
        """Tambons are looked up inside a district: the same name is found in several."""
        return self._find("tambon", district, text)

    def tambon_of_province(self, text: str, province: str) -> str | None:
        """For names that come without their district: only when one tambon of the province has the name."""
        name = _normalise(_PREFIXES["tambon"].sub("", text.strip().casefold()))
        found = [code for (_, known), code in self.codes["tambon"].items() if known == name and code[:2] == province]
        return found[0] if len(found) == 1 else None

    def _find(self, level: str, parent: str, text: str) -> str | None:
        bare = _PREFIXES[level].sub("", text.strip().casefold())
        found = self.codes[level]
        return found.get((parent, _normalise(bare))) or found.get((parent, _normalise(text)))


@lru_cache(maxsize=1)
def places() -> PlaceBook:
    """Read once. Raises FileNotFoundError when the seeds are not beside the code."""
    with PLACES.open(encoding="utf-8", newline="") as lines:
        rows = {row["place_code"]: row for row in csv.DictReader(lines)}
    names = [(code, name) for code, row in rows.items() for name in (row["name_th"], row["name_en"])]
    with ALIASES.open(encoding="utf-8", newline="") as lines:
        names += [(row["place_code"], row["alias"]) for row in csv.DictReader(lines)]
    codes: dict[str, dict[tuple[str, str], str]] = {"province": {}, "district": {}, "tambon": {}}
    for code, name in names:
        level, parent = rows[code]["level"], rows[code]["parent_code"]
        if level in codes and (known := _normalise(name)):
            codes[level]["" if level == "province" else parent, known] = code
    return PlaceBook(codes)


def finest_code(province: str | None, district: str | None = None, tambon: str | None = None) -> str | None:
    """The finest TIS 1099 code that the names give: each is looked up inside the one before it."""
    book = places()
    code = book.province(province) if province else None
    for find, name in ((book.district, district), (book.tambon, tambon)):
        finer = find(name, code) if name and code else None
        if finer is None:
            break
        code = finer
    return code


def level_of(text: str) -> tuple[str, str | None]:
    """(level, code) of a name that may be the country, a region or a province; `unknown` when it is none of them."""
    plain = text.strip().casefold()
    if plain in COUNTRY:
        return "country", None
    code = places().province(text)
    if code:
        return "province", code
    return ("region", None) if _REGION.search(plain) else ("unknown", None)


def _normalise(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFC", text).casefold())
