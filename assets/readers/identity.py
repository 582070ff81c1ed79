"""Whose numbers are these? Content decides, the path fills in what it lacks; where both speak and differ: a finding."""

from __future__ import annotations

from datetime import date

from assets.readers.facts import PathFacts, Title, station_in
from assets.readers.quantities import Named, named_quantities
from assets.readers.result import Finding, Refusal
from assets.readers.rows import Identity
from assets.readers.sheet_xml import address
from assets.readers.stations import ALIAS_FILE, stations
from assets.readers.workbook import Sheet

HOW_TO_NAME_EN = (
    "Name the file after the station and the folder after quantity and years, as in “NO2 2009-2019/Bansoppad.xlsx”."
)
HOW_TO_NAME_TH = "โปรดตั้งชื่อไฟล์ตามสถานี และตั้งชื่อโฟลเดอร์ตามตัวแปรและปี เช่น “NO2 2009-2019/Bansoppad.xlsx”"


def identify(
    title: Title | None, title_row: int | None, header_words: tuple[Named, ...], sheet: Sheet, path: PathFacts
) -> tuple[Identity, list[Finding]]:
    """Station, quantity and level of one table, with what a person should know about it.

    `header_words` are quantities named in column heads. Raises Refusal station_missing, station_unknown,
    quantity_missing, quantity_unknown.
    """
    cell = address(title_row, 0) if title_row is not None else None
    from_path: list[str] = []
    key, name, findings = _station(title, sheet, path, cell, from_path)
    if title and title.unknown_word:
        raise _unknown_quantity(title.unknown_word, sheet.name, cell)
    (quantity, level), more = _quantity(
        title.named if title else header_words, header_words, sheet, path, cell, from_path
    )
    return Identity(key, name, quantity, level, from_path=from_path), [*findings, *more]


def period_findings(path: PathFacts, first: date, last: date, sheet: str, slack_days: int = 0) -> list[Finding]:
    """Years in the path against the days in the table; `slack_days` for samples that are not taken daily."""
    if path.years is None:
        return []
    begin, end = date(path.years[0], 1, 1), date(path.years[1], 12, 31)
    if abs((first - begin).days) <= slack_days and abs((end - last).days) <= slack_days:
        return []
    years = str(path.years[0]) if path.years[0] == path.years[1] else f"{path.years[0]}-{path.years[1]}"
    return [
        Finding(
            "path_disagrees",
            f"The path says {years}; the table runs from {first} to {last}. The table holds.",
            f"ชื่อไฟล์หรือโฟลเดอร์ระบุปี {years} แต่ตารางมีข้อมูลตั้งแต่ {first} ถึง {last} ใช้ตามตาราง",
            sheet=sheet,
        )
    ]


def station_disagrees(content: str, path: PathFacts, sheet: str, cell: str | None) -> list[Finding]:
    if path.station_key is None or path.station_key == content:
        return []
    book = stations()
    return [
        Finding(
            "path_disagrees",
            f"The file name says {book.shown(path.station_key)}; the workbook says {book.shown(content)}. The "
            "workbook holds.",
            f"ชื่อไฟล์ระบุ {book.shown_th(path.station_key)} แต่ในสมุดงานระบุ {book.shown_th(content)} ใช้ตามสมุดงาน",
            sheet=sheet,
            cell=cell,
        )
    ]


def unknown_station(name: str, sheet: str, cell: str | None) -> Refusal:
    return Refusal(
        "station_unknown",
        f"Sheet {sheet}: nobody knows a station “{name}”. Correct the name, or add a line to {ALIAS_FILE}.",
        f"แผ่นงาน {sheet}: ไม่รู้จักสถานี “{name}” โปรดแก้ชื่อ หรือเพิ่มบรรทัดใน {ALIAS_FILE}",
        sheet=sheet,
        cell=cell,
    )


