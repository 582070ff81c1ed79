"""What the BI server is told: databases, datasets with their words and metrics, and the dashboards kept in git.

Datasets are written from the catalogue, so that a chart calls a column what the dictionary calls it. The folder is in
Superset's own form of export; every uuid follows from a name, so that an import finds what it wrote the last time.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assets import state
from assets.catalogue import Catalogue, Metric, Table, Words
from assets.lake.config import LakeConfig
from assets.lake.errors import LakeError
from expectations.contract import LOADER, Contract

VERSION = "1.0.0"
DASHBOARDS = Path(__file__).resolve().parent.parent / "bi" / "dashboards"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "lakehouse.maemoh")
BOARD = "board"
PHONE = "-phone"
COLUMNS = 12
PHONE_TEXT = 3
"""How much higher a text is on a phone: its lines are about a third as long."""
PHONE_TABLE = 1.8
"""How much higher a table is there that is as wide as a desktop's page: its cells wrap. One of a third of it is the same."""

_TYPES = {"varchar": "VARCHAR", "double": "DOUBLE", "bigint": "BIGINT", "integer": "INTEGER", "boolean": "BOOLEAN"}
_SHOWN = {
    "{person}": "คน / persons", "d": "วัน / days", "{visit}": "ครั้ง / visits", "{session}": "ครั้ง / sessions",
    "{house}": "หลัง / houses", "{THB}": "บาท / THB", "{MTHB}": "ล้านบาท / million THB", "{THB}/L": "บาท/ลิตร / THB/L",
    "kW.h": "kWh", "MW.h": "MWh", "GW.h": "GWh", "t/MW.h": "t/MWh", "ug/m3": "µg/m³",
}  # fmt: skip
"""Units as people write them, where UCUM writes them otherwise."""
_OF_THE_SERVER = ("datasource", "slice_id", "dashboards", "url_params")
_NAME_CHARTS = ("native_filter_configuration", "chart_configuration", "expanded_slices", "timed_refresh_immune_slices")
_TIMES = {"date": "DATE", "timestamptz": "TIMESTAMP WITH TIME ZONE"}


class DashboardError(LakeError):
    """A chart or dashboard in git that cannot be imported."""


@dataclass(frozen=True)
class Bundle:
    """What was written: how many of each."""

    datasets: int
    charts: int
    dashboards: int


def write_bundle(folder: Path, config: LakeConfig, known: Catalogue, contracts: Mapping[str, Contract]) -> Bundle:
    """Writes everything that is imported into `folder`, which is emptied first. Raises DashboardError."""
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder / "metadata.yaml", {"version": VERSION, "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"})
    for name, file in (("marts", config.marts_db), ("state", config.state_db)):
        _write(folder / "databases" / f"{name}.yaml", _database(name, file))
    gold = [table for table in known.tables.values() if table.layer == "gold"]
    for table in gold:
        synthetic = any(contracts[s].values == "synthetic" for s in table.source_ids)
        _write(folder / "datasets" / "marts" / f"{table.short}.yaml", _dataset(table, synthetic))
    boards = _board_datasets()
    for name, written in boards.items():
        _write(folder / "datasets" / "state" / f"{name}.yaml", written)
    charts = _from_git("charts")
    datasets = {dataset_uuid(table.name) for table in gold} | {dataset_uuid(f"{BOARD}.{name}") for name in boards}
    for file, written in charts.items():
        _check_chart(file, written, datasets)
        _write(folder / "charts" / file.name, written)
    tables = {c["uuid"] for c in charts.values() if c["viz_type"] == "table"}
    dashboards = _from_git("dashboards")
    for file, written in dashboards.items():
        _check_dashboard(file, written, {c["uuid"] for c in charts.values()})
        _write(folder / "dashboards" / file.name, written)
        _write(folder / "dashboards" / f"{file.stem}{PHONE}.yaml", _for_phone(written, tables))
    return Bundle(len(gold) + len(boards), len(charts), len(dashboards))


