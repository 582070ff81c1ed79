"""A contract is read with the standard's own model; a wrong one fails at load with file, field and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.contract import ContractError, load_contract, load_contracts

SOURCES = Path(__file__).resolve().parents[2] / "assets" / "sources"


def changed(tmp_path: Path, old: str, new: str, source: str = "egat_ambient") -> Path:
    """A copy of a real contract with one piece of text replaced."""
    text = (SOURCES / source / "contract.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / source / "contract.yml"
    path.parent.mkdir()
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_every_source_folder_has_a_contract_that_loads() -> None:
    contracts = load_contracts(SOURCES)
    assert set(contracts) == {folder.name for folder in SOURCES.glob("*/") if not folder.name.startswith("__")}
    for contract in contracts.values():
        assert contract.entities and contract.title_th and contract.title_en
        assert contract.shape in ("documented", "assumed") and contract.values in ("real", "synthetic")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("kind: DataContract", "kind: DataProduct", "kind"),
        ("apiVersion: v3.0.2", "apiVersion: v9", "apiVersion"),
        ("id: egat_ambient", "id: egat_other", "id"),
        ("version: 1.0.0\n", "", "version"),
        ("version: 1.0.0\n", "version: 1.0.0\nversoin: 2\n", "versoin"),
        ("{property: pillar, value: environment}", "{property: pillar, value: weather}", "customProperties.pillar"),
        ("{property: maxQuarantinedShare, value: 0.05}", "{property: maxQuarantinedShare, value: 5}", "maxQuarantinedShare"),
        ('value: "1990-01-01"', 'value: "1990"', "customProperties.windowStart"),
        ("quantity: PM10", "quantity: PM11", "measures.PM11"),
        ("{property: rowShape, value: observation}", "{property: rowShape, value: cube}", "rowShape"),
        ("value: [SO2, NO2, PM10, TSP]", "value: [SO2, O3]", "quantities"),
        ("{property: propertiesVersion, value: 1}", "{property: partner, value: egat}", "customProperties.partner"),
    ],
)  # fmt: skip
def test_a_wrong_contract_names_file_field_and_remedy(tmp_path: Path, old: str, new: str, field: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(ContractError) as caught:
        load_contract(path)
    assert str(path) in str(caught.value)
    assert field in caught.value.field
    assert "What to do:" in str(caught.value)


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    path = changed(tmp_path, "name: EGAT Mae Moh ambient air quality", "name: [EGAT")
    with pytest.raises(ContractError, match="line"):
        load_contract(path)


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x" / "contract.yml"
    path.parent.mkdir()
    path.write_text("- just\n- a list\n")
    with pytest.raises(ContractError, match="not a mapping"):
        load_contract(path)
