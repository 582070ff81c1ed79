"""The G1 rules of an entity: those of its shape, those of its contract, and the scan for personal data."""

from __future__ import annotations

from expectations.contract import Contract, Entity
from expectations.observation_rules import standard_observation_rules
from expectations.personal import personal_rule
from expectations.quantities import load_quantities
from expectations.record_rules import record_rules
from expectations.rules import Rule

WHOLE_DAYS = ("hours_complete", "days_continuous")


def rules_of(contract: Contract, entity: Entity) -> tuple[Rule, ...]:
    """The G1 rules that follow from a contract for one of its entities.

    Raises:
        RuleError: the contract asks for a unit that the registry does not accept for the quantity.
    """
    own = tuple(rule for name, rule in contract.rules if name == entity.name)
    # An answer that was fetched holds the moment, not the day: whether days are whole is seen in silver.
    shape = [rule for rule in _shape_rules(contract, entity) if not (contract.pull and rule.id in WHOLE_DAYS)]
    return (*shape, *own, personal_rule(_texts(entity)))


def share_of(entity: Entity) -> str:
    """SQL condition on the rows that count for the quarantined share: blank cells of a grid do not."""
    return "raw_value is not null" if entity.shape == "observation" else "true"


def _shape_rules(contract: Contract, entity: Entity) -> tuple[Rule, ...]:
    if entity.shape == "record":
        return record_rules(entity.own_columns, entity.key, contract.window_start, contract.future_hours)
    registry = load_quantities()
    return standard_observation_rules(
        [registry[measure.quantity] for measure in entity.measures],
        contract.window_start,
        [flag.flag for flag in contract.flags],
        units={measure.quantity: measure.raw_units for measure in entity.measures},
        averaging_periods={measure.quantity: measure.averaging_periods for measure in entity.measures},
    )


def _texts(entity: Entity) -> dict[str, str]:
    """Columns that can hold words, each with the condition on rows where it may."""
    if entity.shape == "observation":
        return {"station_name": "true", "raw_value": "value is null"}
    words = [column.name for column in entity.own_columns if column.type == "VARCHAR" and not column.allowed]
    return dict.fromkeys((*words, "raw_value"), "true")
