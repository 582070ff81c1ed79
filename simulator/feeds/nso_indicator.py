"""NSO statistics catalogue: whole tables as JSON or CSV at one address, the table named in the query.

Every table has dimensions of its own, in small letters in one and capitals in another; the year is Buddhist and text. The
firewall in front answers 418 to tools that name themselves (and to callers abroad).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from simulator.feed import Answer, Request, Route, as_json
from simulator.feeds._places import PROVINCES
from simulator.world import MARK, World

SOURCE_ID = "nso_indicator"
HOST = "catalogapi.nso.go.th"
INCOME = "SFD_SPB0802_66"
WAGES = "LFS_02_20545_18"
TOOLS = ("curl", "python", "wget", "go-http-client")
TEAPOT = b"<html><head><title>418</title></head><body><h1>Request blocked</h1></body></html>"
CLASSES = (("ผู้ถือครองที่ดิน", "ปลูกพืช"), ("ผู้ประกอบธุรกิจของตนเองที่ไม่ใช่การเกษตร", ""), ("ลูกจ้าง", "เสมียน พนักงานขาย"))
REGIONS = ("ทั่วราชอาณาจักร", "ภาคเหนือ", "ภาคตะวันออกเฉียงเหนือ", "ภาคใต้")
INDUSTRIES = ("การทำเหมืองแร่และเหมืองหิน", "การไฟฟ้า ก๊าซ และไอน้ำ", "ที่พักแรมและบริการด้านอาหาร", "ไม่ทราบ")
ZERO_NOTE = "ข้อมูลจากการสำรวจตัวอย่างมีค่าเป็น 0"


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """Both tables as they would be saved on the last day of the world."""
    stamp = f"{world.dates[-1].isoformat()}T02"
    yield f"{MARK} {SOURCE_ID}/{stamp}-{INCOME}.json", as_json(income(world), indent=1)
    yield f"{MARK} {SOURCE_ID}/{stamp}-{WAGES}.csv", _csv(wages(world))


def routes(world: World) -> list[Route]:
    def respond(request: Request) -> Answer:
        agent = request.headers.get("user-agent", "").lower()
        if not agent or agent.startswith(TOOLS):
            return Answer(TEAPOT, "text/html; charset=utf-8", status=418)
        rows = {INCOME: income, WAGES: wages}.get(request.query.get("table", ""), _nothing)(world)
        if request.query.get("format") == "csv":
            return Answer(_csv(rows), "text/csv; charset=utf-8")
        return Answer(as_json(rows))

    return [Route(HOST, "/api/index", respond, source_id=SOURCE_ID)]


def income(world: World) -> list[dict[str, Any]]:
    """Household income a month by province and class; a class without a household in the sample is 0 with a note."""
    rows = []
    provinces = [p for p in PROVINCES if p.region == "NO" or world.scale > 1]
    for year in _years(world):
        for province in provinces:
            for first, second in CLASSES:
                rng = world.random("income", province.code, first, year)
                value = 0.0 if rng.random() < 0.04 else round(float(rng.lognormal(9.9, 0.25)), 2)
                rows.append(
                    {
                        "year": str(year + 543),
                        "province": province.th,
                        "source_income1": "รายได้ทั้งสิ้นต่อเดือน",
                        "source_income2": "รายได้ทั้งสิ้นต่อเดือน",
                        "source_income3": "รายได้ทั้งสิ้นต่อเดือน",
                        "soc_eco_class1": first,
                        "soc_eco_class2": second,
                        "value": value,
                        "unit": "บาท",
                        "attribute": ZERO_NOTE if value == 0 else "",
                        "source": f"{MARK}: การสำรวจภาวะเศรษฐกิจและสังคมของครัวเรือน",
                    }
                )
    return rows


def wages(world: World) -> list[dict[str, Any]]:
    """Mean wage by region, industry and quarter; values are text, the quarter is `ไตรมาสที่ 1` or `1`."""
    rows = []
    for year in _years(world):
        for quarter in range(1, 5):
            for region in REGIONS:
                for industry in INDUSTRIES:
                    rng = world.random("wage", region, industry, year, quarter)
                    rows.append(
                        {
                            "YEAR": str(year + 543),
                            "QUARTER": f"ไตรมาสที่ {quarter}" if quarter % 2 else str(quarter),
                            "REGION": region,
                            "INDUSTRY": industry,
                            "VALUE": "-" if industry == "ไม่ทราบ" else f"{rng.lognormal(9.6, 0.2):,.2f}",
                            "UNIT": "บาทต่อเดือน",
                            "SOURCE": f"{MARK}: การสำรวจภาวะการทำงานของประชากร",
                        }
                    )
    return rows


def _years(world: World) -> tuple[int, int]:
    """The survey is taken every second year."""
    newest = world.today.year - 1
    return newest - 2, newest


def _nothing(world: World) -> list[dict[str, Any]]:
    """A table that is not in the catalogue is an empty list."""
    return []


def _csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
