"""EGAT stack emissions: SO2 and NOx by month, TSP and flow by year, one workbook for all stacks.

Entities: `emission` (SO2, NOX, TSP as concentration; SO2_RATE, NOX_RATE, TSP_RATE as g/s) and `flow` (FLOW).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from assets.readers.day_rows import formula_cells
from assets.readers.document import Document
from assets.readers.facts import PathFacts, read_path
from assets.readers.identity import period_findings
from assets.readers.result import ROW_SCHEMA, Batch, Drop, Finding, Parsed, Refusal
from assets.readers.rows import Identity, column_rows, in_order, is_blank, mark_placeholders
from assets.readers.sheet_xml import address
from assets.readers.stack_blocks import Block, Period, find_blocks, read_periods
from assets.readers.stations import stations
from assets.readers.survey import is_stack_workbook, survey
from assets.readers.tables import not_understood, nothing_to_read
from expectations.contract import Contract

PARSER_VERSION = "1"

EMISSIONS = ("SO2", "SO2_RATE", "NOX", "NOX_RATE", "TSP", "TSP_RATE")
MAX_LOST_SHARE = 0.05


def claims(document: Document) -> bool:
    """True when a sheet has a column per stack; for a file without any table its path decides."""
    return document.kind == "xlsx" and is_stack_workbook(document.workbook, read_path(document.path))


def parse(document: Document, contract: Contract) -> Parsed:
    """Up to two batches, `emission` and `flow`. Raises Refusal and NoData."""
    facts = read_path(document.path)
    views = survey(document.workbook)
    frames: list[pl.DataFrame] = []
    findings: list[Finding] = []
    drops: dict[bool, list[Drop]] = {True: [], False: []}
    for view in views:
        if view.kind == "stack":
            for block in find_blocks(view.sheet):
                rows, block_findings, block_drops = _read_block(block)
                frames.append(rows)
                findings += block_findings
                drops[block.quantity == "FLOW"] += block_drops
        elif view.kind not in ("blank", "mark"):
            findings.append(not_understood(view))
    rows = pl.concat(frames) if frames else pl.DataFrame(schema=ROW_SCHEMA)
    if not rows.height:
        raise nothing_to_read(views, facts, contract.source_id, [])
    findings += _missing_tables(rows)
    rows, placeholder_findings = _disown_zeros(rows)
    findings += placeholder_findings
    is_flow = pl.col("quantity") == "FLOW"
    parts = [
        ("emission", rows.filter(~is_flow), drops[False]),
        ("flow", rows.filter(is_flow), drops[True]),
    ]
    batches = [_batch(entity, part, part_drops, facts) for entity, part, part_drops in parts if part.height]
    by_entity = {batch.entity: batch for batch in batches}
    flow_sheets = set(by_entity["flow"].rows["sheet"].unique()) if "flow" in by_entity else set()
    with_flow = [finding for finding in findings if finding.sheet in flow_sheets and len(batches) > 1]
    others = [finding for finding in findings if finding not in with_flow]
    home = {"flow": with_flow, "emission": others} if len(batches) > 1 else {batches[0].entity: findings}
    return Parsed(
        contract.source_id,
        tuple(replace(batch, findings=(*home[batch.entity], *batch.findings)) for batch in batches),
    )


def _batch(entity: str, rows: pl.DataFrame, drops: list[Drop], path: PathFacts) -> Batch:
    rows, findings, again = _once(in_order(rows))
    held = set(rows["quantity"].unique())
    quantities = [quantity for quantity in ("SO2", "NOX", "TSP", "FLOW") if {quantity, f"{quantity}_RATE"} & held]
    others = sorted(held - {*EMISSIONS, "FLOW"})
    local = pl.col("interval_start_at", "interval_end_at").dt.convert_time_zone("Asia/Bangkok").dt.date()
    days = rows.select(local)
    first, after = days["interval_start_at"].min(), days["interval_end_at"].max()
    assert isinstance(first, date) and isinstance(after, date)  # the batch has rows
    last = after - timedelta(days=1)
    return Batch(
        entity=entity,
        layout="monthly" if (rows["averaging_period"] == "P1M").any() else "annual",
        series=f"all/{'+'.join([*quantities, *others])}",
        period_start=first,
        period_end=last,
        rows=rows,
        findings=(*findings, *period_findings(path, first, last, rows["sheet"][0])),
        drops=(*drops, *again),
        is_blank=is_blank(rows),
    )


def _read_block(block: Block) -> tuple[pl.DataFrame, list[Finding], list[Drop]]:
    sheet = block.sheet
    periods, lost, findings = read_periods(block)
    findings = [*block.findings, *findings, *_calendar(block, periods)]
    drops: list[Drop] = []
    if lost:
        finding, drop = _lost_rows(block, lost, len(periods))
        findings.append(finding)
        drops.append(drop)
    if not periods or not block.stacks:
        return pl.DataFrame(schema=ROW_SCHEMA), findings, drops
    table = sheet.grid[[period.row for period in periods]]
    series = {
        column: Identity(key, name, block.quantity, unit=block.unit) for column, (key, name) in block.stacks.items()
    }
    first, after = pl.Series([period.first for period in periods]), pl.Series([period.after for period in periods])
    row_numbers = np.array([period.row + 1 for period in periods])
    rows = column_rows(series, table, block.averaging_period, first, after, row_numbers, sheet.name)
    texts = rows["raw_value"].drop_nulls().unique().to_list()
    labels = [text for text in texts if re.search(r"[^\W\d]", text) and stations().stack(text)]
    is_label = pl.col("raw_value").is_in(labels).fill_null(False)
    for cells in rows.filter(is_label).partition_by("station_key", maintain_order=True) if labels else []:
        finding, drop = _label(sheet.name, cells)
        findings.append(finding)
        drops.append(drop)
    findings += formula_cells(sheet, {period.row for period in periods}, set(block.stacks))
    return rows.filter(~is_label), findings, drops


def _label(sheet: str, cells: pl.DataFrame) -> tuple[Finding, Drop]:
    """`cells` are rows of one stack whose text is a stack's name."""
    key, column_name, text, cell = (
        cells.row(0, named=False)[0],
        cells["station_name"][0],
        cells["raw_value"][0],
        cells["cell"][0],
    )
    other = stations().stack(text)
    same = "its other name" if other == key else f"the name of {other}"
    same_th = "อีกชื่อหนึ่งของปล่องเดียวกัน" if other == key else f"ชื่อของ {other}"
    en = (
        f"In column {column_name}, {cell} holds “{text}”, {same}: a header among the values. The column was "
        "kept, the cell dropped."
    )
    th = f"คอลัมน์ {column_name} เซลล์ {cell} เขียนว่า “{text}” ซึ่งเป็น{same_th} เป็นหัวคอลัมน์ ไม่ใช่ค่า จึงตัดเซลล์นี้ออก"
    return Finding("label_in_data", en, th, sheet, cell, n=cells.height), Drop("label_in_data", en, th, n=cells.height)


