"""The organisations that deliver, by id: their names and whether they are partners or providers.

The list is the seed that dbt reads too (one copy). An id that a contract names and the list does not is a provider, called
by the contract's owner.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from expectations.contract import Contract

FILE = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds" / "seed_organisation.csv"

Role = Literal["partner", "provider"]


@dataclass(frozen=True)
class Organisation:
    """A partner has keys and gets reports; a provider is only pulled from."""

    org_id: str
    name_th: str
    name_en: str
    role: Role

    @property
    def names(self) -> tuple[str, str]:
        """(Thai, English)."""
        return self.name_th, self.name_en


@cache
def listed() -> Mapping[str, Organisation]:
    """Every organisation of the seed, by id. Raises FileNotFoundError when the seeds are not beside the code."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["org_id"]: Organisation(row["org_id"], row["name_th"], row["name_en"], cast(Role, row["role"]))
            for row in csv.DictReader(lines)
        }


def organisations(contracts: Mapping[str, Contract]) -> dict[str, Organisation]:
    """Those that a contract names, by id; one that is not listed is a provider called by the contract's owner."""
    found: dict[str, Organisation] = {}
    for contract in contracts.values():
        unlisted = Organisation(contract.partner_id, contract.owner, contract.owner, "provider")
        found[contract.partner_id] = listed().get(contract.partner_id, unlisted)
    return dict(sorted(found.items()))
