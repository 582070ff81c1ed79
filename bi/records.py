"""What the server writes down about its own work: who opened what, in its SQLite database."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from superset.utils.log import DBEventLogger

STEPS = {
    "ChartDataRestApi.data",
    "ChartDataRestApi.json_dumps",
    "DatasetRestApi.get_drill_info",
    "QueryObject.post_processing",
    "_get_data_response",
    "execute_sql",
    "explore_json",
    "load_into_dataframe",
}
"""Steps of the drawing of one chart. Superset writes and commits each: six for every chart of a page, for ever."""

TOLD = {"load_chart", "render_chart"}
"""Steps of the drawing that the browser tells afterwards, as a list under the action `log`: one or two for every chart."""


class Visits(DBEventLogger):
    """Keeps what people did (opened a page, looked at a list), not the steps of drawing it.

    A question in SQL Lab is not lost: Superset keeps it, with its text, in the table `query`.
    """

    def log_with_context(self, action: str, *args: Any, **kwargs: Any) -> None:
        """Writes one action down; see DBEventLogger."""
        if action not in STEPS:
            super().log_with_context(action, *args, **kwargs)

    def log(self, *args: Any, records: list[dict[str, Any]], **kwargs: Any) -> None:
        """Writes the records of one action down; see DBEventLogger."""
        if kept := [record for record in records if record.get("event_name") not in TOLD]:
            super().log(*args, records=kept, **kwargs)


def write_quickly() -> None:
    """SQLite with a write-ahead log: who reads does not wait for who writes, and a commit need not wait for the disk."""

    @event.listens_for(Engine, "connect")
    def _set(connection: Any, _: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
