"""One delivery → the source that claims it. The outcome is Parsed, Refusal or NoData; nothing else escapes."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol, cast

import assets.sources
from assets.readers.answers import html_page, refuse_failed_answer
from assets.readers.declared import Declared
from assets.readers.document import Document
from assets.readers.facts import read_path
from assets.readers.result import NoData, Parsed, Refusal
from assets.readers.survey import survey
from assets.readers.tables import nothing_to_read
from assets.readers.thai_dates import SPACES
from assets.readers.workbook import Workbook
from expectations.contract import Contract, ContractError, load_contracts

FOLDER = Path(assets.sources.__path__[0])
PLAIN_SUFFIXES = ("csv", "txt", "json", "geojson", "xml", "tif", "tiff", "tsv", "html")


class Parser(Protocol):
    """What assets/sources/<source>/parse.py offers; a source without one is read as its contract declares."""

    PARSER_VERSION: str

    def claims(self, document: Document) -> bool: ...

    def parse(self, document: Document, contract: Contract) -> Parsed: ...


@cache
def contracts() -> dict[str, Contract]:
    """Every source's contract, by source id; read once a process. Raises ContractError."""
    return load_contracts(FOLDER)


@cache
def parsers(partner_id: str) -> dict[str, Parser]:
    """source_id → parser of every source of a partner, in alphabetical order."""
    own = [contract for contract in contracts().values() if contract.partner_id == partner_id]
    return {contract.source_id: _parser(contract) for contract in own}


def _parser(contract: Contract) -> Parser:
    name = f"{assets.sources.__name__}.{contract.source_id}"
    if (contract.path.parent / "parse.py").is_file():
        return cast(Parser, importlib.import_module(f"{name}.parse"))
    if contract.read is None:
        raise ContractError(
            contract.path, "customProperties.read", "is missing and there is no parse.py", "add one of the two"
        )
    return Declared(contract)


def parse_delivery(partner_id: str, data: bytes, path: str) -> Parsed:
    """Finds the source that a delivery is of (G0) and lets it parse the bytes.

    An answer that was fetched says its source in its path; of what was dropped the first source that claims it.
    `path` is the partner's own path of the delivery. Raises Refusal and NoData, nothing else (interrupts pass).
    """
    known = parsers(partner_id)  # outside the guard: a parser that cannot be imported is our fault, not the file's
    document = Document(data, path)
    source_id = document.source_id
    try:
        if source_id is None:
            source_id = _claimed(known, document, partner_id)
        elif source_id not in known:
            raise _no_such_source(source_id, partner_id)
        else:
            refuse_failed_answer(document)
        return known[source_id].parse(document, contracts()[source_id])
    except Refusal as refusal:
        refusal.source_id = refusal.source_id or source_id
        raise
    except NoData as nothing:
        nothing.source_id = nothing.source_id or source_id
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise _parser_error(error, source_id) from error


def claimed_by(partner_id: str, data: bytes, path: str) -> str | None:
    """Source that a dropped delivery is of, or None. Raises nothing."""
    try:
        return _claimed(parsers(partner_id), Document(data, path), partner_id)
    except (Refusal, NoData):
        return None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - the same trouble comes again as a refusal when the delivery is read
        return None


def _claimed(known: Mapping[str, Parser], document: Document, partner_id: str) -> str:
    """The first source that claims a dropped delivery. One that trips over it does not keep the others from it."""
    first: Refusal | None = None
    for source_id, parser in known.items():
        try:
            if parser.claims(document):
                return source_id
        except Refusal as refusal:
            first = first or refusal
    if first:
        raise first
    suffix = document.path.rsplit(".", 1)[-1].lower() if "." in document.path else ""
    if document.kind == "xlsx" or suffix not in PLAIN_SUFFIXES:
        raise _unclaimed(document.workbook, document.path, partner_id)  # says what an unreadable workbook is instead
    raise _unclaimed_text(document, partner_id)


