"""Open data from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds this command to `maemoh`."""
    app.command("open-data")(open_data)


def open_data(
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only this table (e.g. gold.dim_date); give it several times.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder that takes the releases; published/open-data/ when left out.")
    ] = None,
    leave_out_blocked: Annotated[
        bool, typer.Option("--leave-out-blocked", help="Releases the rest when something forbids some tables.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would go out, and what forbids it.")
    ] = False,
) -> None:
    """Releases the published tables whose class is open: CSV, Parquet, GeoJSON, and what catalogues ask of them.

    Beside the rows: datapackage.json (Frictionless), catalog.jsonld (DCAT with measured quality), a ckan.json for each table
    (Thailand's government data catalogue), README.md and LICENSES.md in Thai and English. A release lies in a folder named
    by its publication; `latest` points at the newest. It needs MAEMOH_OPEN_DATA_CONTACT, the mailbox of the role that
    answers. Exit code: 0 released, 1 something forbids it (nothing is written then).

    Examples:
      maemoh open-data --dry-run
      MAEMOH_OPEN_DATA_CONTACT=data@example.org maemoh open-data --leave-out-blocked
      maemoh open-data --only silver.power_plant --to ~/release
    """
    from assets.lake.config import LakeConfig
    from assets.open_data import release
    from orchestration import screens, screens_open_data, settings

    config = LakeConfig(settings.home(), "", "", "", "", "")
    planned = release.plan(config.marts_db, settings.open_data_publisher(), only or ())
    screens_open_data.show_plan(planned, leave_out_blocked)
    if leave_out_blocked:
        planned = planned.without_blocked()
    if planned.blockers or not planned.datasets:
        screens.fail("nothing was released")
        raise typer.Exit(1)
    if dry_run:
        return
    with screens.progress() as report:
        folder, made = release.make(
            planned, config.marts_db, config.status_db, to or config.published / "open-data", report
        )
    screens_open_data.show_release(folder, made)