def _station(
    title: Title | None, sheet: Sheet, path: PathFacts, cell: str | None, from_path: list[str]
) -> tuple[str, str, list[Finding]]:
    book = stations()
    if title and title.station_key and title.station_name:
        findings = station_disagrees(title.station_key, path, sheet.name, cell)
        number = book.number(title.station_key)
        if title.number is not None and number is not None and title.number != number:
            findings.append(
                Finding(
                    "station_number",
                    f"The title says no. {title.number}, but {title.station_name} is {book.shown(title.station_key)}. "
                    "The name holds.",
                    f"หัวตารางระบุหมายเลข {title.number} แต่ {title.station_name} คือ "
                    f"{book.shown_th(title.station_key)} ใช้ตามชื่อ",
                    sheet=sheet.name,
                    cell=cell,
                )
            )
        return title.station_key, title.station_name, findings
    if title and title.number is not None:
        key = book.by_number(title.number)
        name = title.station_name or f"Station no.{title.number}"
        finding = Finding(
            "station_unknown",
            f"Nobody knows a station “{name}”; its number {title.number} was used ({book.shown(key)}). If that "
            "is right, add "
            f"the name to {ALIAS_FILE}.",
            f"ไม่รู้จักสถานี “{name}” จึงใช้หมายเลข {title.number} ({book.shown_th(key)}) หากถูกต้อง โปรดเพิ่มชื่อใน {ALIAS_FILE}",
            sheet=sheet.name,
            cell=cell,
        )
        return key, name, [finding, *station_disagrees(key, path, sheet.name, cell)]
    if title and title.station_name:
        raise unknown_station(title.station_name, sheet.name, cell)
    by_sheet = station_in(sheet.name)
    if by_sheet and path.station_key not in (None, by_sheet):
        return by_sheet, sheet.name, station_disagrees(by_sheet, path, sheet.name, cell)
    if path.station_key:
        from_path.append("station")
        return path.station_key, path.file_name, []
    if by_sheet:
        return by_sheet, sheet.name, []
    raise Refusal(
        "station_missing",
        f"Sheet {sheet.name} does not say its station, and the file name “{path.file_name}” names none that is known. "
        f"{HOW_TO_NAME_EN} New spellings go into {ALIAS_FILE}.",
        f"แผ่นงาน {sheet.name} ไม่ระบุสถานี และชื่อไฟล์ “{path.file_name}” ไม่ตรงกับสถานีใด {HOW_TO_NAME_TH} "
        f"ชื่อสะกดใหม่เพิ่มได้ใน {ALIAS_FILE}",
        sheet=sheet.name,
    )


def _quantity(
    by_title: tuple[Named, ...],
    by_header: tuple[Named, ...],
    sheet: Sheet,
    path: PathFacts,
    cell: str | None,
    from_path: list[str],
) -> tuple[Named, list[Finding]]:
    by_content = by_title or by_header or named_quantities(sheet.name)
    if len(by_content) > 1:
        both = [named for named in by_content if named[0] in {quantity for quantity, _ in path.named}]
        by_content = tuple(both) if len(both) == 1 else by_content
    if len(by_content) == 1:
        quantity, level = by_content[0]
        same = [named for named in path.named if named[0] == quantity]
        if path.named and not same:
            return (quantity, level), [_quantity_disagrees(by_content[0], path.named[0], sheet, cell)]
        path_level = same[0][1] if len(same) == 1 else None
        if level is None and path_level:
            from_path.append("level")
            return (quantity, path_level), []
        if level and path_level and level != path_level:
            return (quantity, level), [_quantity_disagrees(by_content[0], same[0], sheet, cell)]
        return (quantity, level), []
    if not by_content and len(path.named) == 1:
        from_path.append("quantity")
        return path.named[0], []
    names = ", ".join(_shown(named) for named in by_content or path.named)
    raise Refusal(
        "quantity_missing",
        f"Sheet {sheet.name} does not say which quantity it holds{f' (it names {names})' if names else ''}, and "
        "the path does not "
        f"either. {HOW_TO_NAME_EN}",
        f"แผ่นงาน {sheet.name} ไม่ระบุว่าเป็นตัวแปรใด{f' (มีชื่อ {names})' if names else ''} และชื่อไฟล์หรือโฟลเดอร์ก็ไม่ระบุ "
        f"{HOW_TO_NAME_TH}",
        sheet=sheet.name,
        cell=cell,
    )


def _unknown_quantity(word: str, sheet: str, cell: str | None) -> Refusal:
    return Refusal(
        "quantity_unknown",
        f"Sheet {sheet} holds “{word}”, a quantity that is not known here. If it is new, tell the platform "
        "team; if it is a slip, "
        "correct the title and send it again.",
        f"แผ่นงาน {sheet} เป็นตัวแปร “{word}” ซึ่งระบบยังไม่รู้จัก หากเป็นตัวแปรใหม่โปรดแจ้งทีมแพลตฟอร์ม หากพิมพ์ผิดโปรดแก้หัวตารางแล้วส่งใหม่",
        sheet=sheet,
        cell=cell,
    )


def _quantity_disagrees(content: Named, path: Named, sheet: Sheet, cell: str | None) -> Finding:
    return Finding(
        "path_disagrees",
        f"The path says {_shown(path)}; the workbook says {_shown(content)}. The workbook holds.",
        f"ชื่อไฟล์หรือโฟลเดอร์ระบุ {_shown(path)} แต่ในสมุดงานระบุ {_shown(content)} ใช้ตามสมุดงาน",
        sheet=sheet.name,
        cell=cell,
    )


def _shown(named: Named) -> str:
    return " ".join(filter(None, named))
