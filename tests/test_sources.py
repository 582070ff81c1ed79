"""Every source folder: a contract that loads, a small sample, and the whole way of it through reading, gate and bronze.

The reviewed rows of each sample stand in tests/feeds/expected.json: looked at by eye once, then kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from assets import intake
from assets.freshness import freshness_lines
from assets.intake import is_synthetic
from assets.lake import keys
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.readers.pulled import pulled
from assets.readers.result import NoData, Parsed, Refusal
from assets.readers.route import parse_delivery
from assets.redact import Redactor
from assets.settle import settle
from assets.warehouse_dbt import PROJECT_DIR
from assets.warehouse_sources import staged
from expectations.contract import Contract, load_contract
from orchestration import settings
from orchestration.dry_run import delivered_path

FOLDERS = sorted(path.parent for path in settings.SOURCES.glob("*/contract.yml"))
EXPECTED = Path(__file__).parent / "feeds" / "expected.json"
AT = datetime(2026, 3, 20, 2, tzinfo=UTC)
OUTCOMES = {"accepted", "accepted_with_findings"}


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def contract(request: pytest.FixtureRequest) -> Contract:
    return load_contract(request.param / "contract.yml")


def sample_of(contract: Contract) -> Path:
    samples = list(contract.path.parent.glob("sample*"))
    assert len(samples) == 1, f"{contract.path.parent} needs exactly one small sample"
    return samples[0]


def parsed(contract: Contract, data: bytes) -> Parsed | Refusal | NoData:
    """What the sample's bytes, or others in their place, come to."""
    path = delivered_path(contract, sample_of(contract).name, AT)
    try:
        return parse_delivery(contract.partner_id, data, path)
    except (Refusal, NoData) as plain:
        assert plain.reason_en and re.search(r"[\u0e00-\u0e7f]", plain.reason_th), "reasons are in both languages"
        return plain


# ── the folder ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_says_that_it_is_synthetic_and_is_small(contract: Contract) -> None:
    sample = sample_of(contract)
    assert is_synthetic(sample.name) and sample.stat().st_size < 50_000


def test_the_contract_is_complete(contract: Contract) -> None:
    assert "TODO" not in contract.path.read_text(encoding="utf-8")


def test_every_entity_has_a_staging_model(contract: Contract) -> None:
    tables = dict.fromkeys(table for _, table in staged(PROJECT_DIR).values())
    assert {f"bronze.{contract.table(entity.name)}" for entity in contract.entities} <= set(tables)


def test_the_sample_is_claimed_by_its_own_source_and_fits_the_contract(contract: Contract) -> None:
    found = parsed(contract, sample_of(contract).read_bytes())
    assert isinstance(found, Parsed) and found.source_id == contract.source_id
    for batch in found.batches:
        entity = contract.entity(batch.entity)
        if entity.shape == "observation":
            units = {measure.quantity: measure.raw_units for measure in entity.measures}
            for quantity, unit in batch.rows.select("quantity", "raw_unit").unique().iter_rows():
                assert unit in units[quantity]


def test_an_empty_delivery_is_no_data_or_refused(contract: Contract) -> None:
    assert isinstance(parsed(contract, b""), Refusal | NoData)
    assert isinstance(parsed(contract, b" \n"), Refusal | NoData)


