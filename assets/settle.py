"""raw → bronze: what is pending is staged, gated, given its slot, committed and written into the ledger.

The ledger and the manifest decide what is pending, so that a run that died half-way is simply done again, and an empty
lake is rebuilt from raw and manifest alone.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from assets import accounts
from assets.accounts import Row
from assets.bronze import GatedBatch, Place, commit_entity, gate_entity, settle_slots
from assets.intake import Delivery, Withdrawal, read_data_manifest, read_manifest
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.overlap import overlap_findings
from assets.readers.result import Finding
from assets.stage import Staged, StagedBatch, stage
from expectations.contract import Contract

MANIFEST_THREADS = 8
Progress = Callable[[str, int, int], None]
"""Called with (step, done, total)."""


@dataclass
class Settled:
    """What a run did for its partners. `lines` are the ops.delivery rows it wrote."""

    lines: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    source_seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds of the gate and the commit, by source."""

    @property
    def did_work(self) -> bool:
        return bool(self.lines)


@dataclass(frozen=True)
class _Plan:
    """What a run has to do, decided from the manifest and the ledger."""

    fresh: list[Delivery]
    repeats: list[tuple[Delivery, Row]]
    returning: list[Delivery]
    withdrawn_lines: list[tuple[Row, Withdrawal]]
    withdrawn_ids: dict[str, Withdrawal]
    holding: list[Row]
    known: dict[str, Row]
    positions: dict[str, int]
    """Delivery id → place in the manifest."""


def settle(
    lake: Lake,
    contracts: Mapping[str, Contract],
    partner_ids: Sequence[str],
    run_id: str,
    threads: int,
    progress: Progress = lambda *_: None,
) -> Settled:
    """Brings the bronze of some partners up to what their manifests say, all of them in one go."""
    done = Settled()
    plan = _plan(lake, partner_ids)
    todo = [*plan.fresh, *plan.returning]
    if not todo and not plan.repeats and not plan.withdrawn_lines:
        return done
    clock = _Clock(done.seconds)
    staged = stage(
        lake.store, todo, contracts, lake.config.scratch / run_id, threads, lambda n, total: progress("stage", n, total)
    )
    clock.lap("stage")
    gated = _gate(staged, contracts, done, progress)
    clock.lap("gate")
    winners, notes = _commit(lake, contracts, plan, gated, run_id, done, progress)
    clock.lap("commit")
    _record(lake, plan, staged, gated, winners, notes, run_id, done)
    clock.lap("ledger")
    for file in (lake.config.scratch / run_id).glob("*.parquet"):
        file.unlink()
    return done


def pending(lake: Lake, partner_ids: Sequence[str]) -> list[str]:
    """Ids of deliveries that are in raw and not in the ledger yet, such as answers that were just fetched."""
    plan = _plan(lake, partner_ids)
    return [d.delivery_id for d in (*plan.fresh, *plan.returning, *(d for d, _ in plan.repeats))]


def preview_withdrawal(lake: Lake, partner_id: str, sha256: str) -> tuple[list[Row], list[Row]]:
    """(batches that would go, batches that would come back) if these bytes were withdrawn."""
    batches = lake.ledger.state("batch").filter(pl.col("partner_id") == partner_id)
    going = batches.filter((pl.col("sha256") == sha256) & (pl.col("status") == "accepted")).to_dicts()
    positions = {d.delivery_id: n for n, d in enumerate(read_manifest(lake.store, partner_id)[0])}
    freed = {row["slot"] for row in going}
    back = [row for row in _successors(batches.to_dicts(), freed, positions) if row["sha256"] != sha256]
    return going, back


def _plan(lake: Lake, partner_ids: Sequence[str]) -> _Plan:
    deliveries, batches = lake.ledger.state("delivery"), lake.ledger.state("batch")
    with ThreadPoolExecutor(MANIFEST_THREADS) as pool:
        manifests = pool.map(lambda partner_id: read_data_manifest(lake.store, partner_id), partner_ids)
        plans = [
            _plan_of(
                *manifest,
                deliveries.filter(pl.col("partner_id") == partner_id).to_dicts(),
                batches.filter(pl.col("partner_id") == partner_id).to_dicts(),
            )
            for partner_id, manifest in zip(partner_ids, manifests, strict=True)
        ]
    return _Plan(
        fresh=[d for plan in plans for d in plan.fresh],
        repeats=[pair for plan in plans for pair in plan.repeats],
        returning=[d for plan in plans for d in plan.returning],
        withdrawn_lines=[line for plan in plans for line in plan.withdrawn_lines],
        withdrawn_ids={key: value for plan in plans for key, value in plan.withdrawn_ids.items()},
        holding=[row for plan in plans for row in plan.holding],
        known={key: row for plan in plans for key, row in plan.known.items()},
        positions={key: position for plan in plans for key, position in plan.positions.items()},
    )


