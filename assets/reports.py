"""Builds partners' reports and the overview, and puts them where those who may read them can.

<home>/reports/<partner>/index.html, report.pdf, report.csv, report.json, answers.csv      the latest
<home>/reports/<partner>/<YYYY-MM>/…      the last state of a month, kept
<home>/reports/index.html                 the overview, for the platform team (in the lake: reports/_platform/)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assets.intake import is_synthetic
from assets.lake import keys
from assets.lake.handle import Lake
from assets.report_data import gather
from assets.state import write_status
from expectations.contract import Contract
from expectations.report.conclude import conclude
from expectations.report.files import answers_csv, to_csv, to_json
from expectations.report.model import ReportData
from expectations.report.overview import render_overview
from expectations.report.pdf import to_pdf
from expectations.report.render import render_html
from expectations.report.texts import local

PLATFORM = "_platform"  # no partner's id: only staff can read it
TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
Progress = Callable[[str, int, int], None]


def build(lake: Lake, partner_id: str, names: tuple[str, str], contracts: Mapping[str, Contract]) -> Path:
    """Builds one partner's report, its files and the overview, here and in the lake; returns the page's path."""
    write_status(lake.config, lake.ledger)
    path = _report(lake, partner_id, names, contracts)
    overview(lake)
    return path


def build_all(
    lake: Lake,
    names: Mapping[str, tuple[str, str]],
    contracts: Mapping[str, Contract],
    progress: Progress = lambda *_: None,
) -> Path:
    """Builds the report of every organisation of `names` (id → Thai, English); returns the overview's path."""
    write_status(lake.config, lake.ledger)
    for done, (partner_id, both) in enumerate(names.items()):
        progress("report", done, len(names))
        _report(lake, partner_id, both, contracts)
    progress("report", len(names), len(names))
    return overview(lake)


def overview(lake: Lake) -> Path:
    """The platform team's page: a line for every report that lies in the home, as it was built."""
    lines = [_summary(file) for file in sorted(lake.config.reports.glob("*/report.json"))]
    page = render_overview([line for line in lines if line]).encode()
    path = lake.config.reports / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)
    lake.store.put({keys.report_key(PLATFORM, "index.html"): page}, content_type=TYPES["html"])
    return path


def files_of(data: ReportData) -> dict[str, bytes]:
    """Every file of a report by its name, from one set of conclusions: the page, the print, the tables."""
    done = conclude(data)
    return {
        "index.html": render_html(data, done).encode(),
        "report.pdf": to_pdf(data, done),
        "report.csv": to_csv(data),
        "report.json": to_json(data, done).encode(),
        "answers.csv": answers_csv(done),
    }


def _report(lake: Lake, partner_id: str, names: tuple[str, str], contracts: Mapping[str, Contract]) -> Path:
    own = [asdict(contract) for contract in contracts.values() if contract.partner_id == partner_id]
    data = gather(lake.config.status_db, lake.config.marts_db, partner_id, names, own, is_synthetic)
    files = files_of(data)
    if data.as_of:
        month = f"{local(data.as_of):%Y-%m}"
        files |= {f"{month}/{name}": content for name, content in files.items()}
    _keep(lake, partner_id, files)
    return lake.config.reports / partner_id / "index.html"


def _keep(lake: Lake, partner_id: str, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = lake.config.reports / partner_id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for suffix, media_type in TYPES.items():
        mine = {keys.report_key(partner_id, n): content for n, content in files.items() if n.endswith(f".{suffix}")}
        lake.store.put(mine, content_type=media_type)


def _summary(file: Path) -> dict[str, Any] | None:
    """The overview's line of a report; None for one that an earlier release wrote, until it is built anew."""
    told = json.loads(file.read_text("utf-8"))
    return told.get("summary")
