"""Columns of polygons: GeoJSON texts → what they enclose, and how that agrees with the area that a partner states."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from assets.readers.polygons import RAI, NotAPolygon, as_text, measure
from assets.readers.result import Finding
from assets.readers.typed import clean, number

TOLERANCE = 0.02  # of the polygon's area; a projection is off by less than 0.1 %
MEASURED: dict[str, pl.DataType] = {
    "geometry": pl.String(),
    "geometry_area_m2": pl.Float64(),
    "centroid_latitude": pl.Float64(),
    "centroid_longitude": pl.Float64(),
    "geometry_problem": pl.String(),
}


def measured(texts: pl.Series) -> pl.DataFrame:
    """The columns of MEASURED, a row for each text; `geometry_problem` says why one is no polygon."""
    return pl.DataFrame([_measured(text) for text in texts], schema=MEASURED)


def area_findings(rows: pl.DataFrame) -> list[Finding]:
    """What is stated (`area_rai`, text) against what is drawn (`geometry_area_m2`); `sheet` and `cell` say where."""
    stated = number(clean("area_rai")) * RAI
    off = (stated - pl.col("geometry_area_m2")).abs() / pl.col("geometry_area_m2")
    odd = rows.with_columns(stated.alias("stated"), off.alias("off")).filter(pl.col("off") > TOLERANCE)
    if odd.is_empty():
        return []
    worst = odd.sort("off", descending=True).row(0, named=True)
    said, drawn = worst["stated"] / RAI, worst["geometry_area_m2"] / RAI
    return [
        Finding(
            "area_disagrees",
            f"{odd.height:,} polygons state an area that is more than {TOLERANCE:.0%} off what they enclose; the worst "
            f"states {said:,.1f} rai and encloses {drawn:,.1f}. Both are kept; tell us which holds.",
            f"มี {odd.height:,} รูปที่พื้นที่ซึ่งระบุต่างจากรูปจริงเกิน {TOLERANCE:.0%} รูปที่ต่างที่สุดระบุ {said:,.1f} ไร่ แต่รูปจริงมี "
            f"{drawn:,.1f} ไร่ ระบบเก็บไว้ทั้งสองค่า โปรดแจ้งว่าค่าใดถูกต้อง",
            sheet=worst["sheet"],
            cell=worst["cell"],
            n=odd.height,
        )
    ]


def _measured(text: str | None) -> dict[str, Any]:
    try:
        geometry = json.loads(text or "null") or {}
        area, lat, lon = measure(geometry)
    except (NotAPolygon, ValueError, AttributeError) as error:
        return dict.fromkeys(MEASURED) | {"geometry_problem": f"geometry: {error}"[:200]}
    return {
        "geometry": as_text(geometry),
        "geometry_area_m2": round(area, 1),
        "centroid_latitude": round(lat, 6),
        "centroid_longitude": round(lon, 6),
    }
