"""Terrain of the district: an elevation raster, reduced to figures per tambon, or land-use polygons.

The layout of both is assumed. The contract says whose the tambon boundaries are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import polars as pl
import rasterio
from rasterio.io import DatasetReader, MemoryFile

from assets.readers import boundaries
from assets.readers.document import Document
from assets.readers.geojson import is_collection, place_code, read_features
from assets.readers.polygon_columns import area_findings, measured
from assets.readers.raster import n_cells_over, overlaps, zone_statistics
from assets.readers.records import LOCAL, record_batch
from assets.readers.result import Batch, Finding, Parsed, Refusal
from assets.readers.thai_dates import common_era
from assets.readers.typed import clean, number
from expectations.contract import Contract

PARSER_VERSION = "1"

DISTRICT = "5202"  # Mae Moh
SYSTEMS = (4326, 32647)  # EPSG: degrees on WGS 84, metres in UTM zone 47N
MOST_CELLS = 3_000_000_000  # some minutes
LAND_USE_ALSO = ("geometry", "properties.YEAR")
LAND_USE_IGNORED = ("type", "properties.TB_TN", "properties.SHAPE_Leng", "properties.SHAPE_Area")


def claims(document: Document) -> bool:
    """A GeoTIFF, or features with a land-use code."""
    return document.kind == "tiff" or is_collection(document, "LU_CODE", "AREA_RAI")


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch, `elevation` or `land_use`. Raises Refusal and NoData."""
    batch = _elevation(document, contract) if document.kind == "tiff" else _land_use(document, contract)
    return Parsed(contract.source_id, (batch,))


@cache
def tambons() -> dict[str, Mapping[str, Any]]:
    """Code → geometry of the five tambons."""
    return {code: known.geometry for code, known in boundaries.tambons(DISTRICT).items()}


# ── elevation ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _elevation(document: Document, contract: Contract) -> Batch:
    with rasterio.Env(GDAL_CACHEMAX=64), MemoryFile(document.data) as memory:
        try:
            raster = memory.open(driver="GTiff")
        except rasterio.errors.RasterioIOError as error:
            raise _unreadable(error) from error
        with raster:
            _check(raster)
            dataset, day = _dataset(raster, document.path), _acquired(raster, document.path)
            try:
                figures = zone_statistics(raster, tambons())
            except rasterio.errors.RasterioIOError as error:
                raise _unreadable(error) from error
            width, height = raster.width, raster.height
    named = pl.DataFrame([{"zone": code, "tambon_th": name} for code, name in _names().items()])
    taken = figures.filter(pl.col("n_cells") > 0).join(named, on="zone", how="left", maintain_order="left")
    start = datetime.combine(day, datetime.min.time())
    rows = taken.rename({"zone": "tambon_code"}).with_columns(
        pl.lit(dataset).alias("dataset"),
        *(_local(start).alias(name) for name in ("interval_start_at", "interval_end_at")),
        pl.lit("band 1").alias("sheet"),
        pl.format("{} x {} cells", pl.lit(width), pl.lit(height)).alias("cell"),
    )
    return record_batch(
        contract,
        "elevation",
        rows,
        layout="geotiff",
        series=f"elevation/{dataset}",
        findings=[*_gaps(figures), *_impossible(figures)],
    )


