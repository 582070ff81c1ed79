"""Every source folder: a contract that loads, a small synthetic sample that its own parser claims, and a gate it passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.intake import is_synthetic
from assets.preview import preview
from assets.readers.route import parse_delivery
from expectations.contract import load_contract
from orchestration import settings

FOLDERS = sorted(path.parent for path in settings.SOURCES.glob("*/contract.yml"))


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


def sample_of(folder: Path) -> Path:
    samples = list(folder.glob("sample*"))
    assert len(samples) == 1, f"{folder} needs exactly one small sample"
    return samples[0]


def test_the_sample_says_that_it_is_synthetic_and_is_small(folder: Path) -> None:
    sample = sample_of(folder)
    assert is_synthetic(sample.name) and sample.stat().st_size < 50_000


def test_the_sample_is_claimed_by_its_own_source_and_fits_the_contract(folder: Path) -> None:
    contract = load_contract(folder / "contract.yml")
    sample = sample_of(folder)
    parsed = parse_delivery(contract.partner_id, sample.read_bytes(), sample.name)
    assert parsed.source_id == folder.name
    for batch in parsed.batches:
        entity = contract.entity(batch.entity)
        assert set(batch.rows["quantity"]) <= set(entity.quantities)
        units = {measure.quantity: measure.raw_units for measure in entity.measures}
        for quantity, unit in batch.rows.select("quantity", "raw_unit").unique().iter_rows():
            assert unit in units[quantity]


def test_the_sample_passes_its_gate(folder: Path, tmp_path: Path) -> None:
    contract = load_contract(folder / "contract.yml")
    [seen] = preview(contract.partner_id, [sample_of(folder)], settings.contracts(), tmp_path)
    assert seen.outcome == "would be accepted"
    for batch in seen.batches:
        assert batch.rows_in == batch.accepted + batch.quarantined + batch.dropped and batch.quarantined == 0
