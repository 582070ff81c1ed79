"""What the simulator plays of GISTDA's gateway: pages, filters, the echoed key, places that hold together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets.readers.boundaries import tambons
from assets.readers.document import Document
from assets.readers.result import Batch
from assets.sources.gistda_hotspot.parse import parse
from simulator.feeds import gistda_hotspot as feed
from tests.feeds.source import contract, failing, told
from tests.feeds.space import WORLD, ask, inside

CONTRACT = contract("gistda_hotspot")
HOST = "api-gateway.gistda.or.th"
PATH = "/api/2.0/resources/features/viirs"


def batch_of(document: Document) -> Batch:
    (batch,) = parse(document, CONTRACT).batches
    return batch


def test_the_gateway_pages_filters_and_echoes_the_key_in_links() -> None:
    routes = feed.routes(WORLD)
    whole = json.loads(ask(routes, HOST, f"{PATH}/3days", {"limit": "1000"}, "k").body)
    assert whole["numberMatched"] == whole["numberReturned"] == len(whole["features"]) > 20
    pages = [
        json.loads(ask(routes, HOST, f"{PATH}/3days", {"limit": "10", "offset": str(n)}, "k").body)
        for n in range(0, whole["numberMatched"], 10)
    ]
    assert [f["id"] for page in pages for f in page["features"]] == [f["id"] for f in whole["features"]]
    assert "api_key=k" in pages[0]["links"][1]["href"] and len(pages[-1]["links"]) == 1
    ours = json.loads(ask(routes, HOST, f"{PATH}/3days", {"limit": "1000", "pv_idn": "52"}, "k").body)
    assert {f["properties"]["pv_idn"] for f in ours["features"]} == {52}
    assert ask(routes, HOST, f"{PATH}/1day", {"limit": "many"}).status == 400
    with pytest.raises(LookupError):
        ask(routes, HOST, "/api/2.0/resources/features/modis/1day")


def test_detections_lie_in_the_tambon_that_they_name() -> None:
    boundaries = tambons("5202")
    checked = 0
    for _, body in feed.deliveries(WORLD):
        for feature in json.loads(body)["features"]:
            own = feature["properties"]
            if own["ap_idn"] == 5202:
                assert inside(own["latitude"], own["longitude"], boundaries[str(own["tb_idn"])].geometry), own[
                    "hotspotid"
                ]
                checked += 1
    assert checked > 10


def test_deliveries_are_the_same_every_time_say_synthetic_and_parse() -> None:
    made = list(feed.deliveries(WORLD))
    assert made == list(feed.deliveries(WORLD)) and len(made) == WORLD.days
    for path, body in made:
        assert "SYNTHETIC" in Path(path).parts[0] and b"SYNTHETIC" in body
        batch = batch_of(Document(body, path))
        assert told(batch) == {} and not {"hard_range", "code_known", "readable"} & set(
            failing("gistda_hotspot", batch)
        )
