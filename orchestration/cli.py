"""`maemoh`: the lakehouse from the terminal. Commands only; what they show is in screens.py, what they do in assets/."""

from __future__ import annotations

import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assets.lake.errors import LakeError
from expectations.contract import ContractError
from orchestration import (
    cli_bi,
    cli_dictionary,
    cli_docs,
    cli_export,
    cli_feeds,
    cli_matters,
    cli_open_data,
    cli_quarantine,
    cli_upkeep,
)

app = typer.Typer(
    name="maemoh",
    help="The Mae Moh lakehouse: partner deliveries in, gate-passed marts and quality reports out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

EXIT_OK, EXIT_WITHHELD, EXIT_BROKEN = 0, 1, 2


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


Partner = Annotated[str, typer.Argument(help="Partner id, e.g. egat.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")]
AsFormat = Annotated[Format, typer.Option("--format", "-f", help="How to print.")]


def main() -> None:
    """Entry point: errors that a person can act on are printed plainly; anything else is a bug and shows its trace."""
    try:
        app()
    except (LakeError, ContractError) as error:
        print(f"maemoh: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(EXIT_BROKEN)
    except Exception:  # noqa: BLE001 - the last one to know: the trace is shown and the exit code says "broken", not "withheld"
        traceback.print_exc()
        sys.exit(EXIT_BROKEN)


# ── the lake ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def up() -> None:
    """Starts the embedded lake (S3 and Iceberg catalog on 127.0.0.1). Other commands do it too when they need it."""
    from orchestration import screens, settings

    settings.connect()
    screens.show_status(settings.home())


@app.command()
def down(
    everything: Annotated[
        bool, typer.Option("--all", help="Also stops the web UI, its daemon and the BI server.")
    ] = False,
) -> None:
    """Stops the embedded lake. Its data stay; `maemoh up` brings it back."""
    from assets.lake import embedded
    from orchestration import screens, settings

    if everything:
        from orchestration import bi
        from orchestration import ui as web

        screens.say("web UI stopped" if web.stop(settings.home()) else "no web UI was running")
        screens.say("BI server stopped" if bi.stop(settings.home()) else "no BI server was running")
    screens.say("lake stopped" if embedded.down(settings.home()) else "no lake was running")


@app.command()
def status() -> None:
    """Shows what runs, where, and what the last publication is."""
    from orchestration import screens, settings

    screens.show_status(settings.home())


@app.command()
def reset(
    keep_raw: Annotated[bool, typer.Option("--keep-raw", help="Keep raw and its manifest: a run rebuilds all else.")],
    dry_run: DryRun = False,
) -> None:
    """Empties the lake but for raw and manifest.

    Examples:
      maemoh reset --keep-raw --dry-run
      maemoh reset --keep-raw && maemoh run
    """
    from assets import rebuild
    from orchestration import screens, settings

    if not keep_raw:
        screens.fail("`reset` only works with --keep-raw; to remove everything, use `make clean`")
        raise typer.Exit(EXIT_BROKEN)
    lake = _lake(settings)
    gone = rebuild.plan(lake)
    if not dry_run:
        rebuild.empty(lake)
    screens.show_reset(gone, dry_run)


# ── deliveries ────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def deliver(
    partner: Partner,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders; names and folders are kept.", exists=True)],
    dry_run: DryRun = False,
) -> None:
    """Puts files where that partner's S3 client would. `maemoh run` then takes them in.

    Examples:
      maemoh deliver egat ~/from-egat/2021
      maemoh deliver egat "SO2 2021/บ้านสบป้าด.xlsx"
    """
    from assets import landing
    from orchestration import screens, settings

    settings.check_partner(partner)
    files = landing.files_of(paths)
    if not files:
        screens.fail(f"no file under {', '.join(map(str, paths))}")
        raise typer.Exit(EXIT_BROKEN)
    if not dry_run:
        with screens.progress() as report:
            landing.put(_lake(settings), partner, files, lambda done, total: report("deliver", done, total))
    screens.show_delivered(partner, files, dry_run)


@app.command()
def deliveries(as_format: AsFormat = Format.table) -> None:
    """Lists every delivery and what became of it.

    Examples:
      maemoh deliveries
      maemoh deliveries --format csv > deliveries.csv
    """
    from orchestration import screens, settings

    screens.show_deliveries(_lake(settings).ledger.state("delivery"), as_format.value)


@app.command()
def withdraw(
    sha256: Annotated[str, typer.Argument(help="SHA-256 of the delivery (or its first 8 or more characters).")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why; goes into the log and the partner's report.")
    ] = "withdrawn by the platform team",
    dry_run: DryRun = False,
) -> None:
    """Takes a wrong delivery back: its batches go, the one that it had replaced returns, raw stays.

    Examples:
      maemoh deliveries            # shows the SHA-256
      maemoh withdraw 3f2a9c1d --dry-run
      maemoh withdraw 3f2a9c1d --reason "EGAT sent the wrong station"
    """
    from assets import withdrawal
    from orchestration import screens, settings

    lake = _lake(settings)
    chosen = withdrawal.find(lake, sha256)
    going, back = withdrawal.preview(lake, chosen)
    screens.show_withdrawal(chosen, going, back, dry_run)
    if dry_run:
        return
    withdrawal.record(lake, chosen, reason)
    finish(_run(settings))


@app.command("dry-run")
def dry_run_command(
    source: Annotated[str, typer.Argument(help="Source or partner id, e.g. gistda_hotspot or egat.")],
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders; the source's own sample when left out.", exists=True)
    ] = None,
) -> None:
    """Shows what a delivery would give, without the lake: batches, rows, ranges, flags, findings, what would be held.

    Examples:
      maemoh dry-run egat "PM10 2021/Bansoppad.xlsx"
      maemoh dry-run gistda_hotspot answer.json
      maemoh dry-run ptt_ev_charging
    """
    from orchestration import dry_run, screens

    screens.show_preview(dry_run.previews(source, paths or []))


