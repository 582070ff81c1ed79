"""What the energy seeds and the factor macro promise, without a lake."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NoReturn

import pytest
from jinja2 import Environment

from assets.warehouse_dbt import PROJECT_DIR

from .seeds import read_csv, seed

READER = PROJECT_DIR.parent / "assets" / "sources" / "egat_generation"


class Refused(Exception):
    """Stands for dbt's compiler error."""


def refuse(message: str) -> NoReturn:
    raise Refused(message)


def join_condition(ef_type: str, purpose: str) -> str:
    macros = "".join((PROJECT_DIR / f"macros/{name}.sql").read_text("utf-8") for name in ("calendar", "factor"))
    call = f"{{{{ emission_factor('grid', '{ef_type}', '{purpose}', 'fact.observed_date') }}}}"
    template = Environment().from_string(macros + call)
    return template.render(exceptions=SimpleNamespace(raise_compiler_error=refuse))


@pytest.mark.parametrize("ef_type", ["scope2_location", "scope3_upstream", "fuel_combustion", "ncv", ""])
def test_avoided_co2_with_another_factor_than_the_combined_margin_does_not_compile(ef_type: str) -> None:
    with pytest.raises(Refused, match="may not be used for avoided_co2; use combined_margin"):
        join_condition(ef_type, "avoided_co2")


def test_each_purpose_has_its_kind_of_factor_and_no_other_purpose_is_known() -> None:
    assert "grid.ef_type = 'combined_margin'" in join_condition("combined_margin", "avoided_co2")
    assert "grid.ef_type = 'scope2_location'" in join_condition("scope2_location", "purchased_electricity")
    with pytest.raises(Refused, match="may not be used for purchased_electricity"):
        join_condition("combined_margin", "purchased_electricity")
    with pytest.raises(Refused, match="No factor is known for the purpose 'anything'"):
        join_condition("combined_margin", "anything")


def test_the_reader_and_the_register_give_a_name_to_the_same_unit() -> None:
    register = {row["alias"]: (row["unit_key"], row["valid_from"]) for row in seed("seed_plant_unit_alias")}
    read = {
        row["alias"]: (row["unit_id"], row["valid_from"] or "")
        for row in read_csv(READER / "unit_alias.csv")
        if row["unit_id"] != "MMPP"
    }
    assert {alias: register.get(alias) for alias in read} == read


def test_installed_and_contracted_capacity_are_those_of_the_plant_today() -> None:
    today = [row for row in seed("seed_plant_unit") if row["status"] == "operating" and not row["valid_to"]]
    assert sum(float(row["installed_mw"]) for row in today) == 2455
    assert sum(float(row["contracted_mw"]) for row in today) == 2220
