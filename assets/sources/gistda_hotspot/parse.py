"""GISTDA hotspots: pages of GeoJSON features, one detection each.

The time is `acq_date` + `acq_time` (UTC). `timestamp` is never used: GISTDA writes the Thai clock into it as if it were
UTC, which is seven hours late; a finding tells when it is off by something else.
"""

from __future__ import annotations

import polars as pl

from assets.readers.document import Document
from assets.readers.geojson import PLACE_DIGITS, is_collection, parsed_features, place_code, read_features
from assets.readers.result import Finding, Parsed
from assets.readers.typed import clean
from expectations.contract import Contract

PARSER_VERSION = "1"

ENTITY = "hotspot"
THAI_CLOCK = 7 * 3600  # s ahead of UTC
TIMES = ("acq_date", "acq_time", "th_date", "th_time", "timestamp")
NAME_PAIRS = (("pv_tn", "province_t"), ("ap_tn", "amphoe_t"), ("tb_tn", "tambon_t"))
ALSO = tuple(f"properties.{name}" for name in (*TIMES, *(name for pair in NAME_PAIRS for name in pair)))
NEEDED = ("properties.acq_date", "properties.acq_time")
# Known and not taken: ids of the gateway and of accounts, the other families of names, what follows from the position.
IGNORED = (
    *("type", "id", "geometry"),
    *(
        f"properties.{name}"
        for name in ("_id", "_createdAt", "_createdBy", "_updatedAt", "_updatedBy", "_collectionId")
    ),
    *(f"properties.{name}" for name in ("changwat", "amphoe", "tambol", "pv_code", "ap_code", "tb_code")),
    *(f"properties.{name}" for name in ("pv_en", "ap_en", "tb_en", "re_nesdb", "re_royin", "lu_hp", "lu_code")),
    *(f"properties.{name}" for name in ("utm_e", "utm_n", "utm_zone", "linkgmap", "moo_1", "name_1", "f_alarm")),
    *(f"properties.{name}" for name in ("v_angle", "file_name", "ct_tn")),
)


def claims(document: Document) -> bool:
    """Features with a hotspot id."""
    return is_collection(document, "hotspotid")


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch of detections. Raises Refusal and NoData."""
    frame, findings = read_features(document, contract, ENTITY, ALSO, IGNORED, NEEDED)
    timed = frame.with_columns(*_utc(frame), *map(place_code, PLACE_DIGITS))
    findings += [*_epochs(timed), *_thai_times(timed), *_names(timed)]
    rows = timed.with_columns(
        # without a village the distance is 0, which is none
        pl.when(pl.col("village_th").is_not_null()).then("village_distance").alias("village_distance"),
        pl.col("at").alias("interval_start_at"),
        pl.col("at").alias("interval_end_at"),
        pl.when(pl.col("at").is_null())
        .then(pl.format("acq_date, acq_time: “{}” is not a time", pl.col("at_text").fill_null("")))
        .alias("problem"),
        pl.when(pl.col("at").is_null()).then("at_text").alias("raw_value"),
    )
    return parsed_features(document, contract, ENTITY, rows, frame["hotspot_id"], findings)


def _utc(frame: pl.DataFrame) -> list[pl.Series]:
    """`at`, and its text for those that cannot be read."""
    text = _joined("acq_date", "acq_time")
    return frame.select(
        text.str.to_datetime("%Y-%m-%d %H%M", time_unit="us", strict=False, time_zone="UTC").alias("at"),
        text.alias("at_text"),
    ).get_columns()


def _joined(day: str, clock: str) -> pl.Expr:
    """`2026-09-26T00:00:00` and `0453` (or 453) → `2026-09-26 0453`."""
    hours = clean(f"properties.{clock}").str.replace(":", "").str.zfill(4)
    return pl.concat_str([clean(f"properties.{day}").str.slice(0, 10), hours], separator=" ")


def _epochs(frame: pl.DataFrame) -> list[Finding]:
    """`timestamp` must be seven hours late, as it always was, or right."""
    off = clean("properties.timestamp").cast(pl.Int64, strict=False) - pl.col("at").dt.epoch("s")
    odd = frame.with_columns(off=off).filter(~pl.col("off").is_in([0, THAI_CLOCK]))
    if odd.is_empty():
        return []
    return [
        Finding(
            "epoch_disagrees",
            f"{odd.height:,} detections carry a `timestamp` that is neither acq_date + acq_time (UTC) nor seven hours "
            f"after it, the first is off by {odd['off'][0]:,} s. The time was taken from acq_date and acq_time; ask GISTDA "
            "which is right.",
            f"มีจุดความร้อน {odd.height:,} จุดที่ `timestamp` ไม่ตรงกับ acq_date + acq_time (UTC) และไม่ได้ช้ากว่า 7 ชั่วโมง "
            f"จุดแรกต่าง {odd['off'][0]:,} วินาที ระบบใช้เวลาจาก acq_date และ acq_time โปรดสอบถาม GISTDA",
            sheet=odd["sheet"][0],
            cell=odd["cell"][0],
            n=odd.height,
        )
    ]


def _thai_times(frame: pl.DataFrame) -> list[Finding]:
    """`th_date` + `th_time` must be the same instant on the Thai clock."""
    thai = _joined("th_date", "th_time").str.to_datetime("%Y-%m-%d %H%M", time_unit="us", strict=False)
    local = pl.col("at").dt.convert_time_zone("Asia/Bangkok").dt.replace_time_zone(None)
    odd = frame.filter(thai != local)
    if odd.is_empty():
        return []
    return [
        Finding(
            "thai_time_disagrees",
            f"{odd.height:,} detections have a Thai time (th_date, th_time) that is not seven hours after acq_date and "
            "acq_time. The UTC time was taken.",
            f"มีจุดความร้อน {odd.height:,} จุดที่เวลาไทย (th_date, th_time) ไม่ตรงกับเวลาสากลบวก 7 ชั่วโมง ระบบใช้เวลาสากล",
            sheet=odd["sheet"][0],
            cell=odd["cell"][0],
            n=odd.height,
        )
    ]


def _names(frame: pl.DataFrame) -> list[Finding]:
    """The families of names speak of one place."""
    differ = pl.any_horizontal(
        (clean(f"properties.{one}") != clean(f"properties.{other}")).fill_null(False) for one, other in NAME_PAIRS
    )
    odd = frame.filter(differ)
    if odd.is_empty():
        return []
    return [
        Finding(
            "names_disagree",
            f"{odd.height:,} detections name two places at once (pv_tn, ap_tn, tb_tn against province_t, amphoe_t, "
            "tambon_t). The first family, to which the codes belong, was taken.",
            f"มีจุดความร้อน {odd.height:,} จุดที่ระบุชื่อสถานที่ไม่ตรงกัน (pv_tn, ap_tn, tb_tn กับ province_t, amphoe_t, tambon_t) "
            "ระบบใช้ชุดแรกซึ่งตรงกับรหัส",
            sheet=odd["sheet"][0],
            cell=odd["cell"][0],
            n=odd.height,
        )
    ]
