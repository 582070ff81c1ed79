"""EGAT renewables and storage: read as the contract declares; only a battery may take energy."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from assets.readers.result import Batch, Refusal
from simulator.feeds import egat_renewable as feed
from simulator.world import BANGKOK, World
from tests.feeds import source as shared
from tests.feeds.source import SOURCES, WORLD, batch, claims, local, no_data, refused, sample

SOURCE = "egat_renewable"
HEADER = "DATE,HOUR,PLANT_ID,PLANT_NAME,TECHNOLOGY,ENERGY_KWH,IRRADIANCE_W_M2"


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def plant(technology: str, *energies: float | str, light: float | str = "") -> bytes:
    return table(*(f"2026-03-19,{h},P-01,ทดสอบ,{technology},{e},{light}" for h, e in enumerate(energies, 1)))


def broken(source: str, of: Batch) -> dict[str, list[str]]:
    """Broken rules, without the one that a few hours cannot keep."""
    return shared.broken(source, of, without=["hours_of_a_day"])


def test_the_source_needs_no_python() -> None:
    assert not (SOURCES / SOURCE / "parse.py").exists()


def test_a_battery_takes_energy_below_zero_and_gives_it_above() -> None:
    read = batch(SOURCE, plant("BATTERY", -1535.7, 0, 1337.1))
    assert read.rows["energy_kwh"].to_list() == [-1535.7, 0, 1337.1] and broken(SOURCE, read) == {}


@pytest.mark.parametrize("technology", ["SOLAR_FLOATING", "SOLAR_GROUND", "BIOMASS_COFIRING"])
def test_energy_below_zero_of_any_other_plant_is_held_back(technology: str) -> None:
    assert broken(SOURCE, batch(SOURCE, plant(technology, 0, -0.1))) == {"only_batteries_take_energy": ["3"]}


def test_a_technology_that_is_not_agreed_is_held_back() -> None:
    assert broken(SOURCE, batch(SOURCE, plant("WIND", 5))) == {"code_known": ["2"]}


def test_hour_24_ends_at_the_midnight_that_closes_its_day() -> None:
    read = batch(SOURCE, table("2026-03-19,1,P-01,,BATTERY,0,", "2026-03-19,24,P-01,,BATTERY,0,"))
    assert read.rows["interval_start_at"].to_list() == [local("2026-03-19 00:00"), local("2026-03-19 23:00")]
    assert read.rows["interval_end_at"].to_list() == [local("2026-03-19 01:00"), local("2026-03-19 24:00")]
    assert read.period_start == read.period_end == datetime(2026, 3, 19).date()


@pytest.mark.parametrize("hour", ["25", "-1", "noon"])
def test_an_hour_that_is_none_is_held_back_with_what_was_written(hour: str) -> None:
    lines = [f"2026-03-19,{h},P-01,,BATTERY,0," for h in range(1, 25)]
    read = batch(SOURCE, table(*lines, f"2026-03-20,{hour},P-01,,BATTERY,0,"))
    assert read.rows.filter(pl.col("problem").is_not_null())["raw_value"].to_list() == [f"2026-03-20 {hour}"]
    assert broken(SOURCE, read)["readable"] == ["26"]


@pytest.mark.parametrize("midnight", ["0", "00", "0:00", "00:00"])
def test_hours_from_0_to_23_are_refused_because_all_would_stand_an_hour_off(midnight: str) -> None:
    lines = [f"2026-03-19,{h or midnight},P-01,,BATTERY,0," for h in range(24)]
    with pytest.raises(Refusal) as caught:
        batch(SOURCE, table(*lines))
    assert caught.value.rule == "hour_label"
    assert batch(SOURCE, plant("BATTERY", *[0] * 24)).rows.height == 24


@pytest.mark.parametrize("mark", ["-", "", "N/A"])
def test_a_pyranometer_that_is_out_gives_no_zero(mark: str) -> None:
    read = batch(SOURCE, plant("SOLAR_GROUND", 100, light=mark))
    assert read.rows.select("irradiance_w_m2", "problem").row(0) == (None, None) and broken(SOURCE, read) == {}


def test_impossible_light_is_held_back_and_much_light_told() -> None:
    assert broken(SOURCE, batch(SOURCE, plant("SOLAR_GROUND", 100, light=1401))) == {
        "hard_range": ["2"],
        "soft_range": ["2"],
    }
    assert broken(SOURCE, batch(SOURCE, plant("SOLAR_GROUND", 100, light=1300))) == {"soft_range": ["2"]}


def test_power_in_the_dark_and_none_in_the_sun_are_told() -> None:
    assert broken(SOURCE, batch(SOURCE, plant("SOLAR_FLOATING", 500, light=0))) == {"sun_for_solar_power": ["2"]}
    assert broken(SOURCE, batch(SOURCE, plant("SOLAR_FLOATING", 0, light=800))) == {"power_for_sun": ["2"]}
    assert broken(SOURCE, batch(SOURCE, plant("BIOMASS_COFIRING", 500))) == {}


def test_a_battery_whose_sign_is_turned_is_told_after_a_week() -> None:
    lines = [
        f"2026-03-{d:02d},{h},B-01,,BATTERY,{900 if 10 <= h < 14 else -700 if 18 <= h < 22 else 0},"
        for d in range(1, 9)
        for h in range(1, 25)
    ]
    turned = broken(SOURCE, batch(SOURCE, table(*lines)))
    assert list(turned) == ["battery_gives_no_more_than_it_took"]
    assert broken(SOURCE, batch(SOURCE, table(*lines[:100]))) == {}  # too short to say


def test_the_sample_reads_as_it_was_reviewed_by_hand() -> None:
    read = batch(SOURCE, sample(SOURCE))
    columns = ("cell", "interval_end_at", "plant_id", "technology", "energy_kwh", "irradiance_w_m2")
    rows = {row[0]: row[1:] for row in read.rows.select(columns).rows()}
    assert read.rows.height == 96 and read.series == "plant/SYN-BAT-01..SYN-GRO-01"
    assert rows["2"] == (local("2026-03-19 01:00"), "SYN-FLO-01", "SOLAR_FLOATING", 0.0, 0.0)
    assert rows["14"] == (local("2026-03-19 13:00"), "SYN-FLO-01", "SOLAR_FLOATING", 2303.3, 914.0)
    assert rows["50"] == (local("2026-03-19 01:00"), "SYN-COF-01", "BIOMASS_COFIRING", 4550.1, None)
    assert rows["84"] == (local("2026-03-19 11:00"), "SYN-BAT-01", "BATTERY", -1535.7, None)
    assert broken(SOURCE, read) == {}


def test_thai_windows_text_is_read() -> None:
    data = plant("SOLAR_GROUND", 5).decode().encode("cp874")
    assert batch(SOURCE, data).rows["plant_name"].to_list() == ["ทดสอบ"]


def test_a_new_column_is_told_and_not_taken() -> None:
    read = batch(SOURCE, table("2026-03-19,1,P-01,,BATTERY,0,,55", header=f"{HEADER},SOC_PERCENT"))
    assert [f.rule for f in read.findings] == ["new_column"] and "SOC_PERCENT" in read.findings[0].reason_en


def test_a_lost_column_refuses_the_file_and_names_it() -> None:
    data = table("2026-03-19,1,P-01,,0,", header=HEADER.replace("TECHNOLOGY,", ""))
    assert refused(SOURCE, data).rule == "column_missing" and "TECHNOLOGY" in refused(SOURCE, data).reason_en
    assert not claims(SOURCE, data)  # so nobody takes it for something else


def test_a_column_of_words_refuses_the_file() -> None:
    assert refused(SOURCE, plant("BATTERY", *["ชาร์จ"] * 5)).rule == "type_flip"


def test_ragged_lines_refuse_the_file() -> None:
    assert (
        refused(SOURCE, table("2026-03-19,1,P-01,,BATTERY,0,", "2026-03-19,2,P-01,,BATTERY,0,,,,9")).rule
        == "malformed_csv"
    )


def test_a_header_alone_is_a_sound_file_without_data() -> None:
    no_data(SOURCE, table())


@pytest.mark.parametrize("data", [b"", b"hello", b"DATE,HOUR,UNIT,GROSS_MW,NET_MW,AUX_MW,STATUS\n", b'{"PLANT_ID": 1}'])
def test_foreign_bytes_are_not_claimed(data: bytes) -> None:
    assert not claims(SOURCE, data)


def test_synthetic_deliveries_say_so_and_break_no_rule() -> None:
    made = list(feed.deliveries(World(datetime(2026, 3, 22, 9, tzinfo=BANGKOK), days=40)))
    assert len(made) == 2
    for path, data in made:
        assert "SYNTHETIC" in path and "สังเคราะห์" in data.decode()
        assert shared.broken(SOURCE, batch(SOURCE, data, path), scan=True) == {}


def test_the_world_decides_how_many_plants_there_are() -> None:
    assert len(feed.plants(WORLD)) == 4 and len(feed.plants(World(WORLD.until, scale=25))) == 100
    [(_, data)] = feed.deliveries(World(WORLD.until, days=1, scale=3))
    assert batch(SOURCE, data).rows["plant_id"].n_unique() == 12
