"""GISTDA's PM2.5 by district: a satellite model's estimate for the hour and for the 24 hours up to it.

`dt` ends in Z but is the Thai clock. The same answer says its time in Thai words, and that decides: should GISTDA mend
`dt` one day, it is read as UTC from then on, and a finding tells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from assets.readers.declared import new_columns, require
from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.observed import observed_rows
from assets.readers.records import nothing_in_it, observation_batch
from assets.readers.result import Finding, Parsed, Refusal
from assets.readers.thai_dates import read_date
from assets.readers.typed import MISSING, clean, type_columns
from expectations.contract import Contract
from expectations.shapes import Column

PARSER_VERSION = "1"

ENTITY = "observation"
FIELDS = ("ap_idn", "ap_tn", "dt", "pm25", "pm25Avg24hr")
KNOWN = ("ap_en", "pv_tn", "pv_en", "pv_idn")
NUMBERS = tuple(Column(name, "DOUBLE", name, name) for name in ("pm25", "pm25Avg24hr"))
STAMP = "%Y-%m-%dT%H:%M:%S%.fZ"
OBSERVED = {
    "station": "ap_idn",
    "prefix": "GISTDA-AP-",
    "name": "ap_tn",
    "quantities": [
        {"quantity": "PM25", "from": "pm25", "unit": "ug/m3", "period": "PT1H"},
        {"quantity": "PM25", "from": "pm25Avg24hr", "unit": "ug/m3", "period": "PT24H"},
    ],
}
THAI_CLOCK = timedelta(hours=7)


def claims(document: Document) -> bool:
    """An answer with the 24-hour mean by that name."""
    return document.kind == "json" and '"pm25Avg24hr"' in document.text[:5_000]


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch of estimates. Raises Refusal: partner_error, column_missing, type_flip, …; NoData."""
    answer = document.json
    _refuse_errors(answer)
    frame, present, section = read_records(document, "data", FIELDS, {})
    if not frame.height:
        raise nothing_in_it()
    require(FIELDS, present)
    type_columns(frame.select("pm25", "pm25Avg24hr"), NUMBERS)  # refuses words where there were numbers
    zone, findings = _zone(frame, answer, section)
    read = {
        "time": {"column": "dt", "formats": [STAMP], "zone": zone, "label": "ending", "period": "PT1H"},
        "observations": OBSERVED,
    }
    rows = observed_rows(frame, read, section, MISSING)
    findings += new_columns([name for name in present if name not in (*FIELDS, *KNOWN)])
    codes = clean("ap_idn").str.slice(0, 2)
    provinces = sorted(frame.select(codes.alias("code"))["code"].drop_nulls().unique())
    batch = observation_batch(
        ENTITY, rows, layout="json", series=document.label or f"province/{'+'.join(provinces)}", findings=findings
    )
    return Parsed(contract.source_id, (batch,))


def _refuse_errors(answer: Any) -> None:
    """The partner says in the answer itself that something went wrong."""
    if not isinstance(answer, Mapping) or (answer.get("status", 200) == 200 and not answer.get("errMsg")):
        return
    said = f"status {answer.get('status')}, {answer.get('errMsg') or 'no message'}"[:150]
    raise Refusal(
        "partner_error",
        f"GISTDA answered with an error ({said}). Nothing was lost; the next pull asks again.",
        f"GISTDA ตอบว่าเกิดข้อผิดพลาด ({said}) ไม่มีข้อมูลสูญหาย ระบบจะขอใหม่ในรอบถัดไป",
    )


def _zone(frame: pl.DataFrame, answer: Mapping[str, Any], section: str) -> tuple[str, list[Finding]]:
    """The zone that `dt` is written in, by the answer's own Thai clock; and what is odd about it."""
    latest = frame.select(clean("dt").str.to_datetime(STAMP, time_unit="us", strict=False).max())["dt"][0]
    thai = thai_clock(answer)
    if latest is None or thai is None:
        return "Asia/Bangkok", _no_clock(section) if thai is None else []
    written = latest.replace(minute=0, second=0, microsecond=0)
    if written == thai:
        return "Asia/Bangkok", []
    is_utc = written + THAI_CLOCK == thai
    taken = (
        ("it is UTC now and was read so", "จึงอ่านเป็นเวลาสากล")
        if is_utc
        else ("it was read as Thai time", "จึงอ่านเป็นเวลาไทย")
    )
    finding = Finding(
        "clock_disagrees",
        f"`dt` says {latest:%Y-%m-%d %H:%M}, the answer's own Thai clock says {thai:%Y-%m-%d %H:%M}: {taken[0]}. Ask GISTDA.",
        f"`dt` ระบุ {latest:%Y-%m-%d %H:%M} แต่เวลาไทยในคำตอบเดียวกันระบุ {thai:%Y-%m-%d %H:%M} {taken[1]} โปรดสอบถาม GISTDA",
        sheet=section,
        cell="0",
    )
    return "UTC" if is_utc else "Asia/Bangkok", [finding]


def thai_clock(answer: Mapping[str, Any]) -> datetime | None:
    """`วันอาทิตย์ที่ 4 ตุลาคม 2569`, `เวลา 1:00 น.` → 2026-10-04 01:00, the hour alone."""
    said = answer.get("datetimeThai")
    if not isinstance(said, Mapping):
        return None
    day = re.search(r"\d{1,2}\s+\D+\s+\d{4}", str(said.get("dateThai")))
    clock = re.search(r"(\d{1,2})[:.](\d\d)", str(said.get("timeThai")))
    found = read_date(day[0]) if day else None
    if found is None or clock is None or int(clock[1]) > 24:
        return None
    return datetime.combine(found.date, datetime.min.time()) + timedelta(hours=int(clock[1]))


def _no_clock(section: str) -> list[Finding]:
    return [
        Finding(
            "no_thai_clock",
            "The answer does not say its time in Thai words; `dt` was read as Thai time, as it always was, unproven.",
            "คำตอบไม่มีเวลาไทยกำกับ จึงอ่าน `dt` เป็นเวลาไทยตามที่เคยเป็น โดยตรวจสอบไม่ได้",
            sheet=section,
        )
    ]
