"""Stations, quantities and years are told by their names, in every spelling that was met."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.facts import (
    is_no_data,
    is_php_error,
    quantities_in_php_error,
    read_path,
    read_title,
    station_in,
    station_in_no_data,
)
from assets.readers.quantities import named_quantities, unit_of_word
from assets.readers.stations import SEEDS, normalise, stations


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_alias_names_a_station_of_the_seed() -> None:
    keys = {row["station_key"] for row in seed("seed_station.csv")}
    aliases = seed("seed_station_alias.csv")
    assert {row["station_key"] for row in aliases} <= keys
    assert [row["alias"] for row in aliases if stations().find(row["alias"]) != row["station_key"]] == []


def test_names_of_the_egat_stations_find_themselves() -> None:
    for row in seed("seed_station.csv"):
        if row["operator"] == "EGAT" and row["station_key"].startswith("EGAT"):
            assert stations().find(row["name_th"]) == row["station_key"]
            assert stations().find(row["code"]) in (row["station_key"], None)


def test_station_rows_are_complete_and_unverified_ones_say_so() -> None:
    rows = seed("seed_station.csv")
    assert len({row["station_key"] for row in rows}) == len(rows)
    assert {row["is_verified"] for row in rows} == {"true", "false"}
    assert all(row["is_verified"] == "false" for row in rows if not row["place_code"])
    assert sum(row["station_key"].startswith("EGAT-") for row in rows) == 12
    assert sum(row["station_key"].startswith("STACK-") for row in rows) == 9


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("บ้านสบป้าด station", "EGAT-09"),
        ("Ban Soppad", "EGAT-09"),
        ("BANSOPPAD", "EGAT-09"),
        ("Ban\xa0Sop-Pad", "EGAT-09"),
        ("Mainstation", "EGAT-05"),
        ("สถานีตรวจอากาศหลัก", "EGAT-05"),
        ("สถานีหลัก", "EGAT-05"),
        ("Pratupha Army Camp", "EGAT-01"),
        ("บ้นห้วยฝาย", "EGAT-04"),
        ("บ้านห้วยฝาย", "EGAT-04"),
        ("BanHuaFai", "EGAT-04"),
        ("Huaiking", "EGAT-06"),
        ("Banmairattakosin", "EGAT-11"),
        ("Ban Mairatanakosin", "EGAT-11"),
        ("Maechang", "EGAT-10"),
        ("hf", "EGAT-04"),
        ("stack 45", "STACK-45"),
        ("stack MM-T1", "STACK-14"),
        ("MM-RP1", "STACK-14"),
        ("stack 14", "STACK-14"),
        ("Station no.9 บ้านสบป้าด อ.แม่เมาะ", "EGAT-09"),
        ("somewhere", None),
        ("", None),
        ("station", None),
    ],
)
def test_a_station_is_found_in_every_spelling(text: str, key: str | None) -> None:
    assert stations().find(text) == key


def test_a_longer_stack_number_is_another_stack() -> None:
    assert stations().stack("stack 8") == "STACK-8"
    assert stations().stack("stack 80") is None and stations().stack("Ban Soppad") is None


def test_two_stations_in_one_name_are_none() -> None:
    assert stations().find("Ban Soppad and Ban Maechang") is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_no_name_raises(text: str) -> None:
    stations().find(text)
    normalise(text)
    read_title(text)
    read_path(text)
    station_in(text)


@pytest.mark.parametrize(
    ("text", "named", "number", "key"),
    [
        ("SO2 Station no.5 สถานีตรวจอากาศหลัก", (("SO2", None),), 5, "EGAT-05"),
        ("WDH Station No.5 Main Station", (("WD", "H"),), 5, "EGAT-05"),
        ("DEV Station no.6 Huaiking", (("WD_DEV", None),), 6, "EGAT-06"),
        ("TEMP Station No.1 Pratupha Army Camp", (("TEMP", None),), 1, "EGAT-01"),
        ("TEMP & BP", (("TEMP", None), ("BP", None)), None, None),
        ("PM2.5 Station no.12 บ้านหางฮุง", (("PM25", None),), 12, "EGAT-12"),
        ("NO2 สถานีที่ 9 บ้านสบป้าด", (("NO2", None),), 9, "EGAT-09"),
        ("SO2 บ้านสบป้าด 2552", (("SO2", None),), None, "EGAT-09"),
        ("BP Station No.13 Newplace", (("BP", None),), 13, None),
        ("Report", (), None, None),
    ],
)
def test_titles_are_taken_apart(text: str, named: tuple, number: int | None, key: str | None) -> None:
    title = read_title(text)
    assert (title.named, title.number, title.station_key) == (named, number, key)


def test_an_unknown_quantity_in_a_title_is_seen() -> None:
    assert read_title("H2S Station no.5 Main Station").unknown_word == "H2S"
    assert read_title("SO2 Station no.5 Main Station").unknown_word is None
    assert read_title("Air quality Station no.5 Main Station").unknown_word is None


@pytest.mark.parametrize(
    ("path", "key", "named", "years"),
    [
        ("คุณภาพอากาศ/NO2 2009-2019/Bansoppad.xlsx", "EGAT-09", (("NO2", None),), (2009, 2019)),
        ("SO2 2009-2020/SO2 2009/Maechang.xlsx", "EGAT-10", (("SO2", None),), (2009, 2009)),
        ("2009/WS/Main station WSHxls.xlsx", "EGAT-05", (("WS", "H"),), (2009, 2009)),
        ("2010-2020/TEMP BP/สถานีตรวจอากาศหลัก.xlsx", "EGAT-05", (("TEMP", None), ("BP", None)), (2010, 2020)),
        ("อุตุนิยมวิทยา/2552-2562/RAIN/บ้านสบป้าด.xlsx", "EGAT-09", (("RAIN", None),), (2009, 2019)),
        ("PM2.5 2564/BanHuaFai.xlsx", "EGAT-04", (("PM25", None),), (2021, 2021)),
        ("TSP/SO2_Bansoppad_2021.xlsx", "EGAT-09", (("SO2", None),), (2021, 2021)),
        ("upload.xlsx", None, (), None),
        ("Report no.5 of station 3.xlsx", None, (), None),
    ],
)
def test_paths_are_taken_apart_the_deepest_part_first(
    path: str, key: str | None, named: tuple, years: tuple[int, int] | None
) -> None:
    facts = read_path(path)
    assert (facts.station_key, facts.named, facts.years) == (key, named, years)


def test_the_stack_workbook_is_told_by_its_path_too() -> None:
    facts = read_path("ข้อมูลระบายมลสารทางอากาศ(ปล่อง)/ข้อมูลการะบายมลสาร 2552-2562 FGD_T8-13&T1.xlsx")
    assert facts.is_stack and facts.years == (2009, 2019) and not facts.named


def test_notices_are_told_from_titles() -> None:
    error = "Fatal error: Maximum execution time of 30 seconds exceeded in D:\\www\\monthlyso2.php on line 150"
    assert is_php_error(error) and quantities_in_php_error(error) == (("SO2", None),)
    assert is_php_error("Warning: odbc_exec() [function.odbc-exec]: failed in C:\\x.php on line 3")
    assert is_no_data("ไม่มีข้อมูลของไซต์ pc") and station_in_no_data("ไม่มีข้อมูลของไซต์ pc") == "EGAT-01"
    assert station_in_no_data("ไม่มีข้อมูลในสถานี hf") == "EGAT-04"
    assert not is_php_error("SO2 Station no.5 Main Station") and not is_no_data("SO2 Station no.5 Main Station")


def test_units_are_known_as_the_footers_write_them() -> None:
    written = [
        "(ug/m3)",
        "(ug/m3).",
        "(mBAR)",
        "(C-deg.)",
        "(%)",
        "(mm.)",
        "(w/m2.)",
        "(Degree.)",
        "µg/m³",
        "ppb",
        "(parsec)",
    ]
    units = ["ug/m3", "ug/m3", "mbar", "Cel", "%", "mm", "W/m2", "deg", "ug/m3", "[ppb]", None]
    assert [unit_of_word(text) for text in written] == units


def test_small_words_are_quantities_only_in_capitals() -> None:
    assert named_quantities("NO 2009") == (("NO", None),)
    assert named_quantities("no data, co-operation, ws") == ()
    assert named_quantities("NOx and so2") == (("NOX", None), ("SO2", None))
