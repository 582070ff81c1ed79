"""EGAT Mae Moh: hourly grids, two-column samples, daily TEMP & BP, the stack workbook, and their mistakes.

from simulator.egat import GridSpec, Traps
made = GridSpec("PM10", "EGAT-09", date(2019, 1, 1), 365, traps=Traps(rare="BP")).build()
made.data            # the bytes of one xlsx
made.truth.frame()   # every cell that was written, and how it should be read
"""

from .book import MARK, MARK_SHEET, TOP_FOLDER, Made, Spec, Truth
from .daily import SamplesSpec, TempBpSpec
from .grid import GridSpec
from .notice import NoticeSpec
from .stack import StackSpec
from .stations import STATIONS, Station
from .traps import AS_FOUND, CLEAN, ORDINARY, StackTraps, Traps

__all__ = [
    "AS_FOUND",
    "CLEAN",
    "MARK",
    "MARK_SHEET",
    "ORDINARY",
    "STATIONS",
    "TOP_FOLDER",
    "GridSpec",
    "Made",
    "NoticeSpec",
    "SamplesSpec",
    "Spec",
    "StackSpec",
    "StackTraps",
    "Station",
    "TempBpSpec",
    "Traps",
    "Truth",
]
