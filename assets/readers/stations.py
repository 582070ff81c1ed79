"""Station names in their many spellings → station keys, from the seeds that dbt reads too (one copy)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
ALIAS_FILE = "dbt_project/seeds/seed_station_alias.csv"

_IGNORED = re.compile(r"[\s\u00a0\u200b\u200c\u200d\ufeff.,_\-()/]+")
_STATION_WORD = re.compile(r"station|สถานี")
_VILLAGE_PREFIX = re.compile(r"^(?:ban(?!g)|บ้าน|บ้น)")
_CONTAINED_FROM = 5  # letters: shorter names are matched whole only


@dataclass(frozen=True)
class StationBook:
    """Aliases (normalised) and names by station key."""

    aliases: Mapping[str, str]
    names: Mapping[str, tuple[str, str]]  # key → (English, Thai)

    def find(self, text: str) -> str | None:
        """The station that a text names: the whole text, else the only station whose name stands in it."""
        wanted = normalise(text)
        if not wanted:
            return None
        if wanted in self.aliases:
            return self.aliases[wanted]
        inside = {key for alias, key in self.aliases.items() if len(alias) >= _CONTAINED_FROM and alias in wanted}
        return inside.pop() if len(inside) == 1 else None

    def stack(self, text: str) -> str | None:
        """The stack that a whole text names (`stack 45`, `MM-RP1`), and no other station."""
        key = self.aliases.get(normalise(text))
        return key if key and key.startswith("STACK-") else None

    def by_number(self, number: int) -> str:
        """EGAT's own number of a station, known or not: 5 → EGAT-05."""
        return f"EGAT-{number:02d}"

    def number(self, key: str) -> int | None:
        """EGAT's number of a station key; None for stacks and others' stations."""
        found = re.fullmatch(r"EGAT-(\d+)", key)
        return int(found[1]) if found else None

    def shown(self, key: str) -> str:
        """`EGAT-05 Main Station`: for reasons that people read."""
        return f"{key} {self.names[key][0]}" if key in self.names else key

    def shown_th(self, key: str) -> str:
        return f"{key} {self.names[key][1]}" if key in self.names else key


def normalise(text: str) -> str:
    """What is compared: no case, spaces, dots or dashes, no word for station, no village prefix."""
    plain = unicodedata.normalize("NFC", text).casefold()
    plain = _STATION_WORD.sub("", _IGNORED.sub("", plain))
    return _VILLAGE_PREFIX.sub("", plain) or plain


@lru_cache(maxsize=1)
def stations() -> StationBook:
    """The book of all stations. Raises FileNotFoundError when the seeds are not beside the code."""
    with (SEEDS / "seed_station.csv").open(encoding="utf-8", newline="") as lines:
        names = {row["station_key"]: (row["name_en"], row["name_th"]) for row in csv.DictReader(lines)}
    aliases: dict[str, str] = {}
    with (SEEDS / "seed_station_alias.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            known = aliases.setdefault(normalise(row["alias"]), row["station_key"])
            if known != row["station_key"]:
                raise ValueError(f"{ALIAS_FILE}: alias {row['alias']!r} names both {known} and {row['station_key']}")
    return StationBook(aliases, names)
