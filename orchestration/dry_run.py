"""`maemoh dry-run`: which files to look at, and under which path a run would see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from assets import preview
from assets.intake import is_synthetic
from assets.lake.errors import LakeError
from assets.landing import files_of
from assets.readers.pulled import pulled_path
from assets.redact import Redactor
from expectations.contract import Contract
from orchestration import settings


class NoSample(LakeError):
    """A source folder without a sample."""


def previews(name: str, paths: Sequence[Path]) -> list[preview.FilePreview]:
    """What files would give as deliveries of a source or of a partner. Raises SettingsError, NoSample."""
    contracts = settings.contracts()
    scratch = settings.home() / "scratch"
    if name not in contracts:
        settings.check_partner(name)
        if not paths:
            raise NoSample(f"{name} is a partner with several sources", "name a file, or a source to see its sample")
        return preview.preview(name, paths, contracts, scratch)
    contract = contracts[name]
    files = files_of(list(paths) or [sample_of(contract)])
    redactor = Redactor.of(settings.home())
    contents = {
        delivered_path(contract, path): redactor.answered(name, file.read_bytes()).data for path, file in files.items()
    }
    return preview.preview_bytes(contract.partner_id, contents, contracts, scratch)


def sample_of(contract: Contract) -> Path:
    """The small sample in a source's folder."""
    found = sorted(contract.path.parent.glob("sample*"))
    if not found:
        raise NoSample(f"{contract.source_id} has no sample", f"put one beside {contract.path}")
    return found[0]


def delivered_path(contract: Contract, name: str, at: datetime | None = None) -> str:
    """A file's path as a delivery of the source: an answer's name says which source it was fetched for.

    A workbook is always dropped, even for a source that is fetched besides.
    """
    suffix = name.rsplit(".", 1)[-1].lower()
    if contract.pull is None or suffix in ("xls", "xlsx"):
        return name
    at = at or datetime.now(UTC)
    label = str(contract.pull["requests"][0]["label"])
    return pulled_path(contract.source_id, at.date(), at, 1, label, 200, suffix, is_synthetic(name))
