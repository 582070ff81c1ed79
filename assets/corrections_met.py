"""What became of every correction: applied, obsolete, waiting for a replay, or never met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from assets import corrections
from assets.corrected import CORRECTED, OBSOLETE
from assets.corrections import Correction
from assets.lake.handle import Lake
from expectations.contract import Contract

State = Literal["applied", "obsolete", "waiting", "never met"]
IN_FORCE = ("accepted", "refused")


@dataclass(frozen=True)
class Met:
    """A correction and its state: applied to `rows` rows of `files` files; obsolete, in `files` files the cell holds
    something else and in none what was expected; waiting, a delivery that it names was judged before it was written or
    changed; never met, no delivery that counts has the cell (`named`: how many it names at all)."""

    source_id: str
    correction: Correction
    state: State
    rows: int
    files: int
    named: int
    first_place: str


def met(lake: Lake, contracts: Mapping[str, Contract]) -> list[Met]:
    """Every correction of every source, in the order in which they stand. Raises ContractError."""
    return list(_met(lake, contracts))


def _met(lake: Lake, contracts: Mapping[str, Contract]) -> Iterator[Met]:
    batches = lake.ledger.state("batch").filter(pl.col("status").is_in(IN_FORCE))
    findings = (
        lake.ledger.events("finding")
        .filter(pl.col("rule").is_in([CORRECTED, OBSOLETE]))
        .join(batches.select("batch_id", "run_id"), on=["batch_id", "run_id"], how="semi")
    )
    for source_id, contract in contracts.items():
        every = corrections.of(contract)
        columns = ("entity", "path", "sha256", "corrections_hash")
        own = batches.filter(pl.col("source_id") == source_id).select(columns).to_dicts()
        for one in every:
            named = [row for row in own if row["entity"] == one.entity and one.names(row["path"], row["sha256"])]
            told = findings.filter((pl.col("source_id") == source_id) & (pl.col("subject") == one.id))
            applied = told.filter(pl.col("rule") == CORRECTED)
            is_waiting = any(
                corrections.fingerprint(corrections.naming(every, row["entity"], row["path"], row["sha256"]))
                != (row["corrections_hash"] or "")
                for row in named
            )
            state: State = "never met"
            if is_waiting:
                state = "waiting"
            elif applied.height:
                state = "applied"
            elif told.height:
                state = "obsolete"
            shown = applied if applied.height else told
            yield Met(
                source_id,
                one,
                state,
                rows=int(applied["n"].sum()),
                files=shown["path"].n_unique(),
                named=len({row["path"] for row in named}),
                first_place=_place(shown),
            )


def _place(shown: pl.DataFrame) -> str:
    if shown.is_empty():
        return ""
    first = shown.row(0, named=True)
    return f"{first['path']} [{first['sheet']}!{first['cell']}]"
