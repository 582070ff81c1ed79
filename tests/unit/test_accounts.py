"""The ledger's lines: what holds personal data is counted and never written down; what was superseded is counted no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from assets import accounts
from assets.bronze import GatedBatch
from assets.intake import Delivery
from assets.stage import Staged, StagedBatch
from expectations.personal import PERSONAL_RULE, personal_rule
from expectations.rules import CheckResult

AT = datetime(2026, 3, 1, tzinfo=UTC)
DELIVERY = Delivery("d1", "egat", "x.csv", "ab" * 32, 9, "text/csv", AT, "")
SCAN = personal_rule({"name": "true"})
KNOWN = replace(SCAN, id="flag_known", action="quarantine_row", scope="row", severity="major")


def gated(found: int) -> GatedBatch:
    """Three rows, one of them held by a rule of its own; the scan refuses the batch when it `found` something."""
    batch = StagedBatch(
        "b1",
        DELIVERY,
        "s",
        "e",
        "l",
        "s1",
        date(2026, 1, 1),
        date(2026, 1, 1),
        "h",
        "1",
        "1",
        Path("x"),
        3,
        (),
        (),
        False,
    )
    held = pl.DataFrame(
        {"sheet": ["csv"], "cell": ["2"], "raw_value": ["0812345678"], "row_id": [1], "rule": ["flag_known"]}
    )
    sample = ({"sheet": "csv", "cell": "2", "raw_value": "0812345678"},)
    results = (CheckResult(SCAN, "b1", 1, found, sample), CheckResult(KNOWN, "b1", 3, 1, sample))
    return GatedBatch(batch, 0 if found else 2, 3 if found else 1, SCAN if found else None, results, held, "r1")


def lines(found: int) -> accounts.Rows:
    one = gated(found)
    return accounts.lines_of([Staged(DELIVERY, "s", batches=(one.batch,))], {"b1": one}, {}, {})


def test_of_a_batch_with_personal_data_no_content_reaches_the_ledger() -> None:
    assert "0812345678" not in str(lines(found=1)) and "0812345678" in str(lines(found=0))
    held = lines(found=1)["quarantine"]
    assert [(row["rule"], row.get("cell"), row["n_rows"]) for row in held] == [
        ("flag_known", "2", 1),
        (PERSONAL_RULE, None, 2),
    ]


def test_a_batch_says_by_what_it_was_judged_and_a_superseded_one_counts_nothing() -> None:
    [row] = lines(found=0)["batch"]
    assert (row["rules_hash"], row["corrections_hash"], row["status"], row["accepted"]) == ("r1", "", "accepted", 2)
    after = accounts.superseded_batch(row)
    assert (after["status"], after["batch_id"]) == ("superseded", "b1")
    assert [after[name] for name in ("rows_in", "accepted", "quarantined", "dropped")] == [0, 0, 0, 0]
