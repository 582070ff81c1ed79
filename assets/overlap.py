"""Two deliveries that speak of the same hours: both stay in bronze, silver chooses, and people are told where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from assets.accounts import Row
from assets.bronze import GatedBatch
from assets.lake.handle import Lake
from assets.readers.pulled import pulled
from assets.readers.result import Finding
from expectations.contract import Contract


def overlap_findings(
    lake: Lake, contracts: Mapping[str, Contract], written: Sequence[GatedBatch], holding: Sequence[Row]
) -> dict[str, list[Finding]]:
    """Findings by batch id for batches of the same series whose periods overlap without being the same slot."""
    found: dict[str, list[Finding]] = {}
    earlier: list[GatedBatch] = []
    for gated in sorted(written, key=lambda g: (g.batch.delivery.received_at, g.batch.delivery.path)):
        batch = gated.batch
        entity = contracts[batch.source_id].entity(batch.entity)
        if entity.shape != "observation" or pulled(batch.delivery.path):
            continue  # revisions of records keep their vintages; answers that were fetched overlap by nature
        for row in holding:
            same = (row["source_id"], row["entity"], row["series"]) == (batch.source_id, batch.entity, batch.series)
            if same and row["slot"] != batch.slot and _overlap(row["period_start"], row["period_end"], gated):
                table = lake.catalog.load_table(("bronze", contracts[batch.source_id].table(batch.entity)))
                other = pl.DataFrame(
                    pl.from_arrow(
                        table.scan(f"batch_id == '{row['batch_id']}'", (*entity.key, "value", "cell")).to_arrow()
                    )
                )
                found.setdefault(batch.batch_id, []).append(_finding(gated, entity.key, other, row["path"]))
        for one in earlier:
            other_batch = one.batch
            same = (other_batch.source_id, other_batch.entity, other_batch.series) == (
                batch.source_id,
                batch.entity,
                batch.series,
            )
            if same and _overlap(other_batch.period_start, other_batch.period_end, gated):
                other = pl.read_parquet(other_batch.file, columns=[*entity.key, "value", "cell"])
                found.setdefault(batch.batch_id, []).append(
                    _finding(gated, entity.key, other, other_batch.delivery.path)
                )
        earlier.append(gated)
    return found


def _overlap(start: date, end: date, gated: GatedBatch) -> bool:
    return start <= gated.batch.period_end and gated.batch.period_start <= end


def _finding(gated: GatedBatch, key: Sequence[str], other: pl.DataFrame, other_path: str) -> Finding:
    own = pl.read_parquet(gated.batch.file, columns=[*key, "value", "sheet", "cell"])
    shared = own.join(other, on=list(key), how="inner", nulls_equal=True, suffix="_other")
    differ = shared.filter(pl.col("value").is_not_null() & pl.col("value_other").is_not_null()).filter(
        pl.col("value") != pl.col("value_other")
    )
    if differ.is_empty():
        return Finding(
            "overlap",
            f"shares {shared.height:,} intervals with {other_path}; they agree",
            f"มี {shared.height:,} ช่วงเวลาซ้ำกับ {other_path} และค่าตรงกัน",
            n=max(shared.height, 1),
        )
    first = differ.row(0, named=True)
    return Finding(
        "overlap_disagrees",
        f"differs from {other_path} on {differ.height:,} of {shared.height:,} shared intervals "
        f"(first: {first['value']:g} here, {first['value_other']:g} there); the later delivery is used",
        f"ค่าต่างจาก {other_path} จำนวน {differ.height:,} จาก {shared.height:,} ช่วงเวลาที่ซ้ำกัน ระบบใช้ไฟล์ที่ส่งมาทีหลัง",
        sheet=first["sheet"],
        cell=first["cell"],
        n=differ.height,
    )
