"""The page: conclusions into templates, one self-contained HTML file out."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from functools import cache
from pathlib import PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from expectations.report import texts
from expectations.report.agreed import agreed
from expectations.report.conclude import Conclusions, conclude, failing
from expectations.report.coverage import Count, Year
from expectations.report.figures import figures_of, years_of
from expectations.report.files import answers_csv
from expectations.report.model import Bilingual, FindingGroup, ReportData
from expectations.scorecard import policy

# Letters of each subset as the font's makers cut it; the browser takes the one that holds the letter.
_SUBSETS = {
    "thai": "U+02D7,U+0303,U+0331,U+0E01-0E5B,U+200C-200D,U+25CC",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,"
    "U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
}


def render_html(data: ReportData, done: Conclusions | None = None) -> str:
    """The whole report as one HTML document, fonts and charts inside; it asks nothing of the network."""
    conclusions = done or conclude(data)
    return page(
        "report.html.j2",
        data=data,
        done=conclusions,
        title_of=_title_of,
        score_policy=policy(),
        failing=failing(data.rules),
        charts=figures_of(conclusions),
        agreed=agreed(),
        answers=b64encode(answers_csv(conclusions)).decode(),
        sources={s.source_id: s for s in data.sources},
        stations=dict(data.stations),
        years=years_of(conclusions),
        flag_meaning=_flag_meanings(data).__getitem__,
        finding_title=_finding_title,
        dict_of_years=lambda series: {year.year: year.total for year in series.years},
        threshold=f"{round(policy().coverage_warning * 100)} %",
    )


def page(template: str, **values: object) -> str:
    """One of the package's templates, filled in."""
    return _environment().get_template(template).render(fonts=_fonts(), **values)


def _title_of(partner: Bilingual) -> Bilingual:
    title = texts.text("page.title")
    return Bilingual(f"{title.th} – {partner.th}", f"{title.en} – {partner.en}")


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


def _day_cell(count: Count | None, as_share: bool) -> Markup:
    """One day of a calendar: hours without a valid value (or their percentage), hatched when mostly flagged."""
    if count is None or not count.expected:
        return Markup("<td>")
    lost = count.expected - count.valid
    if not lost:
        return Markup("<td class=f>")
    level = (
        "e" if not count.valid else "d" if 2 * lost >= count.expected else "b" if 10 * lost > count.expected else "a"
    )
    shown = max(1, 100 * lost // count.expected) if as_share else lost
    is_hatched = level != "a" and count.flagged > count.missing
    return Markup(f'<td class="{level} h">{shown}' if is_hatched else f"<td class={level}>{shown}")


def _day_row(cells: tuple[Count | None, ...], as_share: bool) -> Markup:
    return Markup("").join(_day_cell(cell, as_share) for cell in cells)


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
        day_row=_day_row, change=_change, size=_size, points=_points, local=texts.local,
    )  # fmt: skip
    environment.filters.update(
        n=texts.number,
        filename=lambda path: PurePosixPath(path).name,
        folder=lambda path: str(PurePosixPath(path).parent).replace(".", "", 1) if "/" in path else "",
    )
    return environment


def _change(points: float | None) -> Bilingual:
    """`+1.5` as words with a sign, so that it is not told by colour or sign alone."""
    if points is None:
        return texts.text("trend.no_change")
    key = "up" if points > 0 else "down" if points < 0 else "same"
    return texts.text(f"trend.{key}", points=_points(abs(points)))


def _points(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _size(n: int) -> str:
    """Bytes as kB or MB."""
    return f"{n / 1e6:,.1f} MB" if n >= 1e6 else f"{max(n, 1) / 1e3:,.1f} kB" if n else "0"


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
