"""`maemoh dry-run`: what a delivery would give, without the lake. The same parser and the same gate as a run."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.bronze import GatedBatch, gate_entity
from assets.freshness import status_of
from assets.intake import Delivery
from assets.lake.ledger import now
from assets.lake.months import LOCAL_OFFSET
from assets.landing import files_of
from assets.stage import Staged, StagedBatch, stage_one
from expectations.contract import Contract, Entity


@dataclass(frozen=True)
class BatchPreview:
    """One batch: its accounts, a line a quantity, and what people should know."""

    source_id: str
    entity: str
    series: str
    period_start: str
    period_end: str
    rows_in: int
    accepted: int
    quarantined: int
    dropped: int
    quantities: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FilePreview:
    """One file: outcome (would be accepted, no data, would be refused), the reason, its batches."""

    path: str
    outcome: str
    reason: str
    batches: tuple[BatchPreview, ...]


def preview(
    partner_id: str, paths: Sequence[Path], contracts: Mapping[str, Contract], scratch: Path
) -> list[FilePreview]:
    """Reads and gates files as a run would; nothing is kept."""
    contents = {path: file.read_bytes() for path, file in files_of(paths).items()}
    return preview_bytes(partner_id, contents, contracts, scratch)


def preview_bytes(
    partner_id: str, contents: Mapping[str, bytes], contracts: Mapping[str, Contract], scratch: Path
) -> list[FilePreview]:
    """The same for deliveries that are no files: path → bytes, such as answers that were just fetched."""
    folder = scratch / "dry-run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        return [_preview(partner_id, path, data, contracts, folder) for path, data in contents.items()]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _preview(partner_id: str, path: str, data: bytes, contracts: Mapping[str, Contract], folder: Path) -> FilePreview:
    sha256 = hashlib.sha256(data).hexdigest()
    delivery = Delivery(sha256[:16], partner_id, path, sha256, len(data), "", now(), "")
    staged = stage_one(delivery, data, contracts, folder)
    if staged.refusal:
        return FilePreview(path, "would be refused", staged.refusal.reason_en, ())
    if staged.no_data:
        return FilePreview(path, "no data", staged.no_data.reason_en, ())
    gated = [_gate(staged, contracts, position) for position in range(len(staged.batches))]
    refused = all(g.refused_by for g in gated)
    return FilePreview(
        path,
        "would be refused" if refused else "would be accepted",
        "",
        tuple(_batch(g, contracts[g.batch.source_id]) for g in gated),
    )


def _gate(staged: Staged, contracts: Mapping[str, Contract], position: int) -> GatedBatch:
    batch = staged.batches[position]
    contract = contracts[batch.source_id]
    return gate_entity(contract, contract.entity(batch.entity), [batch])[0]


def _batch(gated: GatedBatch, contract: Contract) -> BatchPreview:
    batch = gated.batch
    entity = contract.entity(batch.entity)
    lines = _quantity_lines(batch.file) if entity.shape == "observation" else _column_lines(entity, batch.file)
    failed = [result for result in gated.results if not result.passed]
    notes = [f"{r.rule.severity}: {r.rule.reason_en} ({r.failed:,} of {r.evaluated:,} rows)" for r in failed]
    notes += [f"{finding.reason_en}{_at(finding.sheet, finding.cell)}" for finding in batch.findings]
    notes += [f"dropped {drop.n:,}: {drop.reason_en}" for drop in batch.drops]
    return BatchPreview(
        batch.source_id,
        batch.entity,
        batch.series,
        str(batch.period_start),
        str(batch.period_end),
        batch.rows_in,
        gated.accepted,
        gated.quarantined,
        batch.n_dropped,
        (*lines, *_freshness(contract, batch)),
        tuple(notes),
    )


def _freshness(contract: Contract, batch: StagedBatch) -> tuple[str, ...]:
    """When the last event was, and what the contract's agreement calls that today."""
    if batch.last_event_at is None:
        return ()
    at = now()
    last = min(batch.last_event_at, at)
    return (f"last event {last + LOCAL_OFFSET:%Y-%m-%d %H:%M}+07:00: {status_of(contract, last, at)}",)


def _quantity_lines(file: Path) -> tuple[str, ...]:
    summary = (
        pl.scan_parquet(file)
        .group_by("quantity", "raw_unit")
        .agg(
            pl.col("value").count().alias("valid"),
            pl.col("flag").count().alias("flagged"),
            (pl.col("value").is_null() & pl.col("flag").is_null()).sum().alias("blank"),
            pl.col("value").min().alias("low"),
            pl.col("value").max().alias("high"),
        )
        .sort("quantity")
        .collect()
    )
    return tuple(
        f"{row['quantity']} [{row['raw_unit']}]: {row['valid']:,} valid ({_span(row)}), "
        f"{row['flagged']:,} flagged, {row['blank']:,} blank"
        for row in summary.iter_rows(named=True)
    )


def _column_lines(entity: Entity, file: Path) -> tuple[str, ...]:
    """A line a column: how many values, from where to where."""
    rows = pl.read_parquet(file)
    lines = []
    for column in entity.own_columns:
        values = rows[column.name].drop_nulls()
        unit = f" [{column.unit}]" if column.unit else ""
        span = "no values"
        if values.len():
            span = " to ".join(map(str, (values.min(), values.max())))
        if column.type == "VARCHAR" and values.len():
            kinds = values.unique().sort()
            span = ", ".join(kinds.head(4).to_list()) + (f", … ({kinds.len():,} different)" if kinds.len() > 4 else "")
        lines.append(f"{column.name}{unit}: {values.len():,} values ({span}), {rows.height - values.len():,} empty")
    return tuple(lines)


def _span(row: Mapping[str, float | None]) -> str:
    return "no values" if row["low"] is None else f"{row['low']:g} to {row['high']:g}"


def _at(sheet: str | None, cell: str | None) -> str:
    return f" [{sheet}!{cell}]" if sheet and cell else ""
