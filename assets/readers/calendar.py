"""Local months, quarters and years as intervals in UTC: both ends, the end not included."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Bangkok")
Span = tuple[datetime, datetime]


def month_span(year: int, month: int, months: int = 1) -> Span:
    """The month of a common-era year, or several months from it on."""
    after = year * 12 + month - 1 + months
    return _first(year, month), _first(after // 12, after % 12 + 1)


def quarter_span(year: int, quarter: int) -> Span:
    return month_span(year, 3 * quarter - 2, 3)


def year_span(year: int) -> Span:
    return month_span(year, 1, 12)


def _first(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=LOCAL).astimezone(UTC)
