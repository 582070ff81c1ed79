"""Which dashboards show a table: read off the dashboards' YAML in `bi/dashboards/`, as Superset exports it.

Datasets are not kept there: each is written from a table, and its uuid follows from the table's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.bi_bundle import DASHBOARDS, dataset_uuid
from expectations.contract import LOADER


def dashboards_reading(table: str, folder: Path = DASHBOARDS) -> list[tuple[str, str]]:
    """(slug, title) of every dashboard with a chart over `gold.fct_x`; none while the folder does not exist."""
    return _by_dataset(folder).get(dataset_uuid(table), [])


@cache
def _by_dataset(folder: Path) -> Mapping[str, list[tuple[str, str]]]:
    datasets = {chart["uuid"]: str(chart["dataset_uuid"]) for chart in _documents(folder / "charts")}
    found: dict[str, set[tuple[str, str]]] = {}
    for dashboard in _documents(folder / "dashboards"):
        name = (str(dashboard.get("slug") or ""), str(dashboard["dashboard_title"]))
        for chart in _charts_of(dashboard.get("position") or {}):
            if dataset := datasets.get(chart):
                found.setdefault(dataset, set()).add(name)
    return {dataset: sorted(names) for dataset, names in found.items()}


def _documents(folder: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted(folder.rglob("*.yaml")):
        yield yaml.load(file.read_text("utf-8"), LOADER)


def _charts_of(position: Mapping[str, Any]) -> Iterator[str]:
    for part in position.values():
        if isinstance(part, dict) and (uuid := part.get("meta", {}).get("uuid")):
            yield uuid
