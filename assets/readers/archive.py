"""G0 for workbooks: are the bytes an xlsx at all, whole, unlocked and of bounded size? Then its XML parts, inflated.

Every limit holds for what a part really inflates to, not only for what the archive claims; pictures and the like are
never inflated.
"""

from __future__ import annotations

import html
import io
import re
import zipfile

from assets.readers.result import Refusal

MIB = 1024**2
MAX_MEMBERS = 2_000
MAX_DECLARED_BYTES = 512 * MIB  # of all members, as declared
MAX_PART_BYTES = 128 * MIB  # of the XML parts that are read; the largest real workbook has 5 MiB
MAX_RATIO = 200  # an ordinary sheet inflates 10 to 40 times
RATIO_FROM_BYTES = 32 * MIB

ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
KNOWN_MAGIC = {
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"SQLite format 3": "a database file",
}
READ_SUFFIXES = (".xml", ".rels")
SKIPPED_FOLDERS = ("docprops/", "xl/theme/", "xl/drawings/", "xl/charts/", "xl/media/", "xl/printersettings/")

SAVE_AGAIN_EN = "Open it in Excel, save it as .xlsx and send it again."
SAVE_AGAIN_TH = "โปรดเปิดด้วย Excel บันทึกเป็น .xlsx แล้วส่งใหม่"


