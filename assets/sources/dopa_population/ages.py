"""The layout without codes: `ตำบลบ้านดง|52|66|…|male|female|total|`, province, district and tambon lines in turn.

Nothing says what the columns between the name and the last three mean (ages, men and women in turn, as far as seen), so
they are not read. Month and province stand in the file name alone: `6903cc52.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from assets.readers.places import places
from assets.readers.result import Refusal
from assets.sources.dopa_population.codes import BLANKS

LEVELS = {"จังหวัด": "province", "อำเภอ": "district", "ตำบล": "tambon", "เทศบาล": "municipality", "ท้องถิ่น": "municipality"}
TOTALS = 3
PLACE_COLUMNS = ("province_code", "place_ref", "place_code", "place_name", "native_place_level", "registrar_name")
COLUMNS = ("yymm", *PLACE_COLUMNS, "male", "female", "total", "cell")

_NAME = re.compile(r"(?:^|[/_-])(?P<yymm>\d{4})cc(?P<province>\d\d)\D", re.I)


def read(lines: Sequence[tuple[int, str]], path: str) -> pl.DataFrame:
    """One row a line, with the codes that the names have. Raises Refusal: month_missing, malformed_line."""
    found = _NAME.search(path)
    if not found:
        raise Refusal(
            "month_missing",
            "The file holds names and numbers but no month; its name should say it, as DOPA names it: 6903cc52.txt (year and "
            "month, then the province).",
            "ไฟล์มีชื่อพื้นที่และจำนวน แต่ไม่มีเดือน ชื่อไฟล์ต้องระบุ ตามที่กรมการปกครองตั้งชื่อ: 6903cc52.txt (ปีและเดือน แล้วตามด้วยจังหวัด)",
        )
    yymm, province = found["yymm"], found["province"]
    rows: list[tuple[str | None, ...]] = []
    office = district = ""  # the office that the tambon lines below belong to; its code when it is a district's
    for number, line in lines:
        parts = [part.strip(BLANKS) for part in line.strip(BLANKS).removesuffix("|").split("|")]
        name = parts[0]
        level = next((level for word, level in LEVELS.items() if name.startswith(word)), None)
        if level is None or len(parts) < 1 + TOTALS:
            raise _malformed(number, line)
        if level in ("district", "municipality"):
            office, district = name, (places().district(name, province) or "") if level == "district" else ""
        code = {"province": province, "district": district or None}.get(level) or _tambon(
            level, name, district, province
        )
        ref = "/".join(
            filter(None, (province, office if level != "province" else "", name if level == "tambon" else ""))
        )
        rows.append((yymm, province, ref, code, name, level, office or None, *parts[-TOTALS:], str(number)))
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    is_tambon = pl.col("native_place_level") == "tambon"
    return frame.with_columns(pl.when(is_tambon).then("place_code").alias("tambon_code"))


def _tambon(level: str, name: str, district: str, province: str) -> str | None:
    """A municipality's tambons come without their district."""
    if level != "tambon":
        return None
    return places().tambon(name, district) if district else places().tambon_of_province(name, province)


def _malformed(number: int, line: str) -> Refusal:
    shown = line.strip()[:40]
    return Refusal(
        "malformed_line",
        f"Line {number} (“{shown}”) is no line of a province, district or tambon with three totals at its end. Download the "
        "file again.",
        f"บรรทัดที่ {number} (“{shown}”) ไม่ใช่บรรทัดของจังหวัด อำเภอ หรือตำบลที่มียอดรวมสามช่องท้ายบรรทัด โปรดดาวน์โหลดไฟล์ใหม่",
        cell=str(number),
    )
