"""Place names as partners spell them → TIS 1099 codes: all provinces, and the districts and tambons of Lampang.

Codes and names in places.csv: thailand-canonical-admin-names v1.0.0 by DevelopedbyWill, CC BY 4.0, filtered; the column
`aliases` is ours. Codes are text: they identify, they do not count.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PLACES = Path(__file__).with_name("places.csv")
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
    """Read once."""
    codes: dict[str, dict[tuple[str, str], str]] = {"province": {}, "district": {}, "tambon": {}}
    with PLACES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names = [row["name_th"], row["name_en"], *row["aliases"].split("|")]
            for name in filter(None, map(_normalise, names)):
                codes[row["level"]][row["parent"], name] = row["code"]
    return PlaceBook(codes)


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
