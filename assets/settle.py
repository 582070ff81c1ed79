"""raw → bronze: what is pending is staged, gated, given its slot, committed and written into the ledger.

The ledger and the manifest decide what is pending (plan.py), so that a run that died half-way is simply done again, and an
empty lake is rebuilt from raw and manifest alone. A delivery that was judged before may be judged again: after a withdrawal,
or because a rule, a reader, a contract or a correction changed (replay.py). Its earlier batches then leave, in the same
commit that brings the new ones.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets import accounts
from assets.accounts import Row
from assets.bronze import GatedBatch, Place, commit_entity, gate_entity, settle_slots
from assets.lake.handle import Lake
from assets.lake.ledger import now
from assets.overlap import overlap_findings
from assets.plan import Plan, make_plan
from assets.readers.result import Finding
from assets.stage import Staged, StagedBatch, readers_hash, stage
from expectations.contract import Contract

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
class Judged:
    """Deliveries after stage and gate, and who holds each slot then. Nothing is written yet."""

    staged: list[Staged]
    gated: dict[str, GatedBatch]
    write: set[str]
    """Ids of the batches that hold their slots."""
    winners: dict[str, str]
    """Batch that lost its slot → path of the winner."""
    losers: dict[str, str]
    """Batch that lost its slot → id of the winner."""
    leaving: list[Row]
    """Batches in bronze that were taken back, or whose delivery was judged again."""
    staying: list[Row]
    """All the other batches in bronze; those among the losers go."""

    @property
    def deliveries(self) -> set[str]:
        return {item.delivery.delivery_id for item in self.staged}


def settle(
    lake: Lake,
    contracts: Mapping[str, Contract],
    partner_ids: Sequence[str],
    run_id: str,
    threads: int,
    progress: Progress = lambda *_: None,
    again: Collection[str] = (),
) -> Settled:
    """Brings the bronze of some partners up to what their manifests say, all of them in one go. `again` are ids of
    deliveries to judge once more."""
    done = Settled()
    plan = make_plan(lake, partner_ids, again)
    if plan.is_empty:
        return done
    scratch = lake.config.scratch / run_id
    judged = judge(lake, contracts, plan, scratch, threads, done, progress)
    clock = _Clock(done.seconds)
    notes = _commit(lake, contracts, judged, run_id, done, progress)
    clock.lap("commit")
    _record(lake, contracts, plan, judged, notes, run_id, done)
    clock.lap("ledger")
    for file in scratch.glob("*.parquet"):
        file.unlink()
    return done


def judge(
    lake: Lake,
    contracts: Mapping[str, Contract],
    plan: Plan,
    scratch: Path,
    threads: int,
    done: Settled,
    progress: Progress = lambda *_: None,
) -> Judged:
    """Stages and gates what the plan names, and whoever comes back because a batch is refused that held a slot before."""
    clock = _Clock(done.seconds)
    staged: list[Staged] = []
    gated: dict[str, GatedBatch] = {}
    todo = [*plan.fresh, *plan.again]
    while todo:
        some = stage(lake.store, todo, contracts, scratch, threads, lambda n, total: progress("stage", n, total))
        clock.lap("stage")
        gated |= _gate(some, contracts, done, progress)
        clock.lap("gate")
        staged.extend(some)
        judged = {item.delivery.delivery_id for item in staged}
        vacated = {row["slot"] for row in plan.holding if row["delivery_id"] in judged | plan.going}
        todo = plan.heirs(vacated - {g.batch.slot for g in _wanting(plan, gated)}, judged)
    return _slots(plan, staged, gated)


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


def _wanting(plan: Plan, gated: Mapping[str, GatedBatch]) -> list[GatedBatch]:
    """The batches that passed their gate and were not taken back."""
    return [g for g in gated.values() if not g.refused_by and g.batch.delivery.delivery_id not in plan.withdrawn_ids]


def _slots(plan: Plan, staged: list[Staged], gated: dict[str, GatedBatch]) -> Judged:
    """Decides who holds each slot."""
    vacating = plan.going | {item.delivery.delivery_id for item in staged}
    leaving = [row for row in plan.holding if row["delivery_id"] in vacating]
    staying = [row for row in plan.holding if row["delivery_id"] not in vacating]
    places = [Place(r["batch_id"], r["slot"], r["received_at"], plan.positions[r["delivery_id"]]) for r in staying]
    write, losers = settle_slots([_place(g, plan) for g in _wanting(plan, gated)], places)
    paths = {r["batch_id"]: r["path"] for r in staying} | {b: g.batch.delivery.path for b, g in gated.items()}
    winners = {loser: paths[winner] for loser, winner in losers.items()}
    return Judged(staged, gated, write, winners, losers, leaving, staying)


def _commit(
    lake: Lake,
    contracts: Mapping[str, Contract],
    judged: Judged,
    run_id: str,
    done: Settled,
    progress: Progress,
) -> dict[str, list[Finding]]:
    """One commit an entity: batches that leave or lost their slot go, those that hold one come. Returns extra findings by
    batch."""
    gated = judged.gated
    notes = _identical(judged)
    written_now = [gated[b] for b in sorted(judged.write)]
    for batch_id, found in overlap_findings(lake, contracts, written_now, judged.staying).items():
        notes[batch_id].extend(found)

    removed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in (*judged.leaving, *(r for r in judged.staying if r["batch_id"] in judged.losers)):
        removed[row["source_id"], row["entity"]].append(row["batch_id"])
    written: dict[tuple[str, str], list[GatedBatch]] = defaultdict(list)
    for one in written_now:
        written[one.batch.source_id, one.batch.entity].append(one)
    touched = sorted(set(removed) | set(written))
    for position, key in enumerate(touched):
        progress("commit", position, len(touched))
        start = time.monotonic()
        contract = contracts[key[0]]
        commit_entity(lake.catalog, lake.store, contract, contract.entity(key[1]), written[key], removed[key], run_id)
        done.source_seconds[key[0]] += time.monotonic() - start
    progress("commit", len(touched), len(touched))
    return notes


def _record(
    lake: Lake,
    contracts: Mapping[str, Contract],
    plan: Plan,
    judged: Judged,
    notes: Mapping[str, list[Finding]],
    run_id: str,
    done: Settled,
) -> None:
    """Writes everything that happened into the ledger."""
    rows = accounts.lines_of(judged.staged, judged.gated, judged.winners, notes)
    readers = {
        partner_id: readers_hash(partner_id, contracts) for partner_id in {r["partner_id"] for r in rows["delivery"]}
    }
    rows["delivery"] = [line | {"readers_hash": readers[line["partner_id"]]} for line in rows["delivery"]]
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
    rows["batch"].extend(row | {"status": "withdrawn"} for row in judged.leaving if row["delivery_id"] in plan.going)
    rows["batch"].extend(
        accounts.superseded_batch(row)
        for row in plan.batches
        if row["delivery_id"] in judged.deliveries
        and row["batch_id"] not in judged.gated
        and row["status"] not in (accounts.SUPERSEDED, "withdrawn")
    )
    lost = [row for row in judged.staying if row["batch_id"] in judged.losers]
    rows["batch"].extend(row | {"status": "replaced"} for row in lost)
    rows["delivery"].extend(_fully_replaced(plan, judged, lost))
    lake.ledger.append(rows, run_id, now())
    done.lines.extend(rows["delivery"])


def _fully_replaced(plan: Plan, judged: Judged, lost: Sequence[Row]) -> list[Row]:
    """Deliveries of earlier runs that hold no slot any more."""
    still = {row["delivery_id"] for row in judged.staying if row["batch_id"] not in judged.losers}
    by_delivery = {
        row["delivery_id"]: judged.winners[row["batch_id"]] for row in lost if row["delivery_id"] not in still
    }
    return [accounts.replaced_line(plan.known[delivery_id], path) for delivery_id, path in by_delivery.items()]


def _identical(judged: Judged) -> defaultdict[str, list[Finding]]:
    """A finding for a winner that says the same as the batch whose slot it took."""
    hashes: dict[str, Any] = {row["batch_id"]: row["content_hash"] for row in judged.staying}
    hashes |= {batch_id: g.batch.content_hash for batch_id, g in judged.gated.items()}
    paths = {row["batch_id"]: row["path"] for row in judged.staying}
    paths |= {batch_id: g.batch.delivery.path for batch_id, g in judged.gated.items()}
    notes: defaultdict[str, list[Finding]] = defaultdict(list)
    for loser, winner in judged.losers.items():
        if hashes[loser] == hashes[winner]:
            notes[winner].append(
                Finding(
                    "same_content",
                    f"holds the same measurements as {paths[loser]}, in other bytes",
                    f"มีค่าที่วัดเหมือนกับ {paths[loser]} ทุกค่า แต่เป็นคนละไฟล์",
                )
            )
    return notes


def _place(gated: GatedBatch, plan: Plan) -> Place:
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