def as_kept(kind: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """A chart or dashboard as the server exports it, without the numbers that only that server's database gives it."""
    kept: dict[str, Any] = json.loads(json.dumps(written))
    if kind == "charts":
        own = kept["params"]
        if own.get("annotation_layers") == []:
            del own["annotation_layers"]
        kept["params"] = {name: value for name, value in own.items() if name not in _OF_THE_SERVER}
        return kept
    # an import needs a number for each chart; which one matters only where filters or the like name it
    if not any(kept["metadata"].get(name) for name in _NAME_CHARTS):
        for node in kept["position"].values():
            if isinstance(node, dict) and node["type"] == "CHART":
                node["meta"]["chartId"] = 0
    return kept


def dataset_uuid(name: str) -> str:
    """The uuid of the dataset of a table (`gold.fct_kpi`, `board.banner`): what a chart names."""
    return _id("dataset", name)


def _id(kind: str, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind} {name}"))


def _database(name: str, file: Path) -> dict[str, Any]:
    return {
        "database_name": name,
        "sqlalchemy_uri": f"duckdb:///{file}",
        "cache_timeout": None,
        "expose_in_sqllab": name == "marts",
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {"allows_virtual_table_explore": False, "schemas_allowed_for_file_upload": []},
        "uuid": _id("database", name),
        "version": VERSION,
    }


def _dataset(table: Table, synthetic: bool) -> dict[str, Any]:
    marks = "" if not synthetic else " ⚠ มีข้อมูลสังเคราะห์ / contains synthetic data"
    description = (
        f"{table.label.both}. {table.description.both} · {table.grain.both} · "
        f"แหล่งข้อมูล / sources: {', '.join(table.source_ids) or 'ข้อมูลอ้างอิงของเมือง / reference data of the city'}.{marks}"
    )
    return _dataset_of(
        "marts",
        table.name,
        description,
        [_column(c.name, c.data_type, c.meaning, c.unit) for c in table.columns],
        [_count(table), *(_metric(metric) for metric in table.metrics)],
        next((c.name for c in table.columns if c.data_type in _TIMES), None),
    )


def _dataset_of(
    database: str,
    name: str,
    description: str,
    columns: list[dict[str, Any]],
    metrics: list[dict[str, Any]],
    time_column: str | None,
) -> dict[str, Any]:
    schema, short = name.split(".")
    certified = {"certified_by": "แม่เมาะ / Mae Moh lakehouse", "details": "ผ่านด่านตรวจคุณภาพ G3 / passed gate G3"}
    return {
        "table_name": short,
        "main_dttm_col": time_column,
        "description": description,
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "schema": schema,
        "sql": None,
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": {"certification": certified} if database == "marts" else {},
        "uuid": dataset_uuid(name),
        "metrics": metrics,
        "columns": columns,
        "version": VERSION,
        "database_uuid": _id("database", database),
    }


def _column(name: str, data_type: str, meaning: Words, unit: str | None) -> dict[str, Any]:
    in_unit = f" [{unit}]" if unit and not unit.startswith("see ") else ""
    return {
        "column_name": name,
        "verbose_name": _heading(meaning) + in_unit,
        "is_dttm": data_type in _TIMES,
        "is_active": True,
        "type": _TYPES.get(data_type) or _TIMES[data_type],
        "groupby": True,
        "filterable": True,
        "expression": None,
        "description": meaning.both + (f" · หน่วย / unit: {unit}" if unit else ""),
        "python_date_format": None,
        "extra": {},
    }


def _heading(meaning: Words) -> str:
    """Thai and English, each up to its first remark; whole where only a remark says it in Thai."""
    thai, english = (re.split(r"[;(:]", text)[0].strip() for text in (meaning.th, meaning.en))
    return f"{thai if re.search('[ก-๙]', thai) else meaning.th} / {english or meaning.en}"


def _count(table: Table) -> dict[str, Any]:
    return _metric(Metric("count", Words("จำนวนแถว", "Rows"), "count(*)", None, ",d"), certified=False)


def _metric(metric: Metric, certified: bool = True) -> dict[str, Any]:
    unit = f" [{_SHOWN.get(metric.unit, metric.unit)}]" if metric.unit and metric.unit != "1" else ""
    return {
        "metric_name": metric.name,
        "verbose_name": metric.label.both + unit,
        "metric_type": None,
        "expression": metric.expression,
        "description": metric.label.both + unit,
        "d3format": metric.format,
        "currency": None,
        "extra": {"certification": {"certified_by": "แม่เมาะ / Mae Moh lakehouse", "details": "นิยามกลาง / defined once"}}
        if certified
        else {},
        "warning_text": None,
    }


def _board_datasets() -> dict[str, dict[str, Any]]:
    """The tables and views of state.duckdb that dashboards show: what is held, what is stale."""
    found = {}
    for name, columns in state.COLUMNS.items():
        columns_written = [_column(c, kind, words, unit) for c, kind, words, unit in columns]
        time_column = next((c for c, kind, _, _ in columns if kind in _TIMES), None)
        count = _metric(Metric("count", Words("จำนวนแถว", "Rows"), "count(*)", None, ",d"), certified=False)
        found[name] = _dataset_of(
            "state", f"{BOARD}.{name}", state.MEANING[name].both, columns_written, [count], time_column
        )
    return found


def _from_git(kind: str) -> dict[Path, dict[str, Any]]:
    found = {}
    for file in sorted((DASHBOARDS / kind).glob("*.yaml")):
        try:
            found[file] = yaml.load(file.read_text("utf-8"), LOADER)
        except yaml.YAMLError as error:
            raise DashboardError(
                f"{file.name} is no YAML: {error}", "export the dashboard again: `maemoh bi export`"
            ) from None
    return found


def _check_chart(file: Path, written: Mapping[str, Any], datasets: set[str]) -> None:
    if str(written.get("dataset_uuid")) not in datasets:
        raise DashboardError(
            f"{file.name}: the chart {written.get('slice_name')!r} is made of a dataset that no gold table gives",
            "make it of a dataset of `marts` or `state` in the BI, then `maemoh bi export`",
        )


def _check_dashboard(file: Path, written: Mapping[str, Any], charts: set[str]) -> None:
    if not re.fullmatch(r"[a-z][a-z-]*", str(written.get("slug") or "")):
        raise DashboardError(f"{file.name}: its slug is {written.get('slug')!r}", "give it a slug of small letters")
    missing = [c for c in _charts_of(written) if c["meta"]["uuid"] not in charts]
    if missing:
        names = ", ".join(str(c["meta"].get("sliceName")) for c in missing)
        raise DashboardError(f"{file.name}: charts that are not in git: {names}", "`maemoh bi export` writes them")


def _charts_of(dashboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its charts and texts from top to bottom, as they stand in the layout."""
    position = dashboard["position"]
    found: list[dict[str, Any]] = []

    def walk(key: str) -> None:
        node = position[key]
        if node["type"] == "CHART":
            found.append(node)
        for child in node.get("children", []):
            walk(child)

    walk("ROOT_ID")
    return found


def _for_phone(dashboard: Mapping[str, Any], tables: set[str]) -> dict[str, Any]:
    """The same dashboard for a phone: each chart and text in a row of its own, as wide as the page. `tables`: uuids of the
    charts that are tables."""
    position = dashboard["position"]
    flat: dict[str, Any] = {"DASHBOARD_VERSION_KEY": "v2"}
    rows: list[str] = []
    grid = ["ROOT_ID", "GRID_ID"]

    def walk(key: str) -> None:
        node = position[key]
        if node["type"] in ("CHART", "MARKDOWN", "HEADER", "DIVIDER"):
            own = f"PHONE-{len(rows)}"
            meta = json.loads(json.dumps(node.get("meta", {})))
            if node["type"] in ("CHART", "MARKDOWN"):
                if node["type"] == "MARKDOWN":
                    meta["height"] *= PHONE_TEXT
                elif meta.get("uuid") in tables:
                    meta["height"] = round(meta["height"] * _phone_table(meta["width"]))
                meta["width"] = COLUMNS
                flat[own] = {"id": own, "type": "ROW", "children": [key], "parents": grid,
                             "meta": {"background": "BACKGROUND_TRANSPARENT"}}  # fmt: skip
                flat[key] = {**node, "meta": meta, "parents": [*grid, own]}
                rows.append(own)
            else:
                flat[key] = {**node, "parents": grid}
                rows.append(key)
        for child in node.get("children", []):
            walk(child)

    walk("ROOT_ID")
    flat["ROOT_ID"] = {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]}
    flat["GRID_ID"] = {"id": "GRID_ID", "type": "GRID", "children": rows, "parents": ["ROOT_ID"]}
    if header := position.get("HEADER_ID"):
        flat["HEADER_ID"] = header
    return {
        **dashboard,
        "dashboard_title": f"{dashboard['dashboard_title']} · มือถือ / phone",
        "slug": f"{dashboard['slug']}{PHONE}",
        "uuid": _id("dashboard", f"{dashboard['slug']}{PHONE}"),
        "position": flat,
    }


def _phone_table(width: int) -> float:
    """How much higher a table is on a phone that takes `width` of the desktop's columns; a phone is a third as wide."""
    third = COLUMNS / 3
    return 1 + (PHONE_TABLE - 1) * max(0.0, width - third) / (COLUMNS - third)


def _write(file: Path, written: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(dict(written), allow_unicode=True, sort_keys=False, width=1_000), "utf-8")
