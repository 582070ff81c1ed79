"""Tourism figures as the Ministry of Tourism and Sports publishes them and TAT passes them on.

Three layouts, three entities: `province_month` (a workbook with a sheet per month), `inbound_year` (the NSO workbook on
visitors from abroad, years across) and `visitor_origin` (the CSV copies of provincial offices).
"""

from __future__ import annotations

from assets.readers.document import Document
from assets.readers.result import Parsed, Refusal
from assets.sources.tat_visitors import inbound, monthly, origin
from expectations.contract import Contract

PARSER_VERSION = "1"


def claims(document: Document) -> bool:
    """Content decides: file names of the monthly workbooks are random."""
    if document.kind in ("xlsx", "xls"):
        return monthly.is_monthly(document.grids) or inbound.table_of(document.grids) is not None
    return document.kind == "text" and origin.is_origin(document)


def parse(document: Document, contract: Contract) -> Parsed:
    """One batch for each month of a workbook, else one. Raises Refusal and NoData."""
    if document.kind == "text":
        return Parsed(contract.source_id, (origin.read(document, contract),))
    if monthly.is_monthly(document.grids):
        return Parsed(contract.source_id, monthly.read(document.grids, contract))
    table = inbound.table_of(document.grids)
    if table is None:
        raise Refusal(
            "unrecognised",
            "No sheet is named after a month (ม.ค.2569R), and none has the columns ทวีป, ประเทศ, รายการ, หน่วย.",
            "ไม่มีแผ่นงานที่ชื่อเป็นเดือน (ม.ค.2569R) และไม่มีแผ่นงานที่มีคอลัมน์ ทวีป ประเทศ รายการ หน่วย",
        )
    return Parsed(contract.source_id, (inbound.read(document.grids, table, contract),))
