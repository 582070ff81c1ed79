"""Where and when things are: places, distances from the plant, burn bans and events: what is known before anything is delivered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from assets.lake.handle import Lake

from .conftest import Warehouse


@pytest.fixture(scope="module")
def warehouse(furnished_lake: Callable[[], Lake], tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(furnished_lake(), tmp_path_factory.mktemp("dbt"))


def test_distances_and_directions_are_those_from_the_plant(warehouse: Warehouse) -> None:
    rows = warehouse.ask(
        """
        select station_key, round(distance_km, 1), round(bearing_deg) from dim_station
        where station_key like 'PCD%' and has_position order by 1
        """
    )
    # by the map: Lampang lies to the west, Sop Pat to the south, Tha Si to the north, the waterworks to the west
    assert rows == [("PCD-37t-2", 26.0, 266), ("PCD-38t", 5.2, 166), ("PCD-39t", 14.0, 349), ("PCD-40t", 9.8, 261)]
    assert warehouse.ask("select distance_km, bearing_deg from dim_station where station_key = 'STACK-8'") == [
        (0.0, None)
    ]


def test_the_code_37t_names_one_site_at_a_time(warehouse: Warehouse) -> None:
    assert warehouse.ask(
        "select station_key, is_current, replaced_by from dim_station where code = '37t' order by 1"
    ) == [
        ("PCD-37t-1", False, "PCD-37t-2"),
        ("PCD-37t-2", True, None),
    ]


def test_places_of_lampang_have_boundaries_and_codes_stay_text(warehouse: Warehouse) -> None:
    counted = warehouse.ask(
        "select level, count(*), count(boundary_wkt), count(lat) from dim_place group by 1 order by count(*) desc"
    )
    assert counted == [
        ("tambon", 100, 100, 100),
        ("province", 77, 1, 77),
        ("district", 13, 13, 13),
        ("country", 1, 0, 0),
    ]
    mae_moh = warehouse.ask("select place_code, level, parent_code from dim_place where name_th = 'แม่เมาะ' order by 1")
    assert mae_moh == [("5202", "district", "52"), ("520204", "tambon", "5202")]


def test_dates_know_burn_bans_where_they_were_read_and_the_event_that_began_last(warehouse: Warehouse) -> None:
    days = warehouse.ask(
        """
        select calendar_date, is_burn_ban, tourism_season, event_key from dim_date
        where calendar_date in ('2022-02-28', '2022-03-01', '2022-04-30', '2022-05-01', '2022-11-12', '2022-11-14',
            '2016-03-01') order by 1
        """
    )
    assert days == [
        (date(2016, 3, 1), None, "low", None),  # nobody has read the order of 2016
        (date(2022, 2, 28), False, "high", None),
        (date(2022, 3, 1), True, "low", None),
        (date(2022, 4, 30), True, "low", None),
        (date(2022, 5, 1), False, "low", None),
        (date(2022, 11, 12), False, "high", "mae_moh_festival_2022_1"),
        (date(2022, 11, 14), False, "high", "flower_season_2022"),
    ]
