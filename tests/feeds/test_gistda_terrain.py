"""Elevation: a raster reduced to figures per tambon strip by strip, its system checked, gaps told."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rasterio.crs import CRS
from rasterio.features import geometry_mask
from rasterio.io import MemoryFile
from rasterio.transform import Affine, from_origin

from assets.readers import raster as raster_reader
from assets.readers.document import Document
from assets.readers.polygons import measure
from assets.readers.result import Batch
from assets.sources.gistda_terrain.parse import parse, tambons
from simulator.feeds import gistda_terrain as feed
from tests.feeds.source import SOURCES, contract, failing, refused, sample, sample_path, told
from tests.feeds.space import WORLD

SOURCE = "gistda_terrain"
CONTRACT = contract(SOURCE)
NAME = "SYNTHETIC/DEM_MaeMoh_20250115.tif"
DEGREES = from_origin(99.60, 18.65, 0.005, 0.005)


def tiff(
    height: np.ndarray,
    place: Any = DEGREES,
    crs: str | None = "EPSG:4326",
    tags: dict[str, str] | None = None,
    scale: float = 1.0,
    **more: Any,
) -> bytes:
    """A GeoTIFF of one band, or of several when `height` is a block."""
    bands = height[None] if height.ndim == 2 else height
    profile = {"driver": "GTiff", "count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2]}
    with MemoryFile() as memory:
        system = CRS.from_string(crs) if crs else None
        with memory.open(**profile, dtype=bands.dtype, crs=system, transform=place, **more) as made:
            made.write(bands)
            made.scales = (scale,) * bands.shape[0]
            made.update_tags(**(tags or {}))
        return bytes(memory.read())


def flat(value: float = 400.0, rows: int = 100, columns: int = 100) -> np.ndarray:
    return np.full((rows, columns), value, dtype=np.float32)


def batch_of(data: bytes, path: str = NAME) -> Batch:
    (batch,) = parse(Document(data, path), CONTRACT).batches
    return batch


# ── elevation ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reviewed_rows_of_the_sample() -> None:
    batch = batch_of(sample(SOURCE), sample_path(SOURCE).name)
    assert (batch.entity, batch.layout, batch.series) == ("elevation", "geotiff", "elevation/SYNTHETIC-DSM")
    assert str(batch.period_start) == str(batch.period_end) == "2025-01-15"
    rows = batch.rows.select("tambon_code", "tambon_th", "interval_start_at", "n_cells", "nodata_share")
    at = datetime(2025, 1, 14, 17, tzinfo=UTC)
    assert rows.rows() == [
        ("520201", "บ้านดง", at, 1389, 0.0),
        ("520202", "นาสัก", at, 833, 0.0),
        ("520203", "จางเหนือ", at, 2108, 0.1267),
        ("520204", "แม่เมาะ", at, 965, 0.0),
        ("520205", "สบป้าด", at, 654, 0.0),
    ]
    assert told(batch) == {"raster_gap": 1} and "520203" in batch.findings[0].reason_en


def test_the_sample_breaks_no_rule() -> None:
    assert failing(SOURCE, batch_of(sample(SOURCE), sample_path(SOURCE).name)) == {}


def test_a_flat_plain_has_one_height_and_no_slope() -> None:
    rows = batch_of(tiff(flat(412.3))).rows
    for name in ("elevation_min_m", "elevation_mean_m", "elevation_max_m", "elevation_p10_m", "elevation_p90_m"):
        assert rows[name].to_list() == pytest.approx([412.3] * 5), name
    assert rows["slope_mean_deg"].to_list() == [0.0] * 5


def test_a_plane_has_the_slope_that_it_was_given_in_degrees_and_in_metres() -> None:
    metres_a_cell = 0.005 * 110_684  # of latitude, at 18.3 N
    north = np.arange(100, dtype=np.float32)[:, None] * metres_a_cell * 0.1 + np.zeros((1, 100), dtype=np.float32)
    assert batch_of(tiff(north)).rows["slope_mean_deg"].to_list() == pytest.approx([5.711] * 5, abs=0.01)
    utm = np.arange(560, dtype=np.float32)[None, :] * 10 + np.zeros((600, 1), dtype=np.float32)
    found = batch_of(tiff(utm, from_origin(560_000, 2_065_000, 100, 100), "EPSG:32647")).rows
    assert found["slope_mean_deg"].to_list() == pytest.approx([5.711] * 5, abs=0.001)


def test_percentiles_and_means_are_those_of_all_cells() -> None:
    height = WORLD.random("percentile test").uniform(200, 900, (100, 100)).astype(np.float32)
    rows = batch_of(tiff(height)).rows
    for row in rows.iter_rows(named=True):
        cells = height[geometry_mask([tambons()[row["tambon_code"]]], height.shape, DEGREES, invert=True)]
        assert row["n_cells"] == cells.size and row["elevation_mean_m"] == pytest.approx(cells.mean(), abs=0.01)
        assert (row["elevation_min_m"], row["elevation_max_m"]) == (
            pytest.approx(cells.min(), abs=0.01),
            pytest.approx(cells.max(), abs=0.01),
        )
        low, high = np.percentile(cells, [10, 90], method="inverted_cdf")
        assert row["elevation_p10_m"] == pytest.approx(low, abs=0.06)
        assert row["elevation_p90_m"] == pytest.approx(high, abs=0.06)


def test_reading_in_strips_gives_the_same_figures_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample(SOURCE)
    at_once = batch_of(data).rows
    monkeypatch.setattr(raster_reader, "CELLS_AT_ONCE", 500)
    assert batch_of(data).rows.equals(at_once)


def test_memory_is_bounded_by_the_strip_and_not_by_the_raster(monkeypatch: pytest.MonkeyPatch) -> None:
    data = tiff(flat(rows=2000, columns=2000), from_origin(99.60, 18.65, 0.00025, 0.00025), compress="deflate")
    monkeypatch.setattr(raster_reader, "CELLS_AT_ONCE", 20_000)
    tracemalloc.start()
    try:
        rows = batch_of(data).rows
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows["n_cells"].sum() > 1_400_000
    assert peak < 16e6  # 4 million cells as numbers of 8 bytes would be 32 MB


def test_a_tile_that_ends_in_the_district_is_told_with_its_tambon_and_its_figures_hold_for_the_rest() -> None:
    batch = batch_of(tiff(flat(rows=100, columns=67)))  # ends at 99.935 E
    shares = dict(batch.rows.select("tambon_code", "nodata_share").iter_rows())
    assert shares["520204"] == 0.0 and 0.3 < shares["520203"] < 0.9
    assert told(batch) == {"raster_gap": 1} and "520203" in batch.findings[0].reason_en
    assert failing(SOURCE, batch)["soft_range"] == [2]


def test_cells_marked_as_no_data_are_none() -> None:
    height = flat(400)
    height[:50] = -9999
    batch = batch_of(tiff(height, nodata=-9999))
    assert batch.rows["elevation_min_m"].min() == 400 and "impossible_elevation" not in told(batch)


@pytest.mark.parametrize("mark", [-9999, -32768, 3.4e38])
def test_a_mark_for_no_data_that_was_not_declared_is_no_height_and_is_told(mark: float) -> None:
    height = flat(400)
    height[:50] = mark
    batch = batch_of(tiff(height))
    assert batch.rows["elevation_min_m"].min() == batch.rows["elevation_max_m"].max() == 400
    assert told(batch)["impossible_elevation"] > 100 and failing(SOURCE, batch).get("hard_range") is None


def test_a_tambon_without_any_value_has_no_figures() -> None:
    batch = batch_of(tiff(flat(np.nan), nodata=np.nan))
    assert batch.rows["elevation_mean_m"].null_count() == 5 and set(batch.rows["nodata_share"]) == {1.0}


def test_whole_numbers_with_a_scale_are_metres() -> None:
    data = tiff(np.full((100, 100), 4123, dtype=np.int16), scale=0.1)
    assert batch_of(data).rows["elevation_mean_m"].to_list() == pytest.approx([412.3] * 5)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:24047", None])
def test_a_raster_in_another_system_is_refused_with_the_two_that_are_taken(crs: str | None) -> None:
    refusal = refused(SOURCE, Document(tiff(flat(), crs=crs), NAME))
    assert refusal.rule == "wrong_crs" and "EPSG:4326" in refusal.reason_en and "EPSG:32647" in refusal.reason_th
    assert (crs or "none") in refusal.reason_en


@pytest.mark.parametrize(("west", "north"), [(100.5, 14.0), (-99.6, 18.65)])
def test_a_raster_of_somewhere_else_is_refused(west: float, north: float) -> None:
    refusal = refused(SOURCE, Document(tiff(flat(), from_origin(west, north, 0.005, 0.005)), NAME))
    assert refusal.rule == "no_overlap" and "Mae Moh" in refusal.reason_en


@pytest.mark.parametrize(
    "place", [Affine(0.005, 0, 99.6, 0, 0.005, 18.15), Affine(0.005, 0.001, 99.6, 0, -0.005, 18.65)]
)
def test_a_turned_raster_is_refused(place: Affine) -> None:
    refusal = refused(SOURCE, Document(tiff(flat(), place), NAME))
    assert refusal.rule == "not_north_up"


def test_a_raster_with_more_cells_than_could_be_read_is_refused_at_once() -> None:
    refusal = refused(SOURCE, Document(tiff(flat(), from_origin(99.7, 18.4, 1e-6, 1e-6)), NAME))
    assert refusal.rule == "too_fine"


def test_a_picture_of_several_bands_is_refused() -> None:
    refusal = refused(SOURCE, Document(tiff(np.zeros((3, 100, 100), dtype=np.uint8)), NAME))
    assert refusal.rule == "not_one_band"


@pytest.mark.parametrize("size", [30, 4_000])
def test_a_raster_that_was_cut_off_is_refused(size: int) -> None:
    refusal = refused(SOURCE, Document(sample(SOURCE)[:size], NAME))
    assert refusal.rule == "corrupt_raster"


@pytest.mark.parametrize(
    ("path", "tags", "day"),
    [
        ("a.tif", {"ACQUISITION_DATE": "2025-01-15"}, "2025-01-15"),
        ("DEM_20240229.tif", {}, "2024-02-29"),
        ("DEM_25670229.tif", {}, "2024-02-29"),
        ("DEM_20240229.tif", {"ACQUISITION_DATE": "2025-01-15"}, "2025-01-15"),
        ("DEM_20240229.tif", {"TIFFTAG_DATETIME": "2025:06:01 10:00:00"}, "2024-02-29"),
        ("a.tif", {"TIFFTAG_DATETIME": "2025:06:01 10:00:00"}, "2025-06-01"),
    ],
)
def test_the_date_is_the_tag_s_then_the_name_s_then_the_file_s_own(path: str, tags: dict[str, str], day: str) -> None:
    assert str(batch_of(tiff(flat(), tags=tags), path).period_start) == day


def test_a_raster_without_any_date_is_refused() -> None:
    assert refused(SOURCE, Document(tiff(flat()), "dem.tif")).rule == "date_unknown"
    assert refused(SOURCE, Document(tiff(flat()), "DEM_20251345.tif")).rule == "date_unknown"


def test_the_dataset_is_the_tag_s_else_the_name_without_its_date() -> None:
    assert batch_of(tiff(flat(), tags={"DATASET": "GLO-30"}), "x_20250115.tif").series == "elevation/GLO-30"
    assert batch_of(tiff(flat()), "SYNTHETIC/DEM_MaeMoh_20250115.tif").series == "elevation/DEM_MaeMoh"


def test_boundaries_are_those_of_the_five_tambons() -> None:
    assert list(tambons()) == ["520201", "520202", "520203", "520204", "520205"]
    areas = {code: measure(geometry)[0] / 1e6 for code, geometry in tambons().items()}
    assert 1_090 < sum(areas.values()) < 1_120
    lat, lon = measure(tambons()["520204"])[1:]
    assert (lat, lon) == (pytest.approx(18.318, abs=0.001), pytest.approx(99.720, abs=0.001))
    text = (SOURCES / SOURCE / "contract.yml").read_text(encoding="utf-8")
    assert "CC BY 3.0 IGO" in text and "Royal Thai Survey Department" in text


# ── the simulator ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_deliveries_are_the_same_every_time_say_synthetic_and_parse() -> None:
    made = list(feed.deliveries(WORLD))
    assert made == list(feed.deliveries(WORLD)) and [Path(path).suffix for path, _ in made] == [".tif", ".geojson"]
    for path, body in made:
        assert "SYNTHETIC" in Path(path).parts[0] and b"SYNTHETIC" in body
        assert not {"hard_range", "order_of_heights"} & set(failing(SOURCE, batch_of(body, path)))


def test_the_basin_is_lower_than_its_ridges() -> None:
    rows = batch_of(feed.elevation(WORLD, "2025-01-15")).rows
    mean = dict(rows.select("tambon_code", "elevation_mean_m").iter_rows())
    assert mean["520204"] < 400 < mean["520203"] and rows.filter(pl.col("slope_mean_deg") > 30).is_empty()
