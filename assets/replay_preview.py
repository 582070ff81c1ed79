"""`maemoh replay --dry-run`: what judging deliveries once more would change. The same reading, gate and slots as a run."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets import accounts
from assets.accounts import Row
from assets.corrected import CORRECTED, OBSOLETE
from assets.lake.handle import Lake
from assets.plan import Plan, make_plan
from assets.replay import Due
from assets.settle import Judged, Settled, judge
from expectations.contract import Contract

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Change:
    """What a replay would do to one delivery. `before` and `after` are its lines of ops.delivery, `back` and `newly_held`
    count rows, `rules` says how many rows each rule held before and holds after, `notes` what its corrections come to."""

    why: tuple[str, ...]
    before: Row
    after: Row
    back: int
    newly_held: int
    rules: Mapping[str, tuple[int, int]]
    notes: tuple[str, ...]


def preview(
    lake: Lake,
    contracts: Mapping[str, Contract],
    chosen: Sequence[Due],
    threads: int,
    progress: Progress = lambda *_: None,
) -> list[Change]:
    """A change for each of these deliveries, and for each that takes a slot which one of them loses. Nothing is written."""
    if not chosen:
        return []
    plan = make_plan(lake, sorted({one.partner_id for one in chosen}))
    plan = plan.only_again([plan.deliveries[one.delivery_id] for one in chosen])
    scratch = lake.config.scratch / "replay-dry-run"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        judged = judge(lake, contracts, plan, scratch, threads, Settled(), progress)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _changes(lake, plan, judged, {one.delivery_id: one.why for one in chosen})


def _changes(lake: Lake, plan: Plan, judged: Judged, why: Mapping[str, tuple[str, ...]]) -> list[Change]:
    after = accounts.lines_of(judged.staged, judged.gated, judged.winners, {})
    batches = {row["batch_id"]: row for row in plan.batches if row["status"] in ("accepted", "refused", "replaced")}
    held = lake.ledger.events("quarantine").filter(pl.col("delivery_id").is_in(list(judged.deliveries)))
    held_before = _by_delivery(row for row in held.iter_rows(named=True) if _is_last(row, batches, plan.known))
    held_after = _by_delivery(after["quarantine"])
    batches_before, batches_after = _by_delivery(batches.values()), _by_delivery(after["batch"])
    findings = _by_delivery(after["finding"])
    changes = []
    for line in after["delivery"]:
        one = line["delivery_id"]
        back, newly_held = _moved(batches_before[one], batches_after[one], held_before[one], held_after[one])
        changes.append(
            Change(
                why=why.get(one, ("takes a slot that another delivery loses",)),
                before=plan.known[one],
                after=line,
                back=back,
                newly_held=newly_held,
                rules=_rules(held_before[one], held_after[one]),
                notes=tuple(row["reason_en"] for row in findings[one] if row["rule"] in (CORRECTED, OBSOLETE)),
            )
        )
    return changes


def _by_delivery(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["delivery_id"]].append(row)
    return grouped


def _is_last(row: Row, batches: Mapping[str, Row], lines: Mapping[str, Row]) -> bool:
    """True for a held line of the last time that its batch, or the file as a whole, was judged."""
    if row["batch_id"] is None:
        return bool(lines[row["delivery_id"]]["run_id"] == row["run_id"])
    return row["batch_id"] in batches and bool(batches[row["batch_id"]]["run_id"] == row["run_id"])


def _moved(
    before: Sequence[Row], after: Sequence[Row], held_before: Sequence[Row], held_after: Sequence[Row]
) -> tuple[int, int]:
    """(rows that come back, rows newly held), series by series: a new contract or parser makes another batch of the same
    rows."""
    were, are = ({_series(row): row for row in rows} for rows in (before, after))
    back = newly_held = 0
    for key in were.keys() | are.keys():
        was, will = were.get(key), are.get(key)
        came, went = _moved_batch(was, will, _cells(was, held_before), _cells(will, held_after))
        back, newly_held = back + came, newly_held + went
    return back, newly_held


def _moved_batch(
    was: Row | None,
    will: Row | None,
    before: Counter[tuple[str | None, str | None]],
    after: Counter[tuple[str | None, str | None]],
) -> tuple[int, int]:
    """A batch that is refused holds all its rows; one that did not exist held none of them, as far as the ledger knows."""
    if was is None:
        return (will["accepted"], will["quarantined"]) if will else (0, 0)
    if will is None:
        return 0, was["accepted"]
    if was["status"] == "refused":
        return (0 if will["status"] == "refused" else will["accepted"]), 0
    if will["status"] == "refused":
        return 0, was["accepted"]
    return (before - after).total(), (after - before).total()


def _series(batch: Row) -> tuple[str, str, str]:
    return batch["entity"], batch["layout"], batch["series"]


def _cells(batch: Row | None, held: Sequence[Row]) -> Counter[tuple[str | None, str | None]]:
    return Counter(
        (row.get("sheet"), row.get("cell")) for row in held if batch and row["batch_id"] == batch["batch_id"]
    )


def _rules(before: Sequence[Row], after: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """Rule → rows held before, rows held after. A file refused as a whole counts as it stands, with 0 rows."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for counter, rows in zip(counts, (before, after), strict=True):
        for row in rows:
            counter[row["rule"]] += row["n_rows"]
    return {rule: (counts[0][rule], counts[1][rule]) for rule in sorted({*counts[0], *counts[1]})}
