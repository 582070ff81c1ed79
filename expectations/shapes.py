"""Row shapes that several sources share. A contract names the shape of an entity; the columns stand here, once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its type is a DuckDB type name, its titles are what people read."""

    name: str
    type: str
    title_en: str
    title_th: str
    required: bool = False


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

SHAPES: dict[str, tuple[Column, ...]] = {"observation": OBSERVATION}
