"""Opening a workbook: every cell at its real address, with its exact text."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest

from assets.readers import sheet_xml
from assets.readers.result import Refusal
from assets.readers.sheet_xml import address, column_letters, column_number
from assets.readers.workbook import Sheet, open_workbook
from tests.unit.readers_books import HOURS_TIME, Formula, edit, xlsx


def only(data: bytes) -> Sheet:
    (sheet,) = open_workbook(data).sheets
    return sheet


def test_addresses_are_those_of_excel() -> None:
    letters = {0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA", 16383: "XFD"}
    assert {n: column_letters(n) for n in letters} == letters
    assert all(column_number(column_letters(n)) == n for n in range(0, 16384, 7))
    assert address(2, 1) == "B3"


@pytest.mark.parametrize(("row", "column"), [(0, 0), (0, 3), (4, 0), (7, 2), (30, 27)])
def test_leading_empty_rows_and_columns_do_not_shift_addresses(row: int, column: int) -> None:
    rows = [[] for _ in range(row)] + [[None] * column + ["here", "beside"], [None] * (column + 1) + [7]]
    sheet = only(xlsx(("x", rows)))
    assert sheet.row(row)[column : column + 2] == ("here", "beside")
    assert sheet.row(row + 1)[column + 1] == "7"
    assert sum(text is not None for line in sheet.rows(0, sheet.height) for text in line) == 3


def test_styled_empty_cells_on_the_left_do_not_count_as_cells() -> None:
    data = xlsx(("x", [[None, None, "here"]]))
    data = edit(data, lambda xml: xml.replace(b'<c r="C1"', b'<c r="A1"/><c r="B1" s="0"><f>1</f></c><c r="C1"'))
    assert only(data).row(0)[2] == "here"


@pytest.mark.parametrize(
    "text", ["151.03309346571936", "15.579999999999998", "1e-12", "0.30000000000000004", "123456.123456789"]
)
def test_numbers_keep_every_digit(text: str) -> None:
    """The reader prints nine decimals; the shortest text that gives the same number is wanted."""
    data = edit(xlsx(("x", [["a", 5.25, 4]])), lambda xml: xml.replace(b"<v>5.25</v>", f"<v>{text}</v>".encode()))
    written = only(data).row(0)[1]
    assert written == text and float(written) == float(text)


def test_float_noise_of_the_file_is_not_digits() -> None:
    """Excel writes 17 digits: 19.670000000000002 is the same number as 19.67, 15.579999999999999 is not 15.58."""
    row = only(
        edit(
            xlsx(("x", [["a", 5.25, 6.25]])),
            lambda xml: xml.replace(b"5.25", b"19.670000000000002").replace(b"6.25", b"15.579999999999999"),
        )
    ).row(0)
    assert row == ("a", "19.67", "15.579999999999998")


def test_texts_come_as_written() -> None:
    cells = ["4", "000F", " ", "\xa01 มกราคม 2552\xa0", "27.51.", "#VALUE!"]
    assert only(xlsx(("x", [cells]))).row(0) == tuple(cells)


def test_dates_and_times_have_one_form() -> None:
    row = only(xlsx(("x", [[date(2009, 1, 1), *HOURS_TIME]]))).row(0)
    assert row[0] == "2009-01-01 00:00:00"
    assert row[1] == "1899-12-31 01:00:00" and row[24] == "1900-01-01 00:00:00"


def test_error_cells_show_their_error() -> None:
    sheet = only(xlsx(("x", [["a", Formula("=1/0", "#DIV/0!"), Formula("=NA()", "#N/A"), 't="e"']])))
    assert sheet.row(0) == ("a", "#DIV/0!", "#N/A", 't="e"')
    assert not sheet.uncached


def test_an_error_like_text_inside_a_text_stays() -> None:
    data = edit(
        xlsx(("x", [["a", "b"]])),
        lambda xml: re.sub(rb'<c r="B1"[^>]*><v>1</v></c>', b'<c r="B1" t="inlineStr"><is><t>t="e"</t></is></c>', xml),
    )
    assert only(data).row(0) == ("a", 't="e"')


def test_formulas_count_with_their_cached_value_and_are_told_without() -> None:
    sheet = only(xlsx(("x", [["a", Formula("=1+1", 2), Formula("=1+2", None)], [3, Formula("=9", None), 4]])))
    assert sheet.row(0)[:2] == ("a", "2") and sheet.row(1) == ("3", None, "4")
    assert sheet.uncached == {(0, 2), (1, 1)}


def test_empty_value_tags_are_no_values() -> None:
    """openpyxl writes <v/> for a formula; Excel t="str" and an empty <v> for one whose result is the empty text."""
    cells = b'<c r="B1"><f>1+1</f><v/></c><c r="C1" t="str"><f>""</f><v></v></c>'
    data = edit(xlsx(("x", [["a"]])), lambda xml: xml.replace(b"</row>", cells + b"</row>"))
    assert only(data).uncached == {(0, 1)}


def test_sheets_keep_their_order_and_hidden_and_empty_ones_are_there() -> None:
    book = open_workbook(xlsx(("b", [["x"]]), ("a", []), ("c", [[1]]), hidden=["c"]))
    assert [(s.name, s.height, s.is_hidden) for s in book.sheets] == [("b", 1, False), ("a", 0, False), ("c", 1, True)]


def test_a_namespace_prefix_is_no_obstacle() -> None:
    def prefixed(xml: bytes) -> bytes:
        xml = re.sub(rb"<(/?)([a-z])", rb"<\1x:\2", xml)
        return xml.replace(b' xmlns="', b' xmlns:x="')

    sheet = only(edit(xlsx(("x", [[None, "here"], [None, Formula("=1", None)]])), prefixed))
    assert sheet.row(0)[1] == "here" and sheet.uncached == {(1, 1)}


def test_a_hundred_thousand_empty_rows_are_no_rows() -> None:
    empty = b"".join(
        b'<row r="%d" ht="20"><c r="A%d" s="0"/><c r="Y%d" s="0"/></row>' % (r, r, r) for r in range(3, 100_003)
    )
    data = edit(xlsx(("x", [["a"], [1]])), lambda xml: xml.replace(b"</sheetData>", empty + b"</sheetData>"))
    assert only(data).height == 2


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZ900000"])
def test_a_stray_cell_far_away_is_refused_before_it_costs_memory(cell: str) -> None:
    row = re.sub(r"\D", "", cell)
    far = f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>'.encode()
    data = edit(xlsx(("x", [["a"]])), lambda xml: xml.replace(b"</sheetData>", far + b"</sheetData>"))
    with pytest.raises(Refusal) as caught:
        open_workbook(data)
    assert caught.value.rule == "too_large" and caught.value.sheet == "x" and cell in caught.value.reason_en


def test_a_long_narrow_sheet_is_not_too_large() -> None:
    row = b'<row r="1048576"><c r="B1048576"><v>1</v></c></row>'
    data = edit(xlsx(("x", [["a"]])), lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))
    assert only(data).height == 1_048_576


def test_too_many_sheets_are_refused() -> None:
    with pytest.raises(Refusal, match="too_large"):
        open_workbook(xlsx(*((f"s{i}", []) for i in range(101))))


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda xml: xml.replace(b'r="A1"', b'r="1A"'),
        lambda xml: xml.replace(b"<v>0</v>", b"<v>99999</v>"),
    ],
)
def test_corrupt_sheets_are_refused_not_raised(change: object) -> None:
    with pytest.raises(Refusal) as caught:
        open_workbook(edit(xlsx(("x", [["a", 1]])), change))  # type: ignore[arg-type]
    assert caught.value.rule == "corrupt_xml"


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_corrupt_parts_are_refused_not_raised(part: str) -> None:
    with pytest.raises(Refusal) as caught:
        open_workbook(edit(xlsx(("x", [["a", 1]])), lambda xml: xml[: len(xml) // 2], part))
    assert caught.value.rule == "corrupt_xml"


def test_a_missing_sheet_part_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(("x", [["a"]])))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if "worksheets" not in name:
                new.writestr(name, old.read(name))
    with pytest.raises(Refusal, match=r"sheet1\.xml"):
        open_workbook(buffer.getvalue())


def test_the_quick_bound_becomes_exact_when_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_xml, "MAX_GRID_CELLS", 10)
    data = xlsx(("x", [["a", "b"], [1, 2], [3, 4]]))
    assert only(data).height == 3
    with pytest.raises(Refusal, match="too_large"):
        open_workbook(xlsx(("x", [["a"] * 4] * 3)))
