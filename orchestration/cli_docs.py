"""Commands about what others are shown: the platform team's Data Docs, and links to partners' reports."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Annotated

import typer

BANGKOK = timezone(timedelta(hours=7))


def register(app: typer.Typer) -> None:
    """Adds these commands to `maemoh`."""
    app.command("data-docs")(data_docs)
    app.command()(link)


def data_docs() -> None:
    """Builds Great Expectations' Data Docs (every suite, and what its last judgement came to) and prints where they are.

    They need no network. Only pages that changed are made; `maemoh ui` serves them under /data_docs/, and the checks there
    link to them. In the lake they lie under reports/_platform/, which only staff can read.

    Example:
      maemoh data-docs
    """
    from assets import data_docs as docs
    from assets.lake.handle import Lake
    from orchestration import screens, settings, ui

    lake = Lake.open(settings.connect())
    with screens.progress() as report:
        built = docs.build(lake, settings.contracts(), report)
    if address := ui.address(lake.config.home):
        screens.say(f"in the web UI: {address}{docs.SERVED}{docs.INDEX}")
    screens.say(
        f"data docs: {built.index} ({built.pages} pages, {built.made} made anew; "
        f"{built.suites_failed} suites with a failing rule)"
    )


def link(
    partner: Annotated[str, typer.Argument(help="Partner id, e.g. egat.")],
    name: Annotated[str, typer.Argument(help="Which file of its reports; `--list` shows them.")] = "index.html",
    days: Annotated[float, typer.Option("--days", help="How long the link opens it: up to 7 days.")] = 7,
    listed: Annotated[bool, typer.Option("--list", help="Only lists what lies under the partner's reports.")] = False,
) -> None:
    """Prints a link that opens a partner's report without a key, for some days.

    Whoever has the link can read that one file, and nothing else. The embedded store answers on this machine only: for
    links that open outside, use an S3 store of your own (MAEMOH_S3_ENDPOINT).

    Examples:
      maemoh link egat
      maemoh link egat --list
      maemoh link egat index.html --days 2
    """
    from assets.lake import links
    from assets.lake.handle import Lake
    from orchestration import screens, settings

    settings.check_partner(partner)
    lake = Lake.open(settings.connect())
    if listed:
        for found, info in links.reports_of(lake.store, partner).items():
            screens.say(f"{found}  {info.size:,} bytes, {_local(info.modified)}")
        return
    made = links.link_to_report(lake.store, partner, name, days)
    screens.say(made.address)
    where = "on this machine" if lake.config.is_embedded else "for whoever has it"
    screens.say(f"opens {partner}/{name} {where} until {_local(made.expires_at)}")


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(BANGKOK):%Y-%m-%d %H:%M} (Bangkok)"
