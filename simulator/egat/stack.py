"""The stack workbook: sheets SO2, NOx (monthly, ppm beside g/s), TSP and Flow rate (annual); Buddhist-era years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from .book import THAI_MONTHS_SHORT, Book, Made, Row, Truth, address, expected, local_interval, number_text
from .distributions import generator
from .traps import AS_FOUND, StackTraps

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

OLD = ("45", "67", "8", "9", "10", "11", "12", "13")
NEW = "MM-T1"
KEYS = (*(f"STACK-{name}" for name in OLD), "STACK-14")
TITLES = {
    "SO2": (
        "ค่าเฉลี่ยรายเดือนปริมาณก๊าซซัลเฟอร์ไดออกไซด์ ( SO2) , ppm 7%O2",
        "อัตราการระบายปริมาณก๊าซซัลเฟอร์ไดออกไซด์ ( SO2) , g/s 7%O2",
    ),
    "NOx": (
        "ค่าเฉลี่ยปริมาณก๊าซออกไซด์ของไนโตรเจน ( NOx) , ppm 7%O2",
        "อัตราการระบายปริมาณก๊าซออกไซด์ของไนโตรเจน (NOx) , g/s 7%O2",
    ),
    "TSP": ("ค่าเฉลี่ยปริมาณฝุ่นละอองรวม (TSP) , mg/m3 7%O2", "อัตราการระบายฝุ่นละอองรวม (TSP) , g/s 7%O2"),
}
FLOW_TITLE = "ค่าเฉลี่ยรายปีอัตราการระบาย (Flow Rate) , Nm3/h"
MOLAR_MASS = {"SO2": 64.06, "NOx": 46.0}
MOLAR_VOLUME_OLD, MOLAR_VOLUME = 21.93, 24.45  # L/mol; the Thai basis (25 °C, 1 atm) is 24.45

Cell = float | str | None
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class StackSpec:
    """`years` from `first_year` (common era) on, nine stacks; MM-T1 (STACK-14) runs from August of the last year.

    With `until` it is a workbook of later years: stacks 45 and 67 have retired, MM-T1 runs throughout, and there is nothing
    of the months, and of the year, that end after that day.
    """

    first_year: int
    years: int
    traps: StackTraps = AS_FOUND
    seed: int = 0
    note: str = ""
    until: date | None = None

    def build(self) -> Made:
        flow, dust = self._annual()
        book = Book(self.note)
        rows: list[Row] = []
        for name in ("SO2", "NOx"):
            rows += self._monthly_sheet(book.sheet(name), name, flow)
        rows += self._tsp_sheet(book.sheet("TSP"), dust, flow)
        rows += self._flow_sheet(book.sheet("Flow rate"), flow)
        return Made(book.finish(mark_sheet=True), Truth("stack", lambda: rows))

    def _annual(self) -> tuple[list[list[Cell]], list[list[Cell]]]:
        """Flow in Nm³/h and dust in mg/m³: years × 9 stacks."""
        rng = generator(self.seed, "stack", self.first_year, self.years)
        flow: list[list[Cell]] = []
        dust: list[list[Cell]] = []
        for y in range(self.years):
            last = y == self.years - 1
            flow.append([*(round(float(x) * 2) / 2 for x in rng.normal(1_270_000, 75_000, 8)), None])
            dust.append([*(round(float(x), 2) for x in rng.uniform(3.8, 14, 8)), None])
            if self.until:
                flow[y][:2] = dust[y][:2] = [None, None]
            if last or self.until:
                flow[y][8], dust[y][8] = 2_450_000 + round(float(rng.normal(0, 5000)), 6), 3.4
        if self.traps.copied_flow and self.years >= 3:
            # Odd decimals, to be seen: two years cannot share them by chance.
            flow[-2][:8] = [float(x) + 0.123456 for x in flow[-2][:8] if isinstance(x, float)]
            flow[0][:8] = flow[-2][:8]
        return flow, dust

    def _monthly_sheet(self, sheet: Worksheet, name: str, flow: list[list[Cell]]) -> Iterator[Row]:
        for block, text in enumerate(TITLES[name]):
            left = 12 * block
            sheet.write_string(0, left, text)
            for i, word in enumerate(("Year", "Month", *(f"stack {s}" for s in OLD), f"stack {NEW}")):
                sheet.write_string(2, left + i, word)
        quantity = name.upper()
        for y in range(self.years):
            year = self.first_year + y
            for month in range(1, 13):
                if self._is_to_come(date(year + month // 12, month % 12 + 1, 1)):
                    break
                row = 3 + 12 * y + month - 1
                for left in (0, 12):
                    if month == 1:  # the year stands on January's row only
                        sheet.write_number(row, left, year + 543)
                    sheet.write_string(row, left + 1, THAI_MONTHS_SHORT[month - 1])
                period = local_interval(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))
                for s, key in enumerate(KEYS):
                    ppm, trap = self._ppm(name, y, month, s)
                    rate = self._rate(name, y, month, s, ppm, flow[y][s])
                    for left, content, measure, unit in (
                        (2, ppm, quantity, "[ppm]"),
                        (14, rate, f"{quantity}_RATE", "g/s"),
                    ):
                        _write(sheet, row, left + s, content)
                        yield _row(key, measure, "P1M", period, unit, content, name, address(row, left + s), trap)

    def _ppm(self, name: str, y: int, month: int, s: int) -> tuple[Cell, str | None]:
        """One month's concentration, and the mistake in it."""
        rng = generator(self.seed, name, self.first_year + y, month, KEYS[s])
        last = y == self.years - 1
        if self.until and s < 2:
            return None, None
        if s == 8 and not self.until:
            if last and month == 7 and self.traps.renamed:
                return "MM-RP1", "renamed"
            if not last or month < 8:
                return None, None
        if s == 8:
            return float(round(rng.uniform(32, 49) if name == "SO2" else rng.uniform(79, 85))), None
        if last and month >= 9 and s < 2 and not self.until:  # the units behind these two stacks retire
            return None, None
        if self.traps.blanks and (y, month, s) in {(0, 2, 4), (0, 6, 1)}:
            return " ", "space"
        if rng.random() < 0.01:  # unit off for the whole month
            return None, None
        ppm = rng.lognormal(4.5, 0.35) if name == "SO2" else rng.normal(265, 35)
        limited = min(max(float(ppm), 18 if name == "SO2" else 120), 184 if name == "SO2" else 376)
        # Half of the years are typed in whole ppm, the others come with every decimal.
        return (float(round(limited)) if y % 2 == 0 else limited), None

    def _rate(self, name: str, y: int, month: int, s: int, ppm: Cell, flow: Cell) -> Cell:
        """g/s as their own formula gives it: ppm × molar mass / molar volume × flow / 3.6e6."""
        if isinstance(ppm, str):
            return ppm if ppm.strip() else "#VALUE!"
        if ppm is None:
            return None if s == 8 or month % 2 or self.until else 0.0  # a formula over an empty cell gives 0
        volume = MOLAR_VOLUME if s == 8 or not self.traps.two_references else MOLAR_VOLUME_OLD
        broken = self.traps.rate_break and name == "NOx" and y == self.years // 2 and month >= 2
        assert isinstance(flow, float)
        return ppm * MOLAR_MASS[name] / volume * flow / 3.6e6 * (1.39 if broken else 1.0)

    def _tsp_sheet(self, sheet: Worksheet, dust: list[list[Cell]], flow: list[list[Cell]]) -> Iterator[Row]:
        """Two blocks one above the other."""
        for block, text in enumerate(TITLES["TSP"]):
            top = block * (self.years + 4)
            sheet.write_string(top, 0, text)
            for i, word in enumerate(("Year", *(f"stack {s}" for s in OLD), f"stack {NEW}")):
                sheet.write_string(top + 2, i, word)
            for y in range(self._whole_years):
                row = top + 3 + y
                sheet.write_number(row, 0, self.first_year + y + 543)
                for s, key in enumerate(KEYS):
                    content, measure, unit = dust[y][s], "TSP", "mg/m3"
                    if block:
                        measure, unit = "TSP_RATE", "g/s"
                        amount, volume = dust[y][s], flow[y][s]
                        both = isinstance(amount, float) and isinstance(volume, float)
                        content = amount * volume / 3.6e6 if both else None  # type: ignore[operator]
                    _write(sheet, row, 1 + s, content)
                    yield _row(key, measure, "P1Y", self._year(y), unit, content, "TSP", address(row, 1 + s), None)

    def _flow_sheet(self, sheet: Worksheet, flow: list[list[Cell]]) -> Iterator[Row]:
        sheet.write_string(0, 0, FLOW_TITLE)
        # This sheet writes `stack 14` where the others write MM-T1, and its header is one row higher.
        for i, word in enumerate(("ปี", *(f"stack {s}" for s in OLD), "stack 14")):
            sheet.write_string(1, i, word)
        copied = {0, self.years - 2} if self.traps.copied_flow and self.years >= 3 else set()
        for y in range(self._whole_years):
            sheet.write_number(2 + y, 0, self.first_year + y + 543)
            for s, key in enumerate(KEYS):
                content = flow[y][s]
                _write(sheet, 2 + y, 1 + s, content)
                trap = "copied_flow" if y in copied and s < 8 else None
                yield _row(key, "FLOW", "P1Y", self._year(y), "m3/h", content, "Flow rate", address(2 + y, 1 + s), trap)

    @property
    def _whole_years(self) -> int:
        return sum(not self._is_to_come(date(self.first_year + y + 1, 1, 1)) for y in range(self.years))

    def _is_to_come(self, end: date) -> bool:
        return self.until is not None and end > self.until

    def _year(self, y: int) -> Interval:
        year = self.first_year + y
        return local_interval(date(year, 1, 1), date(year + 1, 1, 1))


def _write(sheet: Worksheet, row: int, column: int, content: Cell) -> None:
    if content == "#VALUE!":
        sheet.write_formula(row, column, '=" "*1', None, "#VALUE!")
    elif isinstance(content, str):
        sheet.write_string(row, column, content)
    elif content is not None:
        sheet.write_number(row, column, content)


def _row(
    key: str,
    quantity: str,
    averaging: str,
    period: Interval,
    unit: str,
    content: Cell,
    sheet: str,
    at: str,
    trap: str | None,
) -> Row:
    value, flag = (None, None) if trap == "renamed" else expected(content)
    text = content if isinstance(content, str) or content is None else number_text(content)
    return Row(key, quantity, None, averaging, period[0], period[1], text, unit, value, flag, sheet, at, trap)
