"""Every delivery ends in a result, a refusal or a no-data notice; nothing else escapes, whatever the bytes are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import assets.sources
from assets.readers import document
from assets.readers.result import Batch, NoData, Parsed, Refusal
from assets.readers.route import parse_delivery, parsers
from tests.unit.readers_books import PHP_ERROR, Formula, days, edit, hourly, xlsx

SOUND = xlsx(("Bansoppad", hourly(days(date(2009, 1, 1), 3))))


def outcome(data: bytes, path: str = "SO2 2009/Bansoppad.xlsx") -> Parsed | Refusal | NoData:
    try:
        return parse_delivery("egat", data, path)
    except (Refusal, NoData) as plain:
        assert plain.reason_en and plain.reason_th
        return plain


def test_every_source_of_a_partner_has_its_parser_or_is_read_as_declared() -> None:
    folders = {path.parent.name for path in Path(assets.sources.__path__[0]).glob("egat_*/contract.yml")}
    assert set(parsers("egat")) == folders >= {"egat_ambient", "egat_weather", "egat_stack", "egat_renewable"}
    assert all(parser.PARSER_VERSION for parser in parsers("egat").values())
    assert parsers("nobody") == {}


def test_a_workbook_of_another_partner_is_not_recognised() -> None:
    with pytest.raises(Refusal) as caught:
        parse_delivery("gistda", SOUND, "x.xlsx")
    assert caught.value.rule == "unrecognised" and caught.value.source_id is None


def test_an_unknown_table_shows_what_was_seen() -> None:
    refusal = outcome(xlsx(("Data", [["province", "visitors"], ["ลำปาง", 12]])))
    assert isinstance(refusal, Refusal) and refusal.rule == "unrecognised"
    assert "province" in refusal.reason_en and "province" in refusal.reason_th


def test_headers_that_were_never_calculated_are_explained() -> None:
    rows = [["SO2 Station no.9 บ้านสบป้าด"], ["Date/Time", *(Formula(f'="{h}:00"', None) for h in range(1, 25))]]
    refusal = outcome(xlsx(("x", [*rows, [date(2009, 1, 1), *[1] * 24]])))
    assert isinstance(refusal, Refusal) and refusal.rule == "unrecognised" and "24 formulas" in refusal.reason_en


def test_an_export_that_is_only_an_error_names_station_quantity_and_years() -> None:
    error = PHP_ERROR.replace("lib.php", "monthlyso2.php")
    refusal = outcome(xlsx(("สถานีตรวจอากาศหลัก", [[], [error]])), "SO2 2010-2020/สถานีตรวจอากาศหลัก.xlsx")
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.source_id, refusal.cell) == ("php_error", "egat_ambient", "A2")
    assert "Main Station" in refusal.reason_en and "SO2" in refusal.reason_en and "2010-2020" in refusal.reason_en
    assert "again" in refusal.reason_en
    by_script = outcome(xlsx(("x", [[error]])), "upload.xlsx")
    assert isinstance(by_script, Refusal) and by_script.source_id == "egat_ambient"


def test_a_workbook_that_says_no_data_is_no_data() -> None:
    notice = outcome(xlsx(("Pratupha", [["ไม่มีข้อมูลของไซต์ pc"]])), "PM10 2009-2019/Pratupha.xlsx")
    assert isinstance(notice, NoData) and notice.source_id == "egat_ambient" and "EGAT-01" in notice.reason_en
    nowhere = outcome(xlsx(("x", [["ไม่มีข้อมูลของไซต์ pc"]])), "upload.xlsx")
    assert isinstance(nowhere, NoData) and nowhere.source_id is None


def test_an_empty_workbook_is_refused() -> None:
    refusal = outcome(xlsx(("a", []), ("b", [])))
    assert isinstance(refusal, Refusal) and refusal.rule == "empty_workbook"


def test_a_fault_of_the_reader_becomes_a_refusal_that_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """Rust panics arrive as BaseException."""

    def broken(*_: object) -> Parsed:
        raise Panic("index out of bounds")

    monkeypatch.setattr(parsers("egat")["egat_ambient"], "parse", broken)
    refusal = outcome(SOUND)
    assert isinstance(refusal, Refusal) and (refusal.rule, refusal.source_id) == ("parser_error", "egat_ambient")
    assert "Panic" in refusal.reason_en and "test_parse_route.py" in refusal.reason_en


def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(document, "open_workbook", interrupted)
    with pytest.raises(KeyboardInterrupt):
        parse_delivery("egat", SOUND, "x.xlsx")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_end_in_a_plain_outcome(flips: list[tuple[int, int]]) -> None:
    data = bytearray(SOUND)
    for at, byte in flips:
        data[at] = byte
    outcome(bytes(data))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_flipped_characters_inside_a_sheet_end_in_a_plain_outcome(data: st.DataObject) -> None:
    def flip(xml: bytes) -> bytes:
        changed = bytearray(xml)
        for _ in range(data.draw(st.integers(1, 6))):
            changed[data.draw(st.integers(0, len(xml) - 1))] = data.draw(st.integers(32, 126))
        return bytes(changed)

    outcome(edit(SOUND, flip))


CELL = st.one_of(
    st.none(),
    st.sampled_from(
        ["Date/Time", "1:00", "24:00", "วันที่", "ค่า", "Year", "Month", "stack 8", "Temp", "BP", "Station Down (D)="]
    ),
    st.sampled_from(
        ["SO2 Station no.9 บ้านสบป้าด", "TEMP & BP", "ม.ค.", "ไม่มีข้อมูลของไซต์ pc", PHP_ERROR, "D", "12.5F", " "]
    ),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.integers(-5, 2600),
    st.text(st.characters(min_codepoint=32, max_codepoint=0xE5B), max_size=8),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(CELL, max_size=8), max_size=12),
    st.sampled_from(["SO2 2009/Bansoppad.xlsx", "x.xlsx", "ปล่อง/x.xlsx"]),
)
def test_any_sheet_ends_in_a_plain_outcome(rows: list[list[object]], path: str) -> None:
    result = outcome(xlsx(("x", rows)), path)
    if isinstance(result, Parsed):
        for batch in result.batches:
            assert balanced(batch)


def balanced(batch: Batch) -> bool:
    rows = batch.rows
    flagged = rows["flag"].is_not_null() & rows["value"].is_not_null()
    return (
        batch.rows_in >= rows.height > 0
        and not flagged.any()
        and bool((rows["is_valid"] == rows["value"].is_not_null()).all())
    )


def test_many_threads_give_what_one_gives() -> None:
    books = [xlsx(("x", hourly(days(date(2009, 1, 1), n), title=f"SO2 Station no.{n} บ้านสบป้าด"))) for n in range(1, 9)]
    alone = [outcome(book) for book in books]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(outcome, books))
    for one, other in zip(alone, together, strict=True):
        assert isinstance(one, Parsed) and isinstance(other, Parsed)
        assert one.batches[0].rows.equals(other.batches[0].rows)
        assert one.batches[0].findings == other.batches[0].findings
