"""Gate counts: a broken counter is no visitor less, the festival stays by its name, and a changed layout is told."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from simulator.feeds import egat_site_visits as feed
from simulator.world import BANGKOK, World
from tests.feeds.source import WORLD, batch, batches, broken, claims, findings, local, no_data, refused, sample

SOURCE = "egat_site_visits"
HEADER = ",".join(feed.HEADER)


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines]).encode()


def line(
    entered: str, left: str, day: str = "2026-11-07", site: str = "MM-GARDEN", event: str = "", remark: str = ""
) -> str:
    return f'{day},{site},สวนพฤกษชาติ,site,520204,"{entered}","{left}",{event},{remark}'


def test_the_sample_reads_as_reviewed() -> None:
    made = batch(SOURCE, sample(SOURCE))
    assert (made.period_start, made.period_end, made.rows.height) == (date(2026, 3, 18), date(2026, 3, 20), 9)
    shown = made.rows.select(
        "site_id", "native_place_level", "tambon_code", "visits", "people_left", "event_name", "cell"
    )
    assert shown.head(3).rows() == [
        ("MM-GARDEN", "site", "520204", 213, 207, None, "2"),
        ("MM-MUSEUM", "site", "520204", 82, 80, None, "3"),
        ("MM-VIEW", "site", "520204", 125, 122, None, "4"),
    ]
    assert made.rows["interval_start_at"][0] == local("2026-03-18 0:00")
    assert made.rows["interval_end_at"][0] == local("2026-03-18 24:00")
    assert broken(SOURCE, made, scan=True) == {}


def test_thousands_commas_are_read() -> None:
    assert batch(SOURCE, table(line("12,345", "12,001"))).rows.select("visits", "people_left").rows() == [
        (12345, 12001)
    ]


def test_a_broken_counter_is_empty_and_not_zero() -> None:
    made = batch(SOURCE, table(line("-", "-", remark="เครื่องนับขัดข้อง"), line("0", "0", day="2026-11-08")))
    assert made.rows["visits"].to_list() == [None, 0]
    assert broken(SOURCE, made) == {}


def test_an_empty_count_without_a_word_is_flagged() -> None:
    assert broken(SOURCE, batch(SOURCE, table(line("-", "-")))) == {"count_or_remark": ["2"]}


def test_the_festival_stays_by_its_name() -> None:
    made = batch(SOURCE, table(line("5,000", "4,900", event="เทศกาลท่องเที่ยวแม่เมาะ")))
    assert made.rows["event_name"].to_list() == ["เทศกาลท่องเที่ยวแม่เมาะ"]


def test_thai_text_in_windows_874_is_read() -> None:
    data = table(line("1", "1", event="เทศกาล")).decode().encode("cp874")
    assert claims(SOURCE, data) and batch(SOURCE, data).rows["event_name"].to_list() == ["เทศกาล"]


def test_impossible_counts_and_counters_that_disagree_are_caught() -> None:
    made = batch(
        SOURCE, table(line("250,000", "250,000"), line("1,000", "200", day="2026-11-08"), line("-5", "0", site="X"))
    )
    found = broken(SOURCE, made)
    assert found["hard_range"] == ["2", "4"] and found["leave_about_as_many_as_enter"] == ["3"]


def test_a_site_that_stands_twice_on_a_day_is_caught() -> None:
    made = batch(SOURCE, table(line("10", "10"), line("11", "11")))
    assert broken(SOURCE, made)["unique_key"] == ["2", "3"]


def test_the_same_line_twice_is_taken_once_and_counted() -> None:
    made = batch(SOURCE, table(line("10", "10"), line("10", "10")))
    assert made.rows.height == 1 and [(d.rule, d.n) for d in made.drops] == [("same_record", 1)] and made.rows_in == 2


def test_a_new_column_is_told_and_a_lost_one_refused() -> None:
    more = table(line("1", "1") + ",5", header=HEADER + ",cars")
    assert findings(batch(SOURCE, more)) == [("new_column", 1)]
    less = table("2026-11-07,สวน,site,520204,1,1,,", header=HEADER.replace("site_id,", ""))
    assert refused(SOURCE, less).rule == "column_missing" and not claims(SOURCE, less)


def test_words_in_a_count_are_told_and_a_changed_column_refuses() -> None:
    made = batch(SOURCE, table(line("ปิด", "0"), *(line("1", "1", day=f"2026-11-{d:02d}") for d in range(8, 12))))
    assert broken(SOURCE, made) == {"readable": ["2"]} and made.rows["raw_value"][0] == "ปิด"
    flipped = table(*(line("many", "1", day=f"2026-11-{d:02d}") for d in range(8, 12)))
    assert refused(SOURCE, flipped).rule == "type_flip"


def test_a_header_alone_is_no_data_and_ragged_lines_are_refused() -> None:
    assert no_data(SOURCE, table()).reason_th
    assert refused(SOURCE, table(line("1", "1"), line("1", "1") + ",x,y,z")).rule == "malformed_csv"


@pytest.mark.parametrize("day", [datetime(2026, 11, 12, 9, tzinfo=BANGKOK), datetime(2026, 7, 1, 0, tzinfo=BANGKOK)])
def test_every_file_of_the_feed_is_taken_without_a_fault(day: datetime) -> None:
    world = World(day, days=40, scale=2)
    made = [one for path, data in feed.deliveries(world) for one in batches(SOURCE, data, path)]
    rows = pl.concat([one.rows for one in made])
    assert rows["interval_start_at"].n_unique() == 40 and all(broken(SOURCE, one) == {} for one in made)


def test_the_feed_gives_the_same_bytes_again() -> None:
    assert list(feed.deliveries(WORLD)) == list(feed.deliveries(World(WORLD.until, days=3)))
