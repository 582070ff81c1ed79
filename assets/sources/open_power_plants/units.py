"""WRI's note of a plant's units → their capacity together: `3x150, 6x300`, `4(125)`, `2 (242) gas turbines 1(248) steam`."""

from __future__ import annotations

import re

_GROUP = re.compile(r"(?<![\d.])(\d{1,3})\s*(?:[x×]\s*(\d+(?:\.\d+)?)|\(\s*(\d+(?:\.\d+)?)\s*\))", re.I)


def capacity_of_units(note: str) -> float | None:
    """MW of all groups `number x MW` or `number(MW)`; None where the note gives no such group (`3 units`)."""
    groups = _GROUP.findall(note.replace("\xa0", " "))
    if not groups:
        return None
    return round(sum(int(n) * float(one or other) for n, one, other in groups), 3)
