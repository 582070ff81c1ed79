"""PTT's product names, in English and Thai, of several years → the product codes of EPPO's page."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Names without blanks and in small letters. The service answers in Thai or English; premium names are the same in both.
PRODUCTS = {
    "diesel": "ds",
    "ดีเซล": "ds",
    "dieselb7": "ds",
    "ดีเซลb7": "ds",
    "hi-dieselb7": "ds",
    "dieselb10": "dsb10",
    "ดีเซลb10": "dsb10",
    "dieselb20": "dsb20",
    "ดีเซลb20": "dsb20",
    "premiumdiesel": "pds",
    "premiumdieselb7": "pds",
    "ดีเซลพรีเมียม": "pds",
    "ดีเซลพรีเมียมb7": "pds",
    "superpowerdiesel": "pds",
    "superpowerdieselb7": "pds",
    "gasoline95": "gl95",
    "เบนซิน": "gl95",
    "เบนซิน95": "gl95",
    "gasohol95": "gh95",
    "แก๊สโซฮอล์95": "gh95",
    "gasohol91": "gh91",
    "แก๊สโซฮอล์91": "gh91",
    "gasohole20": "e20",
    "แก๊สโซฮอล์e20": "e20",
    "gasohole85": "e85",
    "แก๊สโซฮอล์e85": "e85",
    "superpowergsh95": "gs95p",
    "superpowergasohol95": "gs95p",
    "superpowerx99": "gs99p",
    "ngv": "ngv",
    "ก๊าซธรรมชาติngv": "ngv",
}
BY_WEIGHT = {"ngv", "lpg"}
# `Blue Diesel` was the ordinary name until 2019; gasohol is written with and without `เบนซิน` before it.
_PREFIX = re.compile(r"^(blue|เบนซิน(?=แก๊สโซฮอล์))")


@dataclass(frozen=True)
class Product:
    """`is_new`: the name is not known, the code was made of it."""

    code: str
    per_unit: str
    is_new: bool = False


def product_of(name: str) -> Product:
    """`name` as the service writes it, in whatever language."""
    plain = _PREFIX.sub("", re.sub(r"\s+", "", name.casefold()))
    code = PRODUCTS.get(plain)
    if code is None:
        return Product(plain or "unnamed", "L", is_new=True)
    return Product(code, "kg" if code in BY_WEIGHT else "L")
