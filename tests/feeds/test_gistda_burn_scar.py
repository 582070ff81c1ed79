"""GISTDA burn scars: periods in Thai days, areas computed again from the polygon, geometry as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assets.readers.boundaries import tambons
from assets.readers.document import Document
from assets.readers.result import Batch, NoData
from assets.redact import Redactor
from assets.sources.gistda_burn_scar.parse import claims, parse
from assets.sources.gistda_hotspot.parse import claims as hotspot_claims
from simulator.feeds import gistda_burn_scar as feed
from tests.feeds.source import contract, failing, refused, sample, told
from tests.feeds.space import WORLD, ask, changed, inside, with_property, without_property

SOURCE = "gistda_burn_scar"
CONTRACT = contract(SOURCE)
PATH = "/api/2.0/resources/features/burn-scar"
# 0.01 degrees square at 18.3 N: 1,057.3 m x 1,106.8 m on the ellipsoid
SQUARE = [[99.7, 18.3], [99.71, 18.3], [99.71, 18.31], [99.7, 18.31], [99.7, 18.3]]
SQUARE_RAI = 731.4


def batch_of(document: Document) -> Batch:
    (batch,) = parse(document, CONTRACT).batches
    return batch


def with_geometry(geometry: Any) -> Any:
    def change(collection: dict[str, Any]) -> None:
        collection["features"][0]["geometry"] = geometry

    return change


def test_reviewed_rows_of_the_sample() -> None:
    batch = batch_of(Document(sample(SOURCE), "sample-synthetic.json"))
    assert (batch.entity, batch.layout, batch.rows.height, batch.findings) == ("burn_scar", "geojson", 8, ())
    row = batch.rows.row(0, named=True)
    geometry = json.loads(row.pop("geometry"))
    assert geometry["coordinates"][0][0] == [99.630046, 19.347803] and len(geometry["coordinates"][0]) == 15
    expected = {
        "burn_scar_id": "600562effd7f3e7f8e2f8b1d",
        "interval_start_at": datetime(2026, 3, 8, 17, tzinfo=UTC),
        "interval_end_at": datetime(2026, 3, 15, 17, tzinfo=UTC),
        "area_rai": 52.66,
        "area_m2": 84256.18,
        "land_use_th": "พื้นที่ป่าอนุรักษ์",
        "province_code": "52",
        "district_code": "5207",
        "tambon_code": "520707",
        "tambon_th": "วังแก้ว",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["geometry_area_m2"] == pytest.approx(84256.18, rel=0.001)


def test_the_sample_breaks_no_rule() -> None:
    assert failing(SOURCE, batch_of(Document(sample(SOURCE), "sample-synthetic.json"))) == {}


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("20260309 - 20260315", (2026, 3, 8), (2026, 3, 15)),
        ("20260309-20260309", (2026, 3, 8), (2026, 3, 9)),
        ("20260309", (2026, 3, 8), (2026, 3, 9)),
        ("20251229 – 20260104", (2025, 12, 28), (2026, 1, 4)),
    ],
)
def test_a_period_is_whole_thai_days_with_both_ends(
    text: str, first: tuple[int, int, int], after: tuple[int, int, int]
) -> None:
    row = batch_of(changed(SOURCE, with_property("date", text), n=1)).rows.row(0, named=True)
    assert row["interval_start_at"] == datetime(*first, 17, tzinfo=UTC)
    assert row["interval_end_at"] == datetime(*after, 17, tzinfo=UTC)


@pytest.mark.parametrize("text", ["March 2026", "20260309 - 20261315", "2026030", None])
def test_a_period_that_is_none_keeps_its_text_and_is_quarantined(text: str | None) -> None:
    batch = batch_of(changed(SOURCE, with_property("date", text, "20260309"), n=2))
    assert batch.rows["raw_value"][0] == text and 0 in failing(SOURCE, batch)["readable"]


def test_a_period_that_ends_before_it_begins_is_quarantined() -> None:
    batch = batch_of(changed(SOURCE, with_property("date", "20260315 - 20260301"), n=1))
    assert failing(SOURCE, batch) == {"interval_runs_forward": [0]}


def test_the_area_is_computed_again_from_the_polygon() -> None:
    square = with_geometry({"type": "Polygon", "coordinates": [SQUARE]})
    row = batch_of(changed(SOURCE, square, with_property("area_rai", SQUARE_RAI), n=1)).rows.row(0, named=True)
    assert row["geometry_area_m2"] / 1600 == pytest.approx(SQUARE_RAI, rel=0.001)
    assert (row["centroid_latitude"], row["centroid_longitude"]) == (pytest.approx(18.305), pytest.approx(99.705))


@pytest.mark.parametrize(
    ("factor", "is_told"), [(1.0, False), (1.019, False), (1.03, True), (0.5, True), (1600.0, True)]
)
def test_a_stated_area_that_the_polygon_does_not_have_is_told_and_flagged(factor: float, is_told: bool) -> None:
    sound = batch_of(changed(SOURCE, n=1)).rows["geometry_area_m2"][0] / 1600
    batch = batch_of(changed(SOURCE, with_property("area_rai", sound * factor), n=1))
    assert told(batch) == ({"area_disagrees": 1} if is_told else {})
    assert ("area_as_drawn" in failing(SOURCE, batch)) == is_told and batch.rows["area_rai"][0] is not None


def test_a_hole_does_not_count_and_parts_add_up() -> None:
    hole = [[99.7025, 18.3025], [99.7075, 18.3025], [99.7075, 18.3075], [99.7025, 18.3075], [99.7025, 18.3025]]
    beside = [[lon + 0.02, lat] for lon, lat in SQUARE]
    areas = [
        batch_of(changed(SOURCE, with_geometry(geometry), n=1)).rows["geometry_area_m2"][0]
        for geometry in (
            {"type": "Polygon", "coordinates": [SQUARE]},
            {"type": "Polygon", "coordinates": [SQUARE, hole]},
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [beside]]},
        )
    ]
    assert areas[1] == pytest.approx(0.75 * areas[0], rel=1e-4) and areas[2] == pytest.approx(2 * areas[0], rel=1e-6)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [99.7, 18.3]},
        {"type": "Polygon", "coordinates": [SQUARE[:-1]]},
        {
            "type": "Polygon",
            "coordinates": [[[562000, 2020000], [562100, 2020000], [562100, 2020100], [562000, 2020000]]],
        },
        {"type": "Polygon", "coordinates": [["a", "b", "c", "d"]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[99.7, 18.3]] * 4]},
    ],
)
def test_a_geometry_that_is_no_polygon_in_degrees_is_quarantined(geometry: Any) -> None:
    batch = batch_of(changed(SOURCE, with_geometry(geometry), n=2))
    assert failing(SOURCE, batch) == {"readable": [0]} and batch.rows["geometry"][0] is None
    assert str(batch.rows["problem"][0]).startswith("geometry: ")


def test_long_decimals_of_a_coordinate_are_never_taken_for_a_citizen_s_number() -> None:
    long = [[lon + 0.0000001101700230708, lat + 0.00000006612345678] for lon, lat in SQUARE]
    long[1][0], long[-1] = 99.1101700230708, long[0]
    batch = batch_of(changed(SOURCE, with_geometry({"type": "Polygon", "coordinates": [long]}), n=1))
    assert "99.11017," in str(batch.rows["geometry"][0]) and "no_personal_data" not in failing(SOURCE, batch)


def test_codes_are_text() -> None:
    rows = batch_of(changed(SOURCE, with_property("tb_idn", 520707.0))).rows
    assert set(rows["tambon_code"]) == {"520707"} and set(rows["province_code"]) == {"52"}


def test_what_is_kept_of_an_answer_holds_neither_key_nor_account_and_reads_the_same() -> None:
    before = changed(SOURCE, n=8)
    kept = Redactor({SOURCE: CONTRACT}, b"of this test").answered(SOURCE, before.data)
    for secret in (b"SYNTHETIC-KEY", b'"links"', b"_createdBy", b"_updatedBy"):
        assert secret in before.data and secret not in kept.data
    assert batch_of(Document(kept.data, "kept.json")).rows.equals(batch_of(before).rows)


def test_a_new_field_is_tolerated_and_told() -> None:
    assert told(batch_of(changed(SOURCE, with_property("severity", "high")))) == {"new_column": 1}


@pytest.mark.parametrize("field", ["area_rai", "date"])
def test_a_lost_field_refuses_the_answer(field: str) -> None:
    refusal = refused(SOURCE, changed(SOURCE, without_property(field)))
    assert refusal.rule == "column_missing" and field in refusal.reason_en


def test_words_in_the_place_of_numbers_refuse_the_answer() -> None:
    assert refused(SOURCE, changed(SOURCE, with_property("area_rai", "ห้าสิบไร่"))).rule == "type_flip"


def test_no_scars_are_no_data_and_a_broken_answer_is_refused() -> None:
    with pytest.raises(NoData):
        parse(changed(SOURCE, n=0), CONTRACT)
    assert refused(SOURCE, Document(b'{"features": [', "SYNTHETIC.json")).rule == "invalid_json"


def test_scars_and_hotspots_are_told_apart_by_their_content() -> None:
    hotspots = Document(sample("gistda_hotspot"), "any.json")
    scars = Document(sample(SOURCE), "any.json")
    assert claims(scars) and not claims(hotspots) and hotspot_claims(hotspots) and not hotspot_claims(scars)
    assert not claims(Document(b"\0\xff", "any.json")) and not claims(Document(b"", "any.json"))


# ── the simulator ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_gateway_answers_with_and_without_a_window() -> None:
    routes = feed.routes(WORLD)
    month = json.loads(ask(routes, feed.HOST, f"{PATH}/30days", {"limit": "1000", "pv_idn": "52"}, "k").body)
    whole = json.loads(ask(routes, feed.HOST, PATH, {"limit": "1000"}, "k").body)
    ids = {feature["id"] for feature in month["features"]}
    assert ids and len(ids) == month["numberMatched"] and ids <= {feature["id"] for feature in whole["features"]}
    assert "api_key=k" in month["links"][0]["href"]


def test_scars_lie_in_the_tambon_that_they_name() -> None:
    boundaries = tambons("5202")
    checked = 0
    for _, body in feed.deliveries(WORLD):
        for row in batch_of(Document(body, "SYNTHETIC.json")).rows.iter_rows(named=True):
            if row["district_code"] == "5202":
                assert inside(
                    row["centroid_latitude"], row["centroid_longitude"], boundaries[row["tambon_code"]].geometry
                )
                checked += 1
    assert checked > 3


def test_deliveries_are_the_same_every_time_say_synthetic_and_parse() -> None:
    made = list(feed.deliveries(WORLD))
    assert made == list(feed.deliveries(WORLD)) and made
    for path, body in made:
        assert "SYNTHETIC" in Path(path).parts[0] and b"SYNTHETIC" in body
        batch = batch_of(Document(body, path))
        assert told(batch) == {} and failing(SOURCE, batch) == {}
