"""The words of the pages (`texts.yml`), and how dates, periods and units are said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.catalogue import Column, Words
from assets.dictionary import kpis
from expectations.report import texts as report_texts

FOLDER = Path(__file__).parent
_PERIOD = re.compile(r"PT?(\d+)([HDMY])")


@cache
def passages() -> Mapping[str, Any]:
    """All of `texts.yml`."""
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / "texts.yml").read_text("utf-8"))
    return found


def text(key: str, **values: object) -> Words:
    """The passage at `section.name`, filled in. KeyError names a missing one."""
    section, _, name = key.partition(".")
    node = passages()[section][name]
    english = node["en_one"] if str(values.get("n")) == "1" and "en_one" in node else node["en"]
    return Words(node["th"].format(**values), english.format(**values))


def word(section: str, code: str) -> Words:
    """The word for a code; one that is not known stands for itself."""
    node = passages()[section].get(code)
    return Words(node["th"], node["en"]) if node else Words(code, code)


def report_word(section: str, code: str) -> Words:
    """A word that the partners' reports use too."""
    return Words(*report_texts.word(section, code))


def instant(value: datetime) -> Words:
    """A UTC instant in Thai local time, to the minute."""
    return Words(*report_texts.instant(value))


def day(value: date) -> Words:
    return Words(*report_texts.day(value))


def local_day(value: datetime) -> Words:
    """The day in Thailand of a UTC instant."""
    return day(report_texts.local(value).date())


def period_of(column: Column) -> Words | None:
    """What time the value stands for, in words; None for what is no number. `see …` is for the page to link."""
    if column.kind:
        return word("kind", column.kind)
    found = _PERIOD.fullmatch(column.averaging or "")
    return text(f"period.{found[2]}", n=found[1]) if found else None


def unit_of(unit: str | None) -> Words | None:
    """Name of a unit; None for none and for `see …`."""
    return _units().get(unit or "")


@cache
def _units() -> Mapping[str, Words]:
    return kpis.units()
