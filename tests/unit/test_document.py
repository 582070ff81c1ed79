"""What a delivery is, whatever its name says; and its text, whatever its encoding."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.readers.document import HEAD_BYTES, Document
from assets.readers.pulled import Pulled, pulled, pulled_path
from assets.readers.result import Refusal

SLOWLY = settings(deadline=None)  # a busy machine is no failure

THAI = "วันที่,สถานี\n2026-03-20,บ้านสบป้าด\n"


def xlsx() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("ข้อมูล")
        sheet.write_row(1, 1, ["สถานี", 31.5, True])
    return out.getvalue()


def xls() -> bytes:
    out, book = io.BytesIO(), xlwt.Workbook()
    sheet = book.add_sheet("ข้อมูล")
    for column, value in enumerate(["สถานี", 31.5, True], 1):
        sheet.write(1, column, value)
    book.save(out)
    return out.getvalue()


def zipped(name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("empty", lambda: b""),
    "blanks": ("empty", lambda: b" \r\n\t"),
    "a workbook": ("xlsx", xlsx),
    "an old workbook": ("xls", xls),
    "an archive": ("zip", zipped),
    "a cut workbook": ("xlsx", lambda: xlsx()[:200]),
    "another OLE file": ("binary", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "a picture with places": ("tiff", lambda: b"II*\0" + bytes(100)),
    "a big picture, other end": ("tiff", lambda: b"MM\0+" + bytes(100)),
    "an object": ("json", lambda: b'{"a": 1}'),
    "a list behind a mark": ("json", lambda: b"\xef\xbb\xbf\r\n [1]"),
    "a page": ("html", lambda: b"<!DOCTYPE html><html><body>x</body></html>"),
    "a page without a type": ("html", lambda: b"  <HTML><head></head>"),
    "a page that says it is XML": ("html", lambda: b'<?xml version="1.0"?><html xmlns="x"><body/></html>'),
    "a piece of a page": ("html", lambda: b"<div>down for maintenance</div>"),
    "XML": ("xml", lambda: b'<?xml version="1.0"?><Root><a/></Root>'),
    "XML without a line about itself": ("xml", lambda: b"<Stations><No>48328</No></Stations>"),
    "XML whose elements begin like those of pages": (
        "xml",
        lambda: b"<Root><Header>x</Header><Brand>PTT</Brand><Tables/><Division/><BodyMass/></Root>",
    ),
    "XML of feeds, with titles": (
        "xml",
        lambda: b'<?xml version="1.0"?><rss><channel><title>x</title></channel></rss>',
    ),
    "SOAP": ("xml", lambda: b'<soap:Envelope xmlns:soap="x"><soap:Body/></soap:Envelope>'),
    "a table": ("text", lambda: b"a,b\r\n1,2\r\n"),
    "a table in Thai": ("text", lambda: THAI.encode()),
    "a table in Thai Windows": ("text", lambda: THAI.encode("cp874")),
    "a table in UTF-16": ("text", lambda: THAI.encode("utf-16")),
    "bytes": ("binary", lambda: bytes(range(256))),
    "controls without zeros": ("binary", lambda: b"\1\2\3\4\5abc" * 50),
    "a text filled up with zeros": ("binary", lambda: b"a,b\n" + b"1,2\n" * 3_000 + b"\0" * 100),
}


@pytest.mark.parametrize("what", KINDS)
def test_the_bytes_say_what_it_is_whatever_the_name_says(what: str) -> None:
    kind, make = KINDS[what]
    for name in ("x.xlsx", "x.csv", "x", "x.json"):
        assert Document(make(), name).kind == kind


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_thai_is_read_in_every_encoding_that_partners_use(encoding: str) -> None:
    assert Document(THAI.encode(encoding), "x.csv").text == THAI


thai = st.text(st.characters(codec="cp874", exclude_categories=["Cc"]), min_size=1).filter(lambda text: text.strip())


@SLOWLY
@given(thai, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_thai_text_comes_back_as_it_was_written(text: str, encoding: str) -> None:
    assert Document(f"ก,{text}".encode(encoding), "x.csv").text == f"ก,{text}"


@SLOWLY
@given(st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E3A), min_size=1))
def test_words_in_thai_windows_come_back_as_they_were_written(words: str) -> None:
    assert Document(f"ก,{words}\n".encode("cp874"), "x.csv").text == f"ก,{words}\n"


def test_a_letter_on_the_border_of_what_is_looked_at_harms_nothing() -> None:
    text = "a" * (HEAD_BYTES - 1) + "ก" * 100
    document = Document(text.encode(), "x.csv")
    assert (document.kind, document.text, document.encoding) == ("text", text, "utf-8-sig")


@pytest.mark.parametrize("what", ["a workbook", "an archive", "bytes", "a picture with places"])
def test_what_is_no_text_is_refused_as_text(what: str) -> None:
    with pytest.raises(Refusal) as refused:
        _ = Document(KINDS[what][1](), "x.csv").text
    assert refused.value.rule == "not_text" and KINDS[what][0] in refused.value.reason_th


def test_json_is_parsed_and_what_is_none_is_refused_with_the_place_and_its_beginning() -> None:
    assert Document('\ufeff{"ก": [1.5]}'.encode(), "x").json == {"ก": [1.5]}
    with pytest.raises(Refusal) as refused:
        _ = Document(b'{"a": [1, 2', "x").json
    assert refused.value.rule == "invalid_json"
    assert '“{"a": [1, 2”' in refused.value.reason_en and "column" in refused.value.reason_th


def test_json_nested_beyond_measure_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        _ = Document(b"[" * 200_000, "x").json
    assert refused.value.rule == "invalid_json"


# ── grids ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_grid_begins_at_a1_and_has_python_values(make: Callable[[], bytes]) -> None:
    grid = Document(make(), "x").grids["ข้อมูล"]
    assert grid[1][1:] == ["สถานี", 31.5, True] and grid[0] == [""] * 4 and grid[1][0] == ""


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_damaged_workbook_is_refused_and_never_a_crash(make: Callable[[], bytes]) -> None:
    data = make()
    for size in (60, len(data) // 2, len(data) - 30):
        with pytest.raises(Refusal):
            _ = Document(data[:size], "x").grids


# ── where it came from ────────────────────────────────────────────────────────────────────────────────────────────────

AT = datetime(2026, 3, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize("is_synthetic", [True, False])
def test_the_path_of_an_answer_says_what_it_answers(is_synthetic: bool) -> None:
    path = pulled_path("pcd_air4thai", date(2026, 3, 20), AT, 12, "latest_37t", 200, "json", is_synthetic)
    assert ("synthetic" in path) == is_synthetic
    document = Document(b"{}", path)
    assert document.pulled == Pulled("pcd_air4thai", date(2026, 3, 20), "latest_37t", 200)
    assert (document.source_id, document.label) == ("pcd_air4thai", "latest_37t")


@pytest.mark.parametrize(
    "path",
    [
        "x.json",
        "pulled/pcd_air4thai/2026-03-20/x.json",
        "my/pulled/pcd_air4thai/2026-03-20/20260320T020000Z-001-latest.200.json",
        "pulled/PCD/2026-03-20/20260320T020000Z-001-latest.200.json",
    ],
)
def test_what_a_partner_dropped_answers_nothing(path: str) -> None:
    assert pulled(path) is None and Document(b"{}", path).source_id is None and Document(b"{}", path).label == ""


def test_a_day_that_does_not_exist_is_no_answer_s() -> None:
    assert pulled("pulled/pcd_air4thai/2026-02-30/20260320T020000Z-001-latest.200.json") is None
