"""A passage in both languages of the report."""

from __future__ import annotations

from typing import NamedTuple


class Bilingual(NamedTuple):
    """One passage in both languages; either may be empty, never None."""

    th: str
    en: str
