"""TAT Data API: places of interest, page by page.

Province ids are TAT's own: Lampang is 104, Bangkok 219 (not DOPA's 52 and 10). The list stands under `data` in version 2
and under `result` in the older interface. Coordinates are numbers on one record and text on the next; fees are text.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from simulator.feed import Answer, Key, Request, Route, as_json
from simulator.feeds._places import DISTRICTS, TAMBONS
from simulator.world import MARK, MARK_TH, World

SOURCE_ID = "tat_places"
LAMPANG = 104
BANGKOK = 219
PER_PROVINCE = 40
CATEGORIES = {2: "ที่พัก", 3: "สถานที่ท่องเที่ยว", 4: "ร้านค้า", 8: "ร้านอาหาร"}
NAMES = {2: "รีสอร์ท", 3: "จุดชมวิว", 4: "ศูนย์หัตถกรรม", 8: "ร้านอาหาร"}
MAE_MOH = (18.296, 99.752)


def deliveries(world: World) -> Iterator[tuple[str, bytes]]:
    """One saved answer for each whole day: the first page of Lampang."""
    for day in world.dates:
        yield f"{MARK} tat_places/{day.isoformat()}T06.json", as_json(answer(world, LAMPANG, None, 1, 50), indent=1)


def routes(world: World) -> list[Route]:
    def places(request: Request) -> Answer:
        query = request.query
        province = int(query["province_id"]) if query.get("province_id", "").isdigit() else None
        category = int(query["place_category_id"]) if query.get("place_category_id", "").isdigit() else None
        page, limit = int(query.get("page", "1")), min(int(query.get("limit", "10")), 300)
        return Answer(as_json(answer(world, province, category, page, limit)))

    def search(request: Request) -> Answer:
        return Answer(as_json({"result": answer(world, LAMPANG, None, 1, 50)["data"]}))

    older = "/tatapi/v5/places/search"
    return [
        Route("tatdataapi.io", "/api/v2/places", places, key=Key(header="x-api-key"), source_id=SOURCE_ID),
        Route("tatapi.tourismthailand.org", older, search, key=Key(header="Authorization"), source_id=SOURCE_ID),
    ]


def answer(world: World, province: int | None, category: int | None, page: int, limit: int) -> dict[str, Any]:
    """One page; a page behind the last has an empty list."""
    chosen = [LAMPANG, BANGKOK] if province is None else [province]
    everything = [record for one in chosen for record in _province(world, one)]
    found = [record for record in everything if category is None or record["category"]["categoryId"] == category]
    part = found[(page - 1) * limit : page * limit]
    return {"data": part, "pagination": {"pageNumber": page, "pageSize": limit, "total": len(found)}}


def _province(world: World, province: int) -> list[dict[str, Any]]:
    if province not in (LAMPANG, BANGKOK):
        return []
    return [_place(world, province, number) for number in range(PER_PROVINCE * world.scale)]


def _place(world: World, province: int, number: int) -> dict[str, Any]:
    rng = world.random(SOURCE_ID, province, number)
    category = list(CATEGORIES)[number % len(CATEGORIES)]
    tambon = "520204" if number % 4 else list(TAMBONS)[number % len(TAMBONS)]
    latitude, longitude = (round(x + float(rng.normal(0, 0.05)), 6) for x in MAE_MOH)
    as_text = number % 3 == 0
    is_lampang = province == LAMPANG
    location = {
        "address": f"{number + 1} หมู่ {number % 9 + 1}",
        "province": {"provinceId": province, "name": "ลำปาง" if is_lampang else "กรุงเทพมหานคร"},
        "district": {"districtId": 1000 + int(tambon[2:4]), "name": DISTRICTS[tambon[:4]]} if is_lampang else None,
        "subDistrict": {"subDistrictId": 9000 + number, "name": TAMBONS[tambon]} if is_lampang else None,
        "postcode": "52220" if is_lampang else "10200",
    }
    updated = world.dates[0] - timedelta(days=30 + number)
    return {
        "placeId": 70_000 + province * 100 + number,
        "name": f"{NAMES[category]}สมมติ {number + 1} ({MARK_TH})",
        "latitude": str(latitude) if as_text else latitude,
        "longitude": str(longitude) if as_text else longitude,
        "category": {"categoryId": category, "name": CATEGORIES[category]},
        "location": location,
        "sha": {"type": "", "detail": ""} if number % 5 else None,
        "tags": ["ธรรมชาติ", "ครอบครัว"][: number % 3] or None,
        "openingHours": {"open": "08:30", "close": "16:30"} if number % 2 else None,
        "information": {
            "detail": f"{MARK}: สถานที่สมมติ",
            "fee": {"thaiAdult": "20" if category == 3 else "", "foreignerAdult": "100" if category == 3 else ""},
        },
        "contact": {"phones": [f"054{number:03d}000"], "mobiles": None, "emails": [f"place{number}@example.org"]},
        "thumbnailUrl": [],
        "updatedAt": f"{updated.isoformat()}T03:15:00.000Z",
    }
