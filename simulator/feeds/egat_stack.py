"""EGAT's stack workbook of the last year and this one, as far as months are over."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.egat import StackSpec, StackTraps
from simulator.egat.paths import stack_path
from simulator.world import World

YEARS = 2


def history(world: World) -> Iterator[tuple[str, bytes]]:
    """The mass rates of the old stacks are still reckoned at another temperature than that of MM-T1."""
    first = world.today.year - YEARS + 1
    traps = StackTraps(renamed=False, blanks=False, copied_flow=False, rate_break=False)
    spec = StackSpec(first, YEARS, traps, world.seed, until=world.today)
    yield stack_path(first, YEARS), spec.build().data
