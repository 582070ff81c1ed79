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
ONE = "sensor = 'viirs_snpp' and latitude = 18.3"


@pytest.fixture(scope="module")
def clean() -> CleanTables:
    return CleanTables(CLEAN, TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_clean_table_passes(clean: CleanTables, table: str) -> None:
    assert clean.failing(table, previous=clean.address(table)) == {}


@pytest.mark.parametrize(
    ("table", "fault", "expected"),
    [
        ("hotspot", f"insert into {{t}} select * from {{t}} where {ONE}", {"one_row_per_detection": 1}),
        (
            "hotspot",
            f"update {{t}} set latitude = 99.7, longitude = 18.3 where {ONE}",
            {"over_thailand_and_neighbours": 1},
        ),
        ("hotspot", f"update {{t}} set confidence_pct = 80 where {ONE}", {"confidence_of_its_sensor": 1}),
        (
            "hotspot",
            "update {t} set confidence_class = 'nominal' where sensor = 'modis_aqua'",
            {"confidence_of_its_sensor": 30},
        ),
        (
            "hotspot",
            "update {t} set is_in_firms = latitude = 18.3 where observed_date = '2026-03-02' and sensor = 'viirs_snpp'",
            {"both_sources_count_alike": 2},
        ),
        (
            "hotspot",
            "update {t} set delivered_place_code = '520205' where latitude > 18.53",
            {"tambon_as_delivered": 12},
        ),
        ("fct_hotspot", f"delete from {{t}} where {ONE}", {"every_detection_is_here": 1}),
        ("fct_hotspot", "update {t} set is_headline = true", {"headline_counts_one_sensor": 30}),
        ("fct_hotspot", f"update {{t}} set is_static_source = true where {ONE}", {"headline_counts_one_sensor": 1}),
        ("fct_hotspot", f"update {{t}} set ring = '10-50' where {ONE}", {"distance_of_its_ring": 1}),
        ("fct_hotspot", f"update {{t}} set distance_km = 1 where {ONE}", {"distance_of_its_ring": 1}),
        (
            "fct_land_use",
            "delete from {t} where ce_year = 2025 and class_code = 'A202'",
            {"shares_add_up": 1},
        ),
        ("fct_land_use", "update {t} set drawn_area_rai = 60 where class_code = 'F201'", {"area_as_drawn": 16}),
        ("dim_station", "update {t} set position_place_code = '520106'", {"position_in_tambon": 1}),
        ("dim_station", "update {t} set is_current = true", {"one_current_site_per_code": 1}),
    ],
)
def test_each_rule_catches_its_fault(clean: CleanTables, table: str, fault: str, expected: dict[str, int]) -> None:
    assert clean.failing_with(table, fault) == expected


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
