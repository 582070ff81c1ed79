"""The charts of a report with their descriptions: numbers of the conclusions in, inline SVG out."""

from __future__ import annotations

from markupsafe import Markup

from expectations.report import charts, texts
from expectations.report.agreed import agreed
from expectations.report.conclude import Conclusions
from expectations.report.coverage import Count, Quantity
from expectations.report.model import Bilingual
from expectations.scorecard import policy

Figures = dict[str, Markup | Bilingual]


def figures_of(done: Conclusions) -> Figures:
    """`years`, `months` and `trend` as SVG, each with its `…_desc`; those without numbers are left out."""
    return _coverage(done) | _trend(done)


def years_of(done: Conclusions) -> list[tuple[int, int, int, int]]:
    """(year, valid, flagged, missing) hours over all hourly series."""
    totals: dict[int, Count] = {}
    for quantity in _hourly(done):
        for year, count in quantity.by_year.items():
            totals[year] = totals.get(year, Count()) + count
    return [(year, c.valid, c.flagged, c.missing) for year, c in sorted(totals.items())]


def _hourly(done: Conclusions) -> list[Quantity]:
    return [q for q in done.coverage if q.averaging_period == "PT1H"]


def _coverage(done: Conclusions) -> Figures:
    hourly, years = _hourly(done), years_of(done)
    if not years:
        return {}
    worst = min(years, key=lambda y: y[1] / max(sum(y[1:]), 1))
    lowest = min(hourly, key=lambda q: q.total.share)
    threshold = policy().coverage_warning
    years_text = {
        "n": len(years),
        "share": texts.percent(worst[1], sum(worst[1:])),
    }
    years_description = Bilingual(
        *(
            part.format(first=years[0][0] + era, last=years[-1][0] + era, worst=worst[0] + era, **years_text)
            for part, era in zip(texts.raw("chart.years_desc"), (texts.BUDDHIST_ERA, 0), strict=True)
        )
    )
    months_description = texts.text(
        "chart.months_desc",
        n=len(hourly),
        threshold=f"{round(threshold * 100)} %",
        worst=_plain(lowest.quantity),
        share=texts.percent(lowest.total.valid, lowest.total.expected),
    )
    lines = [
        (_plain(q.quantity), [(year, month, count.share) for (year, month), count in sorted(q.by_month.items())])
        for q in hourly
    ]
    # drawn by our own code from numbers and catalogue words, which _svg escapes
    return {
        "years": Markup(charts.years_chart(years, texts.text("chart.years_title"), years_description)),
        "years_desc": years_description,
        "months": Markup(charts.months_chart(lines, threshold, texts.text("chart.months_title"), months_description)),
        "months_desc": months_description,
    }


def _trend(done: Conclusions) -> Figures:
    """From two periods on: one point is no trend."""
    known = [s for s in done.scores if s.periods]
    if len({period.key for s in known for period in s.periods}) < 2:
        return {}
    target = agreed().target_points
    # points stand close to the target: the axis begins at the ten below the lowest of them
    least = min(80, *(int(period.points // 10 * 10) for s in known for period in s.periods))
    lowest = min(known, key=lambda s: s.periods[-1].points)
    description = texts.text(
        "trend.description",
        n=len(known),
        least=least,
        target=f"{target:g}",
        worst=lowest.source_id,
        points=f"{lowest.periods[-1].points:g}",
    )
    # the axis runs over all periods in order, also those that only some sources have
    labels = dict(sorted({period.key: period.label for s in known for period in s.periods}.items()))
    order = list(labels)
    sources = [(s.source_id, [(order.index(p.key), p.points) for p in s.periods]) for s in known]
    drawn = charts.trend_chart(sources, list(labels.values()), target, least, texts.text("trend.title"), description)
    return {"trend": Markup(drawn), "trend_desc": description}


def _plain(quantity: str) -> str:
    return texts.symbol(quantity).replace("_", "")
