"""Dagster's webserver with the Data Docs beside its pages, so that a check in the UI can link to them.

Dagster's UI links to addresses only: from its pages a browser opens no `file://`, and a presigned address of the store would
open one page without those that it leads to. Like the UI itself, they are served on 127.0.0.1 and have no log-in.
"""

from __future__ import annotations

from dagster_webserver import app, cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from assets.data_docs import SERVED, folder_of
from orchestration.settings import home


class Webserver(DagsterWebserver):
    """Dagster's webserver and `<home>/data_docs` under `/data_docs/`."""

    def build_routes(self) -> list[BaseRoute]:
        pages = StaticFiles(directory=folder_of(home()), html=True, check_dir=False)
        # First: the last of Dagster's own routes takes every path.
        return [Mount(SERVED.rstrip("/"), pages), *super().build_routes()]


def main() -> None:
    """`dagster-webserver` with its own options."""
    app.DagsterWebserver = Webserver  # type: ignore[misc]
    cli.main()


if __name__ == "__main__":
    main()
