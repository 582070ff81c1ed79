"""A release as its documents see it: the publication, who publishes, and each dataset with its files and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assets.open_data.facts import Facts
from assets.open_data.files import File
from assets.open_data.quality import Measurement
from assets.open_data.what import Dataset, Publisher


@dataclass(frozen=True)
class Released:
    """One dataset of a release."""

    dataset: Dataset
    facts: Facts
    files: Sequence[File]
    quality: Sequence[Measurement]

    def file(self, form: str) -> File:
        """Its file of that format. Raises StopIteration where there is none."""
        return next(file for file in self.files if file.format == form)


@dataclass(frozen=True)
class Release:
    """All that goes out together. `published_at` is UTC: every date in the documents follows from it."""

    publication_id: str
    published_at: datetime
    publisher: Publisher
    released: Sequence[Released]
