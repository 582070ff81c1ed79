"""One delivery as a reader sees it: its bytes, what they are, and views of them that are made once, when asked for."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import cached_property
from typing import Any, Literal

import python_calamine

from assets.readers.archive import OLE_MAGIC, ZIP_MAGIC, read_parts
from assets.readers.pulled import Pulled, pulled
from assets.readers.result import Refusal
from assets.readers.workbook import Workbook, open_workbook

Kind = Literal["xlsx", "xls", "json", "xml", "html", "text", "tiff", "zip", "empty", "binary"]

HEAD_BYTES = 4_096
_HTML = re.compile(r"<(!doctype html|html|head|body|table|title|script|div|br)\b", re.I)
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class Document:
    """What came: `data` under the partner's own `path`. Views raise Refusal when the bytes are not what the view is of."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data, self.path = data, path

    @cached_property
    def kind(self) -> Kind:
        """What the bytes are, whatever the name says."""
        data = self.data
        if not data.strip():
            return "empty"
        if data.startswith(ZIP_MAGIC):
            return "xlsx" if _is_workbook(data) else "zip"
        if data.startswith(OLE_MAGIC):
            return "xls" if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data else "binary"
        if data.startswith(_TIFF):
            return "tiff"
        return _kind_of_text(data)

    @property
    def pulled(self) -> Pulled | None:
        """Source, day, label and HTTP status of an answer that was fetched; None for what a partner dropped."""
        return pulled(self.path)

    @property
    def source_id(self) -> str | None:
        """The source that an answer was fetched for."""
        return self.pulled.source_id if self.pulled else None

    @property
    def label(self) -> str:
        """Which of the source's requests an answer answers; empty for what a partner dropped."""
        return self.pulled.label if self.pulled else ""

    @cached_property
    def encoding(self) -> str:
        """UTF-8 with or without a byte order mark, else cp874 (Thai Windows). UTF-16 by its mark."""
        if self.data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError:
            return "cp874"
        return "utf-8-sig"

    @cached_property
    def text(self) -> str:
        """The whole text. Raises Refusal: not_text."""
        if self.kind not in ("text", "json", "xml", "html", "empty"):
            raise Refusal(
                "not_text",
                f"Text was expected, the delivery is something else ({self.kind}). Export it again and send that.",
                f"ควรเป็นข้อความ แต่ได้รับไฟล์ชนิดอื่น ({self.kind}) โปรดส่งออกใหม่แล้วส่งอีกครั้ง",
            )
        return self.data.decode(self.encoding, errors="replace")

    @cached_property
    def json(self) -> Any:
        """The parsed JSON. Raises Refusal: invalid_json."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise invalid_json(self.text, error) from error

    @cached_property
    def workbook(self) -> Workbook:
        """The sheets of an xlsx as grids of text. Raises Refusal (see workbook.py)."""
        return open_workbook(self.data)

    @cached_property
    def grids(self) -> dict[str, list[list[Any]]]:
        """Sheet → rows of Python values (str, float, bool, date, datetime, time; "" for an empty cell), A1 first.

        For small odd sheets of .xlsx and .xls. Raises Refusal (see archive.py), corrupt_workbook.
        """
        if self.kind != "xls":
            read_parts(self.data)  # size, zip bombs, passwords: before anything is inflated
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))
            return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a damaged workbook may panic in Rust, which is no Exception
            raise Refusal(
                "corrupt_workbook",
                f"The workbook cannot be read ({str(error)[:150]}). Open it in Excel, save it and send it again.",
                f"อ่านสมุดงานไม่ได้ ({str(error)[:150]}) โปรดเปิดด้วย Excel บันทึก แล้วส่งใหม่",
            ) from error


def invalid_json(text: str, error: Exception) -> Refusal:
    """The refusal of an answer that should be JSON and is none: it says where it breaks."""
    shown = " ".join(text[:60].split())
    return Refusal(
        "invalid_json",
        f"The answer is not valid JSON ({str(error)[:120]}; it begins with “{shown}”). It was kept; ask again, and tell "
        "the partner when it stays so.",
        f"คำตอบไม่ใช่ JSON ที่ถูกต้อง ({str(error)[:120]} ขึ้นต้นด้วย “{shown}”) ระบบเก็บไว้แล้ว ลองขอใหม่ และแจ้งหน่วยงานหากยังเป็นเช่นเดิม",
    )


def _is_workbook(data: bytes) -> bool:
    """True also for a zip that cannot be opened: it began like a workbook, and archive.py says what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return (
                any(name.lower().startswith(("xl/", "xl\\")) for name in archive.namelist()) or not archive.namelist()
            )
    except Exception:  # noqa: BLE001 - a damaged archive raises whatever it likes
        return True


def _kind_of_text(data: bytes) -> Kind:
    head = data[:HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if b"\0" in data:  # anywhere: a text that was cut and filled up is none
        return "binary"
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return "json"
    if text.startswith("<?xml"):  # a page may say that it is XML; data may have an element called title
        return "html" if "<html" in text[:2_000].lower() else "xml"
    if text.startswith("<"):
        return "html" if _HTML.search(text[:2_000]) else "xml"
    controls = sum(c < 32 and c not in (9, 10, 12, 13) for c in head)
    return "binary" if controls > len(head) // 50 else "text"