def _check(raster: DatasetReader) -> None:
    """One band, in a known system, over the district. Raises Refusal."""
    if raster.count != 1:
        raise Refusal(
            "not_one_band",
            f"The raster has {raster.count} bands; an elevation raster has one. Export the elevation band alone.",
            f"ภาพมี {raster.count} แบนด์ ข้อมูลความสูงต้องมีแบนด์เดียว โปรดส่งออกเฉพาะแบนด์ความสูง",
        )
    code = raster.crs.to_epsg() if raster.crs else None
    if code not in SYSTEMS:
        said = f"EPSG:{code}" if code else (raster.crs.to_string()[:80] if raster.crs else "none")
        raise Refusal(
            "wrong_crs",
            f"The raster's coordinate system is {said}. Reproject it to EPSG:4326 (degrees) or EPSG:32647 (UTM zone 47N) "
            "and deliver it again.",
            f"ระบบพิกัดของภาพคือ {said} โปรดแปลงเป็น EPSG:4326 (องศา) หรือ EPSG:32647 (UTM โซน 47N) แล้วส่งใหม่",
        )
    if raster.transform.b or raster.transform.d or raster.transform.a <= 0 or raster.transform.e >= 0:
        raise Refusal(
            "not_north_up",
            "The raster is turned: its rows do not run from north to south. Export it north up.",
            "ภาพถูกหมุน แถวไม่ได้เรียงจากเหนือลงใต้ โปรดส่งออกโดยให้ทิศเหนืออยู่ด้านบน",
        )
    if not overlaps(raster, tambons()):
        west, south, east, north = raster.bounds
        raise Refusal(
            "no_overlap",
            f"The raster covers {west:,.3f}, {south:,.3f} to {east:,.3f}, {north:,.3f} (EPSG:{code}), which is not Mae Moh "
            "(99.63, 18.19 to 100.05, 18.61 degrees). Deliver the tiles N18 E099 and N18 E100.",
            f"ภาพครอบคลุม {west:,.3f}, {south:,.3f} ถึง {east:,.3f}, {north:,.3f} (EPSG:{code}) ซึ่งไม่ใช่แม่เมาะ "
            "(99.63, 18.19 ถึง 100.05, 18.61 องศา) โปรดส่งระวาง N18 E099 และ N18 E100",
        )
    if (n := n_cells_over(raster, tambons())) > MOST_CELLS:
        raise Refusal(
            "too_fine",
            f"The raster has {n:,} cells over the district, the most is {MOST_CELLS:,} (cells of 1 m). Deliver a coarser one.",
            f"ภาพมี {n:,} ช่องในพื้นที่อำเภอ เกินที่รับได้ {MOST_CELLS:,} ช่อง (ช่องละ 1 เมตร) โปรดส่งภาพที่หยาบกว่านี้",
        )


def _dataset(raster: DatasetReader, path: str) -> str:
    """What the partner calls it: the tag DATASET, else the file's name without its date."""
    named = str(raster.tags().get("DATASET") or "").strip()
    return named or re.sub(r"[_\- ]*\d{8}", "", PurePosixPath(path).stem) or "elevation"


def _acquired(raster: DatasetReader, path: str) -> date:
    """The tag ACQUISITION_DATE, else eight digits of the file's name, else the file's own time. Raises Refusal."""
    tags = raster.tags()
    in_name = re.search(r"(?<!\d)\d{8}(?!\d)", PurePosixPath(path).name)
    for text in (tags.get("ACQUISITION_DATE"), in_name and in_name[0], tags.get("TIFFTAG_DATETIME")):
        if text and (day := _day(str(text))):
            return day
    raise Refusal(
        "date_unknown",
        "The raster does not say when it was taken: no tag ACQUISITION_DATE, no date (YYYYMMDD) in its name. Add one.",
        "ภาพไม่ระบุวันที่ได้มา ไม่มีแท็ก ACQUISITION_DATE และไม่มีวันที่ (YYYYMMDD) ในชื่อไฟล์ โปรดระบุ",
    )


def _day(text: str) -> date | None:
    """`2025-01-15`, `2025:01:15 00:00:00`, `20250115`; a Buddhist year too."""
    found = re.match(r"(\d{4})[-:]?(\d\d)[-:]?(\d\d)", text.strip())
    if not found:
        return None
    year, month, day = map(int, found.groups())
    try:
        return date(common_era(year), month, day)
    except ValueError:
        return None


def _gaps(figures: pl.DataFrame) -> list[Finding]:
    """Tambons that the raster does not cover, in whole or in part."""
    missing = figures.filter((pl.col("n_cells") == 0) | (pl.col("nodata_share") > 0))
    if missing.is_empty():
        return []
    shares = missing.select(pl.col("zone"), pl.col("nodata_share").fill_null(1.0)).iter_rows()
    said = ", ".join(f"{_names()[code]} ({code}) {share:.0%}" for code, share in shares)
    return [
        Finding(
            "raster_gap",
            f"Cells without a value: {said}. Their figures hold for the rest; is a neighbouring tile missing?",
            f"มีช่องที่ไม่มีค่า: {said} ตัวเลขเป็นของส่วนที่เหลือ ขาดระวางข้างเคียงหรือไม่",
            sheet="band 1",
            n=missing.height,
        )
    ]


