"""Every kind of corruption is found by the right gate, under the right rule, in the right rows, as gravely as it should be,
and nothing else is said; of clean deliveries nothing is said at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assets.accounts import lines_of
from assets.bronze import gate_entity
from assets.intake import Delivery as Received
from assets.pull.calls import Pages, calls_of
from assets.readers.route import contracts
from assets.stage import Staged, stage_one
from expectations.entity_rules import rules_of
from simulator.egat.bad import html_page
from tests.gate.mutations import all_kinds, clean, summary, tables
from tests.gate.mutations.edits import put
from tests.gate.mutations.judged import Found, Outcome, judge_deliveries, judge_table, judge_tables
from tests.gate.mutations.mutation import Delivery, Mutation

KINDS = all_kinds()
OF_DELIVERIES = [kind for kind in KINDS if kind.gate in ("G0", "G1")]
OF_TABLES = [kind for kind in KINDS if kind.gate in ("G2", "G3")]
Verdicts = Mapping[str, Outcome]
EXEMPT: dict[str, str] = {}
"""Rules that no mutation breaks (`source.entity: rule` or `schema.table: rule`), each with the reason why not."""


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """What the gates say of every clean delivery and every mutation, each by its name: one pass for an entity."""
    everything: dict[str, Delivery | Mutation] = {name: clean.delivery(name) for name in clean.names()}
    found = judge_deliveries(everything | {kind.kind: kind for kind in OF_DELIVERIES})
    for group in tables.groups():
        own = [kind for kind in OF_TABLES if tables.group_of(kind.of) is group]
        found |= judge_tables(group, own)
    return found


# ── no false alarm ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", clean.names())
def test_a_clean_delivery_raises_nothing(verdicts: Verdicts, name: str) -> None:
    said = verdicts[name]
    assert {rule: found.n for rule, found in (said.broken | said.told).items()} == clean.TRAITS.get(name, {})


@pytest.mark.parametrize("name", tables.addresses())
def test_a_clean_table_raises_nothing(name: str) -> None:
    assert judge_table(tables.group_of(name), name, tables.suites()).broken == {}


# ── every kind ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.gate} {kind.kind}")
def test_a_corruption_is_found_where_it_is_and_nothing_else_is_said(
    verdicts: Verdicts, kind: Mutation, record_property: Callable[[str, object], None]
) -> None:
    where = " ".join(kind.at[:2]) if kind.gate in ("G0", "G1") else kind.of
    severity = kind.severity if kind.rule else "none"
    record_property(summary.NAME, (kind.gate, severity, kind.rule, kind.kind, where))
    said = _beyond(verdicts[kind.kind], clean.TRAITS.get(kind.of, {}))
    expected = ({kind.rule: kind.count} if kind.rule else {}) | dict(kind.also)
    told = {rule: found.n for rule, found in said.told.items() if rule in expected or rule not in kind.told}
    assert {rule: found.n for rule, found in said.broken.items()} | told == expected
    assert set(kind.told) <= set(said.told) and said.deeds == []
    if kind.rule:
        found = said.broken.get(kind.rule) or said.told[kind.rule]
        assert (found.gate, found.severity) == (kind.gate, kind.severity)
        assert len(found.at) == len(kind.at)
        assert all(_same(kind, said, wanted) for said, wanted in zip(found.at, kind.at, strict=True)), found.at


def _beyond(said: Outcome, traits: Mapping[str, int]) -> Outcome:
    """What is said beyond what the clean delivery has about it."""

    def new(found: Mapping[str, Found]) -> dict[str, Found]:
        return {rule: one for rule, one in found.items() if traits.get(rule) != one.n}

    return Outcome(new(said.broken), new(said.told), said.deeds)


def _same(kind: Mutation, said: str, wanted: str) -> bool:
    """A cell is named exactly; of a table's failing row the words must be in it."""
    return said == wanted if kind.gate in ("G0", "G1") else wanted in said


