"""Land use: polygons of a year, their area computed again, their coordinate system checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assets.readers.document import Document
from assets.readers.polygons import measure
from assets.readers.result import NoData
from assets.sources.gistda_terrain.parse import claims, parse, tambons
from simulator.feeds import gistda_terrain as feed
from tests.feeds.source import contract, failing, refused, sample, told
from tests.feeds.space import WORLD, inside

SOURCE = "gistda_terrain"
CONTRACT = contract(SOURCE)


def land(*changes: Any) -> Document:
    """The simulator's land-use layer with properties of its first polygon changed."""
    collection = json.loads(feed.land_use(WORLD, 2568))
    for change in changes:
        change(collection)
    return Document(json.dumps(collection, ensure_ascii=False).encode(), "SYNTHETIC/LULC_MaeMoh_2568.geojson")


def set_first(name: str, value: Any) -> Any:
    def change(collection: dict[str, Any]) -> None:
        collection["features"][0]["properties"][name] = value

    return change


def test_land_use_is_one_row_a_polygon_for_a_whole_year() -> None:
    (batch,) = parse(land(), CONTRACT).batches
    assert (batch.entity, batch.series, batch.rows.height, told(batch)) == ("land_use", "land_use/2568", 15, {})
    assert (str(batch.period_start), str(batch.period_end)) == ("2025-01-01", "2025-12-31")
    row = batch.rows.row(0, named=True)
    assert (row["polygon_id"], row["class_code"], row["class_en"], row["area_rai"], row["tambon_code"]) == (
        "1",
        "A302",
        "Para rubber",
        1138.22,
        "520201",
    )
    assert failing(SOURCE, batch) == {}


def test_a_year_of_the_common_era_is_the_same_year() -> None:
    def change(collection: dict[str, Any]) -> None:
        for feature in collection["features"]:
            feature["properties"]["YEAR"] = 2025

    (one,), (other,) = parse(land(), CONTRACT).batches, parse(land(change), CONTRACT).batches
    assert one.rows["interval_start_at"].equals(other.rows["interval_start_at"])


def test_a_stated_area_that_the_polygon_does_not_have_is_told_and_flagged() -> None:
    (batch,) = parse(land(set_first("AREA_RAI", 1.0)), CONTRACT).batches
    assert told(batch) == {"area_disagrees": 1} and failing(SOURCE, batch) == {"area_as_drawn": [0]}


def test_drifted_land_use_is_told_or_refused() -> None:
    (batch,) = parse(land(set_first("OWNER_KIND", "state")), CONTRACT).batches
    assert told(batch) == {"new_column": 1}

    def lose(collection: dict[str, Any]) -> None:
        for feature in collection["features"]:
            del feature["properties"]["TB_IDN"]

    assert refused(SOURCE, land(lose)).rule == "column_missing"


@pytest.mark.parametrize(
    ("system", "is_taken"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", True),
        ("urn:ogc:def:crs:EPSG::4326", True),
        ("EPSG:4326", True),
        ("urn:ogc:def:crs:EPSG::32647", False),
        ("EPSG:24047", False),
    ],
)
def test_land_use_in_another_system_is_refused_by_its_name(system: str, is_taken: bool) -> None:
    document = land(lambda collection: collection["crs"]["properties"].update(name=system))
    if is_taken:
        assert parse(document, CONTRACT).batches[0].rows.height == 15
    else:
        refusal = refused(SOURCE, document)
        assert refusal.rule == "wrong_crs" and f"EPSG:{system.rsplit(':', 1)[-1]}" in refusal.reason_en


def test_a_long_outline_before_the_first_property_hides_nothing() -> None:
    def change(collection: dict[str, Any]) -> None:
        first = collection["features"][0]
        ring = first["geometry"]["coordinates"][0][0]
        first["geometry"]["coordinates"][0][0] = [*[ring[0]] * 20_000, *ring]
        collection["features"] = [{"type": "Feature", "geometry": first["geometry"], "properties": first["properties"]}]

    document = land(change)
    assert document.data.index(b"LU_CODE") > 300_000 and claims(document)
    assert parse(document, CONTRACT).batches[0].rows["area_rai"].to_list() == [1138.22]


def test_an_empty_layer_is_no_data() -> None:
    with pytest.raises(NoData):
        parse(land(lambda collection: collection["features"].clear()), CONTRACT)


def test_rasters_and_land_use_are_claimed_and_other_geojson_is_not() -> None:
    assert claims(Document(sample(SOURCE), "any")) and claims(land())
    for other in ("gistda_hotspot", "gistda_burn_scar", "gistda_pm25"):
        assert not claims(Document(sample(other), "any.json"))
    assert not claims(Document(b"", "any.tif")) and not claims(Document(b"\0\xff", "any.tif"))


def test_polygons_lie_in_the_tambon_that_they_name() -> None:
    (batch,) = parse(land(), CONTRACT).batches
    for row in batch.rows.iter_rows(named=True):
        lat, lon = measure(json.loads(row["geometry"]))[1:]
        assert inside(lat, lon, dict(tambons()[row["tambon_code"]]))
