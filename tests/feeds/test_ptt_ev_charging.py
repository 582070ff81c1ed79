"""PTT OR EV charging: nobody can be recognised in what is kept; times, energy and price fit together."""

from __future__ import annotations

import re
from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.redact import Redactor
from expectations.personal import CITIZEN_ID, CITIZEN_ID_DASHED, EMAIL, MOBILE
from simulator.feeds import ptt_ev_charging as feed
from simulator.world import BANGKOK, World
from tests.feeds.source import SOURCES, WORLD, batch, broken, claims, contract, local, no_data, refused, sample

SOURCE = "ptt_ev_charging"
HEADER = ",".join(feed.HEADER)
PERSONAL = ("USER_ID", "PHONE", "LICENSE_PLATE", "REMARK")
PLATE = re.compile(r"\d?[ก-ฮ]{1,3}[ -]?\d{1,4}")


def line(
    start: str = "2026-03-19 10:00:00",
    end: str = "2026-03-19 10:30:00",
    kwh: str = "20",
    baht: str = "150",
    session: str = "S1",
    kind: str = "CCS2",
    person: str = "U1,0810000001,1กข 1001 ลำปาง,",
) -> str:
    return f'{session},E1,สถานีทดสอบ,E1-1,{kind},{start},{end},{kwh},"{baht}",{person}'


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def redacted(data: bytes, key: bytes = b"key of a test") -> str:
    made = Redactor({SOURCE: contract(SOURCE)}, key).answered(SOURCE, data)
    assert made.version == "1"
    return made.data.decode()


def found_in(*lines: str) -> dict[str, list[str]]:
    return broken(SOURCE, batch(SOURCE, table(*lines)))


# ── personal data ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_scan_finds_nothing_personal_in_what_is_kept() -> None:
    [(_, data)] = feed.deliveries(WORLD)
    pattern = "|".join((CITIZEN_ID, CITIZEN_ID_DASHED, MOBILE, EMAIL, PLATE.pattern))
    assert re.search(MOBILE, data.decode()) and PLATE.search(data.decode())  # the delivery itself is full of it
    assert not re.search(pattern, redacted(data))


def test_no_value_of_a_personal_field_is_left_anywhere() -> None:
    data = table(line(person="U77,0810000077,1กข 1077 ลำปาง,โทร 0810000077"))
    kept = redacted(data)
    assert not [text for text in ("U77", "0810000077", "1077", "โทร") if text in kept]
    assert "PHONE" not in kept and "LICENSE_PLATE" not in kept and "REMARK" not in kept


def test_the_same_user_keeps_the_same_key_in_a_lake_and_another_one_elsewhere() -> None:
    data = table(line(session="S1"), line(session="S2", person="U2,,,"), line(session="S3"))
    keys = batch(SOURCE, redacted(data).encode()).rows["user_key"].to_list()
    assert keys[0] == keys[2] != keys[1] and all(re.fullmatch("[0-9a-f]{16}", key) for key in keys)
    assert batch(SOURCE, redacted(data, b"another lake").encode()).rows["user_key"][0] != keys[0]


def test_what_is_not_personal_is_the_same_before_and_after() -> None:
    data = sample(SOURCE)
    before, after = (
        batch(SOURCE, data).rows.drop("user_key"),
        batch(SOURCE, redacted(data).encode()).rows.drop("user_key"),
    )
    assert before.equals(after)


def test_the_scan_of_the_gate_refuses_a_number_that_hides_in_a_name() -> None:
    hidden = table(line()).replace("สถานีทดสอบ".encode(), b"call 081-000-0001")
    assert "no_personal_data" in broken(SOURCE, batch(SOURCE, hidden), scan=True)
    assert "no_personal_data" not in broken(SOURCE, batch(SOURCE, table(line())), scan=True)


def test_every_personal_field_of_the_partner_is_named_in_the_contract() -> None:
    redact = contract(SOURCE).redact
    assert redact is not None and {field["name"] for field in redact["fields"]} == set(PERSONAL)
    assert contract(SOURCE).classification == "personal"


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_source_needs_no_python() -> None:
    assert not (SOURCES / SOURCE / "parse.py").exists()


def test_a_session_may_run_past_midnight() -> None:
    read = batch(SOURCE, table(line("2026-03-19 23:50:00", "2026-03-20 00:20:00")))
    assert read.rows.select("interval_start_at", "ended_at").row(0) == (
        local("2026-03-19 23:50"),
        local("2026-03-20 00:20"),
    )
    assert broken(SOURCE, read) == {} and read.period_start == read.period_end == datetime(2026, 3, 19).date()


@settings(max_examples=30)
@given(st.datetimes(datetime(2021, 1, 2), datetime(2029, 1, 1)))
def test_a_local_start_comes_back_from_utc(start: datetime) -> None:
    start = start.replace(microsecond=0)
    read = batch(SOURCE, table(line(f"{start:%Y-%m-%d %H:%M:%S}", f"{start:%Y-%m-%d %H:%M:%S}", "0", "0")))
    assert read.rows["interval_start_at"][0].astimezone(BANGKOK).replace(tzinfo=None) == start


def test_a_session_that_broke_off_with_nothing_charged_is_sound() -> None:
    assert found_in(line(end="2026-03-19 10:00:00", kwh="0.00", baht="0.00")) == {}


def test_a_free_session_has_an_amount_of_none_or_nothing() -> None:
    assert found_in(line(baht="-")) == {} and found_in(line(baht="0")) == {}