def test_a_malformed_delivery_is_refused_with_its_reason(contract: Contract) -> None:
    data = sample_of(contract).read_bytes()
    for broken in (
        data[: len(data) // 3] + b"\x00\xff{<",
        b"<html><title>503</title>down</html>",
        b'{"a": [1, ',
        b"\x89PNG....",
    ):
        assert isinstance(parsed(contract, broken), Refusal | NoData)


# ── the road: one run for all folders, then the same again ────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Walked:
    """What became of every sample: the ledger after the first run, and after the same bytes came again under another name."""

    first: pl.DataFrame
    again: pl.DataFrame
    rows: dict[str, pl.DataFrame]
    fresh: dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def walked(new_lake: Callable[[], Lake]) -> Walked:
    lake = new_lake()
    contracts = settings.contracts()
    redactor = Redactor.of(lake.config.home)
    partners = settings.partners()

    def deliver(rename: Callable[[str], str]) -> pl.DataFrame:
        landed = {}
        for contract in contracts.values():
            sample = sample_of(contract)
            path = rename(delivered_path(contract, sample.name, AT))
            data = (
                redactor.answered(contract.source_id, sample.read_bytes()).data if pulled(path) else sample.read_bytes()
            )
            landed[keys.landing_key(contract.partner_id, path if pulled(path) else f"{contract.source_id}/{path}")] = (
                data
            )
        lake.store.put(landed)
        for partner_id in partners:
            known = intake.read_manifest(lake.store, partner_id)[0]
            intake.take_in(lake.store, partner_id, known, redactor=redactor)
        settle(lake, contracts, partners, rename("run"), 2)
        return lake.ledger.state("delivery")

    first = deliver(lambda path: path)
    rows = {}
    for contract in contracts.values():
        for entity in contract.entities:
            table = ("bronze", contract.table(entity.name))
            if lake.catalog.table_exists(table):
                rows[table[1]] = pl.DataFrame(pl.from_arrow(lake.catalog.load_table(table).scan().to_arrow()))
    later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y%m%dT%H%M%SZ")
    again = deliver(lambda path: re.sub(r"\d{8}T\d{6}Z", later, path) if pulled(path) else f"again {path}")
    fresh = {str(line["source_id"]): line for line in freshness_lines(lake.ledger, contracts, now())}
    return Walked(first, again, rows, fresh)


def lines_of(state: pl.DataFrame, contract: Contract) -> list[dict[str, object]]:
    return state.filter(pl.col("source_id") == contract.source_id).to_dicts()


def test_the_sample_reaches_bronze_and_its_accounts_balance(contract: Contract, walked: Walked) -> None:
    [line] = lines_of(walked.first, contract)
    assert line["outcome"] in OUTCOMES, line["reason_en"]
    assert line["rows_in"] == line["accepted"] + line["quarantined"] + line["dropped"] and line["quarantined"] == 0  # type: ignore[operator]
    held = [
        walked.rows[contract.table(e.name)].height for e in contract.entities if contract.table(e.name) in walked.rows
    ]
    assert sum(held) == line["accepted"]


def test_the_rows_of_the_sample_are_those_that_were_reviewed(contract: Contract, walked: Walked) -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    for entity in contract.entities:
        name = contract.table(entity.name)
        if name in walked.rows and name not in expected:
            pytest.skip(f"nobody has looked at the rows of {name} yet; add them to {EXPECTED.name} when somebody has")
        if name in walked.rows:
            assert reviewed_rows(contract, walked.rows[name]) == expected[name]


def reviewed_rows(contract: Contract, rows: pl.DataFrame) -> list[dict[str, object]]:
    """Three rows, first, middle and last, without what differs from run to run or (hashes) from lake to lake."""
    hashed = [field["name"] for field in (contract.redact or {}).get("fields", []) if field["action"] == "hash"]
    columns = [column.name for e in contract.entities for column in e.own_columns if column.source in hashed]
    if any(field["action"] == "hash_keys" for field in (contract.redact or {}).get("fields", [])):
        # hashes are in the keys and cells, and give the rows an order that differs from lake to lake
        told = ("quantity", "averaging_period", "interval_start_at", "raw_value", "raw_unit", "value", "is_valid")
        rows = rows.select(told) if "quantity" in rows.columns else rows.drop("station_key", "cell", "row_id")
        rows = rows.sort(pl.all()).with_row_index("row_id")
        hashed = []
    order = [name for name in ("row_id", "interval_start_at") if name in rows.columns]
    ordered = rows.sort(order).drop("batch_id", "path", "received_at", *columns, strict=False)
    chosen = ordered[sorted({0, ordered.height // 2, ordered.height - 1})]
    return [{k: v for k, v in row.items() if v is not None} for row in json.loads(chosen.write_json())]


def test_the_same_bytes_again_are_a_repeat_and_change_nothing(contract: Contract, walked: Walked) -> None:
    outcomes = sorted(str(line["outcome"]) for line in lines_of(walked.again, contract))
    assert outcomes == sorted([str(lines_of(walked.first, contract)[0]["outcome"]), "repeat"])


def test_freshness_counts_from_the_last_event_and_not_from_the_delivery(contract: Contract, walked: Walked) -> None:
    tables = [walked.rows[name] for e in contract.entities if (name := contract.table(e.name)) in walked.rows]
    last = max(rows["interval_end_at"].max() for rows in tables)  # type: ignore[type-var]
    found = walked.fresh[contract.source_id]["last_event_at"]
    assert isinstance(found, datetime) and isinstance(last, datetime)
    assert found == last if last < walked_at(walked) else found >= walked_at(walked)


def test_a_source_whose_last_event_is_long_ago_is_stale_by_its_own_agreement(
    contract: Contract, walked: Walked
) -> None:
    line = walked.fresh[contract.source_id]
    last = line["last_event_at"]
    assert isinstance(last, datetime)
    age_hours = (now() - last).total_seconds() / 3600
    on_time, late = (float(contract.sla[name]) for name in ("onTimeHours", "lateHours"))
    assert on_time <= late <= float(contract.sla["staleHours"])
    assert line["status"] == ("on_time" if age_hours <= on_time else "late" if age_hours <= late else "stale")


def walked_at(walked: Walked) -> datetime:
    """When the samples were received."""
    found = walked.first["received_at"].max()
    assert isinstance(found, datetime)
    return found


def test_no_delivery_of_a_source_with_personal_fields_keeps_them(contract: Contract, walked: Walked) -> None:
    dropped = [field["name"] for field in (contract.redact or {}).get("fields", []) if field["action"] == "drop"]
    for entity in contract.entities:
        assert not set(dropped) & {column.source or column.name for column in entity.own_columns}


def _drifted(contract: Contract, data: bytes) -> bytes | None:
    """The sample with a field more in every record, for JSON lists and declared CSV; None for other formats."""
    if contract.read and contract.read["format"] == "csv":
        separator = contract.read.get("separator", ",").encode()
        header, *lines = data.rstrip(b"\r\n").splitlines()
        return b"\n".join([header + separator + b"unheard_of", *(line + separator + b"x" for line in lines), b""])
    try:
        document = json.loads(data)
    except ValueError:
        return None
    records = _records(document)
    for record in records:
        record["unheard_of"] = "x"
    return json.dumps(document, ensure_ascii=False).encode() if records else None


def _records(value: object) -> list[dict[str, object]]:
    """The longest list of objects anywhere in a document."""
    found: list[dict[str, object]] = []
    if isinstance(value, list):
        if value and all(isinstance(item, dict) for item in value):
            found = value
        inner = [r for item in value for r in [_records(item)]]
    elif isinstance(value, dict):
        inner = [_records(item) for item in value.values()]
    else:
        return []
    return max([found, *inner], key=len)


def test_a_field_more_is_taken_and_told(contract: Contract) -> None:
    drifted = _drifted(contract, sample_of(contract).read_bytes())
    if drifted is None:
        pytest.skip("a workbook, a raster or an odd text: tests/feeds drifts it")
    found = parsed(contract, drifted)
    assert isinstance(found, Parsed), found
    rules = {finding.rule for batch in found.batches for finding in batch.findings}
    # A catalogue of tables has fields of its own for each: there a field more is one more dimension of the figure.
    takes_all = any(column.name == "dimensions" for entity in contract.entities for column in entity.own_columns)
    assert "new_column" in rules or takes_all
