"""How current each source is, counted from the time of the events, not of the delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from assets.lake.ledger import Ledger
from assets.lake.months import LOCAL_OFFSET
from expectations.contract import Contract

LEVELS = (("onTimeHours", "on_time"), ("lateHours", "late"))


def freshness_lines(ledger: Ledger, contracts: Mapping[str, Contract], at: datetime) -> list[dict[str, Any]]:
    """One line per source: last event, last receipt, and on_time / late / stale by the contract's SLA."""
    batches = ledger.state("batch").filter(pl.col("status") == "accepted")
    lines: list[dict[str, Any]] = []
    for source_id, contract in contracts.items():
        own = batches.filter(pl.col("source_id") == source_id)
        if own.is_empty():
            lines.append({"source_id": source_id, "partner_id": contract.partner_id, "status": "never"})
            continue
        last_event = min(_last_event(own), at)
        status = status_of(contract, last_event, at)
        lines.append(
            {
                "source_id": source_id,
                "partner_id": contract.partner_id,
                "last_event_at": last_event,
                "last_received_at": own["received_at"].max(),
                "status": status,
            }
        )
    return lines


def status_of(contract: Contract, last_event: datetime, at: datetime) -> str:
    """on_time, late or stale, by what the contract agrees for the time since the last event."""
    age_hours = (at - last_event).total_seconds() / 3600
    return next((name for key, name in LEVELS if age_hours <= float(contract.sla.get(key) or 0)), "stale")


def _last_event(batches: pl.DataFrame) -> datetime:
    """The end of the last interval that accepted rows speak of; of batches that do not say it, of their last day."""
    day_ends = (pl.col("period_end") + pl.duration(days=1)).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    known = pl.col("last_event_at") if "last_event_at" in batches.columns else pl.lit(None, pl.Datetime("us", "UTC"))
    found = batches.select(pl.coalesce(known, day_ends - LOCAL_OFFSET).max()).item()
    assert isinstance(found, datetime)  # a batch has a period
    return found