def _impossible(figures: pl.DataFrame) -> list[Finding]:
    """Numbers that are no height: mostly a mark for no data that the file does not declare."""
    n = int(figures["n_impossible"].sum())
    if not n:
        return []
    return [
        Finding(
            "impossible_elevation",
            f"{n:,} cells hold a number that cannot be a height (below -500 m or above 9,000 m); they count as empty. "
            "Declare the mark for no data in the file.",
            f"มี {n:,} ช่องที่ตัวเลขไม่ใช่ความสูงที่เป็นไปได้ (ต่ำกว่า -500 หรือสูงกว่า 9,000 เมตร) ถือว่าไม่มีค่า โปรดระบุค่า nodata ในไฟล์",
            sheet="band 1",
            n=n,
        )
    ]


def _unreadable(error: Exception) -> Refusal:
    return Refusal(
        "corrupt_raster",
        f"The GeoTIFF cannot be read ({str(error)[:120]}). Export it again and send that.",
        f"อ่านไฟล์ GeoTIFF ไม่ได้ ({str(error)[:120]}) โปรดส่งออกใหม่แล้วส่งอีกครั้ง",
    )


@cache
def _names() -> dict[str, str]:
    return {code: known.name for code, known in boundaries.tambons(DISTRICT).items()}


def _local(at: datetime) -> pl.Expr:
    return pl.lit(at).cast(pl.Datetime("us")).dt.replace_time_zone(LOCAL).dt.convert_time_zone("UTC")


# ── land use ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _land_use(document: Document, contract: Contract) -> Batch:
    _refuse_metres(document)
    frame, findings = read_features(document, contract, "land_use", LAND_USE_ALSO, LAND_USE_IGNORED, LAND_USE_ALSO)
    polygons = measured(frame["geometry"])
    year = number(clean("properties.YEAR"))
    rows = frame.drop("geometry").with_columns(
        place_code("tambon_code"),
        *(_year(year + step).alias(name) for step, name in ((0, "interval_start_at"), (1, "interval_end_at"))),
        polygons["geometry"],
        polygons["geometry_area_m2"],
        polygons["geometry_problem"].alias("problem"),
        pl.when(polygons["geometry_problem"].is_not_null()).then(pl.lit("geometry")).alias("raw_value"),
    )
    years = [str(int(y)) for y in rows.select(year.alias("y"))["y"].drop_nulls().unique().sort()]
    findings += area_findings(rows)
    series = f"land_use/{'+'.join(years) or 'undated'}"
    return record_batch(contract, "land_use", rows, layout="geojson", series=series, findings=findings)


def _refuse_metres(document: Document) -> None:
    """The old GeoJSON could name a system of its own; degrees on WGS 84 are taken."""
    named = re.search(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*EPSG[:/.\d]*[:/](\d+)"', document.data[:20_000])
    if named and named[1] != b"4326":
        code = named[1].decode()
        raise Refusal(
            "wrong_crs",
            f"The polygons are in EPSG:{code}. Reproject them to EPSG:4326 (degrees) and deliver them again.",
            f"รูปหลายเหลี่ยมอยู่ในระบบพิกัด EPSG:{code} โปรดแปลงเป็น EPSG:4326 (องศา) แล้วส่งใหม่",
        )


def _year(year: pl.Expr) -> pl.Expr:
    """The first moment of a year, local; a Buddhist year is 543 ahead."""
    common = pl.when(year > 2400).then(year - 543).otherwise(year).cast(pl.Int32, strict=False)
    return pl.datetime(common, 1, 1, time_unit="us").dt.replace_time_zone(LOCAL).dt.convert_time_zone("UTC")
