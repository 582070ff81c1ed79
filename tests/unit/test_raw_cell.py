"""The text of a cell is found again in the delivered bytes, with what its row and its column are called there."""

from __future__ import annotations

from datetime import date

from assets.readers.raw_cell import RawCell, raw_cells
from assets.readers.workbook import open_workbook
from simulator.egat import GridSpec
from simulator.egat.traps import CLEAN


def test_a_cell_of_a_workbook_with_its_day_and_its_hour() -> None:
    data = GridSpec("RH", "EGAT-09", date(2019, 3, 1), 12, traps=CLEAN).build().data
    sheet = open_workbook(data).sheets[0].name
    found = raw_cells(data, "RH/x.xlsx", {(sheet, "C14"), (sheet, "A1"), (sheet, "A999"), ("no such sheet", "A1")})
    assert set(found) == {(sheet, "C14"), (sheet, "A1")}
    day, hour = found[sheet, "C14"].beside.split(" · ")
    assert "2562" in day and hour == "2"
    assert float(found[sheet, "C14"].text) > 0


def test_a_line_of_a_text_and_a_field_of_a_record() -> None:
    text = b"day,price\n2026-01-01,31.5\n2026-01-02,abc\n"
    assert raw_cells(text, "x.csv", {("csv", "3")}) == {("csv", "3"): RawCell("2026-01-02,abc", "day,price")}
    answer = b'{"meta": [{"page": 1}], "data": [{"PM25": {"value": "-"}}, {"PM25": {"value": "1e9"}}]}'
    assert raw_cells(answer, "x.json", {("r", "1.PM25.value"), ("r", "7")}) == {
        ("r", "1.PM25.value"): RawCell("1e9", "PM25.value")
    }


def test_bytes_that_cannot_be_opened_show_nothing() -> None:
    assert raw_cells(b"PK\x03\x04 cut", "x.xlsx", {("s", "A1")}) == {}
    assert raw_cells(b"", "x.xlsx", {("s", "A1")}) == {}
