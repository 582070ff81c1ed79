"""Dagster's webserver with the Data Docs and the dictionary beside its pages, so that the UI can link to them.

Dagster's UI links to addresses only: from its pages a browser opens no `file://`, and a presigned address of the store would
open one page without those that it leads to. Like the UI itself, they are served on 127.0.0.1 and have no log-in.
"""

from __future__ import annotations

from dagster_webserver import app, cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from assets import data_docs
from assets.dictionary import build as dictionary
from orchestration.settings import home


class Webserver(DagsterWebserver):
    """Dagster's webserver and what lies in the home under `/data_docs/` and `/dictionary/`."""

    def build_routes(self) -> list[BaseRoute]:
        sites = [
            Mount(site.SERVED.rstrip("/"), StaticFiles(directory=site.folder_of(home()), html=True, check_dir=False))
            for site in (data_docs, dictionary)
        ]
        # First: the last of Dagster's own routes takes every path.
        return [*sites, *super().build_routes()]


def main() -> None:
    """`dagster-webserver` with its own options."""
    app.DagsterWebserver = Webserver  # type: ignore[misc]
    cli.main()


if __name__ == "__main__":
    main()
