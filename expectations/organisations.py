"""The organisations that deliver, by id: their names and whether they are partners or providers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from expectations.contract import Contract

FILE = Path(__file__).with_name("organisations.yml")


@dataclass(frozen=True)
class Organisation:
    """A partner has keys and gets reports; a provider is only pulled from."""

    org_id: str
    name_th: str
    name_en: str
    role: Literal["partner", "provider"]

    @property
    def names(self) -> tuple[str, str]:
        """(Thai, English)."""
        return self.name_th, self.name_en


@cache
def listed() -> Mapping[str, Organisation]:
    """Every organisation of organisations.yml, by id."""
    known = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {org_id: Organisation(org_id, entry["th"], entry["en"], entry["role"]) for org_id, entry in known.items()}


def organisations(contracts: Mapping[str, Contract]) -> dict[str, Organisation]:
    """Those that a contract names, by id; one that is not listed is a provider called by the contract's owner."""
    found: dict[str, Organisation] = {}
    for contract in contracts.values():
        unlisted = Organisation(contract.partner_id, contract.owner, contract.owner, "provider")
        found[contract.partner_id] = listed().get(contract.partner_id, unlisted)
    return dict(sorted(found.items()))