# ── the road ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def run(
    full: Annotated[bool, typer.Option("--full", help="Builds every month anew, changed or not.")] = False,
) -> None:
    """Does everything that is pending: takes in, gates, builds, publishes. Nothing pending: nothing done.

    Exit code: 0 done (refused deliveries are normal and in the table), 1 a publish was withheld, 2 something broke.
    """
    from orchestration import settings

    finish(_run(settings, full=full))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A query over schemas silver, gold (last publication) and ops (now).")],
    as_format: AsFormat = Format.table,
) -> None:
    """Reads the last publication, and the current state under `ops`.

    Examples:
      maemoh sql "select quantity, count(*) from gold.fct_air_quality_daily group by 1"
      maemoh sql "select path, outcome from ops.delivery where outcome = 'refused'" --format csv
    """
    from orchestration import query as published
    from orchestration import settings

    if not published.show(settings.local_config(), query, as_format.value):
        raise typer.Exit(EXIT_BROKEN)


@app.command()
def report(
    partner: Annotated[str | None, typer.Argument(help="Partner or provider id, e.g. egat.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Builds the reports of all, and the overview.")] = False,
) -> None:
    """Builds quality reports (Thai and English; page, PDF, CSV, JSON) and the platform team's overview of them.

    Examples:
      maemoh report egat
      maemoh report --all
    """
    from assets import reports
    from orchestration import screens, settings

    if (partner is None) != everyone:
        screens.fail("name one partner, as in `maemoh report egat`, or use --all")
        raise typer.Exit(EXIT_BROKEN)
    if everyone:
        names = {org_id: organisation.names for org_id, organisation in settings.delivering().items()}
        with screens.progress() as progress:
            path = reports.build_all(_lake(settings), names, settings.contracts(), progress)
        screens.say(f"{len(names)} reports, overview: {path}")
        return
    assert partner is not None
    settings.check_partner(partner)
    path = reports.build(_lake(settings), partner, settings.delivering()[partner].names, settings.contracts())
    screens.say(f"report: {path}")
    screens.say(
        f"  beside it: report.pdf, report.csv, report.json, answers.csv; overview: {path.parent.parent / 'index.html'}"
    )


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port of the web UI; 0 for a free one.")] = 3000,
    stop: Annotated[bool, typer.Option("--stop", help="Stops the web UI and its daemon.")] = False,
    background: Annotated[
        bool, typer.Option("--background", help="Returns once it answers; `maemoh ui --stop` ends it.")
    ] = False,
) -> None:
    """Opens the Dagster UI (webserver and daemon on 127.0.0.1): assets, gates as checks, runs, the delivery sensor.

    Examples:
      maemoh ui
      maemoh ui --port 0 --background
      maemoh ui --stop
    """
    from orchestration import screens, settings
    from orchestration import ui as web

    if stop:
        screens.say("web UI stopped" if web.stop(settings.home()) else "no web UI was running")
        return
    settings.connect()
    web.serve(settings.home(), port, background)


@app.command()
def demo() -> None:
    """Plays all partners with synthetic deliveries and a real server: delivers, fetches, runs, reports, answers."""
    from orchestration import demo as play

    raise typer.Exit(play.play())


cli_feeds.register(app)
cli_bi.register(app)
cli_upkeep.register(app)
cli_matters.register(app)
cli_docs.register(app)
cli_quarantine.register(app)
cli_dictionary.register(app)
cli_open_data.register(app)
cli_export.register(app)


def _lake(settings):
    from assets.lake.handle import Lake

    return Lake.open(settings.connect())


def _run(settings, full: bool = False):
    from assets import road
    from orchestration import screens

    lake = _lake(settings)
    with screens.progress() as report:
        summary = road.run(lake, settings.contracts(), settings.road_options(full=full), report)
    record_run(lake, summary)
    return summary


def record_run(lake, summary) -> None:
    """Tells the web UI of a run that the terminal did, where there is one."""
    if summary.did_work and (lake.config.home / "dagster").is_dir():
        from orchestration.record import record

        record(lake, summary)


def finish(summary) -> None:
    """Shows what a run did. Raises Exit when a publish was withheld."""
    from orchestration import screens

    screens.show_summary(summary)
    if summary.withheld:
        raise typer.Exit(EXIT_WITHHELD)


if __name__ == "__main__":
    main()
