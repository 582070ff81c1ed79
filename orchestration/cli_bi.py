"""Commands about the BI server: start, stop, import, export."""

from __future__ import annotations

from typing import Annotated

import typer

bi_app = typer.Typer(
    no_args_is_help=True, help="The BI server over the published marts: start, stop, dashboards to and from git."
)


def register(app: typer.Typer) -> None:
    """Adds these commands to `maemoh`."""
    app.add_typer(bi_app, name="bi")


@bi_app.command()
def up(
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1; 0 takes a free one.")] = 8088,
) -> None:
    """Starts the BI server (Apache Superset) and prints its address and log-in; it keeps running.

    Datasets are written from the dbt models, dashboards come from git; both are imported over what is there, so that this
    can be done again at any time. An analyst's own charts stay. `make bi` installs the server first.

    Examples:
      maemoh bi up
      maemoh bi up --port 0
    """
    from orchestration import bi, screens, settings

    config = settings.local_config()
    where = bi.up(config, port, screens.say)
    screens.say(f"BI: {where}/dashboard/list/")
    for login in bi.logins(config.home):
        screens.say(f"  log in as {login.user:<8} password {login.password}")
    screens.say("it keeps running; `maemoh bi down` ends it")


@bi_app.command()
def down() -> None:
    """Ends the BI server; users, dashboards and changes stay.

    Example:
      maemoh bi down
    """
    from orchestration import bi, screens, settings

    screens.say("BI server stopped" if bi.stop(settings.home()) else "no BI server was running")


@bi_app.command("import")
def import_() -> None:
    """Imports datasets (from the dbt models) and dashboards (from git) over what the server has; twice is as once.

    Example:
      maemoh bi import
    """
    from orchestration import bi, screens, settings

    bi.furnish(settings.local_config(), screens.say)


@bi_app.command()
def export() -> None:
    """Brings the server's charts and dashboards into git's folder, `bi/dashboards/`; `git diff` then shows what changed.

    Example:
      maemoh bi export
    """
    from orchestration import bi, screens, settings

    files = bi.export(settings.local_config())
    screens.say(f"{len(files)} files in bi/dashboards/; look at them with `git diff`")
