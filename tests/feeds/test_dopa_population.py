"""DOPA's text files: two encodings, two layouts, two-digit Buddhist years, totals among their parts, codes that stay text."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.result import Refusal
from assets.sources.dopa_population.parse import month_of
from simulator.feeds import dopa_population as feed
from tests.feeds.source import WORLD, batch, batches, broken, claims, local, no_data, refused, sample

SOURCE = "dopa_population"
AGES = "SYNTHETIC dopa/6903/6903cc52.txt"
VILLAGE = "6903|52|จังหวัดลำปาง|5202|อำเภอแม่เมาะ|520201|บ้านดง|52020101|หมู่ที่ 1|400|410|810|300|"
TAMBON = "6903|52|จังหวัดลำปาง|5202|อำเภอแม่เมาะ|520201|บ้านดง|0||3,390|3,540|6,930|3,011|"
OFFICE = "6903|52|จังหวัดลำปาง|5202|อำเภอแม่เมาะ|0||0||18,492|19,369|37,861|16,450|"
PROVINCE = "6903|52|จังหวัดลำปาง|0||0||0||329,658|344,443|674,101|293,051|"


def text(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def test_the_sample_reads_as_reviewed() -> None:
    made = batch(SOURCE, sample(SOURCE))
    assert (made.series, made.period_start, made.period_end) == ("province/52", date(2026, 2, 1), date(2026, 2, 28))
    shown = made.rows.select(
        "place_ref", "place_code", "place_name", "native_place_level", "male", "female", "total", "houses"
    )
    assert shown.head(3).rows() == [
        ("52", "52", "จังหวัดลำปาง", "province", 19500, 20409, 39909, 17340),
        ("52/5202", "5202", "อำเภอแม่เมาะ", "registrar", 18492, 19369, 37861, 16450),
        ("52/5202/520201", "520201", "บ้านดง", "tambon", 3390, 3540, 6930, 3011),
    ]
    assert made.rows.filter(pl.col("native_place_level") == "village").height == 44
    assert made.rows["interval_start_at"][0] == local("2026-02-01 0:00")
    assert made.rows["interval_end_at"][0] == local("2026-02-28 24:00")
    assert broken(SOURCE, made, scan=True) == {}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp874"])
def test_utf8_with_a_mark_and_windows_874_read_alike(encoding: str) -> None:
    data = text(feed.HEADER, PROVINCE, VILLAGE).decode().encode(encoding)
    assert claims(SOURCE, data)
    made = batch(SOURCE, data)
    assert made.rows["place_name"].to_list() == ["จังหวัดลำปาง", "หมู่ที่ 1"]


def test_the_header_line_may_be_missing() -> None:
    with_header, without = batch(SOURCE, text(feed.HEADER, TAMBON)), batch(SOURCE, text(TAMBON))
    assert with_header.rows.drop("cell").equals(without.rows.drop("cell"))
    assert (with_header.rows["cell"][0], without.rows["cell"][0]) == ("2", "1")


def test_codes_stay_text_and_zero_means_a_total() -> None:
    made = batch(SOURCE, text(PROVINCE, OFFICE, TAMBON, VILLAGE))
    shown = made.rows.select("native_place_level", "registrar_code", "tambon_code", "village_code").rows()
    assert shown == [
        ("province", None, None, None),
        ("registrar", "5202", None, None),
        ("tambon", "5202", "520201", None),
        ("village", "5202", "520201", "52020101"),
    ]
    assert made.rows.schema["village_code"] == pl.String


def test_leading_zeros_of_codes_survive() -> None:
    line = VILLAGE.replace("|52|", "|05|").replace("|5202|", "|0502|").replace("520201", "050201")
    made = batch(SOURCE, text(line))
    assert made.rows.select("province_code", "village_code").row(0) == ("05", "05020101") and broken(SOURCE, made) == {}


def test_a_tambon_shared_with_a_municipality_has_a_line_for_each_registrar() -> None:
    municipal = (
        TAMBON.replace("5202|อำเภอแม่เมาะ", "5297|ท้องถิ่นเทศบาลตำบลแม่เมาะ")
        .replace("6,930", "6,931")
        .replace("3,540", "3,541")
    )
    made = batch(SOURCE, text(TAMBON, municipal))
    assert made.rows["place_code"].to_list() == ["520201", "520201"] and made.rows["place_ref"].n_unique() == 2
    assert broken(SOURCE, made) == {}


def test_numbers_with_thousands_commas_add_up_or_are_quarantined() -> None:
    made = batch(SOURCE, text(TAMBON, VILLAGE.replace("|810|", "|811|")))
    assert made.rows["total"].to_list() == [6930, 811] and broken(SOURCE, made) == {"sexes_add_up": ["2"]}


def test_a_village_of_another_tambon_is_quarantined() -> None:
    made = batch(SOURCE, text(VILLAGE.replace("52020101", "52020301"), VILLAGE.replace("52020101", "5202011")))
    assert broken(SOURCE, made)["codes_nest"] == ["1", "2"]


def test_villages_hold_no_more_people_than_their_tambon() -> None:
    made = batch(SOURCE, text(TAMBON, VILLAGE.replace("|400|410|810|", "|4,000|4,000|8,000|")))
    assert broken(SOURCE, made) == {"villages_make_the_tambon": ["1"]}


@settings(max_examples=60)
@given(st.integers(36, 99), st.integers(1, 12))
def test_two_digits_are_a_year_of_the_buddhist_era(year: int, month: int) -> None:
    assert month_of(f"{year:02d}{month:02d}") == (2500 + year - 543, month)
    assert feed.yymm((2500 + year - 543, month)) == f"{year:02d}{month:02d}"


@pytest.mark.parametrize("yymm", ["6913", "6900", "1912", "0001"])
def test_a_month_that_is_none_and_a_year_of_another_era_are_refused(yymm: str) -> None:
    with pytest.raises(Refusal) as caught:
        month_of(yymm)
    assert caught.value.rule == "year_unclear"
    assert refused(SOURCE, text(TAMBON.replace("6903", yymm))).rule == "year_unclear"


# ── the layout without codes ──────────────────────────────────────────────────────────────────────────────────────────


def ages(*lines: tuple[str, int, int, int]) -> bytes:
    made = "\n".join(f"{name}|1|2|3|4|{male}|{female}|{total}|" for name, male, female, total in lines)
    return b"\xef\xbb\xbf" + made.encode()


def test_names_find_their_codes_inside_their_district() -> None:
    """แม่เมาะ is a district and a tambon; แม่ทะ is both as well."""
    data = ages(
        ("จังหวัดลำปาง", 10, 12, 22),
        ("อำเภอแม่เมาะ", 5, 6, 11),
        ("ตำบลแม่เมาะ", 2, 3, 5),
        ("อำเภอแม่ทะ", 5, 6, 11),
        ("ตำบลแม่ทะ", 3, 3, 6),
        ("ตำบลไม่มีจริง", 1, 1, 2),
    )
    assert claims(SOURCE, data)
    made = batch(SOURCE, data, AGES)
    assert made.rows.select("place_code", "native_place_level").rows() == [
        ("52", "province"),
        ("5202", "district"),
        ("520204", "tambon"),
        ("5210", "district"),
        ("521001", "tambon"),
        (None, "tambon"),
    ]
    assert made.rows["tambon_code"].to_list() == [None, None, "520204", None, "521001", None]
    assert made.rows["place_ref"][2] == "52/อำเภอแม่เมาะ/ตำบลแม่เมาะ" and broken(SOURCE, made) == {}


def test_the_last_three_numbers_are_read_and_the_ages_are_not() -> None:
    made = batch(SOURCE, ages(("จังหวัดลำปาง", 10, 12, 22)), AGES)
    assert made.rows.select("male", "female", "total", "houses").rows() == [(10, 12, 22, None)]


def test_the_month_stands_in_the_file_name_alone() -> None:
    made = batch(SOURCE, ages(("จังหวัดลำปาง", 10, 12, 22)), "6712cc52.txt")
    assert (made.layout, made.period_start, made.period_end) == ("ages", date(2024, 12, 1), date(2024, 12, 31))
    assert refused(SOURCE, ages(("จังหวัดลำปาง", 10, 12, 22)), "population.txt").rule == "month_missing"


def test_a_tambon_under_a_municipality_is_found_when_its_name_is_unique() -> None:
    data = ages(("ท้องถิ่นเทศบาลตำบลแม่เมาะ", 2, 3, 5), ("ตำบลสบป้าด", 1, 1, 2), ("ตำบลแม่เมาะ", 1, 2, 3))
    made = batch(SOURCE, data, AGES)
    assert made.rows["place_code"].to_list() == [None, "520205", "520204"]
    assert made.rows["native_place_level"][0] == "municipality"


# ── what cannot be taken ──────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_of_another_length_are_refused_with_their_number() -> None:
    refusal = refused(SOURCE, text(feed.HEADER, TAMBON, "6903|52|จังหวัดลำปาง|1|2|3|"))
    assert (refusal.rule, refusal.cell) == ("malformed_line", "3")
    assert refused(SOURCE, ages(("จังหวัดลำปาง", 1, 1, 2)) + "\nสรุป|1|".encode(), AGES).rule == "malformed_line"
    longer = refused(SOURCE, text(TAMBON + "7|"))
    assert longer.rule == "malformed_line" and "14" in longer.reason_en


def test_words_in_the_place_of_numbers() -> None:
    made = batch(SOURCE, text(TAMBON, VILLAGE, PROVINCE, OFFICE.replace("16,450", "ไม่มี")))
    assert broken(SOURCE, made) == {"readable": ["4"]}
    lines = [VILLAGE.replace("|400|", "|สี่ร้อย|").replace("0101|", f"01{n:02d}|") for n in range(1, 5)]
    assert refused(SOURCE, text(*lines)).rule == "type_flip"


def test_a_header_alone_and_an_empty_text_are_no_data() -> None:
    assert no_data(SOURCE, text(feed.HEADER)).reason_en and no_data(SOURCE, b"\xef\xbb\xbf\r\n").reason_th


def test_other_text_is_not_claimed() -> None:
    assert not any(claims(SOURCE, data) for data in (b"a,b\n1,2", b"a|b\n1|2", b"{}", "จังหวัด,ปี\nลำปาง,1".encode()))


def test_every_file_of_the_feed_is_taken_and_the_two_layouts_agree() -> None:
    totals: dict[date, set[int]] = {}
    for path, data in feed.deliveries(WORLD):
        [made] = batches(SOURCE, data, path)
        assert broken(SOURCE, made) == {}
        whole = made.rows.filter(pl.col("native_place_level") == "province")["total"].item()
        totals.setdefault(made.period_start, set()).add(whole)
    assert len(totals) == 2 and all(len(found) == 1 for found in totals.values())
