"""Datasets made by hand, whole or with something missing, for the tests of open data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assets.catalogue import Column, Table, Words
from assets.open_data.facts import Facts
from assets.open_data.files import File
from assets.open_data.origins import Origin
from assets.open_data.quality import Measurement
from assets.open_data.release_model import Release, Released
from assets.open_data.what import Dataset, Publisher

CONTRACT = Path("/project/assets/sources/rain/contract.yml")
ROOT = Path("/project")
PUBLISHER = Publisher(contact="data@example.org")


def column(name: str, data_type: str = "varchar", **said: Any) -> Column:
    given: dict[str, Any] = {
        "unit": None,
        "averaging": None,
        "kind": None,
        "is_key": False,
        "is_required": False,
    } | said
    return Column(name, data_type, Words(f"{name} ไทย", f"{name} english"), **given)


def table(*columns: Column, key: tuple[str, ...] = ("station_key",), **said: Any) -> Table:
    given: dict[str, Any] = {
        "name": "gold.fct_rain",
        "layer": "gold",
        "pillar": "environment",
        "label": Words("ฝน", "Rain"),
        "description": Words("ปริมาณฝนรายวัน", "Rain by the day."),
        "grain": Words("หนึ่งแถวต่อสถานี", "one row per station"),
        "metrics": (),
        "reads": (),
        "source_ids": ("rain",),
        "classification": "open",
    } | said
    own = columns or (column("station_key", is_key=True, is_required=True), column("rain_mm", "double", unit="mm"))
    return Table(columns=own, key=key, **given)


def origin(**said: Any) -> Origin:
    whole = Origin(
        id="rain",
        is_feed=True,
        title=Words("ฝนรายวัน", "Rain by the day"),
        owner=Words("กรมฝน", "Rain Office"),
        pillar="environment",
        classification="open",
        licence="CC-BY-4.0",
        attribution=Words("กรมฝน", "Rain Office"),
        cadence="daily",
        objective=Words("เตือนภัยน้ำท่วม", "To warn of floods."),
        geo_level="province",
        places=("52",),
        is_synthetic=False,
        file=CONTRACT,
    )
    return replace(whole, **said)


def released(of: Dataset) -> Released:
    files = [File(f"{of.name}/{of.name}.{form}", form, 1200, "ab" * 32) for form in ("csv", "parquet")]
    figures = [Measurement("feed-validity", "validity", "rain", 0.98)]
    return Released(of, Facts(30, date(2024, 1, 1), date(2025, 6, 30), None, 60, 60, 30), files, figures)


def release(*datasets: Dataset) -> Release:
    made = [released(one) for one in datasets or (Dataset(table(), (origin(),)),)]
    return Release("20251231T000000Z-abcdef", datetime(2025, 12, 31, tzinfo=UTC), PUBLISHER, made)