def _lost_rows(block: Block, lost: list[int], n_read: int) -> tuple[Finding, Drop]:
    cell = address(lost[0], block.year_column)
    en = f"{len(lost)} rows with values have no year or month that can be read; the first begins at {cell}."
    th = f"มี {len(lost)} แถวที่มีค่าแต่อ่านปีหรือเดือนไม่ได้ แถวแรกเริ่มที่ {cell}"
    name = block.sheet.name
    if len(lost) > MAX_LOST_SHARE * (len(lost) + n_read):
        raise Refusal(
            "unreadable_dates",
            f"Sheet {name}: {en} Write the year on the first row of each year (2552) and months as ม.ค. to ธ.ค.",
            f"แผ่นงาน {name}: {th} โปรดเขียนปีที่แถวแรกของแต่ละปี (2552) และเดือนเป็น ม.ค. ถึง ธ.ค.",
            sheet=name,
            cell=cell,
        )
    n = len(lost) * len(block.stacks)
    return Finding("unreadable_date", en, th, name, cell, n=len(lost)), Drop("unreadable_date", en, th, n=n)


def _calendar(block: Block, periods: list[Period]) -> list[Finding]:
    """Months or years that stand twice, or are missing between the first and the last."""
    if not periods:
        return []
    findings = []
    seen = [period.first for period in periods]
    unit, unit_th = ("years", "ปี") if block.month_column is None else ("months", "เดือน")
    twice = sorted({first for first in seen if seen.count(first) > 1})
    if twice:
        again = next(period for period in reversed(periods) if period.first == twice[0])
        findings.append(
            Finding(
                "period_twice",
                f"{len(twice)} {unit} stand twice, the first is {twice[0]:%Y-%m}; is a year missing in the year "
                "column?",
                f"มี {len(twice)} {unit_th}ซ้ำ ช่วงแรกคือ {twice[0]:%Y-%m} ในคอลัมน์ปีอาจขาดปีไป",
                sheet=block.sheet.name,
                cell=address(again.row, block.year_column),
                n=len(twice),
            )
        )
    step = 12 if block.month_column is None else 1
    numbers = {first.year * 12 + first.month - 1 for first in seen}
    missing = [n for n in range(min(numbers), max(numbers), step) if n not in numbers]
    if missing:
        findings.append(
            Finding(
                "missing_periods",
                f"{len(missing)} {unit} are missing, the first is {missing[0] // 12}-{missing[0] % 12 + 1:02d}.",
                f"ขาดไป {len(missing)} {unit_th} ช่วงแรกคือ {missing[0] // 12}-{missing[0] % 12 + 1:02d}",
                sheet=block.sheet.name,
                n=len(missing),
            )
        )
    return findings


