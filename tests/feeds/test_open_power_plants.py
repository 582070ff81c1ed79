"""Open data on power plants: the bundled files are unchanged, Mae Moh's capacity disagrees with its units, and it is found."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.readers.result import Batch, NoData
from assets.sources.open_power_plants.units import capacity_of_units
from simulator.feeds import open_power_plants as feed
from tests.feeds.official import open_data
from tests.feeds.source import WORLD, batch, broken, claims, contract, refused, sample

SOURCE = "open_power_plants"
WRI, EMBER = ((feed.BUNDLE / name).read_bytes() for name in feed.FILES)


def findings(of: Batch) -> list[str]:
    return [finding.rule for finding in of.findings]


def test_the_sample_is_synthetic_and_gives_the_reviewed_rows() -> None:
    assert sample(SOURCE) == feed.invented_plants() and b"SYNTHETIC" in sample(SOURCE)
    found = batch(SOURCE, sample(SOURCE))
    names = ("plant_id", "fuel", "capacity_mw", "capacity_of_units_mw", "commissioned", "latitude")
    assert found.rows.select(names).rows() == [
        ("SYNTHETIC-1", "Coal", 2250.0, 2250.0, "1995", 18.3),
        ("SYNTHETIC-2", "Hydro", 500.0, 500.0, "1974", 17.76),
        ("SYNTHETIC-3", "Solar", 7.4, None, None, None),
    ]
    assert broken(SOURCE, found) == {} and findings(found) == []


def test_the_bundled_plants_are_all_taken() -> None:
    assert claims(SOURCE, WRI)
    found = batch(SOURCE, WRI)
    assert (found.entity, found.series, found.rows.height, found.rows_in) == ("plant", "plants/THA", 189, 189)
    assert found.rows["capacity_mw"].null_count() == 0 and findings(found) == []
    assert (found.period_start, found.period_end) == (date(2021, 6, 1), date(2021, 6, 30))


def test_mae_moh_is_written_mae_mah_and_keeps_its_name_and_place() -> None:
    [plant] = batch(SOURCE, WRI).rows.filter(plant_id="1000160").iter_rows(named=True)
    assert (plant["name"], plant["fuel"], plant["units"]) == ("Mae Mah", "Coal", "3x150, 6x300")
    assert (plant["capacity_mw"], plant["capacity_of_units_mw"]) == (2400.0, 2250.0)
    assert (plant["latitude"], plant["longitude"], plant["cell"]) == (18.296316, 99.749853, "line 188")


def test_capacity_disagrees_finds_mae_moh_and_no_plant_whose_units_agree() -> None:
    found = batch(SOURCE, WRI)
    wrong = broken(SOURCE, found)
    assert set(wrong) == {"capacity_disagrees"}
    named = found.rows.filter(found.rows["cell"].is_in(wrong["capacity_disagrees"]))["name"].to_list()
    assert named == ["Tha Thung", "Chana", "Lan Krabue", "Mae Mah"]


@pytest.mark.parametrize(
    ("note", "mw"),
    [
        ("3x150, 6x300", 2250.0),
        ("4(125)", 500.0),
        ("4 (250) pumped storage", 1000.0),
        ("90x2.3", 207.0),
        ("2 (242) gas turbines 1(248) steam", 732.0),
        ("4(223) (Gas turbine), 2(205) steam, 2(233) gas turbine, 1(257) Steam (9 total)", 2025.0),
        ("Units 1-2: \xa01964; Units 3-6: \xa01967, 1967, 1968 and 1969; \xa0Unit 7: 1982", None),
        ("3 units", None),
        ("", None),
    ],
)
def test_the_note_of_units_is_counted_in_the_ways_it_is_written(note: str, mw: float | None) -> None:
    assert capacity_of_units(note) == mw


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 999)), min_size=1, max_size=6), st.booleans())
def test_what_is_written_as_groups_is_counted_whole(groups: list[tuple[int, int]], in_brackets: bool) -> None:
    note = ", ".join(f"{n}({mw})" if in_brackets else f"{n}x{mw}" for n, mw in groups)
    assert capacity_of_units(note) == sum(n * mw for n, mw in groups)


def test_the_bundled_capacities_are_all_taken_by_year() -> None:
    assert claims(SOURCE, EMBER)
    found = batch(SOURCE, EMBER)
    assert (found.entity, found.rows.height, found.period_start, found.period_end) == (
        "capacity",
        33,
        date(2017, 1, 1),
        date(2024, 12, 31),
    )
    [coal] = found.rows.filter(fuel="coal", valid_from=date(2019, 1, 1)).iter_rows(named=True)
    assert coal["capacity_mw"] == 6140.0
    assert (coal["interval_start_at"], coal["interval_end_at"]) == (
        datetime(2018, 12, 31, 17, tzinfo=UTC),
        datetime(2019, 12, 31, 17, tzinfo=UTC),
    )
    assert broken(SOURCE, found) == {} and findings(found) == []


def test_a_lost_column_is_refused_and_a_new_one_told() -> None:
    assert (
        refused(SOURCE, WRI.replace(b"Capacity (MW),Commissioning", b"Capacity (MW),Started", 1)).rule
        == "column_missing"
    )
    lines = WRI.splitlines()
    more = b"\r\n".join([lines[0] + b",Colour", *(line + b",blue" for line in lines[1:3])])
    found = batch(SOURCE, more)
    assert findings(found) == ["new_column"] and found.rows.height == 2
    told = batch(SOURCE, b"fuel,valid_from,capacity_mw,source,note\ncoal,2019-01-01,6140,Ember,x\n")
    assert findings(told) == ["new_column"]


def test_words_where_the_capacity_belongs_are_refused() -> None:
    rows = "".join(f"coal,{year}-01-01,large,Ember\n" for year in range(2017, 2021))
    assert refused(SOURCE, f"fuel,valid_from,capacity_mw,source\n{rows}".encode()).rule == "type_flip"


def test_an_unreadable_year_is_quarantined() -> None:
    rows = "coal,2017-01-01,5780,Ember\ncoal,2018-01-01,5780,Ember\ncoal,soon,5780,Ember\n"
    found = batch(SOURCE, f"fuel,valid_from,capacity_mw,source\n{rows}".encode())
    assert broken(SOURCE, found) == {"readable": ["line 4"]}


def test_a_header_alone_is_no_data_and_a_foreign_file_is_not_claimed() -> None:
    for header in (WRI.splitlines()[0], b"fuel,valid_from,capacity_mw,source"):
        with pytest.raises(NoData):
            batch(SOURCE, header + b"\r\n")
    assert not claims(SOURCE, b"date,value\n2020-01-01,3\n") and not claims(SOURCE, b"")


def test_a_position_outside_thailand_and_an_unknown_fuel_are_quarantined() -> None:
    lines = WRI.splitlines()
    moved = lines[188 - 1].replace(b"99.749853", b"9.9749853").replace(b"Coal", b"Peat")
    found = batch(SOURCE, b"\r\n".join([lines[0], moved]))
    assert {"hard_range", "code_known"} <= set(broken(SOURCE, found))


def test_the_contract_says_that_the_figures_are_real_open_and_whose_they_are() -> None:
    of = contract(SOURCE)
    assert (of.values, of.licence, of.classification) == ("real", "CC-BY-4.0", "open")
    assert "World Resources Institute" in of.attribution and "Ember" in of.attribution


def test_the_bundled_files_are_the_open_ones_unchanged() -> None:
    for name in feed.FILES:
        path = open_data(f"energy/{name}")
        assert hashlib.sha256((feed.BUNDLE / name).read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_the_simulator_hands_over_the_bundled_bytes_under_a_path_that_says_open_data() -> None:
    made = dict(feed.deliveries(WORLD))
    assert feed.IS_REAL and list(made.values()) == [WRI, EMBER]
    assert all(path.startswith("open-data/") and "SYNTHETIC" not in path for path in made)
