"""Charts as inline SVG: Vega-Altair describes, vl-convert draws. Small on purpose, so that a phone shows them unscaled.

Everything a chart says stands in a table beside it too; the legend is HTML, so that it has a language of its own.
Altair takes most of a second to import: only here, and only when there is something to draw.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from expectations.report.model import Bilingual
from expectations.report.texts import BUDDHIST_ERA

WIDTH = 250  # of the plot alone: with labels the picture stays under the 328 px that a 360 px phone leaves
FONT = "Sarabun"
INK, GRID = "#16211d", "#d5ddd9"
VALID, FLAGGED, MISSING = "#0b6b5a", "#f0b44c", "#ffffff"


def years_chart(rows: Sequence[tuple[int, int, int, int]], title: Bilingual, description: Bilingual) -> str:
    """Stacked bars, one a year: (year C.E., valid, flagged, missing) in hours."""
    import altair as alt

    parts = [
        {"year": _label(year), "order": order, "part": part, "hours": hours}
        for year, *counts in rows
        for order, (part, hours) in enumerate(zip(("valid", "flagged", "missing"), counts, strict=True))
    ]
    bars = (
        alt.Chart(alt.NamedData("rows"))
        .mark_bar(height={"band": 0.72}, stroke=INK, strokeWidth=0.6)
        .encode(
            y=alt.Y("year:N", title=None, sort=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=6)),
            x=alt.X(
                "hours:Q",
                stack="zero",
                title="พันชั่วโมง · thousand hours",
                axis=alt.Axis(
                    labelExpr="format(datum.value / 1000, ',')",
                    tickCount=4,
                    gridColor=GRID,
                    domain=False,
                    ticks=False,
                    titlePadding=8,
                ),
            ),
            color=alt.Color(
                "part:N",
                legend=None,
                scale=alt.Scale(domain=["valid", "flagged", "missing"], range=[VALID, FLAGGED, MISSING]),
            ),
            order="order:Q",
        )
        .properties(width=WIDTH - 30, height=alt.Step(26))
    )
    return _svg(_themed(bars), parts, "chart-years", title, description)


def months_chart(
    quantities: Sequence[tuple[str, Sequence[tuple[int, int, float]]]],
    threshold: float,
    title: Bilingual,
    description: Bilingual,
) -> str:
    """One small graph a quantity: (symbol, [(year C.E., month, valid share 0..1)]); a dashed line at the threshold."""
    import altair as alt

    # decimal years: a date would be drawn in the time zone of whoever builds the page
    points: list[dict[str, Any]] = [
        {"quantity": name, "at": year + (month - 0.5) / 12, "share": 100 * share}
        for name, months in quantities
        for year, month, share in months
    ]
    first = int(min(p["at"] for p in points))
    last = int(max(p["at"] for p in points)) + 1
    step = max(1, (last - first) // 5)
    is_short = max(len(months) for _, months in quantities) < 30
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(
            values=list(range(first, last + 1, step)),
            labelExpr=f"[format(datum.value + {BUDDHIST_ERA}, 'd'), format(datum.value, 'd')]",
            grid=False,
            labelBound=False,
            labelFlush=True,
        ),
    )
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 50, 100], gridColor=GRID, domain=False, ticks=False, labelPadding=4),
    )
    share = alt.Chart().mark_area(
        color=VALID,
        opacity=0.28,
        line={"color": VALID, "strokeWidth": 1.4},
        point={"color": VALID, "size": 14, "opacity": 1} if is_short else False,
    )
    limit = (
        alt.Chart().mark_rule(strokeDash=[4, 3], color="#9b1c1c", strokeWidth=1).encode(y=alt.datum(100 * threshold))
    )
    chart = (
        alt.layer(share.encode(x=x, y=y), limit, data=alt.NamedData("rows"))
        .properties(width=WIDTH - 20, height=46)
        .facet(
            row=alt.Row(
                "quantity:N",
                sort=[name for name, _ in quantities],
                title=None,
                header=alt.Header(labelAngle=0, labelAlign="left", labelAnchor="middle", labelFontWeight="bold"),
            ),
            spacing=14,
        )
    )
    return _svg(_themed(chart), points, "chart-months", title, description)


def trend_chart(
    sources: Sequence[tuple[str, Sequence[tuple[int, float]]]],
    labels: Sequence[Bilingual],
    target: float,
    least: int,
    title: Bilingual,
    description: Bilingual,
) -> str:
    """One small graph a source from `least` to 100: (source id, [(number of the period in `labels`, points 0..100)]).

    Points that reach the target are full, the others open; a dashed line at the target.
    """
    import altair as alt

    points = [
        {"source": name, "at": at, "points": value, "reached": value >= target}
        for name, periods in sources
        for at, value in periods
    ]
    last = len(labels) - 1
    shown = sorted({0, last})
    words = [[labels[i].th, labels[i].en] for i in shown]
    expression = " : ".join(f"datum.value == {at} ? {json.dumps(both)}" for at, both in zip(shown, words, strict=True))
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(domain=[-0.4, last + 0.4], nice=False),
        axis=alt.Axis(values=shown, labelExpr=f"{expression} : ''", grid=False, labelFlush=30, tickCount=2),
    )
    y = alt.Y(
        "points:Q",
        title=None,
        scale=alt.Scale(domain=[least, 100]),
        axis=alt.Axis(values=[least, 100], gridColor=GRID, domain=False, ticks=False, labelPadding=4),
    )
    line = alt.Chart().mark_line(color=VALID, strokeWidth=1.6).encode(x=x, y=y)
    dots = (
        alt.Chart()
        .mark_point(color=VALID, filled=False, size=34, strokeWidth=1.6, opacity=1)
        .encode(x=x, y=y, fill=alt.condition("datum.reached", alt.value(VALID), alt.value(MISSING)))
    )
    limit = alt.Chart().mark_rule(strokeDash=[4, 3], color="#9b1c1c", strokeWidth=1).encode(y=alt.datum(target))
    chart = (
        alt.layer(limit, line, dots, data=alt.NamedData("rows"))
        .properties(width=WIDTH + 20, height=46)
        .facet(
            row=alt.Row(
                "source:N",
                sort=[name for name, _ in sources],
                title=None,
                header=alt.Header(
                    labelAngle=0, labelAlign="left", labelAnchor="start", labelOrient="top", labelFontWeight="bold"
                ),
            ),
            spacing=10,
        )
    )
    return _svg(_themed(chart), points, "chart-trend", title, description)


def _label(year: int) -> str:
    return f"{year + BUDDHIST_ERA} / {year}"


def _themed(chart: Any) -> Any:
    return (
        chart.configure(font=FONT, aria=False, background="transparent", padding=4)
        .configure_axis(labelFontSize=12, titleFontSize=12, labelColor=INK, titleColor=INK, titleFontWeight="normal")
        .configure_header(labelFontSize=12, labelColor=INK)
        .configure_view(stroke=None)
    )


def _svg(chart: Any, rows: list[dict[str, Any]], name: str, title: Bilingual, description: Bilingual) -> str:
    import vl_convert

    # rows join the finished description: as part of the chart, Altair would check every one of them
    spec = chart.to_dict(validate=False) | {"datasets": {"rows": rows}}
    drawn: str = vl_convert.vegalite_to_svg(spec)
    size = re.match(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"[^>]*>', drawn)
    assert size, "vl-convert draws an <svg> with width and height"
    body = drawn[size.end() :].replace(f'fill="{FLAGGED}"', f'fill="url(#{name}-hatch)"')
    body = re.sub(r' (?:aria-[a-z]+|role)="[^"]*"', "", body)  # one picture with one description, not a hundred shapes
    body = re.sub(r"(\d\.\d)\d+", r"\1", body)  # a tenth of a pixel is enough, and a third of the bytes
    # one <title> cannot be in two languages: Thai here, both in the caption that follows the picture
    head = (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" lang="th" '
        f'width="{size[1]}" height="{size[2]}" viewBox="0 0 {size[1]} {size[2]}" '
        f'aria-labelledby="{name}-t" aria-describedby="{name}-d">'
        f'<title id="{name}-t">{escape(title.th)}</title><desc id="{name}-d">{escape(description.th)}</desc>'
        f'<defs><pattern id="{name}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" fill="{FLAGGED}"/>'
        f'<path d="M0 0v5" stroke="{INK}" stroke-width="1.6"/></pattern></defs>'
    )
    return head + body
