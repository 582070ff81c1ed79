"""Commands about open matters: what is to be put right, what partners said of it, and saying so for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class State(StrEnum):
    """What can be said of an issue."""

    acknowledged = "acknowledged"
    disputed = "disputed"
    fixed = "fixed"


def register(app: typer.Typer) -> None:
    """Adds these commands to `maemoh`."""
    app.command()(issues)
    app.command()(answer)


def issues(
    partner: Annotated[str | None, typer.Option(help="Only this partner's.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source's.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_format: Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")] = "table",
) -> None:
    """Lists open issues, the gravest first, with what the partner answered. The data open and close them, not people.

    Examples:
      maemoh issues
      maemoh issues --partner egat --all --format csv
    """
    from assets.lake.handle import Lake
    from orchestration import screens_matters, settings

    if partner:
        settings.check_partner(partner)
    if source:
        settings.check_sources([source])
    ledger = Lake.open(settings.connect()).ledger
    found = screens_matters.with_answers(ledger.state("issue"), ledger.state("answer"), partner, source, everything)
    screens_matters.show_issues(found, as_format)


def answer(
    partner: Annotated[str, typer.Argument(help="Partner id, e.g. egat.")],
    issue_id: Annotated[str, typer.Argument(help="Issue id, as `maemoh issues` shows it.")],
    state: Annotated[State, typer.Argument(help="What is said of it.")],
    words: Annotated[str, typer.Option("--words", help="In the partner's words; no personal data.")] = "",
) -> None:
    """Notes a partner's answer to an issue. Partners do it themselves with a file `answers/….csv` in their landing prefix
    (columns issue_id, state, words).

    An answer closes nothing: an issue is closed by data that are right.

    Examples:
      maemoh answer egat 328a8af77f5b acknowledged
      maemoh answer egat 328a8af77f5b fixed --words "ส่งไฟล์ใหม่แล้ว"
    """
    from assets import matters, road
    from assets.lake.handle import Lake
    from orchestration import screens, settings

    settings.check_partner(partner)
    lake = Lake.open(settings.connect())
    path = matters.answer_for(lake, road.new_run_id(), partner, issue_id, state.value, words)
    screens.say(f"answer noted: {partner}, issue {issue_id}: {state.value} ({path})")
