"""What a run has to do, decided from the manifest and the ledger alone: nobody keeps a list of what is pending."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from assets.accounts import WITHDRAWN, Row
from assets.intake import Delivery, Withdrawal, read_data_manifest, read_manifest
from assets.lake.handle import Lake

MANIFEST_THREADS = 8


@dataclass(frozen=True)
class Plan:
    """What a run has to do for some partners."""

    fresh: list[Delivery]
    repeats: list[tuple[Delivery, Row]]
    again: list[Delivery]
    """Judged before, and now once more: the slot is theirs again (after a withdrawal), or a person asked for it."""
    withdrawn_lines: list[tuple[Row, Withdrawal]]
    withdrawn_ids: dict[str, Withdrawal]
    batches: list[Row]
    """The state of every batch of these partners."""
    known: dict[str, Row]
    deliveries: dict[str, Delivery]
    """Every line of the manifests, by delivery id."""
    positions: dict[str, int]
    """Delivery id → place in its manifest."""

    @property
    def holding(self) -> list[Row]:
        """The batches that stand in bronze."""
        return [row for row in self.batches if row["status"] == "accepted"]

    @property
    def going(self) -> set[str]:
        """Ids of the deliveries that are taken back by this run."""
        return {row["delivery_id"] for row, _ in self.withdrawn_lines}

    @property
    def is_empty(self) -> bool:
        return not (self.fresh or self.repeats or self.again or self.withdrawn_lines)

    def heirs(self, freed: Collection[str], judged: Collection[str]) -> list[Delivery]:
        """Deliveries that come back, one for each freed slot: the latest that had been replaced, is not withdrawn and was
        not judged in this run already."""
        passed_by = {*self.withdrawn_ids, *judged}
        ids = {row["delivery_id"] for row in _successors(self.batches, freed, self.positions, passed_by)}
        return [delivery for delivery_id, delivery in self.deliveries.items() if delivery_id in ids]

    def only_again(self, again: Sequence[Delivery]) -> Plan:
        """The same lake, with nothing to do but to judge these once more."""
        return replace(self, fresh=[], repeats=[], again=list(again), withdrawn_lines=[])


def make_plan(lake: Lake, partner_ids: Sequence[str], again: Collection[str] = ()) -> Plan:
    """What there is to do; `again` are ids of deliveries to judge once more."""
    deliveries, batches = lake.ledger.state("delivery"), lake.ledger.state("batch")
    with ThreadPoolExecutor(MANIFEST_THREADS) as pool:
        manifests = pool.map(lambda partner_id: read_data_manifest(lake.store, partner_id), partner_ids)
        plans = [
            _plan_of(
                *manifest,
                deliveries.filter(pl.col("partner_id") == partner_id).to_dicts(),
                batches.filter(pl.col("partner_id") == partner_id).to_dicts(),
                again,
            )
            for partner_id, manifest in zip(partner_ids, manifests, strict=True)
        ]
    return Plan(
        fresh=[d for plan in plans for d in plan.fresh],
        repeats=[pair for plan in plans for pair in plan.repeats],
        again=[d for plan in plans for d in plan.again],
        withdrawn_lines=[line for plan in plans for line in plan.withdrawn_lines],
        withdrawn_ids={key: value for plan in plans for key, value in plan.withdrawn_ids.items()},
        batches=[row for plan in plans for row in plan.batches],
        known={key: row for plan in plans for key, row in plan.known.items()},
        deliveries={key: delivery for plan in plans for key, delivery in plan.deliveries.items()},
        positions={key: position for plan in plans for key, position in plan.positions.items()},
    )


def pending(lake: Lake, partner_ids: Sequence[str]) -> list[str]:
    """Ids of deliveries that are in raw and not in the ledger yet, such as answers that were just fetched."""
    plan = make_plan(lake, partner_ids)
    return [d.delivery_id for d in (*plan.fresh, *plan.again, *(d for d, _ in plan.repeats))]


def preview_withdrawal(lake: Lake, partner_id: str, sha256: str) -> tuple[list[Row], list[Row]]:
    """(batches that would go, batches that would come back) if these bytes were withdrawn."""
    batches = lake.ledger.state("batch").filter(pl.col("partner_id") == partner_id)
    going = batches.filter((pl.col("sha256") == sha256) & (pl.col("status") == "accepted")).to_dicts()
    positions = {d.delivery_id: n for n, d in enumerate(read_manifest(lake.store, partner_id)[0])}
    same = set(batches.filter(pl.col("sha256") == sha256)["delivery_id"])
    return going, _successors(batches.to_dicts(), {row["slot"] for row in going}, positions, same)


def _plan_of(
    manifest: Sequence[Delivery],
    withdrawals: Sequence[Withdrawal],
    lines: Sequence[Row],
    batches: Sequence[Row],
    again: Collection[str],
) -> Plan:
    """What there is to do for one partner."""
    known = {row["delivery_id"]: row for row in lines}
    by_sha = {w.sha256: w for w in withdrawals}
    withdrawn = {
        d.delivery_id: by_sha[d.sha256]
        for d in manifest
        if d.sha256 in by_sha and by_sha[d.sha256].withdrawn_at >= d.received_at
    }
    fresh, repeats = _split_repeats(manifest, known, withdrawn)
    plan = Plan(
        fresh=fresh,
        repeats=repeats,
        again=[],
        withdrawn_lines=[
            (row, withdrawn[delivery_id])
            for delivery_id, row in known.items()
            if delivery_id in withdrawn and not row["reason_en"].startswith(WITHDRAWN) and row["outcome"] != "repeat"
        ],
        withdrawn_ids=withdrawn,
        batches=list(batches),
        known=known,
        deliveries={delivery.delivery_id: delivery for delivery in manifest},
        positions={delivery.delivery_id: position for position, delivery in enumerate(manifest)},
    )
    freed = {row["slot"] for row in plan.holding if row["delivery_id"] in plan.going}
    asked = {i for i in again if i in known and i not in withdrawn and known[i]["outcome"] != "repeat"}
    back = {delivery.delivery_id for delivery in plan.heirs(freed, asked)} | asked
    return replace(plan, again=[d for d in manifest if d.delivery_id in back])


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


def _successors(
    batches: Sequence[Row], slots: Collection[str], positions: Mapping[str, int], passed_by: Collection[str]
) -> list[Row]:
    """For each freed slot, the latest batch that had been replaced: it holds the slot again."""
    replaced = [
        row
        for row in batches
        if row["slot"] in slots and row["status"] == "replaced" and row["delivery_id"] not in passed_by
    ]
    replaced.sort(key=lambda row: (row["received_at"], positions[row["delivery_id"]]))
    return list({row["slot"]: row for row in replaced}.values())
