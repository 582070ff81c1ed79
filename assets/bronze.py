"""stage → G1 gate → bronze / quarantine, for one entity: all its pending batches in one pass, each judged by itself.

Accepted rows are written once, into the table's own data folder (a file a batch, sorted by time), and become visible by
one metadata commit that also takes away the batches whose slot they replace. A file per batch, not per month: an
eleven-year workbook would be cut into 132 files of 700 rows, and replacing its slot would rewrite them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
from pyiceberg.catalog import Catalog

from assets.lake.commit import ensure_table, replace_batches
from assets.lake.duck import MEMORY_LIMIT
from assets.lake.objects import ObjectStore
from assets.stage import ROW_GROUP, StagedBatch
from expectations.contract import Contract, Entity
from expectations.entity_rules import rules_of, share_of
from expectations.fingerprint import rules_hash
from expectations.rules import CheckResult, Rule

PASS_ROWS = 4_000_000
ARROW_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "BIGINT": pa.int64(),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
    "DATE": pa.date32(),
}


@dataclass(frozen=True)
class GatedBatch:
    """A batch after its gate. rows_in = accepted + quarantined + dropped, always."""

    batch: StagedBatch
    accepted: int
    quarantined: int
    refused_by: Rule | None
    results: tuple[CheckResult, ...]
    held: pl.DataFrame
    """Quarantined rows: every bronze column and `rule`."""
    rules_hash: str = ""
    """Fingerprint of the rules that it was judged by."""

    def __post_init__(self) -> None:
        total = self.accepted + self.quarantined + self.batch.n_dropped
        if total != self.batch.rows_in:
            raise AssertionError(
                f"accounts of batch {self.batch.batch_id} ({self.batch.delivery.path}) don't balance: "
                f"{self.batch.rows_in} in, {total} out"
            )


@dataclass(frozen=True)
class Place:
    """A batch that holds, or wants, a slot: the one received later wins. Stores tell time by the second; within one,
    `position` (the delivery's place in the manifest) decides."""

    batch_id: str
    slot: str
    received_at: datetime
    position: int

    @property
    def order(self) -> tuple[datetime, int, str]:
        return (self.received_at, self.position, self.batch_id)


def arrow_schema(entity: Entity) -> pa.Schema:
    """Schema of an entity's bronze table."""
    return pa.schema([pa.field(column.name, ARROW_TYPES[column.type]) for column in entity.columns])


def gate_entity(contract: Contract, entity: Entity, batches: Sequence[StagedBatch]) -> list[GatedBatch]:
    """G1 over all pending batches of an entity, in as few passes as memory allows. Each batch is judged by itself, so it
    does not matter which others are beside it."""
    return [gated for some in _passes(batches) for gated in _gate_pass(contract, entity, some)]


def _passes(batches: Sequence[StagedBatch]) -> Iterator[list[StagedBatch]]:
    """Groups of at most PASS_ROWS rows; a batch that has more is alone."""
    some: list[StagedBatch] = []
    for batch in batches:
        if some and sum(b.n_rows for b in some) + batch.n_rows > PASS_ROWS:
            yield some
            some = []
        some.append(batch)
    if some:
        yield some


def _gate_pass(contract: Contract, entity: Entity, batches: Sequence[StagedBatch]) -> list[GatedBatch]:
    from expectations.gate import gate_batches  # pulls in Great Expectations: only when there is something to judge

    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = '{batches[0].file.parent / 'duckdb_tmp'}'")
        connection.execute("set parquet_metadata_cache = true")  # a rule each reads the footers otherwise
        files = [str(batch.file) for batch in batches]
        connection.execute(f"create view staged as select * from read_parquet({files!r})")
        verdict = gate_batches(
            connection,
            "staged",
            rules_of(contract, entity),
            [batch.batch_id for batch in batches],
            max_quarantined_share=contract.max_quarantined_share,
            share_of=share_of(entity),
        )
        held = _held_rows(connection, verdict.quarantined)
    results: dict[str | None, list[CheckResult]] = defaultdict(list)
    for result in verdict.results:
        results[result.batch_id].append(result)
    fingerprint = rules_hash(contract, entity)
    by_batch = {batch_id: rows for (batch_id,), rows in held.partition_by("batch_id", as_dict=True).items()}
    return [
        _gated(
            batch,
            results[batch.batch_id],
            verdict.refused.get(batch.batch_id),
            by_batch.get(batch.batch_id, held.clear()),
            fingerprint,
        )
        for batch in batches
    ]


def settle_slots(wanting: Sequence[Place], holding: Sequence[Place]) -> tuple[set[str], dict[str, str]]:
    """Decides who holds each slot: (batches to write, loser → winner). The latest delivery of a slot wins."""
    winners: dict[str, Place] = {}
    for place in (*holding, *wanting):
        best = winners.get(place.slot)
        if best is None or place.order > best.order:
            winners[place.slot] = place
    losers = {
        place.batch_id: winners[place.slot].batch_id
        for place in (*holding, *wanting)
        if winners[place.slot].batch_id != place.batch_id
    }
    return {place.batch_id for place in wanting if place.batch_id not in losers}, losers


def commit_entity(
    catalog: Catalog,
    store: ObjectStore,
    contract: Contract,
    entity: Entity,
    write: Sequence[GatedBatch],
    remove: Sequence[str],
    run_id: str,
) -> None:
    """Puts the accepted rows of `write` into bronze and takes the batches of `remove` out, in one commit."""
    table = ensure_table(catalog, "bronze", contract.table(entity.name), arrow_schema(entity))
    uploads = {
        f"{table.location()}/data/{gated.batch.batch_id}-{run_id}.parquet": gated for gated in write if gated.accepted
    }
    store.upload({address: _accepted_file(gated) for address, gated in uploads.items()})
    replaced = [*remove, *(gated.batch.batch_id for gated in write)]
    replace_batches(table, replaced, list(uploads), {"maemoh.run-id": run_id})


def _accepted_file(gated: GatedBatch) -> Path:
    """The staged file itself when all its rows were accepted; else one without the quarantined rows."""
    batch = gated.batch
    if gated.quarantined == 0:
        return batch.file
    target = batch.file.with_suffix(".accepted.parquet")
    rows = pl.read_parquet(batch.file).join(gated.held.select("row_id"), on="row_id", how="anti")
    rows.write_parquet(target, compression="zstd", compression_level=1, row_group_size=ROW_GROUP, statistics=True)
    return target


def _held_rows(connection: duckdb.DuckDBPyConnection, quarantined: pl.DataFrame) -> pl.DataFrame:
    """The staged rows behind the gate's verdict, with the rule that held each."""
    connection.register("verdict", quarantined.to_arrow())
    return connection.execute(
        "select staged.*, verdict.rule from staged join verdict using (batch_id, row_id) order by batch_id, row_id"
    ).pl()


def _gated(
    batch: StagedBatch, results: Sequence[CheckResult], refused_by: Rule | None, held: pl.DataFrame, rules_hash: str
) -> GatedBatch:
    quarantined = batch.n_rows if refused_by else held.height
    if 0 < quarantined < batch.n_rows:
        batch = _within_accepted(batch, held)
    return GatedBatch(
        batch=batch,
        accepted=batch.n_rows - quarantined,
        quarantined=quarantined,
        refused_by=refused_by,
        results=tuple(results),
        held=held,
        rules_hash=rules_hash,
    )


def _within_accepted(batch: StagedBatch, held: pl.DataFrame) -> StagedBatch:
    """The batch with the period of its accepted rows: one mistyped year must not make it another slot."""
    accepted = pl.scan_parquet(batch.file).join(held.lazy().select("row_id"), on="row_id", how="anti")
    local = pl.all().exclude("last_event_at").dt.convert_time_zone("Asia/Bangkok").dt.date()
    first, last, last_event_at = (
        accepted.select(
            pl.col("interval_start_at").min(),
            # An interval that ends at midnight belongs to the day before.
            pl.col("interval_end_at").max().dt.offset_by("-1us"),
            pl.col("interval_end_at").max().alias("last_event_at"),
        )
        .select(local, "last_event_at")
        .collect()
        .row(0)
    )
    return replace(batch, period_start=first, period_end=last, last_event_at=last_event_at)
