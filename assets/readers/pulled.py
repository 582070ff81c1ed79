"""The path of an answer that was fetched: it says for which source, for which day, by which request, and how it ended.

pulled/<source>/<day>/<UTC time>-<number>-<label>[-synthetic].<HTTP status>.<suffix>
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

FOLDER = "pulled"
PATTERN = (
    rf"{FOLDER}/(?P<source>[a-z0-9_]+)/(?P<day>\d{{4}}-\d\d-\d\d)/"
    r"(?P<at>\d{8}T\d{6}Z)-(?P<number>\d+)-(?P<label>[a-z0-9_]+)(?P<synthetic>-synthetic)?\.(?P<status>\d{3})\.(?P<suffix>\w+)"
)
_PATH = re.compile(PATTERN)


@dataclass(frozen=True)
class Pulled:
    """What a path says of the request behind it. `day` is the local day that was asked for."""

    source_id: str
    day: date
    label: str
    status: int


def pulled(path: str) -> Pulled | None:
    """Reads a path; None when it is not that of a fetched answer."""
    found = _PATH.fullmatch(path)
    if not found:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:  # the 30th of February: a partner dropped it under such a name
        return None
    return Pulled(found["source"], day, found["label"], int(found["status"]))


def pulled_path(
    source_id: str, day: date, at: datetime, number: int, label: str, status: int, suffix: str, is_synthetic: bool
) -> str:
    """The path of an answer; `at` is UTC."""
    mark = "-synthetic" if is_synthetic else ""
    return f"{FOLDER}/{source_id}/{day}/{at:%Y%m%dT%H%M%SZ}-{number:03d}-{label}{mark}.{status:03d}.{suffix}"
