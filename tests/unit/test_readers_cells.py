"""A cell is a value, a flag, or blank: never two of them, and never an invented zero."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.readers.cells import LETTERS, read_cells, read_flag, read_text


def read(*texts: str | None) -> list[tuple[float | None, str | None]]:
    value, flag = read_cells(pl.Series(texts, dtype=pl.String))
    assert len(value) == len(flag) == len(texts)
    return list(zip(value.to_list(), flag.to_list(), strict=True))


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("D", "D"),
        ("959.D", "D"),
        ("000F", "F"),
        ("00F", "F"),
        (".00F", "F"),
        ("00.00D", "D"),
        ("31.33D", "D"),
        ("800D", "D"),
        ("970.C", "C"),
        ("27.51.", "."),
        ("27.", "."),
        ("12 F", "F"),
        ("-1.5F", "F"),
        ("Fail", "F"),
        ("fail", "F"),
        ("FAIL", "F"),
        ("u", "u"),
        ("U", "u"),
        ("d", "D"),
        ("-", "-"),
        ("–", "-"),
        ("+", "+"),
        ("12-", "-"),
        ("\xa0D\xa0", "D"),
        ("D.", "D"),
        ("Station Down", "D"),
        ("Calibrate", "C"),
        ("#VALUE!", "#"),
        ("#N/A", "#"),
        ("#DIV/0!", "#"),
        ("#NUM!", "#"),
    ],
)
def test_a_flagged_cell_has_its_letter_and_no_value(text: str, flag: str) -> None:
    assert read(text) == [(None, flag)]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("xyz", "XYZ"),
        ("12 mm", "MM"),
        ("1,234", "1,234"),
        ("nan", "NAN"),
        ("inf", "INF"),
        ("--", "--"),
        ("1.2.3", "1.2.3"),
        ("MM-RP1", "MM-RP1"),
        ("2009-01-04 00:00:00", "2009-01-04 00:00:00"),
        ("ไม่มี", "ไม่มี"),
        ("1e999", "1e999"),
    ],
)
def test_a_text_nobody_knows_is_passed_on_for_the_gate(text: str, flag: str) -> None:
    assert read(text) == [(None, flag)]


@pytest.mark.parametrize("text", [None, "", " ", "\xa0", "\u200b", "\t\n"])
def test_a_blank_cell_is_neither(text: str | None) -> None:
    assert read(text) == [(None, None)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4),
        ("-24.7", -24.7),
        ("0", 0),
        ("+3", 3),
        (".5", 0.5),
        ("\xa012.5\xa0", 12.5),
        ("๑๒.๕", 12.5),
        ("1E3", 1000),
    ],
)
def test_a_number_is_a_value(text: str, value: float) -> None:
    assert read(text) == [(value, None)]


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
@example(-0.0)
@example(151.03309346571936)
def test_every_number_keeps_its_value(number: float) -> None:
    assert read(repr(number)) == [(number, None)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.text(max_size=12), st.from_regex(r"-?[0-9]{0,4}\.?[0-9]{0,3} ?[A-Za-z.+#-]{0,3}")))
)
@example(["nan", "Infinity", "-inf", "1_0", "0x1", "²", "½", "１２", "٣"])
def test_any_text_is_value_or_flag_or_blank_and_nothing_is_raised(texts: list[str | None]) -> None:
    for text, (value, flag) in zip(texts, read(*texts), strict=True):
        assert value is None or flag is None
        assert value is None or math.isfinite(value)
        if text is not None and value is None and flag is None:
            assert not text.strip(" \t\r\n\u00a0\u3000\u200b\u200c\u200d\ufeff")


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 9999), st.integers(0, 99), st.sampled_from("DFACBPOu"), st.sampled_from(["{}{}", "{}.{}", "{} {}"])
)
def test_a_glued_letter_makes_the_number_no_value(whole: int, cents: int, letter: str, form: str) -> None:
    number = f"{whole:03d}.{cents:02d}" if "." not in form else f"{whole:03d}"
    assert read(form.format(number, letter)) == [(None, letter)]


def test_odd_cells_do_not_disturb_their_neighbours() -> None:
    texts = ["1", "D", None, "2.5", "000F", " ", "3"] * 200
    assert (
        read(*texts) == [(1, None), (None, "D"), (None, None), (2.5, None), (None, "F"), (None, None), (3, None)] * 200
    )


def test_known_letters_come_back_in_their_own_case() -> None:
    assert {read_flag(letter.swapcase()) for letter in LETTERS} == set(LETTERS.values())
    assert read_text("u") == (None, "u")
