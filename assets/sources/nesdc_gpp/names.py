"""What both tables of the workbook write: provinces as `0508 LAMPANG` or `0508 - LAMPANG`, years as 2019, 2020r, 2024p."""

from __future__ import annotations

import re
from typing import Any

from assets.readers.cell_grid import VINTAGES, plain_text, year_label
from assets.readers.places import places
from assets.readers.result import Finding

_PROVINCE = re.compile(r"(?P<code>\d{4})\s*[-–]?\s*(?P<name>\D.*)")


def province(value: Any) -> tuple[str, str] | None:
    """(NESDC's code, name as written). The code is NESDC's own and says nothing about the TIS code."""
    found = _PROVINCE.fullmatch(plain_text(value))
    return (found["code"], found["name"].strip()) if found else None


def tis_code(name: str) -> str | None:
    """By name alone: misspelt names stand among the aliases of dbt_project/seeds/seed_place_alias.csv."""
    return places().province(name)


def year_of(value: Any) -> tuple[int, str] | None:
    """(2024, "preliminary"); None when the cell holds no year."""
    label = year_label(value)
    return (label[0], VINTAGES.get(label[1], label[1])) if label else None


def unknown_province(names: list[str], sheet: str) -> list[Finding]:
    """A finding for provinces whose name is not known."""
    if not names:
        return []
    return [
        Finding(
            "unknown_place",
            f"{len(names)} province names are not known, the first is “{names[0]}”. Their figures are kept without a TIS "
            "code; add the spelling to dbt_project/seeds/seed_place_alias.csv.",
            f"มีชื่อจังหวัดที่ไม่รู้จัก {len(names)} ชื่อ ชื่อแรกคือ “{names[0]}” ระบบเก็บตัวเลขไว้โดยไม่มีรหัสจังหวัด "
            "โปรดเพิ่มชื่อสะกดนี้ใน dbt_project/seeds/seed_place_alias.csv",
            sheet=sheet,
            n=len(names),
        )
    ]