def _unclaimed(workbook: Workbook, path: str, partner_id: str) -> Exception:
    views = survey(workbook)
    for view in views:
        if view.refusal:
            return view.refusal
    facts = read_path(path)
    if all(view.kind in ("blank", "mark", "notice") for view in views):
        return nothing_to_read(views, facts, None, [])
    tables = [view for view in views if view.kind in ("hourly", "two_columns") and not view.named]
    if tables:
        name = tables[0].sheet.name
        return Refusal(
            "quantity_missing",
            f"Sheet {name} holds a table but neither the workbook nor the path says which quantity it is. Name "
            "the folder after "
            "quantity and years and the file after the station, as in “NO2 2009-2019/Bansoppad.xlsx”.",
            f"แผ่นงาน {name} มีตาราง แต่ทั้งสมุดงานและชื่อไฟล์ไม่ระบุว่าเป็นตัวแปรใด โปรดตั้งชื่อโฟลเดอร์ตามตัวแปรและปี และชื่อไฟล์ตามสถานี "
            "เช่น “NO2 2009-2019/Bansoppad.xlsx”",
            sheet=name,
        )
    says = "; ".join(
        f"{view.sheet.name}: "
        f"“{next((t.strip(SPACES) for row in view.sheet.head for t in row if t and t.strip(SPACES)), '')[:60]}”"
        for view in views[:3]
    )
    formulas = sum(len(view.sheet.uncached) for view in views)
    hint = (
        f" {formulas:,} formulas in it were never calculated: open it in Excel, save, send again." if formulas else ""
    )
    hint_th = f" มีสูตรที่ยังไม่ได้คำนวณ {formulas:,} เซลล์ โปรดเปิดด้วย Excel บันทึก แล้วส่งใหม่" if formulas else ""
    return Refusal(
        "unrecognised",
        f"No sheet holds a table that is known from {partner_id} ({says}).{hint} If this is a new layout, tell "
        "the platform team.",
        f"ไม่มีแผ่นงานใดเป็นตารางที่รู้จักจาก {partner_id} ({says}){hint_th} หากเป็นรูปแบบใหม่ โปรดแจ้งทีมแพลตฟอร์ม",
        sheet=views[0].sheet.name if views else None,
    )


def _unclaimed_text(document: Document, partner_id: str) -> Refusal:
    if document.kind == "empty":
        return Refusal(
            "empty_file",
            "The file is empty: the export or the upload stopped before anything was written. Send the file again.",
            "ไฟล์ว่างเปล่า การส่งออกหรือการส่งไฟล์หยุดก่อนเขียนข้อมูล โปรดส่งไฟล์ใหม่",
        )
    if document.kind == "html":
        return html_page(document)
    readable = document.kind in ("text", "json", "xml")
    first = document.text.lstrip().splitlines()[0][:120] if readable else document.kind
    return Refusal(
        "unrecognised",
        f"No feed of {partner_id} looks like this; it begins with “{first}”. Compare the column names with the agreed "
        "layout. If this is a new layout, tell the platform team.",
        f"ไม่มีชุดข้อมูลใดของ {partner_id} ที่มีรูปแบบนี้ ไฟล์ขึ้นต้นด้วย “{first}” โปรดเทียบชื่อคอลัมน์กับรูปแบบที่ตกลงกัน "
        "หากเป็นรูปแบบใหม่ โปรดแจ้งทีมแพลตฟอร์ม",
    )


def _no_such_source(source_id: str, partner_id: str) -> Refusal:
    return Refusal(
        "unrecognised",
        f"The answer was fetched for {source_id}, which is no source of {partner_id} any more. Withdraw it.",
        f"คำตอบนี้ดึงมาสำหรับ {source_id} ซึ่งไม่ใช่ชุดข้อมูลของ {partner_id} แล้ว โปรดถอนออก",
    )


def _parser_error(error: BaseException, source_id: str | None) -> Refusal:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"
    what = f"{type(error).__name__} in {where}: {str(error)[:200]}"
    return Refusal(
        "parser_error",
        f"The reader failed on this file ({what}). The bytes are kept; tell the platform team.",
        f"โปรแกรมอ่านไฟล์นี้ไม่สำเร็จ ({what}) ระบบเก็บไฟล์ไว้แล้ว โปรดแจ้งทีมแพลตฟอร์ม",
        source_id=source_id,
    )