@pytest.mark.parametrize(
    ("kind", "told", "trouble"),
    [
        ("a page of an answer that is missing", 40, "29 records were seen, the partner counts 40"),
        ("a page that is an error page", None, "page 1 is not what a page should be"),
    ],
)
def test_a_walk_over_pages_that_is_not_whole_says_so(
    kind: str, told: int | None, trouble: str, record_property: Callable[[str, object], None]
) -> None:
    record_property(summary.NAME, ("G0", "major", "truncated", kind, "fires"))
    contract = contracts()["gistda_hotspot"]
    assert contract.pull
    call = next(call for call, is_paged in calls_of(contract, date(2026, 3, 19)) if is_paged)
    sent = clean.delivery("fires")
    pages = Pages(call, contract.pull["paging"])
    assert pages.after(sent.data) is None and pages.trouble == ""
    pages = Pages(call, contract.pull["paging"])
    changed = put("numberMatched", value=told)(sent).data if told else html_page()
    assert pages.after(changed) is None and pages.trouble == trouble


# ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_many_kinds_each_named_once() -> None:
    assert len(KINDS) >= 60
    assert [kind for kind, n in Counter(kind.kind for kind in KINDS).items() if n > 1] == []


def test_every_rule_is_broken_by_a_mutation_or_says_why_not() -> None:
    """Rules of a shape follow from one function, and rules that many suites share from one text: one feed or table stands
    for all. What a contract or a suite has of its own is broken where it stands."""
    broken = {_place(kind.of, rule) for kind in KINDS for rule in (kind.rule, *kind.also)}
    by_rule = {rule for _, rule in broken}
    missing = set()
    for source_id, contract in contracts().items():
        own = {rule.id for _, rule in contract.rules}
        for entity in contract.entities:
            for rule in rules_of(contract, entity):
                if rule.id not in by_rule or (rule.id in own and (source_id, rule.id) not in broken):
                    missing.add(f"{source_id}.{entity.name}: {rule.id}")
    texts = Counter((rule.id, rule.reason_en) for rules in tables.suites().values() for rule in rules)
    for table, rules in tables.suites().items():
        address = next((a for a in tables.addresses() if a.endswith(f".{table}")), f"gold.{table}")
        own = {rule.id for rule in rules if texts[rule.id, rule.reason_en] == 1}
        missing |= {
            f"{address}: {rule.id}"
            for rule in rules
            if rule.id not in by_rule or (rule.id in own and (address, rule.id) not in broken)
        }
    assert missing == set(EXEMPT)


def _place(of: str, rule: str) -> tuple[str, str]:
    return (of if "." in of else clean.delivery(of).source_id, rule)


# ── what is written down ──────────────────────────────────────────────────────────────────────────────────────────────


def test_of_a_delivery_with_personal_data_no_word_is_written_down(tmp_path: Path) -> None:
    number = "081-234-5678"
    [kind] = [kind for kind in KINDS if kind.kind == "a telephone number in a cell"]
    sent = staged(kind.how(clean.delivery(kind.of)), tmp_path)  # type: ignore[operator]
    contract = contracts()["egat_ambient"]
    gated = gate_entity(contract, contract.entity("observation"), sent.batches)
    lines = lines_of([sent], {one.batch.batch_id: one for one in gated}, {}, {})
    assert {line["rule"] for line in lines["quarantine"]} == {"flag_known", "no_personal_data"}
    assert number not in str(lines)
    assert {(line["sample_cell"], line["sample_value"]) for line in lines["check_result"] if line.get("failed")} == {
        (kind.at[0], None)
    }


def staged(sent: Delivery, scratch: Path) -> Staged:
    """A delivery of EGAT's, read and written to a scratch file as the road does it."""
    at = datetime(2026, 3, 22, 2, tzinfo=UTC)
    received = Received("d1", "egat", sent.path, "0" * 64, len(sent.data), "", at, "")
    return stage_one(received, sent.data, contracts(), scratch)