def _plan_of(
    manifest: Sequence[Delivery], withdrawals: Sequence[Withdrawal], lines: Sequence[Row], batches: Sequence[Row]
) -> _Plan:
    """What there is to do for one partner."""
    known = {row["delivery_id"]: row for row in lines}
    positions = {delivery.delivery_id: position for position, delivery in enumerate(manifest)}
    by_sha = {w.sha256: w for w in withdrawals}
    withdrawn = {
        d.delivery_id: by_sha[d.sha256]
        for d in manifest
        if d.sha256 in by_sha and by_sha[d.sha256].withdrawn_at >= d.received_at
    }
    fresh, repeats = _split_repeats(manifest, known, withdrawn)
    newly_withdrawn = [
        (row, withdrawn[delivery_id])
        for delivery_id, row in known.items()
        if delivery_id in withdrawn and not row["reason_en"].startswith("withdrawn:") and row["outcome"] != "repeat"
    ]
    going = {row["delivery_id"] for row, _ in newly_withdrawn}
    active = [row for row in batches if row["status"] == "accepted"]
    freed = {row["slot"] for row in active if row["delivery_id"] in going}
    back = {row["delivery_id"] for row in _successors(batches, freed, positions) if row["delivery_id"] not in withdrawn}
    return _Plan(
        fresh=fresh,
        repeats=repeats,
        returning=[d for d in manifest if d.delivery_id in back],
        withdrawn_lines=newly_withdrawn,
        withdrawn_ids=withdrawn,
        holding=active,
        known=known,
        positions=positions,
    )


def _split_repeats(
    manifest: Sequence[Delivery], known: Mapping[str, Row], withdrawn: Mapping[str, Withdrawal]
) -> tuple[list[Delivery], list[tuple[Delivery, Row]]]:
    """Pending deliveries, apart by whether their bytes were there before (and not taken back)."""
    seen: dict[str, Row] = {}
    fresh: list[Delivery] = []
    repeats: list[tuple[Delivery, Row]] = []
    for delivery in manifest:
        row = known.get(delivery.delivery_id) or {
            "path": delivery.path,
            "received_at": delivery.received_at,
            "source_id": None,
        }
        if delivery.delivery_id not in known:
            if delivery.sha256 in seen:
                repeats.append((delivery, seen[delivery.sha256]))
            else:
                fresh.append(delivery)
        if delivery.delivery_id not in withdrawn:
            seen.setdefault(delivery.sha256, row)
    return fresh, repeats


def _successors(batches: Sequence[Row], slots: set[str], positions: Mapping[str, int]) -> list[Row]:
    """For each freed slot, the latest batch that had been replaced: it holds the slot again."""
    replaced = [row for row in batches if row["slot"] in slots and row["status"] == "replaced"]
    replaced.sort(key=lambda row: (row["received_at"], positions[row["delivery_id"]]))
    return list({row["slot"]: row for row in replaced}.values())


def _gate(
    staged: Sequence[Staged], contracts: Mapping[str, Contract], done: Settled, progress: Progress
) -> dict[str, GatedBatch]:
    """G1, entity by entity."""
    groups: dict[tuple[str, str], list[StagedBatch]] = defaultdict(list)
    for item in staged:
        for batch in item.batches:
            groups[batch.source_id, batch.entity].append(batch)
    gated: dict[str, GatedBatch] = {}
    for position, ((source_id, entity), batches) in enumerate(sorted(groups.items())):
        progress("gate", position, len(groups))
        start = time.monotonic()
        contract = contracts[source_id]
        for result in gate_entity(contract, contract.entity(entity), batches):
            gated[result.batch.batch_id] = result
        done.source_seconds[source_id] += time.monotonic() - start
    progress("gate", len(groups), len(groups))
    return gated


