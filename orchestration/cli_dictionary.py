"""The command about the dictionary of what is published."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds this command to `maemoh`."""
    app.command()(dictionary)


def dictionary() -> None:
    """Builds the bilingual dictionary of every published table and column and prints where it is.

    Meaning, unit, period, sources, licence, lineage, quality and an example query, with a search; dbt's docs beside it. Open
    the file in a browser: it needs no server and no network; `maemoh ui` serves it under /dictionary/.
    It describes the last publication in MAEMOH_HOME (without one, definitions only). Only pages that changed are written, so
    it is safe and quick to run again.

    Example:
      maemoh dictionary
    """
    from assets.dictionary import build
    from orchestration import screens, settings, ui

    with screens.progress() as report:
        built = build.build(settings.home(), settings.contracts(), report)
    if address := ui.address(settings.home()):
        screens.say(f"in the web UI: {address}{build.SERVED}{built.index.name}")
    described = (
        f"publication {built.publication_id}" if built.publication_id else "nothing is published yet: definitions"
    )
    screens.say(f"dictionary: {built.index} ({built.pages} pages, {built.written} files written; {described})")