def read_parts(data: bytes) -> dict[str, bytes]:
    """The XML parts of an xlsx by name (`xl/workbook.xml`, …).

    Raises Refusal: empty_file, not_xlsx, old_xls, password_protected, truncated_zip, damaged_zip, no_workbook,
    zip_bomb.
    """
    _refuse_what_is_no_zip(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        raise Refusal(
            "truncated_zip",
            f"The file begins like an .xlsx but its end is missing ({len(data):,} bytes arrived): the upload or "
            "the export "
            "was cut. Send the file again.",
            f"ไฟล์ขึ้นต้นเหมือน .xlsx แต่ส่วนท้ายหายไป (ได้รับ {len(data):,} ไบต์) การส่งหรือการส่งออกถูกตัดกลางคัน โปรดส่งไฟล์ใหม่",
        ) from error
    with archive:
        members = archive.infolist()
        _refuse_bombs(members, len(data))
        _refuse_locked(members)
        _refuse_without_workbook([_plain(member.filename) for member in members])
        return _inflate(archive, members)


def _refuse_what_is_no_zip(data: bytes) -> None:
    if not data:
        raise Refusal(
            "empty_file",
            "The file has 0 bytes: the export or the upload stopped before anything was written. Send the file again.",
            "ไฟล์มีขนาด 0 ไบต์ การส่งออกหรือการส่งไฟล์หยุดก่อนเขียนข้อมูล โปรดส่งไฟล์ใหม่",
        )
    if data.startswith(ZIP_MAGIC):
        return
    if data.startswith(OLE_MAGIC):
        _refuse_ole(data)
    if data.startswith(EMPTY_ZIP_MAGIC):
        _refuse_without_workbook([])
    what, what_th = _looks_like(data)
    raise Refusal(
        "not_xlsx",
        f"The file is not an Excel workbook (.xlsx): it is {what}. Export the workbook again and send that.",
        f"ไฟล์นี้ไม่ใช่สมุดงาน Excel (.xlsx) แต่เป็น{what_th} โปรดส่งออกสมุดงานใหม่แล้วส่งอีกครั้ง",
    )


def _refuse_ole(data: bytes) -> None:
    """The old container of Microsoft: an encrypted xlsx, an xls, or something else (its names are UTF-16)."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        _refuse_password()
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        raise Refusal(
            "old_xls",
            f"The file is an old Excel workbook (.xls), whatever its name says. {SAVE_AGAIN_EN}",
            f"ไฟล์นี้เป็นสมุดงาน Excel รุ่นเก่า (.xls) ไม่ว่าชื่อไฟล์จะเป็นอย่างไร {SAVE_AGAIN_TH}",
        )
    raise Refusal(
        "not_xlsx",
        f"The file is an old Microsoft Office document without a workbook in it. {SAVE_AGAIN_EN}",
        f"ไฟล์นี้เป็นเอกสาร Microsoft Office รุ่นเก่าที่ไม่มีสมุดงานอยู่ภายใน {SAVE_AGAIN_TH}",
    )


def _refuse_password() -> None:
    raise Refusal(
        "password_protected",
        "The workbook is protected with a password and cannot be opened. Remove the password and send it again.",
        "สมุดงานถูกป้องกันด้วยรหัสผ่านจึงเปิดไม่ได้ โปรดนำรหัสผ่านออกแล้วส่งใหม่",
    )


def _looks_like(data: bytes) -> tuple[str, str]:
    """What the bytes are instead, in English and Thai."""
    for magic, name in KNOWN_MAGIC.items():
        if data.startswith(magic):
            return name, f"ไฟล์ชนิดอื่น ({name})"
    head = data[:65_536].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    low = head[:2_000].lower()
    if "schemas-microsoft-com:office:spreadsheet" in low:
        return "an XML spreadsheet of Excel 2003", "ตารางแบบ XML ของ Excel 2003"
    if low.startswith("<") and re.search(r"<(!doctype html|html|head|body|table|title|script|div|br)", low):
        says = _html_says(head)
        return f"a web page (HTML){says}", f"หน้าเว็บ (HTML){says}"
    if low.startswith(("{", "[")):
        return "JSON text", "ข้อความ JSON"
    if head and "\x00" not in head and head.count("\ufffd") <= len(head) // 20:
        first = head.splitlines()[0][:60]
        return f"plain text, beginning with “{first}”", f"ข้อความธรรมดา ขึ้นต้นด้วย “{first}”"
    return "a file of unknown kind", "ไฟล์ที่ไม่รู้จักชนิด"


def _html_says(head: str) -> str:
    """The page's title, or its first words: usually the server's error."""
    found = re.search(r"<title[^>]*>(.*?)</title>", head, re.I | re.S)
    text = found[1] if found else re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", head, flags=re.I | re.S)
    words = " ".join(html.unescape(text).split())[:120]
    return f" “{words}”" if words else ""


def _refuse_bombs(members: list[zipfile.ZipInfo], size: int) -> None:
    declared = sum(member.file_size for member in members)
    read = sum(member.file_size for member in members if _is_read(member))
    too_dense = declared > RATIO_FROM_BYTES and declared > size * MAX_RATIO
    if len(members) > MAX_MEMBERS or declared > MAX_DECLARED_BYTES or read > MAX_PART_BYTES or too_dense:
        raise Refusal(
            "zip_bomb",
            f"The workbook of {size:,} bytes would unpack to {declared:,} bytes in {len(members):,} parts, more "
            "than any "
            "real workbook: it is not opened. Delete the empty rows and columns below and right of the table, "
            "save, send again.",
            f"สมุดงานขนาด {size:,} ไบต์จะขยายเป็น {declared:,} ไบต์ใน {len(members):,} ส่วน ซึ่งมากกว่าสมุดงานจริง จึงไม่เปิด "
            "โปรดลบแถวและคอลัมน์ว่างใต้และขวาของตาราง บันทึก แล้วส่งใหม่",
        )


def _refuse_locked(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 0x1 for member in members):
        _refuse_password()


def _refuse_without_workbook(names: list[str]) -> None:
    lower = [name.lower() for name in names]
    if "xl/workbook.xml" in lower:
        return
    if any(name.startswith("word/") for name in lower):
        what, what_th = "a Word document", "เอกสาร Word"
    elif any(name.startswith("ppt/") for name in lower):
        what, what_th = "a PowerPoint document", "เอกสาร PowerPoint"
    elif "xl/workbook.bin" in lower:
        what, what_th = "a binary Excel workbook (.xlsb)", "สมุดงาน Excel แบบไบนารี (.xlsb)"
    elif "content.xml" in lower:
        what, what_th = "an OpenDocument file", "ไฟล์ OpenDocument"
    else:
        shown = ", ".join(names[:3]) or "nothing"
        what, what_th = f"a zip archive without a workbook (it holds {shown})", f"ไฟล์ zip ที่ไม่มีสมุดงาน (มี {shown})"
    raise Refusal(
        "no_workbook",
        f"The file is not an Excel workbook (.xlsx): it is {what}. Send the .xlsx itself, one workbook per file.",
        f"ไฟล์นี้ไม่ใช่สมุดงาน Excel (.xlsx) แต่เป็น{what_th} โปรดส่งไฟล์ .xlsx โดยตรง หนึ่งสมุดงานต่อหนึ่งไฟล์",
    )


def _inflate(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    for member in members:
        if not _is_read(member):
            continue
        try:
            with archive.open(member) as part:
                # A length bounds the memory even when the archive lies about its sizes; the checksum then tells.
                parts[_plain(member.filename)] = part.read(member.file_size + 1)
        except Exception as error:
            raise Refusal(
                "damaged_zip",
                f"The workbook is damaged: its part {member.filename} cannot be unpacked ({error}). Send the "
                "file again.",
                f"สมุดงานเสียหาย ส่วน {member.filename} ขยายไม่ได้ ({error}) โปรดส่งไฟล์ใหม่",
            ) from error
    return parts


def _is_read(member: zipfile.ZipInfo) -> bool:
    name = _plain(member.filename).lower()
    return name.endswith(READ_SUFFIXES) and not name.startswith(SKIPPED_FOLDERS)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")
