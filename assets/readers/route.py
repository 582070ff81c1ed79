"""One delivery → the source that claims it. The outcome is Parsed, Refusal or NoData; nothing else escapes."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import traceback
from functools import lru_cache
from typing import Protocol, cast

import assets.sources
from assets.readers.facts import read_path
from assets.readers.result import NoData, Parsed, Refusal
from assets.readers.survey import survey
from assets.readers.tables import nothing_to_read
from assets.readers.thai_dates import SPACES
from assets.readers.workbook import Workbook, open_workbook


class Parser(Protocol):
    """What assets/sources/<source>/parse.py offers."""

    PARSER_VERSION: str

    def claims(self, workbook: Workbook, path: str) -> bool: ...

    def parse(self, workbook: Workbook, path: str) -> Parsed: ...


@lru_cache(maxsize=16)
def parsers(partner_id: str) -> dict[str, Parser]:
    """source_id → parser of every source folder of a partner that has a parse.py, in alphabetical order."""
    found: dict[str, Parser] = {}
    for module in sorted(pkgutil.iter_modules(assets.sources.__path__), key=lambda module: module.name):
        if not module.ispkg or not module.name.startswith(f"{partner_id}_"):
            continue
        name = f"{assets.sources.__name__}.{module.name}"
        if importlib.util.find_spec(f"{name}.parse"):
            found[module.name] = cast(Parser, importlib.import_module(f"{name}.parse"))
    return found


def parse_delivery(partner_id: str, data: bytes, path: str) -> Parsed:
    """Opens the bytes once (G0) and lets the first source that claims them parse them.

    `path` is the partner's own path of the delivery. Raises Refusal and NoData, nothing else (interrupts pass).
    """
    known = parsers(partner_id)  # outside the guard: a parser that cannot be imported is our fault, not the file's
    source_id = None
    try:
        workbook = open_workbook(data)
        source_id = next((name for name, parser in known.items() if parser.claims(workbook, path)), None)
        if source_id is None:
            raise _unclaimed(workbook, path, partner_id)
        return known[source_id].parse(workbook, path)
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
