"""What keeps analysts, and the server itself, inside: where pages may connect to, and what a question may touch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import g, has_request_context
from sqlalchemy.engine import URL

from bi import pages, pins

TALISMAN: dict[str, Any] = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "font-src": ["'self'", "data:"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
    # the page's own address, and so its publication, is told to this server and to nobody else
    "referrer_policy": "same-origin",
}

DISALLOWED_FUNCTIONS = {
    # run SQL that Superset's own look at the tables of a query does not see
    "query",
    "query_table",
    "json_execute_serialized_sql",
    # files: DuckDB refuses them too (enable_external_access)
    "read_csv",
    "read_csv_auto",
    "read_parquet",
    "parquet_scan",
    "read_json",
    "read_json_auto",
    "read_ndjson",
    "read_text",
    "read_blob",
    "read_duckdb",
    "glob",
    "sniff_csv",
    "parquet_metadata",
    "parquet_schema",
    "duckdb_secrets",
    "duckdb_settings",
    "duckdb_databases",
    "getenv",
    "pragma_database_list",
}


def only_ours(published: Path) -> Callable[[URL], None]:
    """Databases that may be added: the two published files, nothing else on this machine."""
    allowed = {str(published / "marts.duckdb"), str(published / "state.duckdb")}

    def check(uri: URL) -> None:
        if uri.drivername.split("+")[0] != "duckdb" or uri.database not in allowed:
            raise ValueError("only marts.duckdb and state.duckdb of this lake may be connected")

    return check


def opener(published: Path, pinned: Path) -> Callable[..., tuple[URL, dict[str, Any]]]:
    """What Superset calls before it opens a database: the page's own publication, opened so that nothing can be changed."""

    def open_pinned(uri: URL, params: dict[str, Any], *_: Any) -> tuple[URL, dict[str, Any]]:
        if Path(uri.database or "").name == "state.duckdb":
            file = pins.state_file(published, pinned)
        else:
            file = pins.file_of(pages.publication() if has_request_context() else None, published, pinned)
            if has_request_context():
                g.read_from = file.parent.name
        params = copy.deepcopy(params) | {"connect_args": {"config": dict(pins.CONFIG)}}
        url = uri.set(database=str(file), query={})
        pins.keep_open(url, params)
        return url, params

    return open_pinned
