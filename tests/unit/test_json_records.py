"""JSON → columns of text: every record of every list, in order, with what stands around it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.document import Document
from assets.readers.json_records import read_records
from assets.readers.result import Refusal

SLOWLY = settings(max_examples=40, deadline=None)  # a busy machine is no failure


def read(
    value: Any, rows: str = "", fields: tuple[str, ...] = ("a",), parent: dict[str, str] | None = None
) -> tuple[pl.DataFrame, list[str], str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return read_records(Document(text.encode(), "x.json"), rows, fields, parent or {})


def refused(value: Any, rows: str = "", fields: tuple[str, ...] = ("a",)) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(value, rows, fields)
    assert caught.value.reason_en and caught.value.reason_th
    return caught.value


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_numbers_words_and_answers_come_as_the_text_that_they_are() -> None:
    text = '[{"a": 31.5}, {"a": "31.50"}, {"a": 7}, {"a": true}, {"a": "สบป้าด"}, {"a": ""}, {"a": null}, {}]'
    frame, present, section = read(text)
    assert frame["a"].to_list() == ["31.5", "31.50", "7", "true", "สบป้าด", "", None, None]
    assert frame["cell"].to_list() == [str(i) for i in range(8)] and (present, section) == (["a"], "json")


def test_a_list_inside_objects_is_found_by_its_path() -> None:
    frame, present, section = read({"data": {"items": [{"a": 1}, {"a": 2}]}, "n": 2}, "data.items")
    assert (frame["a"].to_list(), present, section) == (["1", "2"], ["a"], "data.items")


def test_a_dotted_name_descends_into_the_record() -> None:
    value = {"features": [{"properties": {"frp": 1.5, "at": {"day": "x"}}}, {"properties": None}, {}]}
    frame, present, _ = read(value, "features", ("properties.frp", "properties.at.day"))
    assert frame["properties.frp"].to_list() == ["1.5", None, None]
    assert frame["properties.at.day"].to_list() == ["x", None, None]
    assert present == ["properties.frp", "properties.at.day", "properties"]


def test_the_lists_of_all_parents_are_read_with_their_parents() -> None:
    value = {
        "stations": [
            {"id": "37t", "at": {"lat": 18.3}, "data": [{"a": 1}, {"a": 2}]},
            {"id": "38t", "data": [{"a": 3}]},
        ]
    }
    frame, present, _ = read(value, "stations[].data", ("a",), {"station": "id", "lat": "at.lat"})
    assert frame.select("a", "station", "lat", "cell").rows() == [
        ("1", "37t", "18.3", "0"),
        ("2", "37t", "18.3", "1"),
        ("3", "38t", None, "0"),
    ]
    assert set(present) == {"a", "station", "lat"}


def test_lists_may_stand_three_deep() -> None:
    value = {"p": [{"d": [{"n": "x", "r": [{"a": 1}]}, {"n": "y", "r": []}]}, {"d": [{"n": "z", "r": [{"a": 2}]}]}]}
    frame, _, _ = read(value, "p[].d[].r", ("a",), {"n": "n"})
    assert frame.select("a", "n").rows() == [("1", "x"), ("2", "z")]


def test_the_document_around_one_list_is_its_parent() -> None:
    frame, _, _ = read({"station": {"id": "C1"}, "readings": [{"a": 1}]}, "readings", ("a",), {"id": "station.id"})
    assert frame.select("a", "id").rows() == [("1", "C1")]


@pytest.mark.parametrize(
    ("value", "rows"), [([], ""), ({"d": []}, "d"), ({"s": []}, "s[].d"), ({"s": [{"d": []}, {"d": []}]}, "s[].d")]
)
def test_a_list_that_is_there_and_empty_has_no_rows(value: Any, rows: str) -> None:
    frame, present, _ = read(value, rows)
    assert frame.height == 0 and present == [] and frame.columns == ["a", "cell"]


def test_every_name_of_the_first_records_is_told() -> None:
    _, present, _ = read([{"a": 1}, {"a": 2, "b": {"c": 1, "d": [1]}}], "", ("a",))
    assert present == ["a", "b.c", "b.d"]


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)


@SLOWLY
@given(st.lists(st.fixed_dictionaries({"a": scalars, "b": scalars}), min_size=1, max_size=15))
def test_whatever_the_records_hold_comes_back_as_text(records: list[dict[str, Any]]) -> None:
    def text(value: Any) -> str | None:
        return value if value is None or isinstance(value, str) else json.dumps(value)

    frame, present, _ = read(records, "", ("a", "b"))
    assert frame.select("a", "b").rows() == [(text(r["a"]), text(r["b"])) for r in records]
    assert set(present) == {"a", "b"}


@SLOWLY
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_its_value(value: float) -> None:
    frame, _, _ = read([{"a": value}])
    assert float(frame["a"][0]) == value


@SLOWLY
@given(st.lists(st.lists(st.integers(), max_size=4), max_size=6))
def test_no_record_of_any_parent_is_lost(lists: list[list[int]]) -> None:
    value = {"s": [{"id": i, "d": [{"a": n} for n in items]} for i, items in enumerate(lists)]}
    frame, _, _ = read(value, "s[].d", ("a",), {"id": "id"})
    assert frame.select("id", "a").rows() == [(str(i), str(n)) for i, items in enumerate(lists) for n in items]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    document = Document('[{"a": "แม่เมาะ"}]'.encode(encoding), "x.json")
    assert read_records(document, "", ["a"], {})[0]["a"].to_list() == ["แม่เมาะ"]


# ── what is none ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ['[{"a": 1}', '{"a" 1}', "[{'a': 1}]", '[{"a": 1}] and more', "[" * 20_000])
def test_what_is_no_json_is_refused_and_says_where_it_breaks(text: str) -> None:
    assert refused(text).rule == "invalid_json"


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ({"message": "no data"}, ""),
        ({"message": "no data"}, "data.items"),
        ({"data": {"items": {"0": {"a": 1}}}}, "data.items"),
        ({"data": None}, "data"),
        ({"sites": [{"data": [{"a": 1}]}]}, "stations[].data"),
        ({"stations": {"data": [{"a": 1}]}}, "stations[].data"),
        ({"stations": [{"readings": [{"a": 1}]}]}, "stations[].data"),
    ],
)
def test_a_list_that_is_not_where_it_was_agreed_is_refused_and_never_no_data(value: Any, rows: str) -> None:
    refusal = refused(value, rows)
    assert refusal.rule == "unexpected_json" and (rows.replace("[]", "") in refusal.reason_en.replace("[]", ""))


def test_parents_that_all_have_nothing_today_are_no_refusal() -> None:
    assert read({"s": [{"id": 1, "d": None}, {"id": 2, "d": []}, {"id": 3}]}, "s[].d")[0].height == 0


def test_one_parent_without_a_list_does_not_hide_the_others() -> None:
    value = {"s": [{"id": 1}, {"id": 2, "d": None}, {"id": 3, "d": [{"a": 1}]}]}
    assert read(value, "s[].d", ("a",), {"id": "id"})[0].select("id", "a").rows() == [("3", "1")]
