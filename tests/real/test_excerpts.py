"""Every excerpt of a partner's own format is read by its source, whole: by a table excerpt → source. Only counts stand here."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlwt

from assets.readers.pulled import pulled_path
from assets.readers.result import Parsed, Refusal
from assets.readers.route import contracts, parse_delivery
from tests.conftest import SHARED

AT = datetime(2026, 10, 10, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Excerpt:
    """A file of the shared data, the source that reads it, and what it holds. `label`: the request that it answers."""

    path: str
    source_id: str
    entity: str
    rows_in: int
    first: date
    last: date
    label: str = ""


EXCERPTS = (
    Excerpt(
        "official/pcd_air4thai/air4thai_old_shape_2019-01-15T20.json",
        "pcd_air4thai",
        "observation",
        42,
        date(2019, 1, 14),
        date(2019, 1, 15),
        "latest",
    ),
    Excerpt(
        "official/pcd_air4thai/air4thai_new_shape_2019-02-17T14.json",
        "pcd_air4thai",
        "observation",
        6,
        date(2019, 2, 16),
        date(2019, 2, 17),
        "latest",
    ),
    Excerpt(
        "official/pcd_air4thai/air4thai_new_shape_2026-10-04.json",
        "pcd_air4thai",
        "observation",
        12,
        date(2026, 10, 2),
        date(2026, 10, 4),
        "latest",
    ),
    Excerpt(
        "official/gistda/viirs_7days_sample.json",
        "gistda_hotspot",
        "hotspot",
        2,
        date(2026, 9, 26),
        date(2026, 9, 26),
        "viirs_lampang",
    ),
    Excerpt(
        "official/gistda/pm25_by_amphoe_80_excerpt.json",
        "gistda_pm25",
        "observation",
        4,
        date(2026, 10, 3),
        date(2026, 10, 4),
        "amphoe_52",
    ),
    Excerpt(
        "open/firms/firms_viirs_noaa21_nrt_2026-08-10.csv",
        "nasa_firms_hotspot",
        "hotspot",
        29,
        date(2026, 8, 12),
        date(2026, 8, 15),
        "noaa21",
    ),
    Excerpt(
        "open/firms/firms_area_viirs_noaa21_5d.csv",
        "nasa_firms_hotspot",
        "hotspot",
        3,
        date(2026, 9, 29),
        date(2026, 10, 1),
        "noaa21",
    ),
    Excerpt(
        "open/firms/firms_modis_nrt_2026-07-31.csv",
        "nasa_firms_hotspot",
        "hotspot",
        1,
        date(2026, 8, 2),
        date(2026, 8, 2),
        "modis",
    ),
    Excerpt(
        "official/tmd/weather3hours_v2_excerpt.json",
        "tmd_weather",
        "observation",
        35,
        date(2026, 10, 2),
        date(2026, 10, 3),
        "weather3hours",
    ),
    Excerpt(
        "official/eppo/eppo_oil_prices_2026-10-10.json",
        "moen_oil_price",
        "brand_price",
        120,
        date(2025, 9, 24),
        date(2026, 10, 9),
        "brands",
    ),
    Excerpt(
        "official/eppo/eppo_structure_sheet_grid_2018-07-19.json",
        "moen_oil_price",
        "price_structure",
        9,
        date(2018, 7, 19),
        date(2018, 7, 19),
    ),
    Excerpt(
        "official/tourism/nso_mots_international_visitors_2554_2564.xlsx",
        "tat_visitors",
        "inbound_year",
        4_092,
        date(2011, 1, 1),
        date(2021, 12, 31),
    ),
    Excerpt(
        "real/pcd_history/(37t)ศาลหลักเมือง(ปิดสถานี).xlsx",
        "pcd_air4thai_history",
        "observation",
        420_768,
        date(2009, 1, 1),
        date(2012, 12, 31),
    ),
    Excerpt(
        "real/cmu_dustboy/dustboy_station4473_240h.json",
        "cmu_dustboy",
        "observation",
        960,
        date(2026, 4, 21),
        date(2026, 5, 7),
        "history",
    ),
)


def delivered(excerpt: Excerpt) -> tuple[bytes, str]:
    """Bytes and path as they would be delivered. A sheet kept as a grid of cells is written into a real .xls."""
    file = SHARED / "data" / excerpt.path
    if not file.is_file():
        pytest.skip(f"the excerpt is not at hand ({file}); set MAEMOH_SHARED to the folder that holds data/")
    if "sheet_grid" in file.name:
        return _xls(file), "pt-price-st-2018-7-19.xls"
    if not excerpt.label:
        return file.read_bytes(), file.name
    path = pulled_path(excerpt.source_id, AT.date(), AT, 1, excerpt.label, 200, file.suffix[1:], False)
    return file.read_bytes(), path


def _xls(file: Path) -> bytes:
    [grid] = json.loads(file.read_text("utf-8")).values()
    book = xlwt.Workbook()
    sheet = book.add_sheet("Price Structure")
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            if value != "":
                sheet.write(row, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    "excerpt", EXCERPTS, ids=lambda excerpt: Path(excerpt.path).name.encode("ascii", "ignore").decode()
)
def test_an_excerpt_is_read_whole_by_its_source(excerpt: Excerpt) -> None:
    data, path = delivered(excerpt)
    parsed = parse_delivery(contracts()[excerpt.source_id].partner_id, data, path)
    assert isinstance(parsed, Parsed) and parsed.source_id == excerpt.source_id
    batches = [batch for batch in parsed.batches if batch.entity == excerpt.entity]
    assert sum(batch.rows_in for batch in batches) == excerpt.rows_in
    assert (min(b.period_start for b in batches), max(b.period_end for b in batches)) == (excerpt.first, excerpt.last)
    for batch in batches:
        if "problem" in batch.rows.columns:
            assert batch.rows["problem"].null_count() == batch.rows.height
        else:
            assert batch.rows.filter(pl.col("is_valid")).height > 0


def test_a_forecast_is_not_taken_for_a_measurement() -> None:
    file = SHARED / "data" / "official" / "tmd" / "tmd_nwp_hourly_excerpt.json"
    if not file.is_file():
        pytest.skip(f"the excerpt is not at hand ({file}); set MAEMOH_SHARED to the folder that holds data/")
    path = pulled_path("tmd_weather", AT.date(), AT, 1, "weather3hours", 200, "json", False)
    with pytest.raises(Refusal) as caught:
        parse_delivery("tmd", file.read_bytes(), path)
    assert caught.value.rule == "forecast"
