"""GISTDA burn scars: polygons of burned ground with the period in which they burned and the area that GISTDA states.

The layout is assumed from what public clients of the gateway read. The area is computed again from every polygon.
"""

from __future__ import annotations

import polars as pl

from assets.readers.document import Document
from assets.readers.geojson import PLACE_DIGITS, is_collection, parsed_features, place_code, read_features
from assets.readers.polygon_columns import area_findings, measured
from assets.readers.result import Parsed
from assets.readers.typed import clean
from expectations.contract import Contract

PARSER_VERSION = "1"

ENTITY = "burn_scar"
PERIOD = "properties.date"
ALSO = (PERIOD, "geometry")
IGNORED = (
    *("type", "properties._id", "properties._createdAt", "properties._updatedAt", "properties._collectionId"),
    *(f"properties.{name}" for name in ("_createdBy", "_updatedBy", "pv_en", "ap_en", "tb_en", "orig_fid", "burn")),
    *(f"properties.{name}" for name in ("re_nesdb", "re_royin", "rp_code", "rp_name", "lu_code", "clusterfin")),
    *(f"properties.{name}" for name in ("shape_leng", "area", "area_map", "name")),
)
DAY = r"(\d{8})"


def claims(document: Document) -> bool:
    """Features with an area in rai and a period, and no hotspot id."""
    return is_collection(document, "area_rai", "date") and not is_collection(document, "hotspotid")


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch of polygons. Raises Refusal and NoData."""
    frame, findings = read_features(document, contract, ENTITY, ALSO, IGNORED, ALSO)
    polygons = measured(frame["geometry"])
    rows = frame.drop("geometry").with_columns(
        *map(place_code, PLACE_DIGITS),
        *_period(frame),
        *polygons.drop("geometry_problem").get_columns(),
    )
    rows = rows.with_columns(
        pl.coalesce("period_problem", polygons["geometry_problem"]).alias("problem"),
        pl.coalesce(
            pl.when(pl.col("period_problem").is_not_null()).then(PERIOD),
            pl.when(polygons["geometry_problem"].is_not_null()).then(pl.lit("geometry")),
        ).alias("raw_value"),
    )
    return parsed_features(document, contract, ENTITY, rows, frame["burn_scar_id"], findings + area_findings(rows))


def _period(frame: pl.DataFrame) -> list[pl.Series]:
    """`20260309 - 20260315` (local days, both included) or one day."""
    text = clean(PERIOD)
    first = text.str.extract(rf"^{DAY}").str.to_date("%Y%m%d", strict=False)
    last = pl.coalesce(text.str.extract(rf"^{DAY}\s*[-–]\s*{DAY}$", 2), text.str.extract(rf"^{DAY}$"))
    after = last.str.to_date("%Y%m%d", strict=False).dt.offset_by("1d")
    bad = first.is_null() | after.is_null()
    return frame.select(
        *(
            _midnight(pl.when(~bad).then(day)).alias(n)
            for day, n in ((first, "interval_start_at"), (after, "interval_end_at"))
        ),
        pl.when(bad).then(pl.format("date: “{}” is no period", text.fill_null(""))).alias("period_problem"),
    ).get_columns()


def _midnight(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Bangkok").dt.convert_time_zone("UTC")
