"""Presigned links: an address that opens one file of a partner's reports without a key, for some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assets.lake import keys
from assets.lake.errors import LakeError
from assets.lake.ledger import now
from assets.lake.objects import ObjectInfo, ObjectStore

MAX_DAYS = 7
"""S3's signatures (version 4) hold for seven days at most, whatever the store."""

PAGE = "index.html"


class LinkError(LakeError):
    """A link that cannot be made."""


@dataclass(frozen=True)
class Link:
    """An address that opens one file until `expires_at` (UTC)."""

    address: str
    expires_at: datetime


def reports_of(store: ObjectStore, partner_id: str) -> dict[str, ObjectInfo]:
    """Name → object of everything that lies under a partner's reports."""
    prefix = keys.report_key(partner_id, "")
    return {info.key.removeprefix(prefix): info for info in store.listing(prefix)}


def link_to_report(store: ObjectStore, partner_id: str, name: str = PAGE, days: float = MAX_DAYS) -> Link:
    """A link to one file of a partner's reports. Raises LinkError when there is no such file, or for too long a time."""
    if not 0 < days <= MAX_DAYS:
        raise LinkError(
            f"a link cannot hold for {days:g} days",
            f"ask for more than 0 and at most {MAX_DAYS} days, and make a new link when it has run out",
        )
    there = reports_of(store, partner_id)
    if name not in there:
        known = ", ".join(there) if there else "nothing is there yet"
        raise LinkError(
            f"{partner_id} has no report {name!r} (there is: {known})",
            f"`maemoh report {partner_id}` makes its page" if not there else "use one of these names",
        )
    span = timedelta(days=days)
    return Link(store.presigned(keys.report_key(partner_id, name), span), now() + span)
