"""PEA electricity use: Thai headers in two encodings, Buddhist months, a total row that is checked, cells that are starred."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.result import Batch
from simulator.feeds import pea_electricity_use as feed
from simulator.world import BANGKOK, World
from tests.feeds.source import WORLD, batch, broken, claims, local, no_data, refused, sample

SOURCE = "pea_electricity_use"
HEADER = ",".join(feed.HEADER)
THREE = (("บ้านอยู่อาศัย", "1,000", "100", "5"), ("กิจการขนาดเล็ก", "2,000", "50", "7"), ("ไฟสาธารณะ", "500", "10", "2"))


def table(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines]).encode()


def line(
    user: str, kwh: str, customers: str, peak: str, branch: str = "B1", year: str = "2569", month: str = "3"
) -> str:
    return f'{year},{month},{branch},กฟส.ทดสอบ,{user},"{kwh}","{customers}","{peak}"'


def branch(*classes: tuple[str, str, str, str], total: tuple[str, str] | None, code: str = "B1") -> list[str]:
    rows = [line(*one, branch=code) for one in classes]
    return rows if total is None else [*rows, line("รวม", *total, "-", branch=code)]


def read(*classes: tuple[str, str, str, str], total: tuple[str, str] | None = None) -> Batch:
    return batch(SOURCE, table(*branch(*classes, total=total)))


# ── text and time ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_thai_headers_are_read_in_every_encoding_that_spreadsheets_write(encoding: str) -> None:
    data = table(*branch(*THREE, total=("3,500", "160"))).decode().encode(encoding)
    assert claims(SOURCE, data)
    made = batch(SOURCE, data)
    assert made.rows["branch_name"].unique().to_list() == ["กฟส.ทดสอบ"] and broken(SOURCE, made) == {}


@settings(max_examples=40)
@given(st.integers(2545, 2599), st.integers(1, 12))
def test_a_buddhist_month_is_the_whole_local_month(year: int, month: int) -> None:
    made = batch(SOURCE, table(line("ไฟสาธารณะ", "1", "10", "1", year=str(year), month=str(month))))
    after = (year - 542, 1) if month == 12 else (year - 543, month + 1)
    assert made.rows["interval_start_at"].to_list() == [local(f"{date(year - 543, month, 1)} 00:00")]
    assert made.rows["interval_end_at"].to_list() == [local(f"{date(*after, 1)} 00:00")]
    assert (made.period_start, made.period_end.month) == (date(year - 543, month, 1), month)


def test_a_christian_year_is_not_taken_for_a_buddhist_one() -> None:
    made = batch(SOURCE, table(line("ไฟสาธารณะ", "1", "10", "1", year="2026")))
    assert "before_window" in broken(SOURCE, made)


def test_a_month_that_is_none_is_held_back_with_what_was_written() -> None:
    made = batch(SOURCE, table(line(*THREE[0]), line(*THREE[1], month="13")))
    assert made.rows["raw_value"].to_list() == [None, "2569 13"] and broken(SOURCE, made)["readable"] == ["3"]


def test_thousands_commas_are_no_decimals() -> None:
    made = read(("บ้านอยู่อาศัย", "1,207,073", "6,376", "3,674.5"))
    assert made.rows.select("energy_kwh", "customers", "peak_kw").row(0) == (1_207_073.0, 6_376, 3_674.5)


def test_classes_of_the_partner_get_their_codes_and_unknown_ones_are_held_back() -> None:
    names = [user.name for user in feed.CLASSES]
    made = batch(SOURCE, table(*(line(name, "100", "20", "1") for name in [*names, "เหมืองคริปโต"])))
    assert made.rows["user_class"].n_unique() == 10 and broken(SOURCE, made)["code_known"] == ["11"]
    assert made.rows["user_class"][-1] == "เหมืองคริปโต"


# ── the total row ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["รวม", "รวมทั้งสิ้น", "TOTAL", "Total", " รวม "])
def test_the_total_row_is_compared_and_dropped_by_a_stated_rule(word: str) -> None:
    made = batch(SOURCE, table(*(line(*one) for one in THREE), line(word, "3,500", "160", "-")))
    assert made.rows.height == 3 and made.rows_in == 4
    assert [(drop.rule, drop.n) for drop in made.drops] == [("total_row", 1)]
    assert made.rows.select("branch_total_kwh", "branch_total_customers").unique().rows() == [(3500.0, 160)]
    assert broken(SOURCE, made) == {}


@pytest.mark.parametrize(
    ("total", "holds"),
    [
        (("3,500", "160"), True),
        (("3,517", "160"), True),
        (("3,518", "160"), False),
        (("3,500", "163"), False),
        (("350", "160"), False),
    ],
)
def test_classes_that_do_not_add_up_within_half_a_percent_are_held_back(total: tuple[str, str], holds: bool) -> None:
    found = broken(SOURCE, read(*THREE, total=total))
    assert found == ({} if holds else {"classes_add_up": ["2", "3", "4"]})


def test_a_wrong_sum_holds_back_its_own_branch_only() -> None:
    lines = [*branch(*THREE, total=("9,999", "160")), *branch(*THREE, total=("3,500", "160"), code="B2")]
    assert broken(SOURCE, batch(SOURCE, table(*lines))) == {"classes_add_up": ["2", "3", "4"]}


def test_a_branch_without_a_total_row_is_told() -> None:
    assert broken(SOURCE, read(*THREE)) == {"total_row_present": ["2", "3", "4"]}


def test_two_total_rows_that_differ_are_told_and_the_same_twice_are_not() -> None:
    both = [line("รวม", "3,500", "160", "-"), line("รวม", "9,999", "160", "-")]
    made = batch(SOURCE, table(*(line(*one) for one in THREE), *both))
    assert [f.rule for f in made.findings] == ["two_totals"] and made.drops[0].n == 2
    assert broken(SOURCE, made) == {}  # the first was compared
    assert batch(SOURCE, table(*(line(*one) for one in THREE), both[0], both[0])).findings == ()


def test_a_file_of_totals_alone_holds_no_record() -> None:
    no_data(SOURCE, table(line("รวม", "3,500", "160", "-")))


# ── few customers ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("customers", "holds"), [("1", False), ("9", False), ("10", True)])
def test_a_row_of_fewer_than_ten_customers_must_have_been_starred(customers: str, holds: bool) -> None:
    assert ("few_customers_suppressed" in broken(SOURCE, read(("กิจการขนาดใหญ่", "9", customers, "1")))) is not holds


def test_no_customers_are_impossible() -> None:
    assert "hard_range" in broken(SOURCE, read(("กิจการขนาดใหญ่", "9", "0", "1")))


@pytest.mark.parametrize("star", ["*", "**", "<10"])
def test_a_starred_cell_is_suppressed_and_no_zero(star: str) -> None:
    made = read(("กิจการขนาดใหญ่", star, star, star))
    assert made.rows.select("energy_kwh", "customers", "peak_kw", "is_suppressed", "problem").row(0) == (
        None,
        None,
        None,
        True,
        None,
    )


def test_a_missing_cell_is_not_called_suppressed() -> None:
    made = read(("กิจการขนาดใหญ่", "-", "20", "-"))
    assert made.rows.select("energy_kwh", "is_suppressed").row(0) == (None, False)


def test_a_row_whose_customers_alone_are_starred_is_held_back() -> None:
    assert "few_customers_suppressed" in broken(SOURCE, read(("กิจการขนาดใหญ่", "80,000", "*", "*")))


def test_with_starred_classes_the_others_may_stay_below_the_total_and_not_above() -> None:
    stars = [("กิจการขนาดใหญ่", "*", "*", "*"), ("กิจการเฉพาะอย่าง", "*", "*", "*")]
    assert broken(SOURCE, read(*THREE, *stars, total=("90,000", "170"))) == {}
    assert list(broken(SOURCE, read(*THREE, *stars, total=("3,000", "170")))) == ["classes_add_up"]


def test_a_single_starred_class_is_told_because_the_total_gives_it_away() -> None:
    found = broken(SOURCE, read(*THREE, ("กิจการขนาดใหญ่", "*", "*", "*"), total=("90,000", "166")))
    assert found == {"suppressed_cell_can_be_worked_out": ["5"]}


def test_use_per_customer_far_from_that_of_the_other_branches_is_told() -> None:
    usual = [line("บ้านอยู่อาศัย", f"{16_000 + 100 * i:,}", "100", "50", branch=f"B{i}") for i in range(6)]
    slipped = line("บ้านอยู่อาศัย", "16", "100", "50", branch="B9")
    found = broken(SOURCE, batch(SOURCE, table(*usual, slipped)))
    assert found["use_per_customer"] == ["8"]
    assert "use_per_customer" not in broken(SOURCE, batch(SOURCE, table(*usual[:3], slipped)))  # too few to say


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_reads_as_it_was_reviewed_by_hand() -> None:
    made = batch(SOURCE, sample(SOURCE))
    with pytest.raises(UnicodeDecodeError):
        sample(SOURCE).decode()  # it is one of those in the Thai code page
    columns = ("branch_code", "user_class", "energy_kwh", "customers", "peak_kw", "is_suppressed", "branch_total_kwh")
    rows = {row[0]: row[1:] for row in made.rows.select("cell", *columns).rows()}
    assert made.rows.height == 18 and (made.period_start, made.period_end) == (date(2026, 3, 1), date(2026, 3, 31))
    assert rows["2"] == ("SYN-MMO", "residential", 1_207_073.0, 6_376, 3_674.0, False, 6_695_201.0)
    assert rows["5"] == ("SYN-MMO", "large_general", None, None, None, True, 6_695_201.0)
    assert rows["15"] == ("SYN-LPG", "large_general", 21_914_663.0, 18, 50_033.0, False, 39_229_750.0)
    assert broken(SOURCE, made) == {}


def test_a_new_column_is_told_and_not_taken() -> None:
    made = batch(SOURCE, table(f"{line(*THREE[0])},9", header=f"{HEADER},ค่า Ft"))
    assert [f.rule for f in made.findings] == ["new_column"] and "ค่า Ft" in made.findings[0].reason_th


def test_a_lost_column_refuses_the_file_and_names_it() -> None:
    header = HEADER.replace(",จำนวนผู้ใช้ไฟ (ราย)", "")
    refusal = refused(SOURCE, table("2569,3,B1,กฟส.,ไฟสาธารณะ,500,2", header=header))
    assert refusal.rule == "column_missing" and "จำนวนผู้ใช้ไฟ (ราย)" in refusal.reason_en


def test_a_column_of_words_refuses_the_file() -> None:
    assert refused(SOURCE, table(*(line(name, "มาก", "20", "1") for name, *_ in THREE))).rule == "type_flip"


def test_ragged_lines_refuse_the_file() -> None:
    assert refused(SOURCE, table(line(*THREE[0]), f"{line(*THREE[1])},1,2,3")).rule == "malformed_csv"


def test_a_header_alone_is_a_sound_file_without_data() -> None:
    no_data(SOURCE, table())


@pytest.mark.parametrize("data", [b"", b"hello", "ปี,เดือน,จังหวัด\n".encode("cp874"), b'{"a": 1}'])
def test_foreign_bytes_are_not_claimed(data: bytes) -> None:
    assert not claims(SOURCE, data)


# ── the simulator's own ───────────────────────────────────────────────────────────────────────────────────────────────


def test_synthetic_deliveries_say_so_break_no_rule_and_come_in_both_encodings() -> None:
    made = list(feed.deliveries(World(datetime(2026, 3, 22, 9, tzinfo=BANGKOK), days=120, scale=5)))
    assert [path[-11:-4] for path, _ in made] == ["2568-11", "2568-12", "2569-01", "2569-02"]
    kinds = set()
    for path, data in made:
        one = batch(SOURCE, data, path)
        kinds.add(data[:3] == b"\xef\xbb\xbf")
        assert "SYNTHETIC" in path and "สังเคราะห์" in one.rows["branch_name"][0]
        assert broken(SOURCE, one, scan=True) == {} and one.rows["branch_code"].n_unique() == 10
    assert kinds == {True, False}


def test_synthetic_stars_never_stand_alone_in_a_branch() -> None:
    for _, data in feed.deliveries(WORLD):
        counts = batch(SOURCE, data).rows.group_by("branch_code").agg(stars=pl.col("is_suppressed").sum())
        assert 1 not in counts["stars"].to_list()
