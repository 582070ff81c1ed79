"""Dates as partners write them → calendar dates, a whole column at a time.

Read: Excel dates (`2009-01-01 00:00:00`), ISO text, `31/12/2552`, `\\xa01 มกราคม 2552\\xa0`, `1 ม.ค. 2552`,
`1 January 2009`, Thai digits, Excel day numbers without a date format. Years 2400 to 2700 are Buddhist era (543 ahead).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import polars as pl

# str.strip_chars() takes what Unicode calls white space, NBSP too, but not the zero-width characters.
SPACES = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\ufeff"
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
BUDDHIST_YEARS = (2400, 2700)
BUDDHIST_OFFSET = 543

MONTHS_TH = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
MONTHS_TH_SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
MONTHS_EN = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# EGAT's export page misspells July on every row (ฏ for ฎ): a known spelling, nothing to report.
KNOWN_MISSPELT = {"กรกฏาคม": 7}
CLOSENESS = 0.8

_MIDNIGHT = r"(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
_YMD = r"^(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})" + _MIDNIGHT + "$"
_PLAIN_NAMED = r"^(?P<d>[0-9]{1,2})[ \u00a0]+(?P<m>[0-9]{1,2})[ \u00a0]+(?P<y>[0-9]{4})$"
_ISO = re.compile(_YMD)
_BETWEEN = r"(?:[-/.]|[ \u00a0]+)"
_DAY_FIRST = re.compile(rf"(?P<d>[0-9]{{1,2}}){_BETWEEN}(?P<m>[0-9]{{1,2}}){_BETWEEN}(?P<y>[0-9]{{4}}){_MIDNIGHT}")
_NAMED = re.compile(r"(?:วันที่)?\s*(?P<d>[0-9]{1,2})[\s-]*(?P<month>[^\d\s-](?:[^\d]*[^\d\s-])?)[\s-]*(?P<y>[0-9]{4})")
_ERA_WORD = re.compile(r"(?:พ\.?ศ\.?|ค\.?ศ\.?)\s*$")
_SERIAL = re.compile(r"([0-9]{5,6})(?:\.0+)?")
_EXCEL_DAY_0 = date(1899, 12, 30)
_SERIALS = range(20_000, 300_001)  # 1954 to 2721: day numbers of Buddhist years too


@dataclass(frozen=True)
class ReadDate:
    """A date as read: `guessed_month` is the month's name when it was recognised only by likeness."""

    date: date
    guessed_month: str | None = None
    is_serial: bool = False


@dataclass(frozen=True)
class DateColumn:
    """`dates` has one date per text, null where none can be read; `remarks` are those read by likeness or from a bare
    day number, by their place in the column."""

    dates: pl.Series
    remarks: dict[int, ReadDate]


