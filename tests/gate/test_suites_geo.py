"""The suites of hotspots, land use and stations: clean tables pass, each rule catches its fault."""

from __future__ import annotations

import pytest

from .suite_tables import CleanTables

# Thirty detections of each of two sensors on ten days, north of the plant, ten pixels apart; both sources have all of S-NPP.
CLEAN = """
create schema silver; create schema gold;
create table silver.hotspot as
select sensor, 'nasa_firms_hotspot' as source_id, to_timestamp(1772388960 + 86400 * (n // 3)) as detected_at,
    date '2026-03-02' + cast(n // 3 as integer) as observed_date, 18.3 + n * 0.01 as latitude, 99.752 as longitude,
    case when sensor like 'modis%' then 'high' else 'nominal' end as confidence_class,
    case when sensor like 'modis%' then 80 end as confidence_pct, '520204' as place_code, '520204' as delivered_place_code,
    sensor = 'viirs_snpp' as is_in_gistda, true as is_in_firms, 'b' as batch_id,
    111.195 * (latitude - 18.296) as distance_km, false as is_static_source
from range(30) as hot(n), (values ('viirs_snpp'), ('modis_aqua')) as sensors(sensor);
create table gold.fct_hotspot as
select *, case when distance_km <= 10 then '0-10' else '10-50' end as ring, sensor = 'viirs_snpp' as is_headline
from silver.hotspot;
create table gold.fct_land_use as
select 'gistda_terrain' as source_id, '520204' as place_code, year as ce_year, class as class_code, 50e0 as area_rai,
    50.1e0 as drawn_area_rai, 100e0 as mapped_area_rai, 0.5e0 as share
from range(2010, 2026) as years(year), (values ('F201'), ('A202')) as classes(class);
create table gold.dim_station as
select * from (values
    ('PCD-37t-1', 'PCD', '37t', null, null, null, null, false, false),
    ('PCD-37t-2', 'PCD', '37t', '520105', '520105', 18.27, 99.5, true, true),
    ('ELSEWHERE', 'TMD', null, '500101', null, 18.8, 99.0, true, true)
) as s(station_key, operator, code, place_code, position_place_code, lat, lon, has_position, is_current);
alter table gold.dim_station add column name_en varchar;
"""
TABLES = {"hotspot": "silver", "fct_hotspot": "gold", "fct_land_use": "gold", "dim_station": "gold"}


@pytest.fixture(scope="module")
def clean() -> CleanTables:
    return CleanTables(CLEAN, TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_clean_table_passes(clean: CleanTables, table: str) -> None:
    assert clean.failing(table, previous=clean.address(table)) == {}


def test_only_broken_promises_of_ours_withhold_and_a_partner_s_slip_warns(clean: CleanTables) -> None:
    assert clean.rules_by_action()["warn"] == {
        "both_sources_count_alike",
        "tambon_as_delivered",
        "rows_not_fewer",
        "coverage_not_shorter",
        "known_time_not_swollen",
        "area_as_drawn",
        "position_in_tambon",
    }
