"""The hourly grids' fixed words, one entry per quantity: header style, own summary columns, the footer's labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .stations import Station

Header = Literal["h:00", "hh:00", "time", "nbsp"]
# What the footer writes under "Month": the month of export as text or as a date (which looks like one more day), the
# table's own months (there or one row higher), or nothing.
Period = Literal["month", "date", "range", "range above", "nothing"]
Summary = list[float | str | None]

SECTORS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
WIND_BINS = (0.5, 1.5, 3.2, 5.4, 7.9, 10.7, 13.7)
BIN_LABELS = ("0-0.5", "0.51-1.50", "1.51-3.20", "3.21-5.40", "5.41-7.90", "7.91-10.70", "10.71-13.70")


@dataclass(frozen=True)
class Layout:
    """One quantity's grid. `limits`: (label above the count column, its unit word, test on a value)."""

    quantity: str
    observed: str  # the name the lakehouse uses
    unit: str  # UCUM
    header: Header
    ambient: bool  # air-quality file: Excel dates, Thai name in the title; else meteorology: Thai dates, English name
    summary: tuple[str, ...]
    unit_text: str  # as the footer writes it; WS says (Degree.) in the real exports too
    limits: tuple[tuple[str, str, Callable[[np.ndarray], np.ndarray]], ...] = ()
    gap_before: int = 0  # empty rows between the last day and the counts
    gap_after: int = 1  # empty rows between the counts and the statistics
    mean_label: str = "Ari.Mean"
    period: Period = "nothing"
    counts_hours: bool = True  # whether the statistics say how many hours are good
    decimals: int = 0


def _over(limit: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda values: values > limit


def _under(limit: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda values: values < limit


LAYOUTS: dict[str, Layout] = {
    layout.quantity: layout
    for layout in (
        Layout(
            "SO2", "SO2", "ug/m3", "h:00", True, ("24 AVG", ">300", ">780", ">260", "MIN", "MAX"), "(ug/m3)",
            ((">300", "Days", _over(300)), (">780", "hours", _over(780))), gap_before=1,
            mean_label="Geo.Mean", period="month",
        ),
        Layout(
            "NO2", "NO2", "ug/m3", "hh:00", True, ("24 AVG", "1 Hr>320", "MAX"), "(ug/m3)",
            ((">320", "Days", _over(320)),), gap_before=1, period="month",
        ),
        Layout(
            "PM10", "PM10", "ug/m3", "time", True, ("MEAN", "24 Hr>120", "MAX 1 Hrs"), "(ug/m3)",
            ((">120", "Days", _over(120)),), gap_after=2, mean_label="Ari.mean", period="date",
        ),
        Layout(
            "TSP", "TSP", "ug/m3", "time", True, ("MEAN", "1 Hr>330", "MAX 1 Hrs"), "(ug/m3)",
            ((">330", "Days", _over(330)),), period="month",
        ),
        Layout(
            "BP", "BP", "mbar", "nbsp", False, ("24AVG", "MAX", "MIN", "1Hr > 1000", "1Hr < 900"), "(mBAR)",
            (("> 1000", "Hour", _over(1000)), ("< 900", "Hour", _under(900))), gap_after=0,
        ),
        Layout(
            "DEV", "WD_DEV", "deg", "nbsp", False, ("24AVG", "MAX", "MIN"), "(Degree.)",
            period="range", counts_hours=False,
        ),
        Layout(
            "RAIN", "RAIN", "mm", "nbsp", False, ("SUM", "MAX", "MIN", "1 Hr > 10"), "(mm.)",
            (("> 10", "Hours", _over(10)),), decimals=2,
        ),
        Layout(
            "RH", "RH", "%", "nbsp", False, ("24AVG", "MAX", "MIN", "1 Hr >100", "1 Hr < 20"), "(%)",
            (("> 100", "Hours", _over(100)), ("< 20", "Hours", _under(20))), period="range above",
        ),
        Layout(
            "SW", "SW", "W/m2", "nbsp", False, ("24AVG", "MAX", "MIN", "1 Hr > 1000"), "(w/m2.)",
            (("> 1000", "Hours", _over(1000)),),
        ),
        Layout(
            "TEMP", "TEMP", "Cel", "nbsp", False, ("24AVG", "MAX", "MIN", "1Hr > 50", "1Hr < 10"), "(C-deg.)",
            (("> 50", "Hours", _over(50)), ("< 10", "Hours", _under(10))), gap_after=0, decimals=2,
        ),
        Layout("WD", "WD", "deg", "nbsp", False, ("Count", "%") * 16, "(Degree.)", period="range"),
        Layout(
            "WS", "WS", "m/s", "nbsp", False,
            ("24AVG", "MAX", "MIN", *BIN_LABELS), "(Degree.)", gap_after=0, decimals=2, period="range",
        ),
    )
}  # fmt: skip


def title(layout: Layout, station: Station, level: str | None, spelled: str | None) -> str:
    """`SO2 Station no.9 บ้านสบป้าด`, `BP Station No.9 Ban Soppad`, `WSH Station No.5 Main Station`."""
    if layout.ambient or layout.quantity == "DEV":
        name = spelled or (station.name_th if layout.ambient else station.name_en)
        return f"{layout.quantity} Station no.{station.number} {name}"
    return f"{layout.quantity}{level or ''} Station No.{station.number} {spelled or station.name_en}"


def day_summary(layout: Layout, valid: np.ndarray, letter: str | None) -> Summary:
    """Their own columns after hour 24, for one day's valid values and its commonest letter; all to be left alone."""
    n = len(valid)
    quantity = layout.quantity
    if quantity == "WD":
        if not n:
            return [None] * 32
        counts = np.bincount(((valid % 360) / 22.5 + 0.5).astype(int) % 16, minlength=16).tolist()
        return [x for count in counts for x in (count, round(count * 100 / n, 2))]
    if not n and not layout.ambient:
        return [None] * len(layout.summary)
    top, low = (float(valid.max()), float(valid.min())) if n else (0.0, 0.0)
    # With fewer than 18 hours their average is the letter that took the others.
    mean = round(float(valid.mean()), layout.decimals) if n >= 18 or (n and not letter) else letter
    over = [int(test(valid).sum()) for _, _, test in layout.limits]
    if quantity == "SO2":
        return [mean, int(isinstance(mean, float) and mean > 300), over[1], int((valid > 260).sum()), low, top]
    if quantity == "PM10":
        return [mean, int(isinstance(mean, float) and mean > 120), top]
    if quantity in ("NO2", "TSP"):
        return [mean, over[0], top]
    if quantity == "RAIN":
        return [float(valid.sum()), top, low, *over]
    if quantity == "WS":
        bins = np.bincount(np.digitize(valid, WIND_BINS, right=True), minlength=8)[:7]
        return [mean, top, low, *bins.tolist()]
    return [mean, top, low, *over]
