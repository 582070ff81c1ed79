"""Where EGAT would put a file: its own folders and spellings, below one folder that says the data is synthetic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from .book import TOP_FOLDER
from .daily import SamplesSpec, TempBpSpec
from .grid import GridSpec
from .layouts import LAYOUTS
from .notice import NoticeSpec
from .stations import STATIONS

AIR = "ผลการตรวจวัดคุณภาพอากาศ"
WEATHER = "ผลการตรวจวัดอุตุนิยมวิทยา"
STACK = "ข้อมูลระบายมลสารทางอากาศ(ปล่อง)"


Named = TypeVar("Named", GridSpec, NoticeSpec, SamplesSpec, TempBpSpec)


def named(path: str, spec: Named) -> tuple[str, Named]:
    """The delivery with its sheet called like its file, as EGAT's are."""
    return path, replace(spec, sheet_name=PurePosixPath(path).stem)


def span(first_year: int, last_year: int) -> str:
    return str(first_year) if first_year == last_year else f"{first_year}-{last_year}"


def grid_path(
    quantity: str, station_key: str, first_year: int, last_year: int, *, level: str | None = None, spelling: int = 0
) -> str:
    """`…/PM10 2019/Bansoppad.xlsx`, `…/2019/WS/Main station WSHxls.xlsx`; SO2 has one folder more, as in reality."""
    years = span(first_year, last_year)
    files = STATIONS[station_key].files
    name = files[spelling % len(files)]
    if LAYOUTS[quantity].ambient:
        folder = f"{AIR}/{quantity} {years}"
        return f"{TOP_FOLDER}/{folder}{f'/SO2 {years}' if quantity == 'SO2' else ''}/{name}.xlsx"
    tail = f" {quantity}{level}{'xls' if quantity == 'WS' else ''}" if level else ""
    return f"{TOP_FOLDER}/{WEATHER}/{years}/{quantity}/{name}{tail}.xlsx"


def temp_bp_path(first_year: int, last_year: int, name: str = "Main station") -> str:
    return f"{TOP_FOLDER}/{WEATHER}/{span(first_year, last_year)}/TEMP BP/{name}.xlsx"


def stack_path(first_year: int, years: int) -> str:
    last = first_year + years - 1 + 543
    return f"{TOP_FOLDER}/{STACK}/ข้อมูลการะบายมลสาร {first_year + 543}-{last} FGD_T8-13&T1.xlsx"
