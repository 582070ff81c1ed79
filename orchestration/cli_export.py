"""Commands that hand the publication on: a copy in Postgres, and files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class FileFormat(StrEnum):
    """What `maemoh export` writes."""

    parquet = "parquet"
    geoparquet = "geoparquet"
    gpkg = "gpkg"
    csv = "csv"


WHAT = {
    "new": "new",
    "rows": "rows anew",
    "columns": "columns changed, rows anew",
    "same": "as it is",
    "gone": "goes: no longer published, or personal",
}


def register(app: typer.Typer) -> None:
    """Adds these commands to `maemoh`."""
    app.command()(publish)
    app.command()(export)


def publish(
    to: Annotated[str, typer.Option("--to", help="postgres://user@host:5432/database; the password in PGPASSWORD.")],
    schema: Annotated[
        list[str] | None, typer.Option("--schema", help="gold (when left out), silver, or both: give it twice.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Copies also the tables that did not change.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
) -> None:
    """Copies the last publication into a Postgres database, in one transaction: readers see the old one or the new one.

    Tables carry their words in Thai and English as comments, and their keys. The group role maemoh_analyst (made where it
    is missing) may read gold and nothing else; grant it to people: GRANT maemoh_analyst TO somchai. Tables classified as
    personal stay here.

    Examples:
      export PGPASSWORD=…
      maemoh publish --to postgres://maemoh@bi.example.org:5432/city --dry-run
      maemoh publish --to postgres://maemoh@bi.example.org:5432/city
      maemoh publish --to postgres://maemoh@bi.example.org:5432/city --schema gold --schema silver
    """
    from assets.export import postgres
    from assets.export.postgres_publish import publish as copy
    from assets.lake.config import LakeConfig
    from orchestration import screens, settings

    config = LakeConfig(settings.home(), "", "", "", "", "")  # the publication is a file here; no store is needed
    with screens.progress() as report:
        done = copy(
            config,
            postgres.target(to),
            tuple(schema or ("gold",)),
            dry_run,
            full,
            lambda n, total: report("published → Postgres", n, total),
        )
    _show(done, dry_run)


def _show(done, dry_run: bool) -> None:
    from orchestration import screens

    if done.is_nothing:
        screens.say(f"nothing to do: {done.to} has publication {done.publication_id} already")
        return
    changed = [step for step in done.steps if step.what != "same"]
    for step in changed if not dry_run else done.steps:
        screens.say(f"  {step.name:<40} {step.rows:>12,} rows  {WHAT[step.what]}")
    for name in done.kept_back:
        screens.say(f"  {name:<40} personal: not copied")
    if done.has_new_role:
        screens.say(f"  role maemoh_analyst {'would be' if dry_run else 'was'} made: grant it to those who read")
    for text in done.warnings:
        screens.say(f"warning: maemoh_analyst may do more than read: {text}")
    if done.is_synthetic:
        screens.say("SYNTHETIC DATA ข้อมูลสังเคราะห์: some of it is invented; the tables' comments say which")
    verb = "would publish" if dry_run else "published"
    screens.say(
        f"{verb} {done.publication_id} to {done.to} (before: {done.before or 'nothing'}): "
        f"{len(changed)} of {len(done.steps)} tables {'would change' if dry_run else 'changed'}"
    )


def export(
    folder: Annotated[
        Path, typer.Argument(help="Folder to write to; it is made where it is missing.", file_okay=False)
    ],
    table: Annotated[
        list[str] | None, typer.Option("--table", help="Only this table, e.g. gold.fct_hotspot; may be given again.")
    ] = None,
    schema: Annotated[
        list[str] | None, typer.Option("--schema", help="gold (when left out), silver, or both: give it twice.")
    ] = None,
    as_format: Annotated[
        FileFormat, typer.Option("--format", "-f", help="geoparquet and gpkg: only tables with a place on the map.")
    ] = FileFormat.parquet,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
) -> None:
    """Writes the last publication as files, one a table: Parquet, GeoParquet, GeoPackage, or CSV that Excel reads in Thai.

    publication.json and README.txt beside them say which publication it is and what is synthetic. Files of an earlier
    export are replaced when all are written. Tables classified as personal stay here.

    Examples:
      maemoh export files
      maemoh export maps --format geoparquet --table gold.fct_hotspot --table gold.dim_place
      maemoh export excel --format csv --table gold.fct_aqi_daily
    """
    from assets.export.files import export as write
    from assets.lake.config import LakeConfig
    from orchestration import screens, settings

    config = LakeConfig(settings.home(), "", "", "", "", "")
    names, schemas = tuple(table or ()), tuple(schema or ("gold",))
    with screens.progress() as report:
        written = write(
            config,
            folder,
            names,
            schemas,
            as_format.value,
            dry_run,
            lambda n, total: report("published → files", n, total),
        )
    for file, item in written.files.items():
        screens.say(f"  {file:<48} {item.rows:>12,} rows" + ("  SYNTHETIC ข้อมูลสังเคราะห์" if item.is_synthetic else ""))
    for name in () if names else written.offer.kept_back:
        screens.say(f"  {name:<48} personal: not written")
    verb = "would write" if dry_run else "wrote"
    screens.say(f"{verb} {len(written.files)} file(s) of publication {written.offer.publication_id} to {folder}")
