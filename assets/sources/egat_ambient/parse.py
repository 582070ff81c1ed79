"""EGAT air quality: hourly grids of SO2, NO2, PM10, TSP per station, and two columns of 24-hour TSP samples."""

from __future__ import annotations

from assets.readers.document import Document
from assets.readers.quantities import AMBIENT
from assets.readers.result import Parsed
from assets.readers.survey import is_about
from assets.readers.tables import parse_tables
from expectations.contract import Contract

PARSER_VERSION = "1"


def claims(document: Document) -> bool:
    """True for a workbook about air quality; its path is asked only where its content is silent."""
    return is_about(document, AMBIENT)


def parse(document: Document, contract: Contract) -> Parsed:
    """Entity `observation`. Raises Refusal and NoData."""
    return parse_tables(document.workbook, document.path, contract.source_id, AMBIENT)
