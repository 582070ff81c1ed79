"""The catalogue of key figures says what the models do."""

from __future__ import annotations

import re

from assets.readers.route import contracts
from assets.warehouse_dbt import PROJECT_DIR
from expectations.scorecard import policy

from .seeds import seed

_THAI = re.compile(r"[\u0e00-\u0e7f]")


def computed() -> set[str]:
    """Key figures that a model makes rows of."""
    found: set[str] = set()
    for model in (PROJECT_DIR / "models" / "intermediate" / "city").glob("int_kpi__*.sql"):
        found |= set(re.findall(r"'([ENCD]\d+(?:\.\w+)?)'", model.read_text("utf-8")))
    return found


def test_a_key_figure_is_called_computable_exactly_when_a_model_computes_it() -> None:
    catalogue = seed("seed_kpi")
    assert {kpi["kpi_id"] for kpi in catalogue if kpi["is_computable"] == "true"} == computed()
    for kpi in catalogue:
        assert bool(kpi["not_computable_reason"]) == (kpi["is_computable"] == "false"), kpi["kpi_id"]


def test_every_key_figure_is_named_and_explained_in_both_languages() -> None:
    for kpi in seed("seed_kpi"):
        for column in ("name", "formula"):
            assert kpi[f"{column}_en"] and not _THAI.search(kpi[f"{column}_en"]), kpi["kpi_id"]
            assert _THAI.search(kpi[f"{column}_th"]) or kpi["kpi_id"].startswith("N9"), kpi["kpi_id"]


def test_every_source_of_a_key_figure_is_a_source() -> None:
    assert {row["source_id"] for row in seed("seed_kpi_input")} <= set(contracts())


def test_the_score_in_the_marts_weighs_as_the_partners_reports_do() -> None:
    assert {row["dimension"]: int(row["weight"]) for row in seed("seed_quality_weight")} == policy().weights
    assert policy().critical_cap == 59, "int_quality__source_day caps at 59"
