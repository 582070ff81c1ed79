"""Simplified boundaries of Lampang's tambons, and of countries (dbt_project/boundaries/ATTRIBUTION.md: whose they are)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "dbt_project" / "boundaries"


@dataclass(frozen=True)
class Boundary:
    """`geometry` is a GeoJSON MultiPolygon, degrees on WGS 84."""

    name: str
    geometry: Mapping[str, Any]


@cache
def tambons(district: str) -> Mapping[str, Boundary]:
    """TIS 1099 code → boundary, with its Thai name, of each tambon whose code begins with `district` (`5202`), by code."""
    known = _read("lampang_tambon_simplified.geojson", "adm3_pcode", "adm3_th")
    found = {code.removeprefix("TH"): boundary for code, boundary in known.items()}
    return {code: boundary for code, boundary in sorted(found.items()) if code.startswith(district)}


def countries() -> Mapping[str, Boundary]:
    """ISO 3166 code (`TH`) → boundary of Thailand and its neighbours, with the English name."""
    return _read("countries_50m.geojson", "iso_a2", "name_en")


def _read(file: str, code: str, name: str) -> dict[str, Boundary]:
    features = json.loads((FOLDER / file).read_text(encoding="utf-8"))["features"]
    return {f["properties"][code]: Boundary(f["properties"][name], f["geometry"]) for f in features}
