"""G0: bytes that are no sound workbook are refused with a plain reason in both languages, and cost little memory."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from assets.readers import archive
from assets.readers.archive import read_parts
from assets.readers.result import Refusal
from tests.unit.readers_books import xlsx

SOUND = xlsx(("x", [["hello", 1]]))


def refused(data: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_parts(data)
    refusal = caught.value
    assert refusal.reason_en and any("\u0e00" <= letter <= "\u0e7f" for letter in refusal.reason_th)
    return refusal


def ole(*names: str) -> bytes:
    return archive.OLE_MAGIC + b"\0" * 600 + b"".join(name.encode("utf-16-le") + b"\0\0" for name in names)


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members.items():
            book.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def test_a_sound_workbook_gives_its_parts() -> None:
    parts = read_parts(SOUND)
    assert b"<sheetData>" in parts["xl/worksheets/sheet1.xml"]
    assert "docProps/core.xml" not in parts


def test_an_empty_file_is_named_as_such() -> None:
    assert refused(b"").rule == "empty_file"


def test_a_web_page_named_xlsx_shows_its_title() -> None:
    page = b"\xef\xbb\xbf\r\n<!DOCTYPE html><html><head><title>504 Gateway\n Time-out</title></head><body>x</body>"
    refusal = refused(page)
    assert refusal.rule == "not_xlsx"
    assert "504 Gateway Time-out" in refusal.reason_en and "504 Gateway Time-out" in refusal.reason_th


def test_a_web_page_without_title_shows_its_first_words() -> None:
    assert "Fatal error" in refused(b"<br />\n<b>Fatal error</b>: no memory").reason_en


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08 ...", "gzip"),
        (b"station,hour,value\n9,1,4\n", "station,hour,value"),
        ("สถานี,ชั่วโมง\n".encode(), "สถานี"),
        (b'{"error": "timeout"}', "JSON"),
        (b"\x00\x01\x02\x03\x04", "unknown"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "Excel 2003"),
    ],
)
def test_other_files_are_told_by_what_they_are(data: bytes, word: str) -> None:
    refusal = refused(data)
    assert refusal.rule == "not_xlsx" and word in refusal.reason_en


def test_a_password_is_asked_to_be_removed() -> None:
    assert refused(ole("EncryptionInfo", "EncryptedPackage")).rule == "password_protected"


def test_an_encrypted_member_counts_as_a_password() -> None:
    data = bytearray(SOUND)
    central = data.rfind(b"PK\x01\x02")
    data[central + 8] |= 1
    assert refused(bytes(data)).rule == "password_protected"


def test_an_old_xls_is_told_whatever_its_name() -> None:
    assert refused(ole("Workbook")).rule == "old_xls"
    assert refused(ole("WordDocument")).rule == "not_xlsx"


@pytest.mark.parametrize(
    "kept", [5, 100, len(SOUND) // 2, len(SOUND) - 10], ids=["magic", "header", "half", "all but the end"]
)
def test_a_truncated_zip_asks_for_the_file_again(kept: int) -> None:
    assert refused(SOUND[:kept]).rule == "truncated_zip"


def test_damaged_content_names_the_part() -> None:
    data = bytearray(SOUND)
    with zipfile.ZipFile(io.BytesIO(SOUND)) as book:
        info = book.getinfo("xl/worksheets/sheet1.xml")
    start = info.header_offset + 30 + len(info.filename)
    data[start : start + 40] = b"\xff" * 40
    refusal = refused(bytes(data))
    assert refusal.rule == "damaged_zip" and "sheet1.xml" in refusal.reason_en


@pytest.mark.parametrize(
    ("member", "word"),
    [
        ("word__document_dot_xml", "Word"),
        ("ppt__presentation_dot_xml", "PowerPoint"),
        ("xl__workbook_dot_bin", ".xlsb"),
        ("content_dot_xml", "OpenDocument"),
        ("photo_dot_jpg", "photo.jpg"),
    ],
)
def test_a_zip_without_a_workbook_says_what_it_holds(member: str, word: str) -> None:
    refusal = refused(zipped(**{member: b"x"}))
    assert refusal.rule == "no_workbook" and word in refusal.reason_en


def test_an_empty_zip_has_no_workbook() -> None:
    assert refused(zipped()).rule == "no_workbook"


def test_a_declared_bomb_is_never_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_PART_BYTES", 100_000)
    bomb = zipped(xl__workbook_dot_xml=b"<x/>", xl__worksheets__sheet1_dot_xml=b" " * 200_000)
    assert refused(bomb).rule == "zip_bomb"


def test_a_bomb_that_lies_about_its_size_is_cut_off() -> None:
    """The declared size is 10 bytes, the stream inflates to 50 MB."""
    data = bytearray(zipped(xl__workbook_dot_xml=b" " * 50_000_000))
    central = data.rfind(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 10)
    assert refused(bytes(data)).rule == "damaged_zip"


def test_too_dense_and_too_many_members_are_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = zipped(xl__workbook_dot_xml=b"<x/>", junk=b"\0" * 40_000_000)
    assert refused(dense).rule == "zip_bomb"
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    assert refused(SOUND).rule == "zip_bomb"


def test_pictures_are_never_inflated() -> None:
    parts = read_parts(zipped(xl__workbook_dot_xml=b"<x/>", xl__media__photo_dot_png=b"\0" * 1000))
    assert list(parts) == ["xl/workbook.xml"]
