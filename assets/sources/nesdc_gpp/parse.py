"""NESDC gross provincial product: the yearly workbook with the whole history.

Two entities: `per_capita` (sheet PER CAPITA: product, population and product per head of the newest year) and `industry`
(region sheets: for each province a block at current prices and, below it, one in chain volumes).
"""

from __future__ import annotations

from assets.readers.document import Document
from assets.readers.result import Batch, Finding, Parsed, Refusal
from assets.sources.nesdc_gpp import blocks, per_capita
from expectations.contract import Contract

PARSER_VERSION = "1"


def claims(document: Document) -> bool:
    """True when there is a sheet PER CAPITA or a block of a province."""
    if document.kind not in ("xlsx", "xls"):
        return False
    return per_capita.sheet_of(document.grids) is not None or blocks.has_blocks(document.grids)


def parse(document: Document, contract: Contract) -> Parsed:
    """Up to two batches. Raises Refusal: year_missing, column_missing, unrecognised; NoData."""
    grids = document.grids
    batches: list[Batch] = []
    industry = blocks.read(grids, contract) if blocks.has_blocks(grids) else None
    newest = blocks.newest(industry) if industry else None
    sheet = per_capita.sheet_of(grids)
    if sheet is not None:
        batches.append(per_capita.read(sheet, grids[sheet], newest, contract, _lost_table(industry)))
    if industry:
        batches.append(industry)
    if not batches:
        raise Refusal(
            "unrecognised",
            "The workbook has neither a sheet PER CAPITA nor a block of a province.",
            "สมุดงานไม่มีแผ่นงาน PER CAPITA และไม่มีตารางของจังหวัด",
        )
    return Parsed(contract.source_id, tuple(batches))


def _lost_table(industry: Batch | None) -> list[Finding]:
    if industry:
        return []
    return [
        Finding(
            "missing_table",
            "The region sheets (NE, NO, SO, …) are missing: there is no product by industry in this edition.",
            "ไม่มีแผ่นงานรายภาค (NE, NO, SO, …) จึงไม่มีผลิตภัณฑ์รายสาขาในฉบับนี้",
        )
    ]
