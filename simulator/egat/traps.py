"""The mistakes a workbook may carry, each with its own switch. All were met in real workbooks of this layout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Formulas = Literal["none", "cached", "uncached"]


@dataclass(frozen=True)
class Traps:
    """Mistakes of one hourly grid or daily sheet. `Traps()` is an ordinary workbook: outages, nothing else."""

    outages: bool = True  # runs of D, F, A and C as an instrument has them; C daily for NO2
    rare: str = ""  # letters written once each, e.g. "BPu-+"
    glued: bool = False  # outage letters run into a number: 000F, 959.D, 00.00D; and one trailing dot: 27.51.
    php_row: bool = False  # the export page's own error as one extra row above a good table
    footer: Literal["counted", "differs", "absent"] = "counted"
    missing_days: int = 0
    blank_cells: int = 0  # hours without anything
    blank_max_days: int = 0  # days whose own MAX column is empty though hours were measured
    only_hours: int | None = None  # zeros in the first hours of each day, nothing after
    all_blank: bool = False
    out_of_range: int = 0  # impossible values: wind 516 m/s, humidity 374 %, pressure 66 mbar
    swapped_days: int = 0  # a stretch that holds another quantity: wind speed that looks like a direction
    cut_last_row: bool = False  # the export stopped in the middle of a row; no footer
    odd_dates: tuple[tuple[int, date], ...] = ()  # row number (0 = first day) → the date written there instead
    formulas: Formulas = "none"  # a few hour cells hold a formula, with or without its cached value
    empty_rows: int = 0  # formatted rows without values below the table


ORDINARY = Traps()
CLEAN = Traps(outages=False)


@dataclass(frozen=True)
class StackTraps:
    """Mistakes of the stack workbook; all on, as they were found."""

    renamed: bool = True  # column MM-T1 says MM-RP1 from the middle of the last year on
    blanks: bool = True  # ' ' in a ppm cell and #VALUE! where its rate would be
    copied_flow: bool = True  # one year's flow is another year's, to the last decimal
    two_references: bool = True  # rates at 21.93 L/mol for the old stacks, 24.45 for MM-T1; off: 24.45 for all
    rate_break: bool = True  # one year of NOx rates is 1.39 times what ppm and flow give


AS_FOUND = StackTraps()
