"""The latest delivery of a slot holds it, whatever order things are decided in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assets.bronze import Place, settle_slots

START = datetime(2026, 1, 1, tzinfo=UTC)


def place(batch_id: str, slot: str, second: int, position: int = 0) -> Place:
    return Place(batch_id, slot, START + timedelta(seconds=second), position)


def test_a_later_delivery_takes_the_slot_of_an_earlier_one() -> None:
    write, losers = settle_slots([place("new", "s", 2)], [place("old", "s", 1)])
    assert write == {"new"} and losers == {"old": "new"}


def test_an_earlier_delivery_that_is_worked_on_later_does_not() -> None:
    write, losers = settle_slots([place("old", "s", 1)], [place("new", "s", 2)])
    assert write == set() and losers == {"old": "new"}


def test_within_one_second_the_manifest_decides() -> None:
    write, losers = settle_slots([place("a", "s", 1, position=7)], [place("z", "s", 1, position=3)])
    assert write == {"a"} and losers == {"z": "a"}


def test_another_slot_is_left_alone() -> None:
    write, losers = settle_slots([place("new", "s1", 2)], [place("old", "s2", 1)])
    assert write == {"new"} and losers == {}


places = st.lists(
    st.builds(place, st.uuids().map(str), st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 5)),
    unique_by=lambda p: p.batch_id,
)


@given(places, st.randoms())
def test_every_slot_has_exactly_one_holder_and_order_does_not_matter(wanting: list[Place], random) -> None:  # type: ignore[no-untyped-def]
    write, losers = settle_slots(wanting, [])
    assert len(write) == len({p.slot for p in wanting})
    assert write.isdisjoint(losers) and write | set(losers) == {p.batch_id for p in wanting}
    mixed = list(wanting)
    random.shuffle(mixed)
    assert settle_slots(mixed, []) == (write, losers)
