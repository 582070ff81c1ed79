"""Judging deliveries once more, after a rule, a reader, a contract or a correction changed: the way back out of quarantine.

A replay is an ordinary run that is told to judge some deliveries again (`Options.again`): settle stages and gates them, their
earlier batches leave bronze in the same commit that brings the new ones, and what follows is built and published as ever. The
ledger gets new events, of which the latest is the state; the earlier ones stay as history. No decision of its own has to be
kept beside raw, as a withdrawal has: a rebuilt lake judges every delivery by the rules, readers, contracts and corrections of
its day, which is what a replay does to some of them. A replay that died half-way is simply due again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from assets import accounts, corrections, quarantine, road
from assets.accounts import WITHDRAWN, Row
from assets.lake.errors import LakeError
from assets.lake.handle import Lake
from assets.options import Options
from assets.readers.route import parsers
from assets.stage import readers_hash
from expectations.contract import Contract
from expectations.fingerprint import rules_hash

Progress = Callable[[str, int, int], None]
MIN_CHARACTERS = 8
NOT_NOTED = "judged before fingerprints were kept"
BROKE_OFF = "an earlier replay broke off"


class WrongChoice(LakeError):
    """Nothing can be chosen like this."""


@dataclass(frozen=True)
class Choice:
    """Which deliveries to judge again. All empty: those that hold something back and were judged by other rules, readers,
    contracts or corrections than today's. `sha256` may be given by its first characters; `is_every` takes every delivery
    of the named sources, also those of which nothing is held."""

    sources: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    sha256: str | None = None
    is_every: bool = False

    @property
    def is_default(self) -> bool:
        return not (self.sources or self.rules or self.sha256 or self.is_every)


@dataclass(frozen=True)
class Due:
    """A delivery to judge again. `why` says what is different today, or that it was asked for."""

    delivery_id: str
    partner_id: str
    source_id: str | None
    path: str
    outcome: str
    why: tuple[str, ...]


def due(lake: Lake, contracts: Mapping[str, Contract], choice: Choice = Choice()) -> list[Due]:
    """The deliveries to judge again, oldest first. Withdrawn ones and repeats never are. Raises WrongChoice."""
    _check(choice, contracts)
    lines = lake.ledger.state("delivery").filter(
        (pl.col("outcome") != "repeat") & ~pl.col("reason_en").str.starts_with(WITHDRAWN)
    )
    batches: dict[str, list[Row]] = defaultdict(list)
    for row in lake.ledger.state("batch").filter(pl.col("status") != accounts.SUPERSEDED).iter_rows(named=True):
        batches[row["delivery_id"]].append(row)
    by_rule = _held_by(lake, contracts, choice.rules)
    today = _Today(contracts)
    found = []
    for line in lines.iter_rows(named=True):
        own = batches[line["delivery_id"]]
        holds = line["outcome"] == "refused" or any(_holds(row) for row in own)
        if choice.sha256 and not line["sha256"].startswith(choice.sha256.lower()):
            continue
        if choice.sources and line["source_id"] not in choice.sources:
            continue
        if choice.rules and line["delivery_id"] not in by_rule:
            continue
        why = today.differs(line, own)
        if why or (not choice.is_default and (holds or choice.is_every or choice.sha256)):
            found.append(_due(line, why or ("asked for",)))
    if choice.sha256 and not found:
        raise WrongChoice(
            f"no delivery that counts starts with {choice.sha256}",
            "copy the SHA-256 from `maemoh deliveries --format csv`; what was withdrawn has to be delivered again",
        )
    return found


def run(
    lake: Lake,
    contracts: Mapping[str, Contract],
    options: Options,
    chosen: Sequence[Due],
    progress: Progress = lambda *_: None,
) -> road.Summary:
    """Judges these again, in a run that also does whatever else is pending. Raises as road.run does."""
    again = frozenset(one.delivery_id for one in chosen)
    return road.run(lake, contracts, replace(options, again=again), progress)


class _Today:
    """What a delivery would be judged by now, compared with what the ledger says that it was judged by."""

    def __init__(self, contracts: Mapping[str, Contract]) -> None:
        self.contracts = contracts
        self.readers: dict[str, str] = {}
        self.rules: dict[tuple[str, str], str] = {}

    def differs(self, line: Row, batches: Sequence[Row]) -> tuple[str, ...]:
        """Why a delivery is due; empty when it is not. A batch that holds nothing back is due for its corrections alone:
        rules that became stricter are for new deliveries, or for a replay of the whole source (`is_every`)."""
        found: list[str] = []
        for row in batches:
            if row["status"] in ("accepted", "refused") and row["source_id"] in self.contracts:
                found += self._batch(row)
                if row["run_id"] != line["run_id"]:
                    found.append(BROKE_OFF)
        if line["rows_in"] and not batches:
            found.append(BROKE_OFF)
        if line["outcome"] == "refused" and not batches:
            found += self._file(line)
        return tuple(dict.fromkeys(found))

    def _batch(self, row: Row) -> list[str]:
        contract = self.contracts[row["source_id"]]
        found = []
        if row["entity"] not in [entity.name for entity in contract.entities]:
            return [f"{row['entity']} is no entity of the contract any more"]
        named = corrections.naming(corrections.of(contract), row["entity"], row["path"], row["sha256"])
        if corrections.fingerprint(named) != (row["corrections_hash"] or ""):
            found.append("corrections changed")
        if not _holds(row):
            return found
        if contract.version != row["contract_version"]:
            found.append(f"contract {row['contract_version']} → {contract.version}")
        version = parsers(contract.partner_id)[contract.source_id].PARSER_VERSION
        if version != row["parser_version"]:
            found.append(f"parser {row['parser_version']} → {version}")
        if row["rules_hash"] is None:
            found.append(NOT_NOTED)
        elif self._rules(contract, row["entity"]) != row["rules_hash"]:
            found.append("rules changed")
        return found

    def _file(self, line: Row) -> list[str]:
        partner_id = line["partner_id"]
        if partner_id not in self.readers:
            self.readers[partner_id] = readers_hash(partner_id, self.contracts)
        if line["readers_hash"] is None:
            return [NOT_NOTED]
        return [] if line["readers_hash"] == self.readers[partner_id] else ["readers or contracts changed"]

    def _rules(self, contract: Contract, entity: str) -> str:
        key = (contract.source_id, entity)
        if key not in self.rules:
            self.rules[key] = rules_hash(contract, contract.entity(entity))
        return self.rules[key]


def _due(line: Row, why: tuple[str, ...]) -> Due:
    return Due(line["delivery_id"], line["partner_id"], line["source_id"], line["path"], line["outcome"], why)


def _check(choice: Choice, contracts: Mapping[str, Contract]) -> None:
    for source_id in choice.sources:
        if source_id not in contracts:
            raise WrongChoice(f"there is no source {source_id!r}", f"use one of: {', '.join(contracts)}")
    if choice.is_every and not choice.sources:
        raise WrongChoice("every delivery of which source?", "name it with --source")
    if choice.sha256 and len(choice.sha256) < MIN_CHARACTERS:
        raise WrongChoice(
            f"{choice.sha256!r} is too short", f"give at least {MIN_CHARACTERS} characters of the SHA-256"
        )


def _holds(batch: Row) -> bool:
    return batch["status"] == "refused" or (batch["status"] == "accepted" and batch["quarantined"] > 0)


def _held_by(lake: Lake, contracts: Mapping[str, Contract], rules: Sequence[str]) -> set[str]:
    """Ids of deliveries of which these rules hold something now."""
    if not rules:
        return set()
    return set(quarantine.lines(lake, contracts).filter(pl.col("rule").is_in(list(rules)))["delivery_id"])
