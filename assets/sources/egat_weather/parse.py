"""EGAT weather: hourly grids per station (the main station on three tower levels), daily TEMP & BP of all stations."""

from __future__ import annotations

from assets.readers.document import Document
from assets.readers.quantities import WEATHER
from assets.readers.result import Parsed
from assets.readers.survey import is_about
from assets.readers.tables import parse_tables
from expectations.contract import Contract

PARSER_VERSION = "1"


def claims(document: Document) -> bool:
    """True for a workbook about weather; its path is asked only where its content is silent."""
    return is_about(document, WEATHER)


def parse(document: Document, contract: Contract) -> Parsed:
    """Entity `observation`. Raises Refusal and NoData."""
    return parse_tables(document.workbook, document.path, contract.source_id, WEATHER)
