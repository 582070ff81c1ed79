"""Quantity and unit words of EGAT's files → the house's quantities and UCUM units."""

from __future__ import annotations

import re

AMBIENT = frozenset({"SO2", "NO2", "PM10", "TSP", "PM25", "O3", "CO", "NO", "NOX"})
WEATHER = frozenset({"BP", "TEMP", "RH", "RAIN", "SW", "WS", "WD", "WD_DEV"})

_GASES = ("ug/m3", "[ppb]", "[ppm]", "mg/m3")
_DUST = ("ug/m3", "mg/m3")
# The first unit of each is the one the quantity is documented in; the others are measured too, somewhere.
UNITS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("SO2", "NO2", "NO", "NOX", "O3"), _GASES),
    "CO": ("[ppm]", "mg/m3", "[ppb]", "ug/m3"),
    **dict.fromkeys(("PM10", "PM25", "TSP"), _DUST),
    "BP": ("mbar", "hPa"),
    "TEMP": ("Cel", "[degF]"),
    "RH": ("%",),
    "RAIN": ("mm", "[in_i]"),
    "SW": ("W/m2",),
    "WS": ("m/s", "km/h", "[kn_i]"),
    "WD": ("deg",),
    "WD_DEV": ("deg",),
}
_UNIT_WORDS = {
    "ug/m3": "ug/m3",
    "µg/m3": "ug/m3",
    "μg/m3": "ug/m3",
    "ไมโครกรัม/ลบม": "ug/m3",
    "มคก/ลบม": "ug/m3",
    "mg/m3": "mg/m3",
    "ppb": "[ppb]",
    "ppm": "[ppm]",
    "mbar": "mbar",
    "mb": "mbar",
    "hpa": "hPa",
    "c-deg": "Cel",
    "deg-c": "Cel",
    "degc": "Cel",
    "°c": "Cel",
    "c": "Cel",
    "°f": "[degF]",
    "%": "%",
    "mm": "mm",
    "inch": "[in_i]",
    "in": "[in_i]",
    "w/m2": "W/m2",
    "m/s": "m/s",
    "km/h": "km/h",
    "knot": "[kn_i]",
    "knots": "[kn_i]",
    "degree": "deg",
    "degrees": "deg",
    "deg": "deg",
    "°": "deg",
    "g/s": "g/s",
    "nm3/h": "m3/h",
    "m3/h": "m3/h",
}

_LONG_WORD = r"SO2|NO2|NOX|PM[ ._]?10|PM[ ._]?2[._]?5|TSP|TEMP|RAIN|O3"
_SHORT_WORD = r"NO(?![ .]*\d{1,3}(?!\d))|CO|BP|RH|SW|(?:WS|WD|DEV)[LMH]?"
_EDGE = (r"(?<![A-Za-z0-9])", r"(?:xlsx?)?(?![A-Za-z0-9])")
_WORDS_ANY_CASE = re.compile(f"{_EDGE[0]}({_LONG_WORD}|{_SHORT_WORD}){_EDGE[1]}", re.I)
# In free text two small letters are rarely a quantity (“station no.5”): there they must be capitals.
_WORDS = re.compile(f"{_EDGE[0]}((?i:{_LONG_WORD})|{_SHORT_WORD}){_EDGE[1]}")

Named = tuple[str, str | None]  # quantity, tower level


def named_quantities(text: str, any_case: bool = False) -> tuple[Named, ...]:
    """The quantities that a text names, in its order: `WSH` is (WS, H), `DEV` is (WD_DEV, None)."""
    pattern = _WORDS_ANY_CASE if any_case else _WORDS
    found = [_named(match[1]) for match in pattern.finditer(text)]
    return tuple(dict.fromkeys(found))


def without_quantities(text: str) -> str:
    return _WORDS_ANY_CASE.sub(" ", text)


def unit_of_word(text: str) -> str | None:
    """UCUM of a unit as written, `(ug/m3).` or `(C-deg.)`; None when nobody knows it."""
    plain = text.casefold().replace("³", "3").replace("²", "2")
    return _UNIT_WORDS.get(re.sub(r"[\s().\u00a0]+", "", plain))


def _named(word: str) -> Named:
    plain = re.sub(r"[ ._]", "", word).upper()
    for stem, quantity in (("WS", "WS"), ("WD", "WD"), ("DEV", "WD_DEV")):
        if plain.startswith(stem):
            return quantity, plain[len(stem) :] or None
    return plain, None
