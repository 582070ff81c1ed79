"""The page: conclusions into templates, one self-contained HTML file out; and the same as JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from expectations.report import charts, texts
from expectations.report.conclude import Conclusions, conclude, failing
from expectations.report.coverage import Count, Quantity, Year
from expectations.report.model import Bilingual, FindingGroup, ReportData
from expectations.scorecard import policy

# Letters of each subset as the font's makers cut it; the browser takes the one that holds the letter.
_SUBSETS = {
    "thai": "U+02D7,U+0303,U+0331,U+0E01-0E5B,U+200C-200D,U+25CC",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,"
    "U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
}


def render_html(data: ReportData) -> str:
    """The whole report as one HTML document, fonts and charts inside; it asks nothing of the network."""
    conclusions = conclude(data)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            done=conclusions,
            score_policy=policy(),
            failing=failing(data.rules),
            charts=_charts(conclusions),
            fonts=_fonts(),
            sources={s.source_id: s for s in data.sources},
            stations=dict(data.stations),
            years=_years(conclusions),
            flag_meaning=_flag_meanings(data).__getitem__,
            finding_title=_finding_title,
            dict_of_years=lambda series: {year.year: year.total for year in series.years},
            threshold=f"{round(policy().coverage_warning * 100)} %",
        )
    )


def to_json(data: ReportData) -> str:
    """The report's facts and conclusions for machines; dates and instants as ISO 8601, coverage by series and year."""
    done = conclude(data)
    coverage = [
        {"quantity": q.quantity, "averaging_period": q.averaging_period, "station_key": s.station_key, "level": s.level}
        | {"year": y.year, "missing": y.total.missing}
        | asdict(y.total)
        for q in done.coverage
        for s in q.series
        for y in s.years
    ]
    facts = asdict(replace(data, months=(), spans=()))
    del facts["months"], facts["spans"]  # the coverage says the same in fewer lines
    conclusions = asdict(replace(done, coverage=())) | {"coverage": coverage}
    return json.dumps({"data": facts, "conclusions": conclusions}, ensure_ascii=False, indent=1, default=_iso)


def _iso(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the report's JSON")


def _years(conclusions: Conclusions) -> list[tuple[int, int, int, int]]:
    """(year, valid, flagged, missing) hours over all hourly series."""
    totals: dict[int, Count] = {}
    for quantity in _hourly(conclusions):
        for year, count in quantity.by_year.items():
            totals[year] = totals.get(year, Count()) + count
    return [(year, c.valid, c.flagged, c.missing) for year, c in sorted(totals.items())]


def _hourly(conclusions: Conclusions) -> list[Quantity]:
    return [q for q in conclusions.coverage if q.averaging_period == "PT1H"]


def _charts(conclusions: Conclusions) -> dict[str, Markup | Bilingual]:
    hourly, years = _hourly(conclusions), _years(conclusions)
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


def _plain(quantity: str) -> str:
    return texts.symbol(quantity).replace("_", "")


def _symbol(quantity: str) -> Markup:
    """`SO_2` → SO<sub>2</sub>."""
    head, mark, rest = texts.symbol(quantity).partition("_")
    return escape(head) + (Markup("<sub>{}</sub>{}").format(rest[0], rest[1:]) if mark else "")


def _heat(count: Count | None) -> Markup:
    """One cell of a calendar: percentage valid, class by level, hatched when it is low because of flags."""
    if count is None or not count.expected:
        return Markup("<td>")
    if count.valid == count.expected:
        return Markup("<td class=f>100")
    part = count.valid * 100 // count.expected
    level = "e" if not count.valid else "d" if part < 50 else "c" if part < 75 else "b" if part < 90 else "a"
    shown = "&lt;1" if count.valid and not part else part
    is_hatched = level != "a" and count.flagged > count.missing
    return Markup(f'<td class="{level} h">{shown}' if is_hatched else f"<td class={level}>{shown}")


def _heat_row(year: Year) -> Markup:
    return Markup("").join(map(_heat, year.cells))


def _finding_title(group: FindingGroup) -> Bilingual:
    """The catalogue's title of a finding whose reasons differ from place to place; else the first reason."""
    known = texts.catalogue()["finding"].get(group.rule)
    if known:
        return Bilingual(known["th"], known["en"].capitalize())
    return next((s.reason for s in group.samples if s.reason), Bilingual(group.rule, group.rule))


def _flag_meanings(data: ReportData) -> defaultdict[str, Bilingual]:
    """What each flag means: by the contracts, else by the catalogue, else unknown."""
    unknown = texts.text("flags.unknown")
    meanings = defaultdict(lambda: unknown, {flag: texts.word("flags", flag) for flag in texts.catalogue()["flags"]})
    meanings.update({f.flag: f.meaning for s in data.sources for f in s.flags})
    return meanings


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(texts.FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=texts.text, word=texts.word, percent=texts.percent, era=texts.BUDDHIST_ERA, year_span=texts.year_span,
        day=texts.day, day_span=texts.day_span, month=texts.month, instant=texts.instant, heat=_heat,
        heat_row=_heat_row, q=_symbol, period_of=_period_of, received_of=_received_of,
    )  # fmt: skip
    environment.filters.update(
        n=texts.number,
        filename=lambda path: PurePosixPath(path).name,
        folder=lambda path: str(PurePosixPath(path).parent).replace(".", "", 1) if "/" in path else "",
    )
    return environment


def _period_of(data: ReportData) -> Bilingual | None:
    """First to last local day of the batches in force."""
    days = [(b.period_start, b.period_end) for b in data.batches if b.status == "accepted"]
    starts, ends = [a for a, _ in days if a], [b for _, b in days if b]
    return texts.day_span(min(starts), max(ends)) if starts and ends else None


def _received_of(data: ReportData) -> Bilingual | None:
    received = [d.received_at.astimezone(texts.BANGKOK).date() for d in data.deliveries]
    return texts.day_span(min(received), max(received)) if received else None


@cache
def _fonts() -> Markup:
    """@font-face rules with the letters inside, as data."""
    rules = []
    for weight in (400, 700):
        for subset, letters in _SUBSETS.items():
            encoded = b64encode((texts.FOLDER / "fonts" / f"sarabun-{subset}-{weight}-normal.woff2").read_bytes())
            rules.append(
                f"@font-face{{font-family:Sarabun;font-weight:{weight};font-display:block;unicode-range:{letters};"
                f"src:url(data:font/woff2;base64,{encoded.decode()}) format('woff2')}}"
            )
    return Markup("\n".join(rules))
