"""EGAT air quality: hourly grids of SO2, NO2, PM10, TSP per station, and two columns of 24-hour TSP samples."""

from __future__ import annotations

from assets.readers.facts import read_path
from assets.readers.quantities import AMBIENT
from assets.readers.result import Parsed
from assets.readers.survey import claimed_quantities, is_stack_workbook
from assets.readers.tables import parse_tables
from assets.readers.workbook import Workbook

SOURCE_ID = "egat_ambient"
PARSER_VERSION = "1"


def claims(workbook: Workbook, path: str) -> bool:
    """True for a workbook about air quality; its path is asked only where its content is silent."""
    facts = read_path(path)
    return not is_stack_workbook(workbook, facts) and bool(claimed_quantities(workbook, facts) & AMBIENT)


def parse(workbook: Workbook, path: str) -> Parsed:
    """Entity `observation`. Raises Refusal and NoData."""
    return parse_tables(workbook, path, SOURCE_ID, AMBIENT)
