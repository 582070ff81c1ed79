"""What the tests of the economy feeds share beside tests/feeds/energy.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from assets.readers.document import Document
from assets.readers.result import Batch, NoData, Refusal
from tests.feeds.energy import contract, parser
from tests.unit.readers_books import xlsx

Rows = Sequence[Sequence[Any]]


def batches(source_id: str, data: bytes, path: str = "SYNTHETIC/x") -> list[Batch]:
    """All batches of a delivery, with the accounts looked at: no row may vanish."""
    made = parser(source_id).parse(Document(data, path), contract(source_id)).batches
    assert made and all(one.rows_in == one.rows.height + sum(drop.n for drop in one.drops) for one in made)
    return list(made)


def refused(source_id: str, data: bytes, path: str = "SYNTHETIC/x") -> Refusal:
    with pytest.raises(Refusal) as caught:
        parser(source_id).parse(Document(data, path), contract(source_id))
    assert caught.value.reason_en and caught.value.reason_th
    return caught.value


def no_data(source_id: str, data: bytes, path: str = "SYNTHETIC/x") -> NoData:
    with pytest.raises(NoData) as caught:
        parser(source_id).parse(Document(data, path), contract(source_id))
    return caught.value


def book(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook with these cells; None stays empty."""
    return xlsx(*((name, [list(row) for row in rows]) for name, rows in sheets.items()))


def findings(batch: Batch) -> list[tuple[str, int]]:
    return [(finding.rule, finding.n) for finding in batch.findings]
