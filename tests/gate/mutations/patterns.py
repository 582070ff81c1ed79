"""G1: patterns that no range sees. Each value is possible, a stretch of them together is not."""

from __future__ import annotations

import numpy as np

from .edits import hour_cell, hours
from .mutation import rows


def _evened(table: np.ndarray) -> None:
    """Lively dust around 35 µg/m³, so that nothing but the fault is seen."""
    table[:] = 30 + table % 11


def _a_tenth(table: np.ndarray) -> None:
    _evened(table)
    table[10:] = np.round(table[10:] / 10, 1)


def _threefold(table: np.ndarray) -> None:
    _evened(table)
    table[10:] *= 3


def _copied(table: np.ndarray) -> None:
    table[12:14] = table[3:5]


def _speeds(table: np.ndarray) -> None:
    table[7] = np.round(1.3 + np.arange(24) * 0.31, 2)


def _mostly_impossible(table: np.ndarray) -> None:
    table[7, :14] = 90 + np.arange(14)


def _a_wet_day(table: np.ndarray) -> None:
    table[7] = 12 + np.arange(24) * 0.25


def first_five(day: int, hour: int = 1) -> tuple[str, ...]:
    return tuple(hour_cell(day, hour + n) for n in range(5))


KINDS = (
    rows(
        "wind speeds in the place of directions",
        "direction",
        "quantities_exchanged",
        "major",
        hours(_speeds),
        first_five(7),
        n=24,
    ),
    rows(
        "what is left of an impossible day",
        "wind",
        "impossible_day",
        "major",
        hours(_mostly_impossible),
        first_five(7, 15),
        n=10,
        also={"hard_range": 14},
    ),
    rows(
        "zeros between dusty hours",
        "pm10",
        "placeholder_zeros",
        "major",
        hours({(4, h): 0 for h in range(8, 14)} | {(4, 7): 40, (4, 14): 40}),
        first_five(4, 8),
        n=6,
    ),
    rows(
        "two days copied",
        "pm10",
        "days_copied",
        "major",
        hours(_copied),
        first_five(12),
        n=48,
        also={"quarantined_share": 1},
    ),
    rows("milligrams said to be micrograms", "pm10", "unit_slip", "major", hours(_a_tenth), (hour_cell(10, 1),)),
    rows("a level that shifts for good", "pm10", "level_shift", "minor", hours(_threefold), (hour_cell(10, 1),)),
    rows("a day of 350 mm of rain", "rain", "rain_of_a_day", "minor", hours(_a_wet_day), (hour_cell(7, 1),)),
)
