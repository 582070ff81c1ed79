"""The fingerprint of rules changes with what decides a verdict, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

from expectations.contract import Contract
from expectations.fingerprint import rules_hash
from orchestration import settings


def of(contract: Contract) -> str:
    return rules_hash(contract, contract.entities[0])


def test_it_is_the_same_for_the_same_rules_and_another_for_others() -> None:
    contract = settings.contracts()["egat_ambient"]
    assert of(contract) == of(replace(contract, version="9.9.9", title_en="Another title"))
    changed = (
        replace(contract, flags=contract.flags[1:]),
        replace(contract, max_quarantined_share=0.5),
        replace(contract, window_start=contract.window_start.replace(year=2001)),
    )
    assert len({of(contract), *map(of, changed)}) == 4


def test_other_words_for_a_reason_judge_nothing_anew() -> None:
    contract = settings.contracts()["chula_cusense"]
    (entity, rule), *more = contract.rules
    other = replace(contract, rules=((entity, replace(rule, reason_en="In other words.")), *more))
    fewer = replace(contract, rules=tuple(more))
    own = rules_hash(contract, contract.entity(entity))
    assert rules_hash(other, other.entity(entity)) == own != rules_hash(fewer, fewer.entity(entity))
