"""What GISTDA's gateway does with every collection: pages of GeoJSON, account ids, and links that repeat the key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.feed import JSON, Answer, Key, Request, Route, as_json
from simulator.world import MARK, World

HOST = "api-gateway.gistda.or.th"
BASE = "/api/2.0/resources/features"
MOST = 1000
KEY = Key(header="api-key")
SPANS = {"1day": 1, "3days": 3, "7days": 7, "30days": 30}
Features = list[dict[str, Any]]


def object_id(*names: object) -> str:
    """24 hexadecimal digits, as the gateway's own ids."""
    return hashlib.sha256("|".join(map(str, names)).encode()).hexdigest()[:24]


def account(world: World, *names: object) -> dict[str, str]:
    """Ids of the accounts behind a record: personal, never to be kept."""
    return {"_createdBy": object_id(world.seed, "account", *names), "_updatedBy": object_id(world.seed, "account")}


def collection(features: Features, offset: int, limit: int, now: datetime, url: str, key: str) -> bytes:
    """One page, as the gateway sends it. `links` repeats the key that was used."""
    page = features[offset : offset + limit]
    links = [{"href": f"{url}?limit={limit}&offset={offset}&api_key={key}", "rel": "self", "type": "application/json"}]
    if offset + limit < len(features):
        links.append({**links[0], "rel": "next", "href": f"{url}?limit={limit}&offset={offset + limit}&api_key={key}"})
    return as_json(
        {
            "type": "FeatureCollection",
            "description": f"{MARK} data, no real detections",
            "features": page,
            "links": links,
            "numberMatched": len(features),
            "numberReturned": len(page),
            "timeStamp": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        }
    )


def span(world: World, days: int) -> tuple[datetime, datetime]:
    """(since, until] of one of the gateway's windows."""
    return world.until - timedelta(days=days), world.until


def route(source_id: str, path: str, world: World, features: Callable[[Request], Features]) -> Route:
    """Answers `limit`, `offset` and the filters by code of one collection."""

    def respond(request: Request) -> Answer:
        wanted = {name: request.query[name] for name in ("pv_idn", "ap_idn", "tb_idn") if name in request.query}
        try:
            limit, offset = min(MOST, int(request.query.get("limit", 10))), int(request.query.get("offset", 0))
        except ValueError:
            return Answer(as_json({"code": 400, "message": "limit and offset are numbers"}), JSON, 400)
        found = [f for f in features(request) if all(str(f["properties"][name]) == v for name, v in wanted.items())]
        key = request.headers.get("api-key", "")
        return Answer(collection(found, offset, limit, world.until, f"https://{HOST}{request.path}", key))

    return Route(HOST, path, respond, key=KEY, source_id=source_id)
