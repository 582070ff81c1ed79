"""The scan for personal data: whatever a source promises, nobody's id, telephone or e-mail gets past the gate."""

from __future__ import annotations

import functools

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.personal import is_citizen_id, personal_rule
from tests.gate.records import flagged, held, judge, put, sessions

SLOWLY = settings(max_examples=40, deadline=None)  # a busy machine is no failure

RULE = personal_rule({"words": "true"})


@functools.cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def found(*words: str | None) -> list[int]:
    """Positions of the texts that the scan calls personal."""
    texts = pl.DataFrame({"words": words, "row_id": range(len(words))}, schema={"words": pl.Utf8, "row_id": pl.Int64})
    conn = connection()
    conn.register("texts", texts.with_columns(batch_id=pl.lit("b")).to_arrow())
    query = RULE.kwargs["unexpected_rows_query"].replace("{table}", "texts")
    return sorted(row for _, row in conn.execute(query).fetchall())


@st.composite
def citizen_ids(draw: st.DrawFn) -> str:
    """13 digits with the right check digit."""
    digits = [draw(st.integers(1, 8)), *draw(st.lists(st.integers(0, 9), min_size=11, max_size=11))]
    total = sum((13 - i) * digit for i, digit in enumerate(digits))
    return "".join(map(str, digits)) + str((11 - total % 11) % 10)


def dashed(number: str) -> str:
    return "-".join((number[0], number[1:5], number[5:10], number[10:12], number[12]))


# ── citizen ids ───────────────────────────────────────────────────────────────────────────────────────────────────────


@SLOWLY
@given(citizen_ids(), st.sampled_from(["{}", "id {}", "เลข {} ครับ", "({})", "{},", "ก{}"]))
def test_a_citizen_id_is_found_wherever_it_stands(number: str, around: str) -> None:
    assert is_citizen_id(number) and is_citizen_id(dashed(number))
    assert found(around.format(number), around.format(dashed(number))) == [0, 1]


@SLOWLY
@given(citizen_ids(), st.integers(1, 9))
def test_another_check_digit_is_no_citizen_id(number: str, more: int) -> None:
    other = number[:12] + str((int(number[12]) + more) % 10)
    assert not is_citizen_id(other)
    assert found(other, dashed(other)) == []


@SLOWLY
@given(citizen_ids(), st.integers(0, 11), st.integers(1, 9))
def test_one_mistyped_digit_is_found_out_by_the_check(number: str, position: int, more: int) -> None:
    digits = list(number)
    digits[position] = str((int(digits[position]) + more) % 10)
    other = "".join(digits)
    # the sum is taken modulo 11 and shown as one digit: two of the eleven remainders look alike
    same = sum((13 - i) * int(d) for i, d in enumerate(number[:12])) % 11 % 10
    now = sum((13 - i) * int(d) for i, d in enumerate(other[:12])) % 11 % 10
    assert is_citizen_id(other) == (same == now)
    assert found(other) == ([0] if same == now and other[0] in "12345678" else [])


@SLOWLY
@given(citizen_ids())
def test_an_id_behind_a_figure_that_only_looks_like_one_is_found(number: str) -> None:
    other = number[:12] + str((int(number[12]) + 1) % 10)
    assert found(f"{other} {number}", f"{dashed(other)} {dashed(number)}", f"{other} {dashed(number)}") == [0, 1, 2]


@SLOWLY
@given(st.text(alphabet="0123456789", max_size=20).filter(lambda text: len(text) != 13))
def test_only_thirteen_digits_are_an_id(text: str) -> None:
    assert not is_citizen_id(text)


# ── telephones and e-mail ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "0812345678",
        "081-234-5678",
        "081-2345678",
        "081 234 5678",
        "08-1234-5678",
        "+66812345678",
        "+66 81-234-5678",
        "โทร 0912345678 ครับ",
        "โทร.0612345678",
        "โทร0612345678ครับ",
        "somchai.j@example.co.th",
        "ติดต่อ a+b@x.org",
        "<somchai_1@mail-x.example.com>",
    ],
)
def test_telephones_and_addresses_are_found(words: str) -> None:
    assert found(words, None, "สบป้าด") == [0]


@pytest.mark.parametrize(
    "words",
    [
        *("", "-", "N/A", "31.5", "1,234.56", "-0.8123456", "08.1234", "2026-03-20 08:12:34", "20/03/2569"),
        *("081234567", "08123456789", "1812345678", "0012345678"),  # too short, too long, no such prefix
        *(
            "18.3361452, 99.7512345",
            "18.0812345678, 99.0912345678",
            "520204",
            "4101701",
            "SYN-0000012",
            "37t",
            "MM-08..MM-14",
        ),
        *("1774000000000", "20260320093000", "9101700230708"),  # milliseconds, a time, no id begins with 9
        *("me@home", "@maemoh", "pm2.5 @ 08:00", "a@b.c"),
    ],
)
def test_figures_codes_and_names_are_not_called_personal(words: str) -> None:
    assert found(words) == []


@SLOWLY
@given(st.lists(st.floats(-1e5, 1e5, allow_nan=False), min_size=1, max_size=20), st.integers(0, 6))
def test_rows_of_figures_are_not_called_personal(figures: list[float], digits: int) -> None:
    assert found(*(f"{figure:.{digits}f}" for figure in figures), " ".join(f"{f:.2f}" for f in figures)) == []


# ── in the gate ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("column", ["charger", "remark", "raw_value"])
def test_a_batch_with_a_person_in_it_is_refused_and_the_others_are_not(column: str) -> None:
    three = pl.concat([sessions(), sessions(batch_id="b2"), sessions(batch_id="b3")])
    verdict = judge(put(three, 7, "b2", **{column: "โทร 081-234-5678"}))
    assert {batch: rule.id for batch, rule in verdict.refused.items()} == {"b2": "no_personal_data"}
    assert held(verdict) == set() and flagged(verdict, "no_personal_data", "b1") == 0


def test_what_was_found_is_not_shown_in_the_reason() -> None:
    verdict = judge(put(sessions(), 7, remark="1101700230708"))
    (rule,) = verdict.refused.values()
    assert "1101700230708" not in rule.reason_en + rule.reason_th
    assert "personal data" in rule.reason_en and "ข้อมูลส่วนบุคคล" in rule.reason_th


def test_a_person_who_stands_in_many_rows_is_found_once() -> None:
    frame = sessions().with_columns(remark=pl.lit("a@example.org"))
    assert flagged(judge(frame), "no_personal_data") == 1