def with_iso_dates(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `date` for the plainest `text`s, Excel's own (`2009-01-01 00:00:00`) among them; null for all others."""
    return _with_dates(frame, _YMD)


def complete_dates(texts: pl.Series, dates: pl.Series) -> DateColumn:
    """Reads what `with_iso_dates` left: `texts` are stripped, `dates` are null where something is left to read."""
    if dates.null_count() > len(dates) // 2:
        named = _with_plain_named_dates(pl.LazyFrame({"text": texts}, schema={"text": pl.String})).collect()["date"]
        dates = named.zip_with(dates.is_null(), dates)
    left = np.flatnonzero(dates.is_null().to_numpy())
    remarks: dict[int, ReadDate] = {}
    found: dict[int, date] = {}
    for i, text in zip(left.tolist(), texts[left].to_list(), strict=True):
        one = read_date(text) if text else None
        if one:
            found[i] = one.date
            if one.guessed_month or one.is_serial:
                remarks[i] = one
    if found:
        dates = dates.scatter(list(found), pl.Series(list(found.values()), dtype=pl.Date))
    return DateColumn(dates.alias("date"), remarks)


def read_date(text: str) -> ReadDate | None:
    """One text; None when it cannot be read as one whole day."""
    plain = text.strip(SPACES).translate(THAI_DIGITS)
    serial = _SERIAL.fullmatch(plain)
    if serial:
        number = int(serial[1])
        if number not in _SERIALS:
            return None
        day = _EXCEL_DAY_0 + timedelta(days=number)
        return _day(day.year, day.month, day.day, is_serial=True)
    numeric = _ISO.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
    if numeric:
        return _day(int(numeric["y"]), int(numeric["m"]), int(numeric["d"]))
    named = _NAMED.fullmatch(plain)
    if not named:
        return None
    name = _ERA_WORD.sub("", named["month"]).strip(SPACES)
    month, is_guess = month_number(name)
    return _day(int(named["y"]), month, int(named["d"]), name if is_guess else None) if month else None


def common_era(year: int) -> int:
    """2552 → 2009; a year that is no Buddhist year stays."""
    return year - BUDDHIST_OFFSET if BUDDHIST_YEARS[0] <= year <= BUDDHIST_YEARS[1] else year


def trimmed(text: str | None) -> str:
    """The text of a cell without blanks around it (NBSP too); "" for an empty cell."""
    return text.strip(SPACES) if text else ""


@lru_cache(maxsize=4096)
def month_number(name: str) -> tuple[int | None, bool]:
    """The month of a Thai or English name or abbreviation, and whether it was recognised only by likeness."""
    plain = unicodedata.normalize("NFC", name).casefold().strip(SPACES + ".")
    plain = re.sub(rf"[{SPACES}.]+", "", plain)
    known = _month_names()
    if plain in known:
        return known[plain], False
    long_names = [word for word in known if len(word) >= 5]
    close = difflib.get_close_matches(plain, long_names, n=1, cutoff=CLOSENESS) if len(plain) >= 4 else []
    return (known[close[0]], True) if close else (None, False)


@lru_cache(maxsize=1)
def _month_names() -> dict[str, int]:
    names = dict(KNOWN_MISSPELT)
    for number, (th, th_short, en) in enumerate(zip(MONTHS_TH, MONTHS_TH_SHORT, MONTHS_EN, strict=True), 1):
        names |= {th: number, th_short.replace(".", ""): number, en: number, en[:3]: number}
    names["sept"] = 9
    return {unicodedata.normalize("NFC", name): number for name, number in names.items()}


def _with_plain_named_dates(frame: pl.LazyFrame) -> pl.LazyFrame:
    """`1 มกราคม 2552` and nothing odd about it: the way most texts are written, a column at a time."""
    names = {**dict(zip(MONTHS_TH, range(1, 13), strict=True)), **KNOWN_MISSPELT}
    numbered = pl.col("text").str.replace_many(list(names), [str(number) for number in names.values()])
    return _with_dates(frame.with_columns(numbered), _PLAIN_NAMED)


def _with_dates(frame: pl.LazyFrame, pattern: str) -> pl.LazyFrame:
    """Adds `date` from a pattern's groups y, m and d. They are unnested: as fields of a struct polars 2.1 panics on them."""
    parts = frame.with_columns(pl.col("text").str.extract_groups(pattern).alias("parts")).unnest("parts")
    return parts.with_columns(date=_date(pl.col("y"), pl.col("m"), pl.col("d"))).drop("y", "m", "d")


def _day(year: int, month: int, day: int, guessed_month: str | None = None, is_serial: bool = False) -> ReadDate | None:
    """Buddhist years are counted back before the day is checked: leap days are those of the common era."""
    try:
        return ReadDate(date(common_era(year), month, day), guessed_month, is_serial)
    except ValueError:
        return None


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The same, for a column; null for a day that does not exist."""
    number = year.cast(pl.Int32, strict=False)
    era = pl.when(number.is_between(*BUDDHIST_YEARS)).then(number - BUDDHIST_OFFSET).otherwise(number)
    return pl.concat_str([era.cast(pl.String), month, day], separator="-").str.to_date("%Y-%m-%d", strict=False)
