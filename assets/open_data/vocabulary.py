"""The words of the catalogues: Thailand's government data catalogue (GD Catalog, a CKAN) and DCAT-AP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assets.catalogue import Words

OTHER = "อื่นๆ"
"""GD Catalog: none of its choices; the words then stand in `<field>_other`."""

RECORDS, STATISTICS, SPATIAL = "ข้อมูลระเบียน", "ข้อมูลสถิติ", "ข้อมูลภูมิสารสนเทศเชิงพื้นที่"
POSITIONS = ("latitude", "longitude", "geometry", "boundary_wkt")
"""Columns that make a table geographic."""

CATEGORIES = {
    "open": "ข้อมูลสาธารณะ",
    "internal": "ข้อมูลใช้ภายในหน่วยงาน",
    "restricted": "ข้อมูลใช้ภายในหน่วยงาน",
    "personal": "ข้อมูลส่วนบุคคล",
}
FORMATS = {"csv": "CSV", "geojson": "JSON"}
"""File → what GD Catalog calls it; Parquet has no choice there."""

AUTHORITY = "http://publications.europa.eu/resource/authority/"


@dataclass(frozen=True)
class Cadence:
    """How often something is updated: GD Catalog's unit and count, and the EU's frequency code for DCAT."""

    unit_th: str
    count: str
    frequency: str
    rank: int
    """Smaller is more often."""


ON_CHANGE = "on change"
CADENCES: Mapping[str, Cadence] = {
    "hourly": Cadence("ชั่วโมง", "1", "HOURLY", 1),
    "every 3 hours": Cadence("ชั่วโมง", "3", "TRIHOURLY", 2),
    "3-hourly": Cadence("ชั่วโมง", "3", "TRIHOURLY", 2),
    "daily": Cadence("วัน", "1", "DAILY", 3),
    "weekly": Cadence("สัปดาห์", "1", "WEEKLY", 4),
    "monthly": Cadence("เดือน", "1", "MONTHLY", 5),
    "yearly": Cadence("ปี", "1", "ANNUAL", 6),
    ON_CHANGE: Cadence("เมื่อมีการเปลี่ยนแปลง", "", "IRREG", 7),
}
UNITS_TH = {"ปี", "ครึ่งปี", "ไตรมาส", "เดือน", "สัปดาห์", "วัน", "วันทำการ", "ชั่วโมง", "นาที", "ตามเวลาจริง"}
"""Units of the update frequency that GD Catalog offers."""

LEVELS: Mapping[str, str] = {
    "world": "โลก",
    "continent": "ทวีป/กลุ่มประเทศในทวีป",
    "country": "ประเทศ",
    "region": "ภาค",
    "province": "จังหวัด",
    "district": "อำเภอ",
    "tambon": "ตำบล",
    "coordinates": "พิกัด",
    "none": "ไม่มี",
}
"""Level of what a table speaks of, the widest first → GD Catalog's choice."""

PLACES: Mapping[str, Words] = {
    "TH": Words("ประเทศไทย", "Thailand"),
    "52": Words("จังหวัดลำปาง", "Lampang province"),
    "5202": Words("อำเภอแม่เมาะ จังหวัดลำปาง", "Mae Moh district, Lampang province"),
}
PLACE_OF_LEVEL = {"country": "TH", "province": "52", "district": "5202"}

PILLARS: Mapping[str, Words] = {
    "environment": Words("สิ่งแวดล้อม", "environment"),
    "economy": Words("เศรษฐกิจ", "economy"),
    "energy": Words("พลังงาน", "energy"),
    "city": Words("เมือง", "city"),
    "common": Words("ข้อมูลอ้างอิง", "reference data"),
}
THEMES = {"environment": "ENVI", "economy": "ECON", "energy": "ENER", "city": "REGI", "common": "GOVE"}
"""Pillar → theme of DCAT-AP."""

REFERENCE_OBJECTIVE = Words(
    "ใช้อธิบายรหัสและชื่อที่ปรากฏในตารางอื่น", "Explains the codes and names that stand in the other tables."
)
SYNTHETIC = Words("ข้อมูลสังเคราะห์ ไม่ใช่ค่าจริง", "SYNTHETIC DATA, not real values")
