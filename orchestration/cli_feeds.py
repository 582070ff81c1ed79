"""Commands about feeds: fetching, playing the partners, generating, listing, and starting a new source."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer

BANGKOK = timezone(timedelta(hours=7))
Sources = Annotated[list[str] | None, typer.Argument(help="Source ids; all that are fetched when none is named.")]
Played = Annotated[
    bool, typer.Option("--synthetic", help="Ask the server of `maemoh partners` instead of the partners themselves.")
]


def register(app: typer.Typer) -> None:
    """Adds these commands to `maemoh`."""
    app.command()(pull)
    app.command()(partners)
    app.command()(generate)
    app.command()(sources)
    app.command("new-source")(new_source)


def pull(
    source: Sources = None,
    day: Annotated[str | None, typer.Option(help="Local day, YYYY-MM-DD; today when left out.")] = None,
    synthetic: Played = False,
) -> None:
    """Fetches a day from the partners' interfaces into landing and raw. `maemoh run` then takes it further.

    Keys come from the environment (MAEMOH_KEY_…); a source without its key is not asked, and said so.

    Examples:
      maemoh pull
      maemoh pull gistda_hotspot --day 2026-03-20
      maemoh partners            # in another terminal, then:
      maemoh pull --synthetic
    """
    from assets.lake.handle import Lake
    from assets.pull import step
    from assets.redact import Redactor
    from assets.road import new_run_id
    from orchestration import partners as played
    from orchestration import screens, screens_feeds, settings

    chosen = [contract for contract in settings.check_sources(source or []) if contract.pull]
    if not chosen:
        screens.fail(
            f"{', '.join(source or [])} is dropped by its partner, not fetched; `maemoh sources` shows which are"
        )
        raise typer.Exit(2)
    options = played.options_for(settings.home() / "partners.json") if synthetic else settings.pull_options()
    lake = Lake.open(settings.connect())
    with screens.progress() as report:
        done = step.pull(lake, chosen, _day(day), options, Redactor.of(settings.home()), new_run_id(), report)
    screens_feeds.show_pulled(done)


def partners(
    port: Annotated[int, typer.Option(help="Port; 0 for a free one.")] = 0,
    days: Annotated[int, typer.Option(help="How many days before now the partners know of.")] = 7,
    scale: Annotated[int, typer.Option(help="Multiplies stations, detections, sessions.")] = 1,
) -> None:
    """Plays all partners as a real HTTP server on this machine alone, with synthetic answers. Ctrl-C ends it.

    Examples:
      maemoh partners
      maemoh pull --synthetic    # in another terminal
    """
    from orchestration import partners as played
    from orchestration import settings

    state = settings.home() / "partners.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    options = ["--port", str(port), "--days", str(days), "--scale", str(scale)]
    raise typer.Exit(subprocess.run(played.command(state, *options), cwd=settings.ROOT, check=False).returncode)


def generate(
    out: Annotated[Path, typer.Argument(help="Folder to write into.", file_okay=False, resolve_path=True)],
    days: Annotated[int, typer.Option(min=1, help="How many days before now.")] = 7,
    scale: Annotated[int, typer.Option(min=1, help="Multiplies stations, detections, sessions.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    source: Annotated[list[str] | None, typer.Option(help="Only these sources; may be given several times.")] = None,
) -> None:
    """Writes synthetic deliveries of every feed, as the partners would name and write them.

    Examples:
      maemoh generate ./made --days 30
      maemoh generate ./made --days 365 --scale 10 --source cmu_dustboy
    """
    from orchestration import settings

    command = [sys.executable, "-m", "simulator", "generate", str(out)]
    command += ["--days", str(days), "--scale", str(scale), "--seed", str(seed)]
    command += [word for name in source or [] for word in ("--source", name)]
    raise typer.Exit(subprocess.run(command, cwd=settings.ROOT, check=False).returncode)


def sources(
    as_format: Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")] = "table",
) -> None:
    """Lists every source: how it comes, how often, whether it is on time, and when its last event was.

    Example:
      maemoh sources --format csv
    """
    from assets.lake.handle import Lake
    from orchestration import screens_feeds, settings

    lake = Lake.open(settings.connect())
    screens_feeds.show_sources(settings.contracts(), lake.ledger, as_format)


def new_source(
    source: Annotated[str, typer.Argument(help="Id of the source, e.g. egat_lake_level.")],
    partner: Annotated[str, typer.Option(help="Id of the partner or provider that delivers it.")],
    sample: Annotated[
        Path,
        typer.Option(help="A small synthetic delivery (CSV or JSON): its columns go into the contract.", exists=True),
    ],
    entity: Annotated[str, typer.Option(help="What one row is.")] = "record",
    rows: Annotated[str, typer.Option(help="JSON: path to the list of records, e.g. data.items")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Starts a source: writes its contract (with comments), its sample and its staging model. No Python is needed.

    Example:
      maemoh new-source egat_lake_level --partner egat --entity level --sample lake-level-synthetic.csv
    """
    from orchestration import new_source as writer
    from orchestration import screens

    made = writer.files_for(source, partner, entity, sample, rows)
    if not dry_run:
        writer.write(made)
    for path, data in made.items():
        screens.say(f"{'would write' if dry_run else 'wrote'} {path} ({len(data.splitlines())} lines)")
    screens.say(f"next: complete the contract where it says TODO, then `maemoh dry-run {source}`")


def _day(text: str | None) -> date:
    return date.fromisoformat(text) if text else datetime.now(BANGKOK).date()
