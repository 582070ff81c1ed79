"""What a row's name in the price-structure workbook stands for, in the product codes of EPPO's own page."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from assets.readers.result import Finding

# Names without their blanks: EPPO writes `ULG95` and `ULG 95`; `H-DIESEL 20` is a slip of 2026.
PRODUCTS = {
    "ULG": "gl95",
    "ULG95": "gl95",
    "ULG91": "gl91",
    "GASOHOL95E10": "gh95",
    "GASOHOL91": "gh91",
    "GASOHOL95E20": "e20",
    "GASOHOL95E85": "e85",
    "HSD": "ds",
    "H-DIESELB5": "dsb5",
    "H-DIESELB7": "ds",
    "H-DIESELB10": "dsb10",
    "H-DIESELB20": "dsb20",
    "H-DIESEL20": "dsb20",
    "FO600(1)2%S": "fo600",
    "FO1500(2)2%S": "fo1500",
    "LPG": "lpg",
}
PLAIN_DIESEL, B7 = "H-DIESEL", "H-DIESELB7"
# Seen alone since October 2026, at the price that plain gasoline has on the page of brands.
PREMIUM_GASOLINE, PLAIN_GASOLINE = "ULG95PREMIUM", {"ULG", "ULG95"}
B10_FROM, B10_UNTIL = date(2020, 10, 1), date(2023, 10, 1)
_UNIT = re.compile(r"\((?:UNIT:?)?\s*BAHT/([A-Z]+)\s*\)")


@dataclass(frozen=True)
class Product:
    """`is_new`: the name is not known, the code was made of it. `is_unclear`: is it B7 or B10?"""

    code: str
    per_unit: str
    is_new: bool = False
    is_unclear: bool = False

    def findings(self, sheet: str, cell: str) -> list[Finding]:
        if not self.is_unclear:
            return []
        en = (
            "H-DIESEL was B10 from October 2020 to September 2023, when B7 had a row of its own; this sheet's date and rows "
            "do not agree. It was taken as B10."
        )
        th = (
            "H-DIESEL หมายถึง B10 ตั้งแต่ตุลาคม 2563 ถึงกันยายน 2566 ซึ่งมีแถว B7 แยกต่างหาก แต่วันที่และแถวในแผ่นงานนี้ไม่สอดคล้องกัน "
            "ระบบถือเป็น B10"
        )
        return [Finding("h_diesel_unclear", en, th, sheet=sheet, cell=cell)]


def name_of(label: str) -> str:
    """A row's name in capitals, without blanks and without its unit."""
    return re.sub(r"\s+", "", _UNIT.sub("", label.upper()))


def product_of(label: str, day: date, names: Collection[str] = ()) -> Product:
    """`label` as written; `names`: the names of all rows of the sheet, for those that mean one thing beside another."""
    unit = _UNIT.search(label.upper())
    per_unit = "kg" if unit and unit[1].startswith("KILO") else "L"
    name = name_of(label)
    if name == PLAIN_DIESEL:
        is_b10_time, has_b7 = B10_FROM <= day < B10_UNTIL, B7 in names
        return Product("dsb10" if is_b10_time or has_b7 else "ds", per_unit, is_unclear=is_b10_time != has_b7)
    if name == PREMIUM_GASOLINE:
        return Product("gl95p" if PLAIN_GASOLINE & set(names) else "gl95", per_unit)
    code = PRODUCTS.get(name)
    if code:
        return Product(code, per_unit)
    return Product(re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "unnamed", per_unit, is_new=True)
