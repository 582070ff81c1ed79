"""Row shapes that several sources share. A contract names the shape of an entity; the columns stand here, once.

`observation`  measured series: one row per station, quantity and interval.
`record`       everything else: columns of its own, listed in the contract, between the time it speaks of and its place in
               the delivery.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its type is a DuckDB type name, its titles are what people read.

    `minimum`, `maximum`: outside is impossible; `soft_minimum`, `soft_maximum`: outside is unusual; both in `unit` (UCUM).
    `allowed`: the code list. `source`: the partner's own name of the field. `is_key`: with the time it makes a row unique.
    """

    name: str
    type: str
    title_en: str
    title_th: str
    required: bool = False
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    soft_minimum: float | None = None
    soft_maximum: float | None = None
    allowed: tuple[str, ...] = ()
    source: str | None = None
    is_key: bool = False
    description: str = ""


OBSERVATION: tuple[Column, ...] = (
    Column("station_key", "VARCHAR", "Station or stack", "สถานีหรือปล่อง", required=True),
    Column("station_name", "VARCHAR", "Station name as delivered", "ชื่อสถานีตามที่ส่งมา", required=True),
    Column("quantity", "VARCHAR", "Quantity", "ตัวแปรที่วัด", required=True),
    Column("level", "VARCHAR", "Tower level (L, M, H)", "ระดับความสูงบนเสา (L, M, H)"),
    Column("averaging_period", "VARCHAR", "Averaging period (ISO 8601)", "ช่วงเวลาเฉลี่ย (ISO 8601)", required=True),
    Column("interval_start_at", "TIMESTAMPTZ", "Start of the interval (UTC)", "เวลาเริ่มต้นช่วง (UTC)", required=True),
    Column("interval_end_at", "TIMESTAMPTZ", "End of the interval (UTC)", "เวลาสิ้นสุดช่วง (UTC)", required=True),
    Column("raw_value", "VARCHAR", "Cell as written", "ข้อความในเซลล์ตามต้นฉบับ"),
    Column("raw_unit", "VARCHAR", "Unit as delivered (UCUM)", "หน่วยตามที่ส่งมา (UCUM)", required=True),
    Column("value", "DOUBLE", "Value", "ค่า"),
    Column("flag", "VARCHAR", "Partner's own flag", "สัญลักษณ์สถานะของหน่วยงาน"),
    Column("is_valid", "BOOLEAN", "Is a valid value", "เป็นค่าที่ใช้ได้", required=True),
    Column("from_path", "VARCHAR", "Facts taken from the file's path", "ข้อมูลที่ได้จากชื่อไฟล์"),
    Column("sheet", "VARCHAR", "Sheet", "แผ่นงาน", required=True),
    Column("cell", "VARCHAR", "Cell", "เซลล์", required=True),
)

LINEAGE: tuple[Column, ...] = (
    Column("batch_id", "VARCHAR", "Batch", "ชุดข้อมูล", required=True),
    Column("row_id", "BIGINT", "Row number in the batch", "ลำดับแถวในชุด", required=True),
    Column("path", "VARCHAR", "Delivered file", "ไฟล์ที่ส่งมา", required=True),
    Column("received_at", "TIMESTAMPTZ", "Received at (UTC)", "เวลาที่ได้รับ (UTC)", required=True),
)

RECORD_TIME: tuple[Column, ...] = (
    Column(
        "interval_start_at", "TIMESTAMPTZ", "Start of what the record speaks of (UTC)", "เวลาเริ่มต้น (UTC)", required=True
    ),
    Column("interval_end_at", "TIMESTAMPTZ", "End of what the record speaks of (UTC)", "เวลาสิ้นสุด (UTC)", required=True),
)
RECORD_PLACE: tuple[Column, ...] = (
    Column("problem", "VARCHAR", "What could not be read", "สิ่งที่อ่านไม่ได้"),
    Column("raw_value", "VARCHAR", "Text of the cell that could not be read", "ข้อความในเซลล์ที่อ่านไม่ได้"),
    Column("sheet", "VARCHAR", "Sheet or section", "แผ่นงานหรือส่วน", required=True),
    Column("cell", "VARCHAR", "Position", "ตำแหน่ง", required=True),
)

SHAPES = ("observation", "record")


def columns_of(shape: str, own: tuple[Column, ...]) -> tuple[Column, ...]:
    """Every column of an entity's bronze table; `own` are the columns that its contract lists."""
    if shape == "observation":
        return OBSERVATION + LINEAGE
    return RECORD_TIME + own + RECORD_PLACE + LINEAGE
