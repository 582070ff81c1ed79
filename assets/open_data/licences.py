"""Licences by the id that contracts and seeds use (`licences.yml`); several that hold together are joined by ` AND `."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from assets.catalogue import Words
from assets.lake.errors import LakeError

REGISTER = Path(__file__).parent / "licences.yml"
UNKNOWN = "unknown"


class LicenceError(LakeError):
    """A licence that is not in the register."""


@dataclass(frozen=True)
class Licence:
    """One licence. `gd_catalog`: the choice of Thailand's government data catalogue."""

    id: str
    name: Words
    url: str
    gd_catalog: str
    is_open: bool
    rank: int


@cache
def register() -> dict[str, Licence]:
    """Every licence that is known, by id."""
    written = yaml.safe_load(REGISTER.read_text("utf-8"))
    return {
        name: Licence(
            name,
            Words(said["name_th"], said["name_en"]),
            said["url"],
            said["gd_catalog"],
            said["is_open"],
            said["rank"],
        )
        for name, said in written.items()
    }


def named(expression: str) -> list[Licence]:
    """Licences of `A` or `A AND B`. Raises LicenceError for one that the register does not hold."""
    found = []
    for name in expression.split(" AND "):
        if name not in register():
            raise LicenceError(f"the licence {name!r} is not known", f"read its terms and add it to {REGISTER.name}")
        found.append(register()[name])
    return found
