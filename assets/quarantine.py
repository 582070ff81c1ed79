"""What the gates hold back, as it stands now: rows in quarantine and refused deliveries, each with its reason.

The ledger only grows, so a line of ops.quarantine says what was held once. It is in force while its batch (of a file that was
refused as a whole: its delivery) still stands as that run judged it; what was replaced, withdrawn, resolved by a later
delivery or judged again since is history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from pyiceberg.exceptions import NoSuchTableError

from assets.accounts import WITHDRAWN
from assets.lake import keys
from assets.lake.handle import Lake
from assets.readers.raw_cell import RawCell, raw_cells
from expectations.contract import Contract
from expectations.personal import PERSONAL_RULE

HELD = "held"
TOOK = ("accepted", "accepted_with_findings", "no_data", "replaced")
_EVENT = r'"interval_start_at": "([0-9-]{10} [0-9:]{8})'


@dataclass(frozen=True)
class Filters:
    """Which lines to show; None shows all. `path` is any part of a path, `since` is when the delivery was received."""

    partner: str | None = None
    source: str | None = None
    rule: str | None = None
    path: str | None = None
    since: datetime | None = None
    is_all: bool = False


def lines(lake: Lake, contracts: Mapping[str, Contract], filters: Filters = Filters()) -> pl.DataFrame:
    """One line a row that is held, and one for all other rows of a refused delivery (`n_rows`), oldest first.

    Columns: state (held, or why it is history: replaced, withdrawn, superseded, resolved, judged again), gate (G0, G1),
    partner_id, source_id, entity, rule, path, sheet, cell, raw_value, n_rows, event_at (UTC, what the row speaks of),
    received_at, recorded_at, delivery_id, batch_id, sha256, reason_en, reason_th, is_private (no content may be shown: a
    personal source, or a batch in which the scan found personal data).
    """
    held = lake.ledger.events("quarantine").rename({"run_id": "_run"})
    batches, deliveries = lake.ledger.state("batch"), lake.ledger.state("delivery")
    personal = [source_id for source_id, contract in contracts.items() if contract.classification == "personal"]
    whole = (
        held.join(_batch_states(batches), on="batch_id", how="left")
        .join(_delivery_states(deliveries, batches), on="delivery_id", how="left")
        .with_columns(
            pl.coalesce("source_id", "_source_id").alias("source_id"),
            pl.when(pl.col("batch_id").is_null()).then(pl.lit("G0")).otherwise(pl.lit("G1")).alias("gate"),
            _state().alias("state"),
            pl.col("row_json")
            .str.extract(_EVENT)
            .str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
            .dt.replace_time_zone("UTC")
            .alias("event_at"),
            (pl.col("source_id").is_in(personal) | pl.col("batch_id").is_in(_with_personal_data(lake)).fill_null(False))
            .fill_null(False)
            .alias("is_private"),
        )
        .with_columns(
            pl.when("is_private").then(None).otherwise(pl.col(name)).alias(name)
            for name in ("sheet", "cell", "raw_value")
        )
    )
    columns = (
        "state", "gate", "partner_id", "source_id", "entity", "rule", "path", "sheet", "cell", "raw_value", "n_rows",
        "event_at", "received_at", "recorded_at", "delivery_id", "batch_id", "sha256", "reason_en", "reason_th", "is_private",
    )  # fmt: skip
    return whole.filter(_wanted(filters)).select(columns).sort("received_at", "path", maintain_order=True)


def summary(held: pl.DataFrame) -> pl.DataFrame:
    """By state, source and rule: rows, files, first and last time that the rows speak of (else when they were received)."""
    at = pl.coalesce("event_at", "received_at")
    return (
        held.group_by("state", "gate", "source_id", "rule", maintain_order=True)
        .agg(
            pl.col("n_rows").sum().alias("rows"),
            pl.col("path").n_unique().alias("files"),
            at.min().alias("first_at"),
            at.max().alias("last_at"),
            pl.col("reason_en").last(),
            pl.col("reason_th").last(),
        )
        .sort((pl.col("state") != HELD), "source_id", "rule", nulls_last=True)
    )


def with_raw_cells(lake: Lake, held: pl.DataFrame) -> pl.DataFrame:
    """`held` with `raw_text`, what stands in the delivered bytes at each cell, and `beside`, how its row and column are
    called there. Null where a line has no cell, where its bytes have no such place, and where nothing may be shown."""
    found: dict[tuple[str, str | None, str], RawCell] = {}
    shown = held.filter(pl.col("cell").is_not_null() & ~pl.col("is_private"))
    for (partner_id, sha256, path), some in shown.group_by("partner_id", "sha256", "path"):
        data = lake.store.get(keys.raw_key(str(partner_id), str(sha256)))
        places = set(some.select("sheet", "cell").iter_rows())
        for (sheet, cell), raw in raw_cells(data, str(path), places).items():
            found[str(sha256), sheet, cell] = raw
    raws = [found.get(key) for key in held.select("sha256", "sheet", "cell").iter_rows()]
    return held.with_columns(
        pl.Series("raw_text", [raw.text if raw else None for raw in raws], pl.String),
        pl.Series("beside", [raw.beside if raw else None for raw in raws], pl.String),
    )


def _batch_states(batches: pl.DataFrame) -> pl.DataFrame:
    """batch_id, its status, the run that judged it last, and whether a later delivery holds the slot that it was refused."""
    accepted = (
        batches.filter(pl.col("status") == "accepted").group_by("slot").agg(pl.col("received_at").max().alias("_later"))
    )
    return batches.join(accepted, on="slot", how="left").select(
        "batch_id",
        pl.col("status").alias("_status"),
        pl.col("run_id").alias("_batch_run"),
        ((pl.col("status") == "refused") & (pl.col("_later") > pl.col("received_at")))
        .fill_null(False)
        .alias("_is_resolved"),
    )


def _delivery_states(deliveries: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """delivery_id, sha256, received_at, outcome, the run of its last line, whether it was taken back, and whether a later
    delivery under the same path was taken."""
    took = (
        deliveries.filter(pl.col("outcome").is_in(TOOK))
        .group_by("partner_id", "path")
        .agg(pl.col("received_at").max().alias("_later_path"))
    )
    return deliveries.join(took, on=["partner_id", "path"], how="left").select(
        "delivery_id",
        "sha256",
        "received_at",
        pl.col("source_id").alias("_source_id"),
        pl.col("outcome").alias("_outcome"),
        pl.col("run_id").alias("_delivery_run"),
        pl.col("reason_en").str.starts_with(WITHDRAWN).fill_null(False).alias("_is_withdrawn"),
        (pl.col("_later_path") > pl.col("received_at")).fill_null(False).alias("_is_followed"),
    )


def _state() -> pl.Expr:
    """Of a line of ops.quarantine, from its batch or, when it has none, from its delivery."""
    is_file = pl.col("batch_id").is_null()
    judged_by = pl.when(is_file).then(pl.col("_delivery_run")).otherwise(pl.col("_batch_run"))
    is_refused = pl.when(is_file).then(pl.col("_outcome") == "refused").otherwise(pl.col("_status") == "refused")
    is_resolved = is_refused & (pl.col("_is_followed") | pl.col("_is_resolved").fill_null(False))
    return (
        pl.when("_is_withdrawn")
        .then(pl.lit("withdrawn"))
        .when(pl.col("_status").is_in(["replaced", "withdrawn", "superseded"]))
        .then(pl.col("_status"))
        .when(judged_by != pl.col("_run"))
        .then(pl.lit("judged again"))
        .when(is_resolved)
        .then(pl.lit("resolved"))
        .otherwise(pl.lit(HELD))
    )


def _wanted(filters: Filters) -> pl.Expr:
    wanted = [pl.lit(True) if filters.is_all else pl.col("state") == HELD]
    for column, value in (("partner_id", filters.partner), ("source_id", filters.source), ("rule", filters.rule)):
        if value is not None:
            wanted.append(pl.col(column) == value)
    if filters.path is not None:
        wanted.append(pl.col("path").str.contains(filters.path, literal=True))
    if filters.since is not None:
        wanted.append(pl.col("received_at") >= filters.since)
    return pl.all_horizontal(wanted)


def _with_personal_data(lake: Lake) -> list[str]:
    """Batches in which the scan found personal data: what was found is never shown, by whatever rule a row is held."""
    try:
        table = lake.catalog.load_table(("ops", "check_result"))
    except NoSuchTableError:
        return []
    found = table.scan(f"rule == '{PERSONAL_RULE}' and failed > 0", ("batch_id",)).to_arrow()
    return list(set(found.column("batch_id").to_pylist()))
