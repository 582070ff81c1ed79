"""A workbook of air-quality or weather tables → one Parsed: every sheet is read or told about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from assets.readers.daily_tables import SAMPLE_SLACK_DAYS, parse_all_stations, parse_two_columns
from assets.readers.facts import PathFacts, read_path, station_in_no_data
from assets.readers.hourly_grid import parse_hourly
from assets.readers.identity import period_findings
from assets.readers.result import ROW_SCHEMA, SERIES, Batch, Drop, Finding, NoData, Parsed, Refusal
from assets.readers.rows import in_order
from assets.readers.sheet_xml import address
from assets.readers.stations import stations
from assets.readers.survey import View, survey
from assets.readers.thai_dates import SPACES
from assets.readers.workbook import Workbook

_PARSERS = {"hourly": parse_hourly, "all_stations": parse_all_stations, "two_columns": parse_two_columns}
_WHERE = ("sheet", "cell", "from_path")


def parse_tables(workbook: Workbook, path: str, source_id: str, quantities: frozenset[str]) -> Parsed:
    """All tables of the workbook. Raises Refusal (also when a table belongs to another source) and NoData."""
    facts = read_path(path)
    views = survey(workbook)
    batches: list[Batch] = []
    remarks: list[Finding] = []
    empty: list[NoData] = []
    for view in views:
        if view.kind in _PARSERS:
            try:
                batches += _PARSERS[view.kind](view, facts)
            except NoData as nothing:
                empty.append(nothing)
                rule = "php_error_sheet" if view.errors else "no_data_sheet"
                remarks.append(Finding(rule, nothing.reason_en, nothing.reason_th, sheet=view.sheet.name))
        elif view.kind in ("notice", "unknown", "stack"):
            remarks.append(_remark(view))
    _refuse_mixed(batches, quantities)
    if not batches:
        raise nothing_to_read(views, facts, source_id, empty)
    return Parsed(source_id, combine(batches, remarks, facts))


def combine(batches: list[Batch], remarks: Iterable[Finding], path: PathFacts) -> tuple[Batch, ...]:
    """One batch per series: tables of one series (a sheet per year, a copy of a sheet) are put together.

    Remarks about the workbook go with its first batch.
    """
    by_series: dict[tuple[str, str, str], Batch] = {}
    for batch in sorted(batches, key=lambda batch: batch.period_start):
        series = (batch.entity, batch.layout, batch.series)
        by_series[series] = _merge(by_series[series], batch) if series in by_series else batch
    in_sheet_order = [by_series[key] for key in dict.fromkeys((b.entity, b.layout, b.series) for b in batches)]
    told = [replace(batch, findings=(*batch.findings, *_years(batch, path))) for batch in in_sheet_order]
    return (replace(told[0], findings=(*told[0].findings, *remarks)), *told[1:])


def nothing_to_read(views: tuple[View, ...], path: PathFacts, source_id: str | None, empty: list[NoData]) -> Exception:
    """The refusal, or the no-data notice, of a workbook without a table."""
    for view in views:
        if view.errors:
            row, text = view.errors[0]
            about, about_th = _about(view, path)
            return Refusal(
                "php_error",
                f"The workbook holds only the export page's own error ({about}): “{text.strip(SPACES)[:160]}”. "
                "Export it again, "
                "in shorter periods if the page times out.",
                f"สมุดงานมีเพียงข้อความผิดพลาดของหน้าส่งออก ({about_th}): “{text.strip(SPACES)[:160]}” โปรดส่งออกใหม่ "
                "หากหน้าเว็บหมดเวลา ให้แบ่งช่วงให้สั้นลง",
                sheet=view.sheet.name,
                cell=address(row, 0),
                source_id=source_id,
            )
    for view in views:
        if view.no_data:
            said = view.no_data[0][1].strip(SPACES)
            about, about_th = _about(view, path)
            key = station_in_no_data(said)
            where = f" ({stations().shown(key)})" if key else ""
            where_th = f" ({stations().shown_th(key)})" if key else ""
            return NoData(
                f"The workbook says “{said}”{where}; its place: {about}.",
                f"สมุดงานระบุว่า “{said}”{where_th} ตำแหน่งไฟล์: {about_th}",
                source_id,
            )
    if empty:
        return NoData(empty[0].reason_en, empty[0].reason_th, source_id)
    return Refusal(
        "empty_workbook",
        "The workbook is empty: no sheet holds anything. Export it again.",
        "สมุดงานว่างเปล่า ไม่มีแผ่นงานใดมีข้อมูล โปรดส่งออกใหม่",
        source_id=source_id,
    )


def _years(batch: Batch, path: PathFacts) -> list[Finding]:
    slack = SAMPLE_SLACK_DAYS if batch.layout == "daily_samples" else 0
    return period_findings(path, batch.period_start, batch.period_end, batch.rows["sheet"][0], slack)


def _merge(one: Batch, other: Batch) -> Batch:
    """Two tables of one series, the earlier first. Equal rows are taken once, different ones both: the gate judges."""
    rows = in_order(pl.concat([one.rows, other.rows]))
    kept = rows.unique(subset=[name for name in ROW_SCHEMA if name not in _WHERE], keep="first", maintain_order=True)
    findings = [*one.findings, *other.findings]
    drops = [*one.drops, *other.drops]
    sheet = other.rows["sheet"][0]
    n = rows.height - kept.height
    if n:
        en = f"{n:,} cells of {one.series} stand twice in the workbook with the same content; one of each was taken."
        th = f"{one.series} มี {n:,} เซลล์ซ้ำในสมุดงานโดยมีเนื้อหาเหมือนกัน ใช้เพียงชุดเดียว"
        findings.append(Finding("duplicate_table", en, th, sheet=sheet, n=n))
        drops.append(Drop("duplicate_table", en, th, n=n))
    twice = int(kept.select(*SERIES, "interval_start_at").is_duplicated().sum()) // 2
    if twice:
        en = f"{twice:,} hours or days of {one.series} stand twice in the workbook with different content."
        th = f"{one.series} มี {twice:,} ช่วงเวลาซ้ำในสมุดงานโดยมีเนื้อหาต่างกัน"
        findings.append(Finding("table_twice", en, th, sheet=sheet, n=twice))
    gap = (other.period_start - one.period_end).days - 1
    if gap > 0 and one.layout != "daily_samples":
        en = (
            f"{gap:,} days are missing between two tables of {one.series}, from {one.period_end} to "
            f"{other.period_start}."
        )
        th = f"{one.series} ขาดไป {gap:,} วันระหว่างสองตาราง จาก {one.period_end} ถึง {other.period_start}"
        findings.append(Finding("missing_days", en, th, sheet=sheet, n=gap))
    return replace(
        one,
        period_end=max(one.period_end, other.period_end),
        rows=kept,
        findings=tuple(findings),
        drops=tuple(drops),
        is_blank=one.is_blank and other.is_blank,
    )


def _refuse_mixed(batches: list[Batch], quantities: frozenset[str]) -> None:
    for batch in batches:
        strange = sorted(set(batch.series.split("/")[1].split("+")) - quantities)
        if strange:
            sheet = batch.rows["sheet"][0]
            raise Refusal(
                "mixed_sources",
                f"The workbook mixes air quality and weather: sheet {sheet} holds {', '.join(strange)}. Send "
                "one workbook for each.",
                f"สมุดงานมีทั้งคุณภาพอากาศและอุตุนิยมวิทยา: แผ่นงาน {sheet} เป็น {', '.join(strange)} โปรดแยกส่งคนละสมุดงาน",
                sheet=sheet,
            )


def _remark(view: View) -> Finding:
    name = view.sheet.name
    if view.no_data:
        said = view.no_data[0][1].strip(SPACES)
        return Finding("no_data_sheet", f"Sheet {name} says “{said}”.", f"แผ่นงาน {name} ระบุว่า “{said}”", sheet=name)
    if view.errors:
        said = view.errors[0][1].strip(SPACES)[:120]
        return Finding(
            "php_error_sheet",
            f"Sheet {name} holds only the export page's error: “{said}”.",
            f"แผ่นงาน {name} มีเพียงข้อความผิดพลาดของหน้าส่งออก: “{said}”",
            sheet=name,
        )
    return not_understood(view)


def not_understood(view: View) -> Finding:
    said = next((text.strip(SPACES) for row in view.sheet.head for text in row if text and text.strip(SPACES)), "")[:80]
    return Finding(
        "sheet_not_understood",
        f"Sheet {view.sheet.name} holds something that is no known table, beginning with “{said}”; it was left out.",
        f"แผ่นงาน {view.sheet.name} ไม่ใช่ตารางที่รู้จัก ขึ้นต้นด้วย “{said}” จึงไม่ได้อ่าน",
        sheet=view.sheet.name,
    )


def _about(view: View, path: PathFacts) -> tuple[str, str]:
    """Station, quantity and years as far as path or sheet name tell."""
    book = stations()
    named = view.named or path.named
    what = " and ".join(" ".join(filter(None, pair)) for pair in named)
    years = "" if path.years is None else "-".join(str(year) for year in dict.fromkeys(path.years))
    en = [book.shown(path.station_key) if path.station_key else view.sheet.name, what, years]
    th = [book.shown_th(path.station_key) if path.station_key else view.sheet.name, what, years]
    return ", ".join(filter(None, en)), " ".join(filter(None, th))
