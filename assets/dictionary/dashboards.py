"""Which dashboards show a table: read off the dashboards' YAML in `bi/dashboards/`, as Superset exports it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "bi" / "dashboards"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def dashboards_reading(table: str, folder: Path = FOLDER) -> list[tuple[str, str]]:
    """(slug, title) of every dashboard with a chart over `gold.fct_x`; none while the folder does not exist."""
    return _by_table(folder).get(table, [])


@cache
def _by_table(folder: Path) -> Mapping[str, list[tuple[str, str]]]:
    datasets = {d["uuid"]: f"{d['schema']}.{d['table_name']}" for d in _documents(folder / "datasets")}
    charts = {c["uuid"]: datasets.get(c["dataset_uuid"]) for c in _documents(folder / "charts")}
    found: dict[str, set[tuple[str, str]]] = {}
    for dashboard in _documents(folder / "dashboards"):
        name = (str(dashboard.get("slug") or ""), str(dashboard["dashboard_title"]))
        for uuid in _charts_of(dashboard.get("position") or {}):
            if table := charts.get(uuid):
                found.setdefault(table, set()).add(name)
    return {table: sorted(names) for table, names in found.items()}


def _documents(folder: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted(folder.rglob("*.yaml")):
        yield yaml.load(file.read_text("utf-8"), LOADER)


def _charts_of(position: Mapping[str, Any]) -> Iterator[str]:
    for part in position.values():
        if isinstance(part, dict) and (uuid := part.get("meta", {}).get("uuid")):
            yield uuid
