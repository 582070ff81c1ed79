"""Calendars: what a series is expected to hold, month by month, in Thai local time."""

from __future__ import annotations

from datetime import UTC, datetime

from expectations.report.coverage import Count, coverage
from expectations.report.model import MonthCount, SeriesSpan


def span(start: datetime, end: datetime, period: str = "PT1H") -> SeriesSpan:
    return SeriesSpan("EGAT-09", "PM10", None, period, start, end)


def month(year: int, number: int, valid: int, flagged: int = 0, rows: int = 0, period: str = "PT1H") -> MonthCount:
    return MonthCount(
        "s", "EGAT-09", "PM10", None, period, year, number, valid, flagged, rows or valid + flagged
    )  # fmt: skip


def local_midnight(year: int, number: int, day: int = 1) -> datetime:
    return datetime(year, number, day, 17, tzinfo=UTC)  # 00:00 of the next day in Thailand


def test_expected_hours_follow_the_local_calendar() -> None:
    spans = [span(local_midnight(2008, 1, 31), local_midnight(2008, 3, 1))]  # 1 February to 1 March 2008
    (quantity,) = coverage([month(2008, 2, 29 * 24), month(2008, 3, 24)], spans, 0.9)
    cells = quantity.series[0].years[0].cells
    assert [c and c.expected for c in cells[:4]] == [None, 29 * 24, 24, None]
    assert quantity.total == Count(30 * 24, 30 * 24, 0)


def test_a_month_without_a_row_is_missing_altogether() -> None:
    spans = [span(local_midnight(2008, 12, 31), local_midnight(2009, 3, 31))]
    (quantity,) = coverage([month(2009, 1, 744), month(2009, 3, 744)], spans, 0.9)
    assert quantity.total.missing == 28 * 24
    assert [(g.first, g.last) for g in quantity.gaps] == [((2009, 2), (2009, 2))]


def test_neighbouring_poor_months_are_one_gap_also_over_new_year() -> None:
    spans = [span(local_midnight(2008, 10, 31), local_midnight(2009, 3, 31))]
    months = [month(2008, 11, 720), month(2009, 3, 744), month(2008, 12, 0, 744), month(2009, 1, 100, 644)]
    (quantity,) = coverage(months, spans, 0.9)
    (gap,) = quantity.gaps
    assert (gap.first, gap.last) == ((2008, 12), (2009, 2))
    assert (gap.count.valid, gap.count.flagged, gap.count.missing) == (100, 744 + 644, 28 * 24)


def test_daily_monthly_and_yearly_series_count_their_own_intervals() -> None:
    year = (local_midnight(2008, 12, 31), local_midnight(2009, 12, 31))
    months = [month(2009, m, 20, period="P1D") for m in range(1, 13)]
    (daily,) = coverage(months, [span(*year, period="P1D")], 0.9)
    assert (daily.total.expected, daily.total.valid) == (365, 240)
    (monthly,) = coverage([month(2009, 5, 1, period="P1M")], [span(*year, period="P1M")], 0.9)
    assert (monthly.total.expected, monthly.total.valid) == (12, 1)
    (yearly,) = coverage([month(2009, 1, 1, period="P1Y")], [span(*year, period="P1Y")], 0.9)
    assert (yearly.total.expected, yearly.total.valid, len(yearly.series[0].years[0].cells)) == (1, 1, 1)


def test_samples_every_sixth_day_are_a_programme_and_not_a_series_with_gaps() -> None:
    year = (local_midnight(2008, 12, 31), local_midnight(2009, 12, 31))
    (sampled,) = coverage(
        [month(2009, 1, 4, 1, period="P1D"), month(2009, 3, 5, period="P1D")], [span(*year, "P1D")], 0.9
    )
    assert sampled.total == Count(10, 9, 1)
    cells = sampled.series[0].years[0].cells
    assert [c and c.expected for c in cells[:3]] == [5, None, 5]


def test_parts_always_add_up_to_the_expected() -> None:
    spans = [span(local_midnight(2008, 12, 31), local_midnight(2009, 12, 31))]
    months = [month(2009, m, 100 * m % 600, 50, 650) for m in range(1, 13)]
    (quantity,) = coverage(months, spans, 0.9)
    for count in (quantity.total, *quantity.by_month.values(), *quantity.by_year.values()):
        assert count.expected == count.valid + count.flagged + count.missing
        assert count.missing >= 0
    assert sum(c.expected for c in quantity.by_year.values()) == 8_760
