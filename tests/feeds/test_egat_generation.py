"""EGAT generation: units under many names, hours 1 to 24, power that is physically possible, lignite in tonnes."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.readers.result import Batch
from assets.sources.egat_generation.parse import with_unit_ids
from simulator.feeds import egat_generation as feed
from simulator.world import BANGKOK, World
from tests.feeds.source import WORLD, batch, broken, claims, local, no_data, refused, sample

SOURCE = "egat_generation"
HOUR_HEADER = "DATE,HOUR,UNIT,GROSS_MW,NET_MW,AUX_MW,STATUS"
FUEL_HEADER = "DATE,UNIT,LIGNITE_T,NCV_MJ_KG,NET_MWH"
NAMES = {
    "MM-08": ("MM-T8", "Unit 8", "unit8", "เครื่องที่ 8"),
    "MM-09": ("MM-09",),
    "MM-10": (" mm-t10 ",),
    "MM-12": ("เครื่อง 12",),
    "MM-13": ("MM-T13",),
    "MM-14": ("MM-T1", "MM-T14", "MM-RP1", "MMRP1", "stack 14", "4-7 replacement"),
}


def hours(*lines: str, header: str = HOUR_HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def fuel(*lines: str) -> bytes:
    return "\n".join([FUEL_HEADER, *lines]).encode()


def day(unit: str = "MM-T8", gross: float = 200, net: float = 180, status: str = "ON") -> list[str]:
    return [f"2026-03-19,{h},{unit},{gross},{net},{gross - net},{status}" for h in range(1, 25)]


def one(gross: float, net: float, unit: str = "MM-T8", on: str = "2026-03-19", status: str = "STARTUP") -> Batch:
    return batch(SOURCE, hours(f"{on},12,{unit},{gross},{net},{gross - net:g},{status}"))


def rules(of: Batch) -> set[str]:
    """Broken rules, without the one that a single hour cannot keep."""
    return set(broken(SOURCE, of)) - {"hours_complete"}


# ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "unit_id"), [(name, key) for key, names in NAMES.items() for name in names])
def test_every_name_of_a_unit_leads_to_its_key(name: str, unit_id: str) -> None:
    read = batch(SOURCE, hours(f"2026-03-19,1,{name},200,180,20,ON"))
    assert read.rows["unit_id"].to_list() == [unit_id]
    assert read.rows["unit_name"].to_list() == [name.strip()]


def test_mm_t1_is_the_replacement_unit_only_from_the_day_it_went_into_service() -> None:
    read = batch(SOURCE, hours("2019-08-28,1,MM-T1,60,55,5,ON", "2019-08-29,1,MM-T1,60,55,5,ON"))
    assert read.rows["unit_id"].to_list() == ["MM-T1", "MM-14"]
    assert broken(SOURCE, read)["code_known"] == ["2"]


def test_an_unknown_unit_stays_as_written_and_is_held_back() -> None:
    read = batch(SOURCE, hours("2026-03-19,1,MM-T99,200,180,20,ON"))
    assert read.rows["unit_id"].to_list() == ["MM-T99"] and "code_known" in broken(SOURCE, read)


def test_a_stack_that_serves_two_units_is_no_unit() -> None:
    assert "code_known" in broken(SOURCE, batch(SOURCE, hours("2018-03-19,1,stack 45,200,180,20,ON")))


@given(st.sampled_from(["MM-T8", "Unit 13", "MMRP1", "4-7 replacement"]), st.randoms())
def test_case_and_blanks_of_a_name_do_not_matter(name: str, random: object) -> None:
    mixed = "".join(c.upper() if random.random() < 0.5 else c.lower() for c in name)  # type: ignore[attr-defined]
    at = pl.Series([datetime(2026, 3, 19)] * 2, dtype=pl.Datetime("us")).dt.replace_time_zone("UTC")
    rows = pl.DataFrame({"unit_name": [name, f"  {mixed}\t"], "interval_start_at": at})
    assert with_unit_ids(rows)["unit_id"].n_unique() == 1


# ── hours ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hour_24_ends_at_the_midnight_that_closes_its_day() -> None:
    read = batch(SOURCE, hours("2026-03-19,1,MM-T8,200,180,20,ON", "2026-03-19,24,MM-T8,200,180,20,ON"))
    assert read.rows["interval_start_at"].to_list() == [local("2026-03-19 00:00"), local("2026-03-19 23:00")]
    assert read.rows["interval_end_at"].to_list() == [local("2026-03-19 01:00"), local("2026-03-19 24:00")]
    assert (read.period_start.isoformat(), read.period_end.isoformat()) == ("2026-03-19", "2026-03-19")


@pytest.mark.parametrize("hour", ["24", "24:00", " 24 ", "24.0"])
def test_the_last_hour_may_be_written_in_any_of_its_ways(hour: str) -> None:
    read = batch(SOURCE, hours(f"2026-03-19,{hour},MM-T8,200,180,20,ON"))
    assert read.rows["interval_end_at"].to_list() == [local("2026-03-19 24:00")]


def test_hours_from_0_to_23_are_refused_because_all_would_stand_an_hour_off() -> None:
    refusal = refused(SOURCE, hours(*(f"2026-03-19,{h},MM-T8,200,180,20,ON" for h in range(24))))
    assert (refusal.rule, refusal.cell) == ("hour_label", "2")


def test_a_day_without_all_its_hours_is_told() -> None:
    whole = broken(SOURCE, batch(SOURCE, hours(*day())))
    assert whole == {}
    assert list(broken(SOURCE, batch(SOURCE, hours(*day()[:-1])))) == ["hours_complete"]


def test_the_same_hour_twice_with_other_figures_is_held_back() -> None:
    read = batch(SOURCE, hours(*day(), "2026-03-19,24,Unit 8,210,190,20,ON"))
    assert broken(SOURCE, read) == {"unique_key": ["25", "26"]}


# ── power ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_power_from_the_grid_at_start_up_is_fine_down_to_30_mw() -> None:
    assert rules(one(0, -30)) == set()
    assert rules(one(0, -30.01)) == {"hard_range"}


def test_net_above_gross_is_held_back() -> None:
    assert rules(one(200, 200)) == set()
    assert "net_le_gross" in rules(one(200, 200.1))


@pytest.mark.parametrize(("unit", "capacity"), [("MM-T8", 300), ("MM-T13", 300), ("MM-T1", 655)])
def test_gross_above_1_05_times_capacity_is_held_back(unit: str, capacity: float) -> None:
    assert rules(one(capacity * 1.05, capacity, unit)) == set()
    assert "gross_within_capacity" in rules(one(capacity * 1.05 + 0.1, capacity, unit))


def test_a_unit_that_was_closed_in_2019_generates_nothing() -> None:
    assert rules(one(100, 90, "MM-T5", on="2019-03-19")) == set()
    assert rules(one(0, 0, "MM-T5", on="2020-03-19")) == set()
    assert rules(one(100, 90, "MM-T5", on="2020-03-19")) == {"zero_after_retirement"}


@pytest.mark.parametrize(("plant", "holds"), [(380, True), (381.9, True), (382, False), (200, False)])
@pytest.mark.parametrize("word", ["MMPP", "รวม"])
def test_units_that_do_not_add_up_to_the_plant_are_held_back(word: str, plant: float, holds: bool) -> None:
    lines = ["2026-03-19,1,MM-T8,200,180,20,ON", "2026-03-19,1,MM-T9,220,200,20,ON"]
    read = batch(SOURCE, hours(*lines, f"2026-03-19,1,{word},420,{plant},40,ON"))
    assert read.rows.height == 2 and [(drop.rule, drop.n) for drop in read.drops] == [("plant_row", 1)]
    assert read.rows["plant_net_mw"].to_list() == [plant, plant]
    assert rules(read) == (set() if holds else {"units_add_up"})


def test_an_hour_with_an_unread_meter_is_not_compared_with_the_plant() -> None:
    lines = ["2026-03-19,1,MM-T8,-,-,-,ON", "2026-03-19,1,MM-T9,220,200,20,ON", "2026-03-19,1,MMPP,420,380,40,ON"]
    assert rules(batch(SOURCE, hours(*lines))) == set()


def test_auxiliary_power_that_does_not_add_up_is_told() -> None:
    read = batch(SOURCE, hours("2026-03-19,12,MM-T8,200,180,25,ON"))
    assert rules(read) == {"net_is_gross_less_auxiliary"}


def test_a_status_against_the_power_is_told() -> None:
    assert rules(one(0, -5, status="ON")) == {"status_fits_power"}
    assert rules(one(100, 95, status="FORCED")) == {"status_fits_power"}


def test_a_dash_is_a_meter_that_was_not_read_and_no_zero() -> None:
    read = batch(SOURCE, hours("2026-03-19,12,MM-T8,-,-,-,ON"))
    assert read.rows.select("gross_mw", "net_mw", "auxiliary_mw", "problem").row(0) == (None, None, None, None)
    assert rules(read) == set()


def test_words_where_power_belongs_are_held_back_with_what_was_written() -> None:
    read = batch(SOURCE, hours(*day(), "2026-03-20,1,MM-T8,trip,0,0,FORCED"))
    assert read.rows.filter(pl.col("problem").is_not_null())["raw_value"].to_list() == ["trip"]
    assert broken(SOURCE, read)["readable"] == ["26"]


# ── lignite ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lignite_has_thousands_commas_and_a_local_day() -> None:
    read = batch(SOURCE, fuel('2026-03-19,MMRP1,"8,248.5",10.73,"9,745.99"'))
    assert read.rows.select("unit_id", "lignite_t", "net_mwh").row(0) == ("MM-14", 8248.5, 9745.99)
    assert read.rows["interval_start_at"].to_list() == [local("2026-03-19 00:00")]
    assert read.rows["interval_end_at"].to_list() == [local("2026-03-19 24:00")]


@pytest.mark.parametrize(("tonnes", "holds"), [(749, False), (750, True), (1200, True), (1201, False), (1.0, False)])
def test_lignite_per_energy_outside_0_75_to_1_20_is_held_back(tonnes: float, holds: bool) -> None:
    found = broken(SOURCE, batch(SOURCE, fuel(f"2026-03-19,Unit 8,{tonnes},10.5,1000")))
    assert found == ({} if holds else {"fuel_per_energy": ["2"]})


def test_a_day_of_hardly_any_energy_has_no_rate() -> None:
    assert broken(SOURCE, batch(SOURCE, fuel("2026-03-19,Unit 8,150,10.5,60"))) == {}


@pytest.mark.parametrize(("ncv", "holds"), [(6.9, False), (7, True), (14, True), (14.1, False), (2500, False)])
def test_a_calorific_value_outside_7_to_14_is_held_back(ncv: float, holds: bool) -> None:
    assert ("calorific_value" in broken(SOURCE, batch(SOURCE, fuel(f"2026-03-19,Unit 8,1000,{ncv},1000")))) is not holds


def test_the_whole_plant_may_stand_in_the_place_of_a_unit() -> None:
    read = batch(SOURCE, fuel('2026-03-19,MMPP,"44,000",10.5,"44,500"'))
    assert read.rows["unit_id"].to_list() == ["MMPP"] and broken(SOURCE, read) == {}


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_reads_as_it_was_reviewed_by_hand() -> None:
    read = batch(SOURCE, sample(SOURCE))
    columns = ("cell", "unit_id", "unit_name", "gross_mw", "net_mw", "auxiliary_mw", "status")
    rows = {row[0]: row[1:] for row in read.rows.select(columns).rows()}
    assert read.rows.height == 168 and (read.entity, read.series) == ("unit_hour", "unit/MM-08..MM-14")
    assert rows["3"] == ("MM-08", "MM-T8", 229.59, 210.07, 19.52, "ON")
    assert rows["147"] == ("MM-14", "MM-T1", 0.0, -16.38, 16.38, "STARTUP")
    assert rows["170"] == ("MM-14", "MM-T1", 490.10, 455.79, 34.31, "ON")
    assert broken(SOURCE, read) == {}


def test_lines_above_the_header_are_titles() -> None:
    titled = "กำลังผลิตรายชั่วโมง\nโรงไฟฟ้าแม่เมาะ\n".encode() + hours(*day())
    assert claims(SOURCE, titled) and batch(SOURCE, titled).rows["cell"][0] == "4"


def test_two_kinds_of_file_are_told_apart_by_their_header() -> None:
    assert batch(SOURCE, hours(*day())).entity == "unit_hour"
    assert batch(SOURCE, fuel("2026-03-19,Unit 8,1000,10,1000")).entity == "fuel_day"


def test_the_two_kinds_of_file_of_the_same_days_never_take_each_others_place() -> None:
    power, coal = batch(SOURCE, hours(*day())), batch(SOURCE, fuel("2026-03-19,Unit 8,1000,10,1000"))
    assert (power.series, power.period_start, power.period_end) == (coal.series, coal.period_start, coal.period_end)
    assert power.layout != coal.layout


def test_thai_windows_text_is_read() -> None:
    titled = "กำลังผลิต\n".encode("cp874") + hours(*day("เครื่องที่ 8")).decode().encode("cp874")
    assert batch(SOURCE, titled).rows["unit_id"].unique().to_list() == ["MM-08"]


def test_a_new_column_is_told_and_not_taken() -> None:
    data = hours("2026-03-19,1,MM-T8,200,180,20,ON,7", header=f"{HOUR_HEADER},COOLING")
    read = batch(SOURCE, data)
    assert [f.rule for f in read.findings] == ["new_column"] and "COOLING" in read.findings[0].reason_en
    assert "COOLING" not in read.rows.columns


def test_a_lost_column_refuses_the_file_and_names_it() -> None:
    refusal = refused(SOURCE, hours("2026-03-19,1,MM-T8,200,20,ON", header=HOUR_HEADER.replace("NET_MW,", "")))
    assert refusal.rule == "column_missing" and "NET_MW" in refusal.reason_en and "NET_MW" in refusal.reason_th


def test_a_column_of_words_refuses_the_file() -> None:
    assert refused(SOURCE, hours(*(f"2026-03-19,{h},MM-T8,สูง,180,20,ON" for h in range(1, 5)))).rule == "type_flip"


def test_ragged_lines_refuse_the_file() -> None:
    assert (
        refused(SOURCE, hours("2026-03-19,1,MM-T8,200,180,20,ON", "2026-03-19,2,MM-T8,200,180,20,ON,1,2,3")).rule
        == "malformed_csv"
    )


def test_a_header_alone_is_a_sound_file_without_data() -> None:
    no_data(SOURCE, hours())


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n", b'{"UNIT": 1}', b"DATE,HOUR,PLANT_ID,ENERGY_KWH\n"])
def test_foreign_bytes_are_not_claimed(data: bytes) -> None:
    assert not claims(SOURCE, data)


# ── the simulator's own ───────────────────────────────────────────────────────────────────────────────────────────────


def test_synthetic_deliveries_say_so_and_break_no_rule() -> None:
    made = list(feed.deliveries(World(datetime(2026, 3, 22, 9, tzinfo=BANGKOK), days=40)))
    assert len(made) == 4  # two months, two kinds
    for path, data in made:
        assert "SYNTHETIC" in path and "SYNTHETIC" in data.decode().splitlines()[0]
        assert broken(SOURCE, batch(SOURCE, data, path), scan=True) == {}


def test_the_same_world_gives_the_same_bytes_and_a_day_does_not_depend_on_the_window() -> None:
    assert list(feed.deliveries(WORLD)) == list(feed.deliveries(WORLD))
    longer = World(WORLD.until, days=10)
    for unit in feed.UNITS:
        assert feed.unit_day(WORLD, unit, WORLD.dates[0]).status == feed.unit_day(longer, unit, WORLD.dates[0]).status
