"""Deliveries are staged a few at a time: bounded by number and by bytes, the next few read ahead."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from assets.intake import Delivery
from assets.lake.objects import ObjectStore
from assets.stage import GROUP_BYTES, _groups, _raw_keys


def delivery(n: int, size: int) -> Delivery:
    return Delivery(
        f"d{n}", "cmu", f"{n}.json", f"sha{n}", size, "application/json", datetime(2026, 1, 1, tzinfo=UTC), ""
    )


class Store(ObjectStore):
    """A store that counts how many groups were read."""

    def __init__(self) -> None:
        self.read = 0

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        self.read += 1
        return {key: key.encode() for key in keys}


@given(st.lists(st.integers(0, 2 * GROUP_BYTES), max_size=60), st.integers(1, 16))
def test_every_delivery_is_in_one_group_and_groups_stay_small(sizes: list[int], most: int) -> None:
    deliveries = [delivery(n, size) for n, size in enumerate(sizes)]
    groups = list(_groups(deliveries, most))
    assert list(itertools.chain(*groups)) == deliveries
    assert all(0 < len(group) <= most for group in groups)
    assert all(len(group) == 1 or sum(d.bytes for d in group) <= GROUP_BYTES for group in groups)


def test_one_group_is_read_ahead_and_no_more() -> None:
    store = Store()
    groups = [[delivery(n, 1)] for n in range(5)]
    seen = []
    for done, (group, contents) in enumerate(store.read_ahead(groups, _raw_keys), start=1):
        assert store.read <= done + 1
        assert contents == {f"raw/cmu/{group[0].sha256}": f"raw/cmu/{group[0].sha256}".encode()}
        seen.append(group)
    assert seen == groups and store.read == 5
