"""Taking a wrong delivery back: a logged decision in the manifest, carried out by the next run."""

from __future__ import annotations

import polars as pl

from assets import intake, plan
from assets.accounts import WITHDRAWN, Row
from assets.intake import Withdrawal
from assets.lake.errors import LakeError
from assets.lake.handle import Lake
from assets.lake.ledger import now

MIN_CHARACTERS = 8


class NoSuchDelivery(LakeError):
    """No delivery, or more than one, has this SHA-256."""


def find(lake: Lake, sha256: str) -> Row:
    """The delivery with this SHA-256, given whole or by its first characters."""
    if len(sha256) < MIN_CHARACTERS:
        raise NoSuchDelivery(f"{sha256!r} is too short", f"give at least {MIN_CHARACTERS} characters of the SHA-256")
    lines = lake.ledger.state("delivery").filter(
        pl.col("sha256").str.starts_with(sha256.lower()) & (pl.col("outcome") != "repeat")
    )
    distinct = lines["sha256"].unique()
    if len(distinct) != 1:
        how_many = "no delivery starts" if lines.is_empty() else f"{len(distinct)} deliveries start"
        raise NoSuchDelivery(f"{how_many} with {sha256}", "copy the SHA-256 from `maemoh deliveries --format csv`")
    line: Row = lines.row(lines.height - 1, named=True)
    if intake.is_answer(line["path"]):
        raise NoSuchDelivery(f"{line['path']} holds answers, not data", "answer again: the latest answer counts")
    if line["reason_en"].startswith(WITHDRAWN):
        raise NoSuchDelivery(
            f"{line['path']} was withdrawn already", "nothing to do; deliver it again to bring it back"
        )
    return line


def preview(lake: Lake, line: Row) -> tuple[list[Row], list[Row]]:
    """(batches that go, batches that come back)."""
    return plan.preview_withdrawal(lake, line["partner_id"], line["sha256"])


def record(lake: Lake, line: Row, reason: str) -> None:
    """Logs the decision beside raw, so that a rebuilt lake knows it too."""
    intake.withdraw(lake.store, Withdrawal(line["partner_id"], line["sha256"], now(), reason))
