"""One measured cell → value and flag; the raw text stays beside them.

A number alone is a value. Everything else is a flag: a letter alone (`D`), a letter glued to a number (`959.D`, `000F`,
`27.51.`), a word (`Fail`), a spreadsheet error, or a text nobody knows, which is passed on for the gate to judge.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import polars as pl

from assets.readers.result import SPREADSHEET_ERROR
from assets.readers.thai_dates import SPACES, THAI_DIGITS

# The letters of EGAT's own footers (D F A C) and those seen in value cells without a legend; `u` is written small.
LETTERS = {letter.casefold(): letter for letter in ("D", "F", "A", "C", "B", "P", "O", "u", "-", ".", "+", "~", "#")}
WORDS = {
    "fail": "F",
    "failed": "F",
    "down": "D",
    "stationdown": "D",
    "audit": "A",
    "cal": "C",
    "calib": "C",
    "calibrate": "C",
    "calibration": "C",
}
NO_VALUE_DASHES = ("–", "—", "−")

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_GLUED = re.compile(r"(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d*))\s*(?P<letter>[^\d\s.]\D*|\.)")
_ERROR = re.compile(r"#(?:N/A|[A-Z0-9/?!]+)")


def read_cells(raw: pl.Series) -> tuple[pl.Series, pl.Series]:
    """(`value` Float64, `flag` String) of each cell text; both null for a blank cell. A flagged cell has no value."""
    value = pl.col("raw").cast(pl.Float64, strict=False)
    # The words nan and inf are no numbers, and a number's own text never ends in a dot: `27.` is like `27.51.`.
    is_odd = pl.col("raw").is_not_null() & (~value.is_finite().fill_null(False) | pl.col("raw").str.ends_with("."))
    read = pl.DataFrame({"raw": raw}).select(value=value, is_odd=is_odd)
    values, where = read["value"], np.flatnonzero(read["is_odd"].to_numpy())
    flags = pl.Series("flag", [None], dtype=pl.String).new_from_index(0, len(raw))
    if not len(where):
        return values, flags
    texts = raw[where].to_list()
    known = {text: read_text(text) for text in set(texts)}
    flags = flags.scatter(where, pl.Series([known[text][1] for text in texts], dtype=pl.String))
    return values.scatter(where, pl.Series([known[text][0] for text in texts], dtype=pl.Float64)), flags


@lru_cache(maxsize=65_536)
def read_text(text: str) -> tuple[float | None, str | None]:
    """One cell text that is no plain number: (value, None), (None, flag) or (None, None) for a blank."""
    bare = text.strip(SPACES).translate(THAI_DIGITS)
    if not bare:
        return None, None
    if _NUMBER.fullmatch(bare) and not bare.endswith("."):
        number = float(bare)
        return (number, None) if abs(number) != float("inf") else (None, bare)
    if _ERROR.fullmatch(bare.upper()):
        return None, SPREADSHEET_ERROR
    glued = _GLUED.fullmatch(bare)
    return None, read_flag(glued["letter"] if glued else bare)


def read_flag(text: str) -> str:
    """The partner's letter for a letter or a word; a text nobody knows comes back in capitals."""
    plain = text.strip(SPACES)
    if plain in NO_VALUE_DASHES:
        return "-"
    word = re.sub(r"[\s.]+", "", plain).casefold() or plain
    return LETTERS.get(plain.casefold()) or LETTERS.get(word) or WORDS.get(word) or plain.upper()


def is_pure_letter(text: str, flag: str) -> bool:
    """True where the cell holds the letter and nothing else (footers count only those)."""
    return text.strip(SPACES) == flag
