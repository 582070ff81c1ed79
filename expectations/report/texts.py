"""The bilingual catalogue and the way numbers and dates are written in each language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from expectations.report.model import Bilingual

FOLDER = Path(__file__).parent
BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")  # no daylight saving, so a fixed offset holds for every year
BUDDHIST_ERA = 543


@cache
def catalogue() -> Mapping[str, Any]:
    """`texts.yml` and `texts_history.yml` as one nested mapping; no section stands in both."""
    files = ("texts.yml", "texts_history.yml")
    return {key: part for name in files for key, part in yaml.safe_load((FOLDER / name).read_text("utf-8")).items()}


def text(key: str, **values: object) -> Bilingual:
    """The passage at `section.name`, filled in; ints get thousands separators. KeyError names a missing key."""
    node = _node(key)
    if not values:
        return raw(key)
    written = {name: number(value) if isinstance(value, int) else value for name, value in values.items()}
    english = node["en_one"] if values.get("n") == 1 and "en_one" in node else node["en"]
    return Bilingual(node["th"].format(**written), english.format(**written))


def raw(key: str) -> Bilingual:
    """The passage as it stands, its {names} not filled in."""
    node = _node(key)
    return Bilingual(node["th"], node["en"])


def _node(key: str) -> Mapping[str, str]:
    node: Any = catalogue()
    for part in key.split("."):
        if part not in node:
            raise KeyError(f"texts.yml has no passage '{key}'")
        node = node[part]
    return node


def word(section: str, name: str) -> Bilingual:
    """The word for a code such as an outcome; a code that the catalogue does not know stands for itself."""
    node = catalogue()[section].get(name)
    return Bilingual(node["th"], node["en"]) if node else Bilingual(name, name)


def number(value: int) -> str:
    return f"{value:,}"


def percent(part: int, whole: int, digits: int = 1) -> str:
    """Share as text. 100 % means all of it and 0 % none: nearly all shows as >99.9 %. An en dash without a whole."""
    if whole <= 0:
        return "–"
    if part in (0, whole):
        return f"{100 * part // whole}\u00a0%"
    shown, least = f"{100 * part / whole:.{digits}f}", 0.1**digits
    if float(shown) == 0:
        shown = f"<{least:.{digits}f}"
    elif float(shown) == 100:
        shown = f">{100 - least:.{digits}f}"
    return f"{shown}\u00a0%"


def day(value: date) -> Bilingual:
    """`2009-01-31` → `31 ม.ค. 2552`, `31 Jan 2009`."""
    months = catalogue()["months"]
    thai, english = months["th"][value.month - 1], months["en"][value.month - 1]
    return Bilingual(f"{value.day} {thai} {value.year + BUDDHIST_ERA}", f"{value.day} {english} {value.year}")


def month(year: int, number_: int) -> Bilingual:
    months = catalogue()["months"]
    return Bilingual(f"{months['th'][number_ - 1]} {year + BUDDHIST_ERA}", f"{months['en'][number_ - 1]} {year}")


def local(value: datetime) -> datetime:
    """A UTC instant, with or without its zone, in Thai local time."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(BANGKOK)


def instant(value: datetime) -> Bilingual:
    """A UTC instant in local time (Asia/Bangkok), to the minute."""
    at = local(value)
    shown = day(at.date())
    return Bilingual(f"{shown.th} {at:%H:%M} น.", f"{shown.en} {at:%H:%M}")


def year_span(first: int, last: int) -> Bilingual:
    be, ce = (first + BUDDHIST_ERA, last + BUDDHIST_ERA), (first, last)
    return Bilingual(*(f"{a}" if a == b else f"{a}–{b}" for a, b in (be, ce)))


def day_span(first: date, last: date) -> Bilingual:
    a, b = day(first), day(last)
    return a if first == last else Bilingual(f"{a.th} – {b.th}", f"{a.en} – {b.en}")


def symbol(quantity: str) -> str:
    """Short sign of a quantity; `_` before a character marks a subscript (`SO_2`)."""
    node = catalogue()["quantity"].get(quantity)
    return node["symbol"] if node else quantity


def quantity_order(quantity: str) -> tuple[int, str]:
    known = list(catalogue()["quantity"])
    return (known.index(quantity) if quantity in known else len(known), quantity)
