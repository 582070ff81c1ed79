"""What a workbook says about itself beside its numbers: its title, its path, its notices."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assets.readers.quantities import Named, named_quantities, without_quantities
from assets.readers.stations import stations
from assets.readers.thai_dates import SPACES, common_era

_TITLE = re.compile(
    r"^(?P<what>.*?)(?:station|สถานีที่|สถานี(?=\s*(?:no|\d)))\s*(?:no\.?|number|#)?\s*(?P<number>\d{1,3})?\s*[.:-]?\s*(?P<name>.*)$",
    re.I | re.S,
)
_YEARS = re.compile(r"(?<!\d)((?:19|20|24|25)\d\d)(?!\d)(?:\s*(?:-|–|_|to|ถึง)\s*((?:19|20|24|25)\d\d)(?!\d))?")
_PHP_ERROR = re.compile(
    r"^(?:php\s+)?(?:fatal error|parse error|warning|notice|deprecated)\s*:"
    r"|maximum execution time|\.php\b.*\bon line \d+",
    re.I | re.S,
)
_PHP_SCRIPT = re.compile(r"(?:monthly|daily|hourly|yearly)?([a-z0-9]+)\.php", re.I)
_NO_DATA = re.compile(r"ไม่มีข้อมูล|ไม่พบข้อมูล|^no data\b", re.I)
_NO_DATA_SITE = re.compile(r"(?:ไซต์|สถานี|site|station)\s*(\S.*)", re.I)
_CODE = re.compile(r"[A-Z][A-Za-z0-9.]{0,6}")
_MARK = re.compile(r"synthetic|สังเคราะห์", re.I)
_STACK_PATH = re.compile(r"ปล่อง|stack|FGD", re.I)


@dataclass(frozen=True)
class Title:
    """A title such as `SO2 Station no.5 สถานีตรวจอากาศหลัก`. `station_key` by name; `number` as written.

    `unknown_word` stands where a quantity should, and is none that is known: `H2S Station no.5`.
    """

    text: str
    named: tuple[Named, ...]
    number: int | None
    station_name: str | None
    station_key: str | None
    unknown_word: str | None = None


@dataclass(frozen=True)
class PathFacts:
    """What folders and file name say. Years are common era, both ends included."""

    station_key: str | None
    file_name: str
    named: tuple[Named, ...]
    years: tuple[int, int] | None
    is_stack: bool


def read_title(text: str) -> Title:
    match = _TITLE.match(text.strip(SPACES))
    if match:
        name = match["name"].strip(SPACES) or None
        number = int(match["number"]) if match["number"] else None
        named = named_quantities(match["what"], any_case=True)
        word = match["what"].strip(SPACES)
        unknown = word if not named and _CODE.fullmatch(word) else None
        return Title(text, named, number, name, stations().find(name) if name else None, unknown)
    named = named_quantities(text)
    key = stations().find(without_quantities(text))
    return Title(text, named, None, without_quantities(text).strip(SPACES) if key else None, key)


def read_path(path: str) -> PathFacts:
    """Reads the deepest part of the path that speaks: the file name before its folder."""
    parts = [part for part in re.split(r"[/\\]", path) if part]
    parts[-1:] = [re.sub(r"\.\w{1,5}$", "", part) for part in parts[-1:]]
    deepest_first = parts[::-1]
    named = next((words for part in deepest_first if (words := named_quantities(part))), ())
    years = next((found for part in deepest_first if (found := _years(part))), None)
    file_name = deepest_first[0] if deepest_first else ""
    return PathFacts(
        station_key=station_in(file_name),
        file_name=file_name,
        named=named,
        years=years,
        is_stack=any(_STACK_PATH.search(part) for part in parts),
    )


def station_in(name: str) -> str | None:
    """The station that a file or sheet name speaks of: `Main station WSHxls` is EGAT-05."""
    bare = _YEARS.sub(" ", without_quantities(re.sub(r"\.?xlsx?$", "", name.strip(SPACES))))
    return stations().find(bare)


def is_php_error(text: str) -> bool:
    """True for the export page's own error, printed into a cell."""
    return bool(_PHP_ERROR.search(text))


def is_no_data(text: str) -> bool:
    return bool(_NO_DATA.search(text))


def is_mark(text: str) -> bool:
    """True for the mark that every synthetic workbook of this project carries."""
    return bool(_MARK.search(text))


def quantities_in_php_error(text: str) -> tuple[Named, ...]:
    """`…\\monthlyso2.php on line 150` is about SO2."""
    return tuple(found for script in _PHP_SCRIPT.findall(text) for found in named_quantities(script, any_case=True))


def station_in_no_data(text: str) -> str | None:
    """`ไม่มีข้อมูลของไซต์ pc` is about EGAT-01."""
    match = _NO_DATA_SITE.search(text)
    return stations().find(match[1]) if match else None


def _years(part: str) -> tuple[int, int] | None:
    match = _YEARS.search(part)
    if not match:
        return None
    first = common_era(int(match[1]))
    last = common_era(int(match[2])) if match[2] else first
    return min(first, last), max(first, last)
