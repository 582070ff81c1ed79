"""raw → stage: every pending delivery becomes typed rows in scratch Parquet files, visible to nobody.

One delivery's trouble stays its own: a refusal is an outcome, not an exception, and the next delivery goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from assets import corrected, corrections
from assets.intake import Delivery
from assets.lake import keys
from assets.lake.objects import ObjectStore
from assets.readers.pulled import pulled
from assets.readers.result import Batch, Drop, Finding, NoData, Refusal
from assets.readers.route import parse_delivery, parsers
from expectations.contract import Contract, Entity

ROW_GROUP = 50_000
GROUP_BYTES = 32 * 1024**2


@dataclass(frozen=True)
class StagedBatch:
    """The rows of one entity of one delivery, in `file` (Parquet, exactly the bronze columns)."""

    batch_id: str
    delivery: Delivery
    source_id: str
    entity: str
    layout: str
    series: str
    period_start: date
    period_end: date
    content_hash: str
    contract_version: str
    parser_version: str
    file: Path
    n_rows: int
    findings: tuple[Finding, ...]
    drops: tuple[Drop, ...]
    is_blank: bool
    last_event_at: datetime | None = None
    """End of the last interval that a row speaks of (UTC)."""
    corrections_hash: str = ""
    """Fingerprint of the corrections that name its delivery; empty when none does."""

    @property
    def slot(self) -> str:
        """What the batch claims to be. A grid without any measurement claims a slot of its own: it never takes the
        place of measurements."""
        blank = "|blank" if self.is_blank else ""
        # An answer that was fetched is one reading of a running series: it takes nobody's place, silver chooses the latest.
        own = f"|{self.delivery.delivery_id}" if pulled(self.delivery.path) else ""
        return f"{self.source_id}|{self.entity}|{self.layout}|{self.series}|{self.period_start}..{self.period_end}{blank}{own}"

    @property
    def n_dropped(self) -> int:
        return sum(drop.n for drop in self.drops)

    @property
    def rows_in(self) -> int:
        return self.n_rows + self.n_dropped


@dataclass(frozen=True)
class Staged:
    """What became of one delivery up to the stage: batches, or the reason why there are none."""

    delivery: Delivery
    source_id: str | None
    batches: tuple[StagedBatch, ...] = ()
    refusal: Refusal | None = None
    no_data: NoData | None = None


def stage(
    store: ObjectStore,
    deliveries: Sequence[Delivery],
    contracts: Mapping[str, Contract],
    scratch: Path,
    threads: int,
    on_done: Callable[[int, int], None] = lambda *_: None,
) -> list[Staged]:
    """Parses deliveries, a few at a time (memory is bounded by those few), and writes their rows to scratch files."""
    scratch.mkdir(parents=True, exist_ok=True)
    staged: list[Staged] = []
    with ThreadPoolExecutor(threads) as pool:
        for group, contents in store.read_ahead(_groups(deliveries, threads * 8), _raw_keys):

            def one(delivery: Delivery, contents: dict[str, bytes] = contents) -> Staged:
                data = contents[keys.raw_key(delivery.partner_id, delivery.sha256)]
                return stage_one(delivery, data, contracts, scratch)

            for done in pool.map(one, group):
                staged.append(done)
                on_done(len(staged), len(deliveries))
    return staged


def stage_one(delivery: Delivery, data: bytes, contracts: Mapping[str, Contract], scratch: Path) -> Staged:
    """Parses one delivery. Refusals and "no data" are results; nothing that a file holds can raise."""
    try:
        parsed = parse_delivery(delivery.partner_id, data, delivery.path)
    except Refusal as refusal:
        return Staged(delivery, refusal.source_id, refusal=refusal)
    except NoData as no_data:
        return Staged(delivery, no_data.source_id, no_data=no_data)
    contract = contracts[parsed.source_id]
    batches = tuple(_write(delivery, contract, batch, scratch) for batch in parsed.batches)
    return Staged(delivery, parsed.source_id, batches=batches)


def readers_hash(partner_id: str, contracts: Mapping[str, Contract]) -> str:
    """16 hex digits that change with the version of any contract or parser of a partner: what was refused before may be
    read now, perhaps as a delivery of another source."""
    versions = {
        source_id: (contracts[source_id].version, parser.PARSER_VERSION)
        for source_id, parser in parsers(partner_id).items()
        if source_id in contracts
    }
    return hashlib.sha256(repr(sorted(versions.items())).encode()).hexdigest()[:16]


def batch_id_of(delivery: Delivery, contract: Contract, batch: Batch, corrections_hash: str) -> str:
    """The same rows by the same contract, parser and corrections are the same batch."""
    version = parsers(delivery.partner_id)[contract.source_id].PARSER_VERSION
    parts = [delivery.sha256, contract.source_id, batch.entity, batch.layout, batch.series, contract.version, version]
    identity = "|".join([*parts, corrections_hash] if corrections_hash else parts)
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def _write(delivery: Delivery, contract: Contract, delivered: Batch, scratch: Path) -> StagedBatch:
    entity = contract.entity(delivered.entity)
    named = corrections.naming(corrections.of(contract), entity.name, delivery.path, delivery.sha256)
    batch = corrected.correct(delivered, named, contract)
    corrections_hash = corrections.fingerprint(named)
    batch_id = batch_id_of(delivery, contract, batch, corrections_hash)
    rows = batch.rows.with_columns(
        pl.lit(batch_id).alias("batch_id"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row_id"),
        pl.lit(delivery.path).alias("path"),
        pl.lit(delivery.received_at).cast(pl.Datetime("us", "UTC")).alias("received_at"),
    ).select(column.name for column in entity.columns)
    file = scratch / f"{batch_id}.parquet"
    rows.write_parquet(file, compression="zstd", compression_level=1, row_group_size=ROW_GROUP, statistics=True)
    return StagedBatch(
        batch_id=batch_id,
        delivery=delivery,
        source_id=contract.source_id,
        entity=batch.entity,
        layout=batch.layout,
        series=batch.series,
        period_start=batch.period_start,
        period_end=batch.period_end,
        content_hash=_content_hash(entity, delivered.rows),
        contract_version=contract.version,
        parser_version=parsers(delivery.partner_id)[contract.source_id].PARSER_VERSION,
        file=file,
        n_rows=rows.height,
        findings=batch.findings,
        drops=batch.drops,
        is_blank=batch.is_blank,
        last_event_at=_last_event(batch.rows),
        corrections_hash=corrections_hash,
    )


def _last_event(rows: pl.DataFrame) -> datetime | None:
    found = rows["interval_end_at"].max()
    return found if isinstance(found, datetime) else None


def _content_hash(entity: Entity, rows: pl.DataFrame) -> str:
    """Equal for equal content, whatever file, sheet or cell it stands in."""
    if entity.shape == "observation":
        names = ["station_key", "quantity", "level", "interval_start_at", "interval_end_at", "raw_value"]
    else:
        names = ["interval_start_at", "interval_end_at", *(column.name for column in entity.own_columns)]
    return f"{rows.select(names).hash_rows(seed=0).sum():016x}"


def _groups(deliveries: Sequence[Delivery], size: int) -> Iterator[list[Delivery]]:
    """Groups of at most `size` deliveries and, where there is more than one, of at most GROUP_BYTES."""
    group: list[Delivery] = []
    for delivery in deliveries:
        if group and (len(group) == size or sum(d.bytes for d in group) + delivery.bytes > GROUP_BYTES):
            yield group
            group = []
        group.append(delivery)
    if group:
        yield group


def _raw_keys(group: Sequence[Delivery]) -> set[str]:
    return {keys.raw_key(delivery.partner_id, delivery.sha256) for delivery in group}
