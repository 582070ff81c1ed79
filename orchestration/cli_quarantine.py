"""Commands about what the gates hold back: looking at it, judging it again, and the corrections that partners confirmed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated

import typer

BANGKOK = timezone(timedelta(hours=7))
AsFormat = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to `maemoh`."""
    app.command()(quarantine)
    app.command()(replay)
    app.command()(corrections)


def quarantine(
    partner: Annotated[str | None, typer.Option(help="Only what this partner delivered.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only what this rule holds.")] = None,
    path: Annotated[str | None, typer.Option(help="Only deliveries whose path has this text in it.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what was received from this local day on, YYYY-MM-DD.")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Every row, beside the text that stands in the file.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was replaced, withdrawn, resolved or judged again.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many lines to show.")] = 50,
    as_format: AsFormat = "table",
) -> None:
    """Lists what is held back now: rows in quarantine and refused files, by source and rule.

    With --rows, each row beside the text that the delivered file has at that cell. Of personal sources only counts are shown.
    The way back: the partner delivers a corrected file, or a rule, a reader or a correction is changed and `maemoh replay`
    judges it again.

    Examples:
      maemoh quarantine
      maemoh quarantine --source egat_weather --rule hard_range --rows
      maemoh quarantine --rows --since 2026-03-01 --format csv > held.csv
    """
    from assets import quarantine as held
    from orchestration import screens_quarantine as screens
    from orchestration import settings

    if partner:
        settings.check_partner(partner)
    settings.check_sources([source] if source else [])
    screens.check_format(as_format)
    filters = held.Filters(partner, source, rule, path, _since(since), everything)
    lake = _lake()
    lines = held.lines(lake, settings.contracts(), filters)
    if rows:
        shown = held.with_raw_cells(lake, lines.filter(~_is_private()).head(limit))
        screens.show_rows(shown, held.summary(lines.filter(_is_private())), lines.height, as_format)
    else:
        screens.show_summary(held.summary(lines), limit, as_format)


def replay(
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source, whether or not anything changed; may be repeated.")
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="Only deliveries of which this rule holds something; may be repeated.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(help="Only the delivery with this SHA-256 (or its first 8 or more characters).")
    ] = None,
    all_deliveries: Annotated[
        bool, typer.Option("--all-deliveries", help="Every delivery of --source, also those of which nothing is held.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Judges deliveries again after a rule, a reader, a contract or a correction changed, and publishes what comes of it.

    Without options: those that hold rows back or were refused, and were judged by other rules, readers, contracts or
    corrections than today's. It is a run like any other, so whatever else is pending is done too. Exit codes as `maemoh run`.

    Examples:
      maemoh replay --dry-run
      maemoh replay
      maemoh replay --source egat_weather --rule hard_range --dry-run
      maemoh replay --source egat_ambient --all-deliveries
    """
    from assets import replay as again
    from assets import replay_preview
    from orchestration import cli, screens, settings
    from orchestration import screens_quarantine as shown

    choice = again.Choice(tuple(source or ()), tuple(rule or ()), sha256, all_deliveries)
    lake, contracts, options = _lake(), settings.contracts(), settings.road_options()
    chosen = again.due(lake, contracts, choice)
    if not chosen:
        screens.say(
            shown.NOTHING_DUE if choice.is_default else "nothing is chosen: no such delivery holds anything back"
        )
        return
    if dry_run:
        with screens.progress() as report:
            changes = replay_preview.preview(lake, contracts, chosen, options.threads, report)
        shown.show_changes(changes)
        return
    shown.show_due(chosen)
    with screens.progress() as report:
        summary = again.run(lake, contracts, options, chosen, report)
    cli.record_run(lake, summary)
    cli.finish(summary)


def corrections(as_format: AsFormat = "table") -> None:
    """Lists the corrections of every source and what became of each: applied, obsolete, waiting for a replay, never met.

    They stand in assets/sources/<source>/corrections.yml; assets/corrections.example.yml shows how they are written.

    Example:
      maemoh corrections
    """
    from assets import corrections_met
    from orchestration import screens_quarantine as screens
    from orchestration import settings

    screens.check_format(as_format)
    screens.show_corrections(corrections_met.met(_lake(), settings.contracts()), as_format)


def _lake():
    from assets.lake.handle import Lake
    from orchestration import settings

    return Lake.open(settings.connect())


def _is_private():
    import polars as pl

    return pl.col("is_private")


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2026-03-01", param_hint="--since") from None
    return datetime(day.year, day.month, day.day, tzinfo=BANGKOK).astimezone(UTC)
