"""The fingerprint of an entity's rules: what was judged by other rules than today's is told by it."""

from __future__ import annotations

import hashlib
import json

from expectations.contract import Contract, Entity
from expectations.entity_rules import rules_of, share_of
from expectations.rules import Rule


def rules_hash(contract: Contract, entity: Entity) -> str:
    """16 hex digits that change with anything that decides a verdict at G1: rules, limits, actions, the share at which a
    batch is refused. The words of the reasons decide nothing and are left out.

    Raises RuleError: the contract asks for a rule that cannot be made.
    """
    decides = [_decides(rule) for rule in rules_of(contract, entity)]
    said = json.dumps([decides, contract.max_quarantined_share, share_of(entity)], sort_keys=True, default=repr)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _decides(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "scope": rule.scope,
        "severity": rule.severity,
        "action": rule.action,
        "expectation": rule.expectation,
        "kwargs": dict(rule.kwargs),
    }
