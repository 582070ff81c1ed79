"""The command about upkeep: merging small files and taking out old snapshots by hand."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds this command to `maemoh`."""
    app.command()(upkeep)


def upkeep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
) -> None:
    """Merges small files and takes out old snapshots, where it is due. `maemoh run` does it too, at its end.

    Rows stay what they are; snapshots that a publication, a tag or a build names stay too.

    Examples:
      maemoh upkeep --dry-run
      maemoh upkeep
    """
    from assets import upkeep as house
    from assets.lake.handle import Lake
    from assets.lake.lock import writing
    from orchestration import screens, settings

    lake = Lake.open(settings.connect())
    with writing(lake.config.home):
        lines = house.upkeep(lake, dry_run=dry_run)
    for line in lines:
        screens.say(_sentence(line, dry_run))
    if not lines:
        screens.say("nothing is due")


def _sentence(line, dry_run: bool) -> str:
    if line.what == "skipped":
        return f"{line.table}: skipped, {line.reason}; it is due again next time"
    if line.what == "merge":
        done = f"{line.files_before:,} files {'would become' if dry_run else 'are now'} {line.files_after:,}"
    elif line.what == "trim":
        done = f"old metadata files {'would go' if dry_run else 'go'} from now on"
    elif dry_run:
        done = f"{line.snapshots_removed:,} old snapshots would go"
    else:
        done = (
            f"{line.snapshots_removed:,} old snapshots and {line.files_removed:,} files that only they needed are gone"
        )
    return f"{line.table}: {done}" + ("" if dry_run else f" ({line.seconds:.1f} s)")