def _commit(
    lake: Lake,
    contracts: Mapping[str, Contract],
    plan: _Plan,
    gated: Mapping[str, GatedBatch],
    run_id: str,
    done: Settled,
    progress: Progress,
) -> tuple[dict[str, str], dict[str, list[Finding]]]:
    """Slots, then one commit an entity. Returns (loser → path of the winner, extra findings by batch)."""
    going = {row["delivery_id"] for row, _ in plan.withdrawn_lines}
    leaving = [row for row in plan.holding if row["delivery_id"] in going]
    holding = [row for row in plan.holding if row["delivery_id"] not in going and row["batch_id"] not in gated]
    wanting = [
        _place(g, plan)
        for g in gated.values()
        if not g.refused_by and g.batch.delivery.delivery_id not in plan.withdrawn_ids
    ]
    places = [Place(r["batch_id"], r["slot"], r["received_at"], plan.positions[r["delivery_id"]]) for r in holding]
    write, losers = settle_slots(wanting, places)
    paths = {r["batch_id"]: r["path"] for r in holding} | {b: g.batch.delivery.path for b, g in gated.items()}
    winners = {loser: paths[winner] for loser, winner in losers.items()}
    hashes = {r["batch_id"]: r["content_hash"] for r in plan.holding} | {
        g.batch.batch_id: g.batch.content_hash for g in gated.values()
    }
    notes = _identical(losers, hashes, winners, paths)
    for batch_id, found in overlap_findings(lake, contracts, [gated[b] for b in sorted(write)], holding).items():
        notes[batch_id].extend(found)

    removed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in (*leaving, *(r for r in holding if r["batch_id"] in losers)):
        removed[row["source_id"], row["entity"]].append(row["batch_id"])
    written: dict[tuple[str, str], list[GatedBatch]] = defaultdict(list)
    for batch_id in sorted(write):
        written[gated[batch_id].batch.source_id, gated[batch_id].batch.entity].append(gated[batch_id])
    touched = sorted(set(removed) | set(written))
    for position, key in enumerate(touched):
        progress("commit", position, len(touched))
        start = time.monotonic()
        contract = contracts[key[0]]
        commit_entity(lake.catalog, lake.store, contract, contract.entity(key[1]), written[key], removed[key], run_id)
        done.source_seconds[key[0]] += time.monotonic() - start
    progress("commit", len(touched), len(touched))
    return winners, notes


def _record(
    lake: Lake,
    plan: _Plan,
    staged: Sequence[Staged],
    gated: Mapping[str, GatedBatch],
    winners: Mapping[str, str],
    notes: Mapping[str, list[Finding]],
    run_id: str,
    done: Settled,
) -> None:
    """Writes everything that happened into the ledger."""
    rows = accounts.lines_of(staged, gated, winners, notes)
    rows["delivery"].extend(accounts.repeat_line(delivery, first) for delivery, first in plan.repeats)
    rows["delivery"] = [
        accounts.withdrawn_line(line, plan.withdrawn_ids[line["delivery_id"]].reason)
        if line["delivery_id"] in plan.withdrawn_ids and line["outcome"] != "repeat"
        else line
        for line in rows["delivery"]
    ]
    for row in rows["batch"]:
        if row["delivery_id"] in plan.withdrawn_ids and row["status"] != "refused":
            row["status"] = "withdrawn"
    for line, withdrawal in plan.withdrawn_lines:
        rows["delivery"].append(accounts.withdrawn_line(line, withdrawal.reason))
    going = {line["delivery_id"] for line, _ in plan.withdrawn_lines}
    rows["batch"].extend(row | {"status": "withdrawn"} for row in plan.holding if row["delivery_id"] in going)
    lost = [row for row in plan.holding if row["batch_id"] in winners]
    rows["batch"].extend(row | {"status": "replaced"} for row in lost)
    rows["delivery"].extend(_fully_replaced(plan, lost, winners))
    lake.ledger.append(rows, run_id, now())
    done.lines.extend(rows["delivery"])


def _fully_replaced(plan: _Plan, lost: Sequence[Row], winners: Mapping[str, str]) -> list[Row]:
    """Deliveries of earlier runs that hold no slot any more."""
    still = {row["delivery_id"] for row in plan.holding if row["batch_id"] not in winners}
    by_delivery = {row["delivery_id"]: winners[row["batch_id"]] for row in lost if row["delivery_id"] not in still}
    return [accounts.replaced_line(plan.known[delivery_id], path) for delivery_id, path in by_delivery.items()]


def _identical(
    losers: Mapping[str, str], hashes: Mapping[str, Any], winners: Mapping[str, str], paths: Mapping[str, str]
) -> defaultdict[str, list[Finding]]:
    """A finding for a winner that says the same as the batch whose slot it took."""
    notes: defaultdict[str, list[Finding]] = defaultdict(list)
    for loser, winner in losers.items():
        if hashes[loser] == hashes[winner]:
            notes[winner].append(
                Finding(
                    "same_content",
                    f"holds the same measurements as {paths[loser]}, in other bytes",
                    f"มีค่าที่วัดเหมือนกับ {paths[loser]} ทุกค่า แต่เป็นคนละไฟล์",
                )
            )
    return notes


def _place(gated: GatedBatch, plan: _Plan) -> Place:
    batch = gated.batch
    delivery = batch.delivery
    return Place(batch.batch_id, batch.slot, delivery.received_at, plan.positions[delivery.delivery_id])


class _Clock:
    """Laps into a dictionary of seconds."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds, self.last = seconds, time.monotonic()

    def lap(self, name: str) -> None:
        at = time.monotonic()
        self.seconds[name] += at - self.last
        self.last = at