def _missing_tables(rows: pl.DataFrame) -> list[Finding]:
    held = set(rows["quantity"].unique())
    missing = [quantity for quantity in (*EMISSIONS, "FLOW") if quantity not in held]
    if not missing:
        return []
    return [
        Finding(
            "missing_table",
            f"The workbook lacks the tables of {', '.join(missing)}.",
            f"สมุดงานไม่มีตาราง {', '.join(missing)}",
            n=len(missing),
        )
    ]


def _disown_zeros(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """A rate of 0 beside a blank concentration is what a formula makes of an empty cell: no measurement."""
    base = rows.filter(pl.col("value").is_null() & pl.col("flag").is_null()).select(
        "station_key",
        "interval_start_at",
        (pl.col("quantity") + "_RATE").alias("quantity"),
        pl.lit(True).alias("is_unmeasured"),
    )
    joined = rows.join(
        base.unique(), on=["station_key", "interval_start_at", "quantity"], how="left", maintain_order="left"
    )
    where = (joined["is_unmeasured"].fill_null(False) & (joined["value"] == 0)).fill_null(False)
    if not where.any():
        return rows, []
    findings = []
    marked = rows.filter(where)
    for (sheet,), part in marked.group_by("sheet", maintain_order=True):
        findings.append(
            Finding(
                "placeholder_zero",
                f"{part.height} emission rates are 0 where the concentration is blank, the first in "
                f"{part['cell'][0]}: they are "
                "placeholders (~), not measurements.",
                f"มีอัตราการระบาย {part.height} ค่าเป็น 0 ทั้งที่ความเข้มข้นว่าง เซลล์แรกคือ {part['cell'][0]} จึงถือเป็นค่าแทนที่ "
                "(~) ไม่ใช่ค่าที่วัดได้",
                sheet=str(sheet),
                cell=part["cell"][0],
                n=part.height,
            )
        )
    return mark_placeholders(rows, where), findings


def _once(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding], list[Drop]]:
    """A block that stands twice with the same numbers is taken once."""
    what = [name for name in ROW_SCHEMA if name not in ("sheet", "cell")]
    kept = rows.unique(subset=what, keep="first", maintain_order=True)
    n = rows.height - kept.height
    if not n:
        return rows, [], []
    en = f"{n} cells stand twice in the workbook with the same content; one of each was taken."
    th = f"มี {n} เซลล์ซ้ำในสมุดงานโดยมีเนื้อหาเหมือนกัน ใช้เพียงชุดเดียว"
    return kept, [Finding("duplicate_table", en, th, n=n)], [Drop("duplicate_table", en, th, n=n)]