@pytest.mark.parametrize("end", ["2026-03-19 09:59:59", "2026-03-20 10:00:01"])
def test_a_session_that_ends_before_it_starts_or_lasts_days_is_held_back(end: str) -> None:
    assert "ends_after_it_starts" in found_in(line(end=end))


@pytest.mark.parametrize(
    ("kind", "kwh", "holds"), [("CCS2", "200", True), ("CCS2", "202", False), ("AC_TYPE2", "24", False)]
)
def test_more_energy_than_the_connector_gives_in_that_time_is_held_back(kind: str, kwh: str, holds: bool) -> None:
    assert ("energy_fits_duration" in found_in(line(kwh=kwh, baht="0", kind=kind))) is not holds


def test_energy_in_watt_hours_is_held_back() -> None:
    assert {"hard_range", "energy_fits_duration"} <= set(found_in(line(kwh="20000")))


@pytest.mark.parametrize(("baht", "holds"), [("79", False), ("80", True), ("110", True), ("150", True), ("201", False)])
def test_a_price_outside_4_to_10_baht_is_told(baht: str, holds: bool) -> None:
    assert found_in(line(baht=baht)) == ({} if holds else {"price_is_usual": ["2"]})


def test_two_sessions_at_one_connector_at_once_are_told() -> None:
    second = line("2026-03-19 10:29:00", "2026-03-19 10:50:00", session="S2")
    assert found_in(line(), second) == {"one_session_a_connector": ["3"]}
    assert found_in(line(), second.replace("10:29", "10:30")) == {}


def test_a_session_twice_with_other_figures_is_held_back_and_the_same_twice_taken_once() -> None:
    assert found_in(line(), line(kwh="21"))["unique_key"] == ["2", "3"]
    again = batch(SOURCE, table(line(), line()))
    assert again.rows.height == 1 and [(drop.rule, drop.n) for drop in again.drops] == [("same_record", 1)]


def test_thousands_commas_are_no_decimals() -> None:
    assert batch(SOURCE, table(line(baht="1,234.50"))).rows["amount_thb"].to_list() == [1234.5]


def test_a_time_that_is_none_is_held_back_with_what_was_written() -> None:
    read = batch(SOURCE, table(line(), line("19/03/69 10:00", session="S2")))
    assert read.rows["raw_value"].to_list() == [None, "19/03/69 10:00"] and broken(SOURCE, read)["readable"] == ["3"]


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_reads_as_it_was_reviewed_by_hand() -> None:
    read = batch(SOURCE, sample(SOURCE))
    columns = ("session_id", "station_id", "connector_type", "interval_start_at", "energy_kwh", "amount_thb")
    rows = {row[0]: row[1:] for row in read.rows.select("cell", *columns).rows()}
    assert rows["2"] == (
        "SYN-001-20260319-001",
        "SYN-EV-001",
        "CCS2",
        datetime(2026, 3, 19, 1, 24, 5, tzinfo=BANGKOK),
        56.65,
        311.57,
    )
    assert rows["6"][-2:] == (0.0, 0.0)
    assert broken(SOURCE, read) == {}


def test_a_new_column_is_told_and_not_taken() -> None:
    read = batch(SOURCE, table(f"{line()},80", header=f"{HEADER},SOC_END"))
    assert [f.rule for f in read.findings] == ["new_column"] and "SOC_END" in read.findings[0].reason_en


def test_personal_columns_that_were_taken_out_are_no_lost_columns() -> None:
    assert batch(SOURCE, redacted(table(line())).encode()).findings == ()


def test_a_lost_column_refuses_the_file_and_names_it() -> None:
    data = table(line(), header=HEADER.replace("END_TIME", "STOP"))
    assert refused(SOURCE, data).rule == "column_missing" and "END_TIME" in refused(SOURCE, data).reason_en
    assert not claims(SOURCE, data)


def test_a_column_of_words_refuses_the_file() -> None:
    assert refused(SOURCE, table(*(line(kwh="มาก", session=f"S{n}") for n in range(4)))).rule == "type_flip"


def test_ragged_lines_refuse_the_file() -> None:
    assert refused(SOURCE, table(line(), f"{line()},1,2,3")).rule == "malformed_csv"


def test_a_header_alone_is_a_sound_file_without_data() -> None:
    no_data(SOURCE, table())


@pytest.mark.parametrize("data", [b"", b"hello", b"PRICE_DATE,PRODUCT,PRICE\n", b'{"SESSION_ID": 1}'])
def test_foreign_bytes_are_not_claimed(data: bytes) -> None:
    assert not claims(SOURCE, data)


def test_synthetic_deliveries_say_so_and_break_no_rule() -> None:
    made = list(feed.deliveries(World(datetime(2026, 3, 22, 9, tzinfo=BANGKOK), days=40, scale=2)))
    assert len(made) == 2
    for path, data in made:
        read = batch(SOURCE, redacted(data).encode(), path)
        assert "SYNTHETIC" in path and "สังเคราะห์" in data.decode()
        assert broken(SOURCE, read, scan=True) == {} and read.rows["station_id"].n_unique() == 6
        assert (
            read.rows.filter(pl.col("energy_kwh") == 0).height
            and read.rows.filter(
                pl.col("ended_at").dt.offset_by("7h").dt.date()
                > pl.col("interval_start_at").dt.offset_by("7h").dt.date()
            ).height
        )  # broken off, and past midnight
